"""Report by exception: which readings of a field tag are kept."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "scada_0003"
down_revision = "scada_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("scada_tag", sa.Column("exception", JSONB))


def downgrade() -> None:
    op.drop_column("scada_tag", "exception")
