"""Channels of runs: which tag measures what."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "drilling_0004"
down_revision = "drilling_0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    column = sa.Column("channels", JSONB, nullable=False, server_default="[]")
    op.add_column("drilling_run", column)
    op.alter_column("drilling_run", "channels", server_default=None)


def downgrade() -> None:
    op.drop_column("drilling_run", "channels")
