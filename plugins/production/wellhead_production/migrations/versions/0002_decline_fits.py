"""Decline fits of wells and facilities."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "production_0002"
down_revision = "production_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    now = sa.func.now()
    op.create_table(
        "production_decline_fit",
        sa.Column("id", sa.Uuid, primary_key=True, server_default=sa.func.gen_random_uuid()),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=now),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False, server_default=now),
        sa.Column("well_id", sa.Uuid, sa.ForeignKey("wells_well.id"), index=True),
        sa.Column("facility_id", sa.Uuid, sa.ForeignKey("production_facility.id"), index=True),
        sa.Column("asset_id", sa.Uuid, sa.ForeignKey("core_asset.id"), nullable=False),
        sa.Column("fluid", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("first_day", sa.Date, nullable=False),
        sa.Column("last_day", sa.Date, nullable=False),
        sa.Column("standard_conditions", sa.Text, nullable=False),
        sa.Column("last_forecast_day", sa.Date),
        sa.Column("choices", JSONB, nullable=False),
        sa.Column("results", JSONB, nullable=False),
        sa.Column("outlook", JSONB, nullable=False),
        *(
            sa.Column(name, sa.LargeBinary, nullable=False)
            for name in ("days", "volumes", "rates", "used")
        ),
        sa.Column("remark", sa.Text),
        sa.Column("created_by", sa.Text),
        sa.UniqueConstraint("asset_id", "fluid", "version"),
        sa.CheckConstraint("num_nonnulls(well_id, facility_id) = 1", name="of_one"),
    )


def downgrade() -> None:
    op.drop_table("production_decline_fit")
