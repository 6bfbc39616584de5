"""Devices, scan groups, field tags, and what gateways report."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "scada_0001"
down_revision = None
branch_labels = None
depends_on = None


def _id() -> "sa.Column[object]":
    return sa.Column("id", sa.Uuid, primary_key=True, server_default=sa.func.gen_random_uuid())


def _time(name: str, now: bool = True) -> "sa.Column[object]":
    default = sa.func.now() if now else None
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False, server_default=default)


def _device(**options: bool) -> "sa.Column[object]":
    key = sa.ForeignKey("scada_device.id", ondelete="CASCADE")
    return sa.Column("device_id", sa.Uuid, key, nullable=False, **options)  # type: ignore[arg-type]


def upgrade() -> None:
    op.create_table(
        "scada_gateway",
        sa.Column("name", sa.Text, primary_key=True),
        _time("started_at", now=False),
        _time("heard_at", now=False),
        sa.Column("detail", JSONB, nullable=False),
    )
    op.create_table(
        "scada_device",
        _id(),
        _time("created_at"),
        _time("updated_at"),
        sa.Column("name", sa.Text, nullable=False, unique=True),
        sa.Column("driver", sa.Text, nullable=False),
        sa.Column("options", JSONB, nullable=False),
        sa.Column("enabled", sa.Boolean, nullable=False, server_default=sa.true()),
        sa.Column("gateway", sa.Text, nullable=False, server_default="main", index=True),
        sa.Column("timeout_s", sa.Double, nullable=False),
        sa.Column("description", sa.Text),
        sa.CheckConstraint("timeout_s BETWEEN 0.1 AND 60", name="timeout_s"),
    )
    op.create_table(
        "scada_device_state",
        _device(primary_key=True),
        sa.Column("state", sa.Text, nullable=False),
        _time("since", now=False),
        sa.Column("reason", sa.Text),
        sa.Column("counters", JSONB, nullable=False),
        _time("updated_at", now=False),
    )
    _create_tags()
    op.create_table(
        "scada_request",
        _id(),
        _device(index=True),
        sa.Column("gateway", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("arguments", JSONB, nullable=False),
        sa.Column("deadline", sa.DateTime(timezone=True), nullable=False, index=True),
        sa.Column("state", sa.Text, nullable=False, server_default="pending"),
        sa.Column("result", JSONB),
        _time("created_at"),
    )


def _create_tags() -> None:
    op.create_table(
        "scada_scan_group",
        _id(),
        _time("created_at"),
        _time("updated_at"),
        _device(),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("period_ms", sa.Integer, nullable=False),
        sa.Column(
            "source_id",
            sa.Integer,
            sa.ForeignKey("historian_source.id"),
            nullable=False,
            unique=True,
        ),
        sa.UniqueConstraint("device_id", "name"),
        sa.UniqueConstraint("id", "device_id"),
        sa.CheckConstraint("period_ms >= 100", name="period_ms"),
    )
    op.create_table(
        "scada_tag",
        sa.Column(
            "tag_id",
            sa.Integer,
            sa.ForeignKey("historian_tag.id", ondelete="CASCADE"),
            primary_key=True,
            autoincrement=False,
        ),
        _device(index=True),
        sa.Column("scan_group_id", sa.Uuid, nullable=False),
        sa.Column("datatype", sa.Text, nullable=False),
        sa.Column("address", JSONB, nullable=False),
        sa.Column("scale", sa.Double, nullable=False, server_default="1"),
        sa.Column("offset", sa.Double, nullable=False, server_default="0"),
        sa.Column("enabled", sa.Boolean, nullable=False, server_default=sa.true()),
        _time("created_at"),
        _time("updated_at"),
        sa.ForeignKeyConstraint(
            ["scan_group_id", "device_id"], ["scada_scan_group.id", "scada_scan_group.device_id"]
        ),
    )
    op.create_index("ix_scada_tag_scan_group_id", "scada_tag", ["scan_group_id", "device_id"])


def downgrade() -> None:
    for table in (
        "scada_request",
        "scada_tag",
        "scada_scan_group",
        "scada_device_state",
        "scada_device",
        "scada_gateway",
    ):
        op.drop_table(table)
