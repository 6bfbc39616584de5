"""Stores, what is asked of them, and what their objects became."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "witsml_0001"
down_revision = None
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
        "witsml_reader",
        sa.Column("id", sa.Integer, autoincrement=False, primary_key=True),
        sa.Column("process", sa.Text, nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("heard_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("id = 1", name="one"),
    )
    op.create_table(
        "witsml_store",
        *_record(),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("version", sa.Text, nullable=False),
        sa.Column("user_name", sa.Text),
        sa.Column("password_file", sa.Text),
        sa.Column("ca_file", sa.Text),
        sa.Column("allow_plain", sa.Boolean, server_default=sa.text("false"), nullable=False),
        sa.Column("zone", sa.Text, server_default="UTC", nullable=False),
        sa.Column("timeout_s", sa.Double, server_default="30", nullable=False),
        sa.Column("enabled", sa.Boolean, server_default=sa.text("true"), nullable=False),
        sa.Column("description", sa.Text),
        sa.CheckConstraint("version IN ('1.3.1.1', '1.4.1.1')", name="version"),
        sa.CheckConstraint("timeout_s BETWEEN 1 AND 300", name="timeout_s"),
        sa.UniqueConstraint("name"),
    )
    op.create_table(
        "witsml_store_state",
        sa.Column(
            "store_id",
            sa.Uuid,
            sa.ForeignKey("witsml_store.id", ondelete="CASCADE"),
            primary_key=True,
        ),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text),
        sa.Column("capabilities", JSONB),
    )
    op.create_table(
        "witsml_request",
        sa.Column("id", sa.BigInteger, primary_key=True),
        sa.Column(
            "store_id",
            sa.Uuid,
            sa.ForeignKey("witsml_store.id", ondelete="CASCADE"),
            nullable=False,
            index=True,
        ),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("arguments", JSONB, nullable=False),
        sa.Column("state", sa.Text, server_default="pending", nullable=False),
        sa.Column("answer", JSONB),
        sa.Column("deadline", sa.DateTime(timezone=True), nullable=False, index=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
    )
    op.create_table(
        "witsml_write",
        *_record(),
        sa.Column(
            "store_id",
            sa.Uuid,
            sa.ForeignKey("witsml_store.id", ondelete="CASCADE"),
            nullable=False,
            index=True,
        ),
        sa.Column("function", sa.Text, nullable=False),
        sa.Column("object_type", sa.Text, nullable=False),
        sa.Column("xml", sa.Text, nullable=False),
        sa.Column("state", sa.Text, server_default="pending", nullable=False),
        sa.Column("result", sa.Integer),
        sa.Column("message", sa.Text),
        sa.Column("user_email", sa.Text, nullable=False),
        sa.Column("deadline", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "witsml_object",
        sa.Column(
            "store_id",
            sa.Uuid,
            sa.ForeignKey("witsml_store.id", ondelete="CASCADE"),
            primary_key=True,
        ),
        sa.Column("kind", sa.Text, primary_key=True),
        sa.Column("uid_well", sa.Text, primary_key=True),
        sa.Column("uid_wellbore", sa.Text, primary_key=True),
        sa.Column("uid", sa.Text, primary_key=True),
        sa.Column("record_id", sa.Uuid, nullable=False, index=True),
        sa.Column("digest", sa.Text),
    )


def downgrade() -> None:
    op.drop_table("witsml_object")
    op.drop_table("witsml_write")
    op.drop_table("witsml_request")
    op.drop_table("witsml_store_state")
    op.drop_table("witsml_store")
    op.drop_table("witsml_reader")
