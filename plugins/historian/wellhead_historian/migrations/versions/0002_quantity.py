"""What a tag measures, where its unit alone does not say it."""

import sqlalchemy as sa
from alembic import op

revision = "historian_0002"
down_revision = "historian_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("historian_tag", sa.Column("quantity", sa.Text))


def downgrade() -> None:
    op.drop_column("historian_tag", "quantity")
