"""Tickets of the live connection."""

import sqlalchemy as sa
from alembic import op

revision = "platform_0003"
down_revision = "platform_0002"
branch_labels = None
depends_on = None

SCHEMA = "platform"


def upgrade() -> None:
    op.create_table(
        "live_ticket",
        sa.Column("digest", sa.LargeBinary, primary_key=True),
        sa.Column(
            "session_id",
            sa.Uuid,
            sa.ForeignKey("platform.session.id", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        schema=SCHEMA,
    )
    op.create_index("ix_live_ticket_expires_at", "live_ticket", ["expires_at"], schema=SCHEMA)
    op.create_index("ix_live_ticket_session_id", "live_ticket", ["session_id"], schema=SCHEMA)


def downgrade() -> None:
    op.drop_table("live_ticket", schema=SCHEMA)
