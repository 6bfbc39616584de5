"""Readings of text, and names for the values of enumerated states."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "historian_0003"
down_revision = "historian_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "historian_text",
        sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
        sa.Column("digest", sa.LargeBinary, nullable=False, unique=True),
        sa.Column("text", sa.Text, nullable=False),
    )
    op.add_column("historian_tag", sa.Column("states", JSONB))


def downgrade() -> None:
    op.drop_column("historian_tag", "states")
    op.drop_table("historian_text")
