"""The edge's outbox with its destinations, and what a centre keeps of its edges."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "uplink_0001"
down_revision = None
branch_labels = None
depends_on = None


def _time(name: str) -> "sa.Column[object]":
    now = sa.func.now()
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False, server_default=now)


def _big(name: str, default: str | None = None) -> "sa.Column[object]":
    return sa.Column(name, sa.BigInteger, nullable=False, server_default=default)


def _text(name: str, nullable: bool = False) -> "sa.Column[object]":
    return sa.Column(name, sa.Text, nullable=nullable)


def upgrade() -> None:
    _create_outbox()
    _create_destinations()
    _create_edges()


def _create_outbox() -> None:
    op.create_table(
        "uplink_head",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("stream", sa.Uuid, nullable=False, server_default=sa.text("gen_random_uuid()")),
        sa.Column("replaces", sa.Uuid),
        _big("last", "0"),
        _big("total", "0"),
        _big("written", "0"),
        sa.CheckConstraint("id = 1", name="one"),
    )
    op.execute("INSERT INTO uplink_head (id) VALUES (1)")
    op.create_table(
        "uplink_outbox",
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
        _big("total"),
        _big("written"),
        sa.Column("readings", sa.Integer, nullable=False),
        _big("begins"),
        _big("ends"),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("packed", sa.LargeBinary, nullable=False),
        _time("created_at"),
    )
    # packed already; and the one row of the head is written all the time
    op.execute("ALTER TABLE uplink_outbox ALTER COLUMN packed SET STORAGE EXTERNAL")
    op.execute("ALTER TABLE uplink_head SET (fillfactor = 10)")


def _create_destinations() -> None:
    op.create_table(
        "uplink_destination",
        sa.Column("name", sa.Text, primary_key=True),
        _big("position"),
        _big("total"),
        _big("newest"),
        _big("sent", "0"),
        _big("dropped", "0"),
        sa.Column("state", sa.Text, nullable=False, server_default="starting"),
        _text("reason", nullable=True),
        _time("since"),
        _time("heard_at"),
    )
    op.create_table(
        "uplink_gap",
        sa.Column("destination", sa.Text, primary_key=True),
        sa.Column("first", sa.BigInteger, primary_key=True, autoincrement=False),
        _big("last"),
        _big("readings"),
        _big("begins"),
        _big("ends"),
        _time("created_at"),
    )
    op.create_table(
        "uplink_quarantine",
        sa.Column("destination", sa.Text, primary_key=True),
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("readings", sa.Integer, nullable=False),
        _text("reason"),
        sa.Column("packed", sa.LargeBinary, nullable=False),
        _time("created_at"),
    )


def _create_edges() -> None:
    op.create_table(
        "uplink_edge",
        sa.Column("id", sa.Uuid, primary_key=True, server_default=sa.text("gen_random_uuid()")),
        _time("created_at"),
        _time("updated_at"),
        sa.Column("name", sa.Text, nullable=False, unique=True),
        sa.Column(
            "asset_id", sa.Uuid, sa.ForeignKey("core_asset.id", ondelete="RESTRICT"), nullable=False
        ),
        sa.Column("user_id", sa.Uuid),
        sa.Column("stream", sa.Uuid, nullable=False),
        _time("heard_at"),
        sa.Column("complete_at", sa.DateTime(timezone=True)),
        sa.Column("backlog", JSONB, nullable=False, server_default=sa.text("'{}'")),
    )
    op.create_table(
        "uplink_stream",
        _edge(),
        sa.Column("stream", sa.Uuid, primary_key=True),
        sa.Column("position", sa.BigInteger),
        sa.Column("crc", sa.BigInteger),
        _big("total", "0"),
        _big("received", "0"),
        _big("missing", "0"),
    )
    op.create_table(
        "uplink_edge_tag",
        _edge(),
        sa.Column("stream", sa.Uuid, primary_key=True),
        sa.Column("edge_tag", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("tag_id", sa.Integer, sa.ForeignKey("historian_tag.id"), nullable=False),
        _text("name"),
        _text("unit", nullable=True),
        _text("quantity", nullable=True),
        _text("datatype"),
    )
    op.create_index("ix_uplink_edge_tag_tag_id", "uplink_edge_tag", ["tag_id"])
    op.create_table(
        "uplink_edge_source",
        _edge(),
        sa.Column("edge_source", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("source_id", sa.Integer, sa.ForeignKey("historian_source.id"), nullable=False),
    )
    op.create_table(
        "uplink_edge_device",
        _edge(),
        sa.Column("id", sa.Uuid, primary_key=True),
        _text("name"),
        _text("driver"),
        _text("state"),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        _text("reason", nullable=True),
        sa.Column("tags", sa.Integer, nullable=False),
        _time("reported_at"),
    )


def _edge() -> "sa.Column[object]":
    return sa.Column(
        "edge_id", sa.Uuid, sa.ForeignKey("uplink_edge.id", ondelete="CASCADE"), primary_key=True
    )


def downgrade() -> None:
    for table in (
        "uplink_edge_device",
        "uplink_edge_source",
        "uplink_edge_tag",
        "uplink_stream",
        "uplink_edge",
        "uplink_quarantine",
        "uplink_gap",
        "uplink_destination",
        "uplink_outbox",
        "uplink_head",
    ):
        op.drop_table(table)
