"""Messages, risks and mud logs."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "witsml_0003"
down_revision = "witsml_0002"
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
        "witsml_message",
        *_record(),
        sa.Column("time", sa.DateTime(timezone=True), index=True),
        sa.Column("message_type", sa.Text, index=True),
        sa.Column("severity", sa.Text),
        sa.Column("text", sa.Text),
        sa.Column("md", sa.Double),
        sa.Column("depth_unit", sa.Text),
        sa.Column("uid", sa.Text, nullable=False),
        sa.Column("name", sa.Text),
        sa.Column("comments", sa.Text),
        sa.Column("source_name", sa.Text),
        sa.Column("changed_at", sa.DateTime(timezone=True)),
        sa.Column("store_id", sa.Uuid, sa.ForeignKey("witsml_store.id"), nullable=False),
        sa.Column(
            "wellbore_id", sa.Uuid, sa.ForeignKey("wells_wellbore.id"), nullable=False, index=True
        ),
        sa.UniqueConstraint("store_id", "wellbore_id", "uid"),
    )
    op.create_table(
        "witsml_risk",
        *_record(),
        sa.Column("risk_type", sa.Text, index=True),
        sa.Column("category", sa.Text, index=True),
        sa.Column("sub_category", sa.Text),
        sa.Column("begins_at", sa.DateTime(timezone=True), index=True),
        sa.Column("ends_at", sa.DateTime(timezone=True)),
        sa.Column("md_begin", sa.Double),
        sa.Column("md_end", sa.Double),
        sa.Column("tvd_begin", sa.Double),
        sa.Column("tvd_end", sa.Double),
        sa.Column("depth_unit", sa.Text),
        sa.Column("severity", sa.Integer, index=True),
        sa.Column("probability", sa.Integer),
        sa.Column("affected_personnel", ARRAY(sa.Text), server_default="{}", nullable=False),
        sa.Column("summary", sa.Text),
        sa.Column("details", sa.Text),
        sa.Column("contingency", sa.Text),
        sa.Column("mitigation", ARRAY(sa.Text), server_default="{}", nullable=False),
        sa.Column("uid", sa.Text, nullable=False),
        sa.Column("name", sa.Text),
        sa.Column("comments", sa.Text),
        sa.Column("source_name", sa.Text),
        sa.Column("changed_at", sa.DateTime(timezone=True)),
        sa.Column("store_id", sa.Uuid, sa.ForeignKey("witsml_store.id"), nullable=False),
        sa.Column(
            "wellbore_id", sa.Uuid, sa.ForeignKey("wells_wellbore.id"), nullable=False, index=True
        ),
        sa.UniqueConstraint("store_id", "wellbore_id", "uid"),
    )
    op.create_table(
        "witsml_mud_log",
        *_record(),
        sa.Column("company", sa.Text),
        sa.Column("engineers", sa.Text),
        sa.Column("md_begin", sa.Double),
        sa.Column("md_end", sa.Double),
        sa.Column("depth_unit", sa.Text),
        sa.Column("intervals", JSONB, nullable=False),
        sa.Column("uid", sa.Text, nullable=False),
        sa.Column("name", sa.Text),
        sa.Column("comments", sa.Text),
        sa.Column("source_name", sa.Text),
        sa.Column("changed_at", sa.DateTime(timezone=True)),
        sa.Column("store_id", sa.Uuid, sa.ForeignKey("witsml_store.id"), nullable=False),
        sa.Column(
            "wellbore_id", sa.Uuid, sa.ForeignKey("wells_wellbore.id"), nullable=False, index=True
        ),
        sa.UniqueConstraint("store_id", "wellbore_id", "uid"),
    )


def downgrade() -> None:
    op.drop_table("witsml_mud_log")
    op.drop_table("witsml_risk")
    op.drop_table("witsml_message")
