"""Stores of which every growing log is followed."""

import sqlalchemy as sa
from alembic import op

revision = "witsml_0004"
down_revision = "witsml_0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    column = sa.Column(
        "follow_growing", sa.Boolean, server_default=sa.text("false"), nullable=False
    )
    op.add_column("witsml_store", column)


def downgrade() -> None:
    op.drop_column("witsml_store", "follow_growing")
