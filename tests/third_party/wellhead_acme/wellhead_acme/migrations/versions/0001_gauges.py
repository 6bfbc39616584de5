"""The register of gauges."""

import sqlalchemy as sa
from alembic import op

revision = "acme_0001"
down_revision = None


def upgrade() -> None:
    now = sa.func.now()
    op.create_table(
        "acme_gauge",
        sa.Column("id", sa.Uuid, primary_key=True, server_default=sa.func.gen_random_uuid()),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=now),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False, server_default=now),
        sa.Column("name", sa.Text, nullable=False, unique=True),
        sa.Column("tank_id", sa.Uuid, sa.ForeignKey("core_asset.id")),
        sa.Column("checked_at", sa.DateTime(timezone=True)),
        sa.Column("overdue", sa.Boolean, nullable=False, server_default=sa.false()),
    )


def downgrade() -> None:
    op.drop_table("acme_gauge")
