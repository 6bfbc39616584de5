"""What may be written, commands, and the switches that forbid all of them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "scada_0002"
down_revision = "scada_0001"
branch_labels = None
depends_on = None


def _time(name: str) -> "sa.Column[object]":
    now = sa.func.now()
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False, server_default=now)


def _flag(name: str, default: str) -> "sa.Column[object]":
    return sa.Column(name, sa.Boolean, nullable=False, server_default=sa.text(default))


def _seconds(name: str, default: str) -> "sa.Column[object]":
    return sa.Column(name, sa.Double, nullable=False, server_default=default)


def upgrade() -> None:
    op.create_table(
        "scada_control",
        sa.Column(
            "tag_id",
            sa.Integer,
            sa.ForeignKey("scada_tag.tag_id", ondelete="CASCADE"),
            primary_key=True,
            autoincrement=False,
        ),
        _flag("writable", "false"),
        sa.Column("minimum", sa.Double),
        sa.Column("maximum", sa.Double),
        sa.Column("max_change", sa.Double),
        _seconds("fresh_s", "60"),
        _seconds("min_interval_s", "0"),
        _flag("readback", "true"),
        sa.Column(
            "readback_tag_id",
            sa.Integer,
            sa.ForeignKey("scada_tag.tag_id", ondelete="SET NULL"),
            index=True,
        ),
        sa.Column("tolerance", sa.Double),
        _seconds("verify_s", "5"),
        _flag("critical", "false"),
        _flag("select_before_operate", "false"),
        _seconds("select_s", "30"),
        _seconds("expires_s", "60"),
        _time("created_at"),
        _time("updated_at"),
        sa.CheckConstraint(
            "minimum IS NULL OR maximum IS NULL OR minimum <= maximum", name="range"
        ),
    )
    _create_commands()
    switch = op.create_table(
        "scada_write_switch",
        sa.Column("level", sa.Text, primary_key=True),
        _flag("disabled", "true"),
        sa.Column("reason", sa.Text),
        sa.Column("changed_by", sa.Text),
        _time("changed_at"),
    )
    reason = "never turned off yet"
    op.bulk_insert(switch, [{"level": level, "reason": reason} for level in ("all", "tenant")])


def _create_commands() -> None:
    optional = ("approved_by_email", "select_token", "gateway")
    op.create_table(
        "scada_command",
        sa.Column("id", sa.Uuid, primary_key=True, server_default=sa.func.gen_random_uuid()),
        sa.Column(
            "tag_id", sa.Integer, sa.ForeignKey("historian_tag.id"), nullable=False, index=True
        ),
        sa.Column("value", sa.Double),
        sa.Column("text_value", sa.Text),
        sa.Column("reason", sa.Text),
        *(
            sa.Column(name, sa.Text, nullable=False)
            for name in ("state", "why", "key", "request", "requested_by_email")
        ),
        sa.Column("requested_by", sa.Uuid, nullable=False),
        *(sa.Column(name, sa.Uuid) for name in ("approved_by", "run", "dispatch")),
        *(sa.Column(name, sa.Text) for name in optional),
        _time("created_at"),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        *(
            sa.Column(name, sa.DateTime(timezone=True))
            for name in ("select_until", "dispatched_at", "settle_by", "ended_at")
        ),
        sa.Column("steps", JSONB, nullable=False),
        sa.UniqueConstraint("requested_by", "key"),
        sa.CheckConstraint("num_nonnulls(value, text_value) = 1", name="value"),
        sa.CheckConstraint("approved_by <> requested_by", name="second_person"),
    )
    op.create_index(
        "ix_scada_command_open",
        "scada_command",
        ["tag_id"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index("ix_scada_command_created_at", "scada_command", ["created_at"])


def downgrade() -> None:
    for table in ("scada_write_switch", "scada_command", "scada_control"):
        op.drop_table(table)
