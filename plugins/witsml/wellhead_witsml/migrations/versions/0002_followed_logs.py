"""Logs that are followed, their curves and how far each is."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "witsml_0002"
down_revision = "witsml_0001"
branch_labels = None
depends_on = None


def _record() -> list[sa.Column[Any]]:
    return [
        sa.Column("id", sa.Uuid, primary_key=True, server_default=sa.func.gen_random_uuid()),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()
        ),
        sa.Column(
            "updated_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()
        ),
    ]


def upgrade() -> None:
    op.create_table(
        "witsml_log",
        *_record(),
        sa.Column("store_id", sa.Uuid, sa.ForeignKey("witsml_store.id"), nullable=False),
        sa.Column(
            "wellbore_id", sa.Uuid, sa.ForeignKey("wells_wellbore.id"), nullable=False, index=True
        ),
        sa.Column("uid_well", sa.Text, nullable=False),
        sa.Column("uid_wellbore", sa.Text, nullable=False),
        sa.Column("uid", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("index_kind", sa.Text),
        sa.Column("tag_prefix", sa.Text, nullable=False),
        sa.Column("period_s", sa.Double, server_default="10", nullable=False),
        sa.Column("enabled", sa.Boolean, server_default=sa.text("true"), nullable=False),
        sa.Column("well_log_id", sa.Uuid, sa.ForeignKey("well_logs_log.id", ondelete="SET NULL")),
        sa.CheckConstraint("index_kind IN ('time', 'depth')", name="index_kind"),
        sa.CheckConstraint("period_s BETWEEN 1 AND 86400", name="period_s"),
        sa.UniqueConstraint("store_id", "uid_well", "uid_wellbore", "uid"),
    )
    op.create_table(
        "witsml_log_state",
        sa.Column(
            "log_id", sa.Uuid, sa.ForeignKey("witsml_log.id", ondelete="CASCADE"), primary_key=True
        ),
        sa.Column("state", sa.Text, server_default="waiting", nullable=False),
        sa.Column(
            "since", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("reason", sa.Text),
        sa.Column("cursor_time", sa.DateTime(timezone=True)),
        sa.Column("cursor_depth", sa.Double),
        sa.Column("unit", sa.Text),
        sa.Column("rows", sa.BigInteger, server_default="0", nullable=False),
        sa.Column("readings", sa.BigInteger, server_default="0", nullable=False),
        sa.Column("polls", sa.BigInteger, server_default="0", nullable=False),
        sa.Column("partials", sa.BigInteger, server_default="0", nullable=False),
        sa.Column("restarts", sa.BigInteger, server_default="0", nullable=False),
        sa.Column("failures", sa.BigInteger, server_default="0", nullable=False),
        sa.Column("polled_at", sa.DateTime(timezone=True)),
        sa.Column("next_poll_at", sa.DateTime(timezone=True)),
        sa.Column("warnings", ARRAY(sa.Text), server_default="{}", nullable=False),
    )
    op.create_table(
        "witsml_curve",
        sa.Column(
            "log_id", sa.Uuid, sa.ForeignKey("witsml_log.id", ondelete="CASCADE"), primary_key=True
        ),
        sa.Column("mnemonic", sa.Text, primary_key=True),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("unit", sa.Text),
        sa.Column("description", sa.Text),
        sa.Column("is_text", sa.Boolean, nullable=False),
        sa.Column("tag_id", sa.Integer, sa.ForeignKey("historian_tag.id"), index=True),
    )


def downgrade() -> None:
    op.drop_table("witsml_curve")
    op.drop_table("witsml_log_state")
    op.drop_table("witsml_log")
