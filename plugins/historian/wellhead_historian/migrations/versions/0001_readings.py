"""Tags, sources, and readings on their way from the spool to the hot table."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "historian_0001"
down_revision = None
branch_labels = None
depends_on = None


def _time(name: str, default: bool = True) -> "sa.Column[object]":
    now = sa.func.now() if default else None
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False, server_default=now)


def upgrade() -> None:
    op.create_table(
        "historian_tag",
        sa.Column("id", sa.Integer, sa.Identity(), primary_key=True),
        sa.Column("name", sa.Text, nullable=False, unique=True),
        sa.Column("description", sa.Text),
        sa.Column("unit", sa.Text),
        sa.Column("datatype", sa.Text, nullable=False),
        sa.Column("asset_id", sa.Uuid, sa.ForeignKey("core_asset.id", ondelete="RESTRICT")),
        _time("created_at"),
        _time("updated_at"),
    )
    op.create_index("ix_historian_tag_asset_id", "historian_tag", ["asset_id"])
    op.create_table(
        "historian_source",
        sa.Column("id", sa.Integer, sa.Identity(), primary_key=True),
        sa.Column("name", sa.Text, nullable=False, unique=True),
        _time("created_at"),
    )
    op.create_table(
        "historian_layout",
        sa.Column("id", sa.Integer, sa.Identity(), primary_key=True),
        sa.Column("source_id", sa.Integer, sa.ForeignKey("historian_source.id"), nullable=False),
        sa.Column("tags", ARRAY(sa.Integer), nullable=False),
        _time("created_at"),
    )
    op.create_index("ix_historian_layout_source_id", "historian_layout", ["source_id"])
    op.create_table(
        "historian_tag_source",
        sa.Column("tag_id", sa.Integer, sa.ForeignKey("historian_tag.id"), primary_key=True),
        sa.Column("source_id", sa.Integer, sa.ForeignKey("historian_source.id"), primary_key=True),
    )
    op.create_index("ix_historian_tag_source_source_id", "historian_tag_source", ["source_id"])
    _create_readings()


def _create_readings() -> None:
    op.create_table(
        "historian_hot",
        sa.Column("seq", sa.BigInteger, sa.Identity(), primary_key=True),
        sa.Column("source_id", sa.Integer, nullable=False),
        sa.Column("layout_id", sa.Integer),
        _time("ts", default=False),
        sa.Column("tags", ARRAY(sa.Integer)),
        sa.Column("value", ARRAY(sa.Double), nullable=False),
        sa.Column("quality", ARRAY(sa.SmallInteger)),
    )
    op.create_index("ix_historian_hot_source_id_ts", "historian_hot", ["source_id", "ts"])
    op.create_table(
        "historian_latest",
        sa.Column("source_id", sa.Integer, sa.ForeignKey("historian_source.id"), primary_key=True),
        sa.Column("version", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("tags", ARRAY(sa.Integer), nullable=False),
        sa.Column("ts", ARRAY(sa.DateTime(timezone=True)), nullable=False),
        sa.Column("value", ARRAY(sa.Double), nullable=False),
        sa.Column("quality", ARRAY(sa.SmallInteger), nullable=False),
    )
    # Measured values hardly compress by pglz, which costs more than the write itself; and a scan of
    # up to a thousand tags stays in its row, where reading one tag of it costs no second fetch.
    for table in ("historian_hot", "historian_latest"):
        for column in ("tags", "value", "quality"):
            op.execute(f"ALTER TABLE {table} ALTER COLUMN {column} SET STORAGE EXTERNAL")
    op.execute("ALTER TABLE historian_latest ALTER COLUMN ts SET STORAGE EXTERNAL")
    op.execute("ALTER TABLE historian_hot SET (toast_tuple_target = 8160)")
    op.execute("ALTER TABLE historian_latest SET (fillfactor = 50)")
    op.create_table(
        "historian_ledger",
        sa.Column("spool_id", sa.Uuid, primary_key=True),
        sa.Column("position", sa.BigInteger, nullable=False),
        _time("updated_at"),
    )
    op.create_table(
        "historian_gap",
        sa.Column("spool_id", sa.Uuid, primary_key=True),
        sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("source_id", sa.Integer, nullable=False),
        _time("begins", default=False),
        _time("ends", default=False),
        sa.Column("readings", sa.BigInteger, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
    )
    op.create_index("ix_historian_gap_source_id", "historian_gap", ["source_id"])


def downgrade() -> None:
    for table in (
        "historian_gap",
        "historian_ledger",
        "historian_latest",
        "historian_hot",
        "historian_tag_source",
        "historian_layout",
        "historian_source",
        "historian_tag",
    ):
        op.drop_table(table)
