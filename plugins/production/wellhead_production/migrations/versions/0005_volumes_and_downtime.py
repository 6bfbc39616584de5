"""Daily volumes of facilities, and downtime of wells."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from wellhead_production.migrations.guards import guard

revision = "production_0005"
down_revision = "production_0004"
branch_labels = None
depends_on = None


def _facility() -> sa.Column[Any]:
    key = sa.ForeignKey("production_facility.id")
    return sa.Column("facility_id", sa.Uuid, key, nullable=False, index=True)


def upgrade() -> None:
    now = sa.func.now()
    instant = sa.DateTime(timezone=True)
    op.create_table(
        "production_facility_volume",
        sa.Column("id", sa.Uuid, primary_key=True, server_default=sa.func.gen_random_uuid()),
        sa.Column("created_at", instant, nullable=False, server_default=now),
        sa.Column("updated_at", instant, nullable=False, server_default=now),
        _facility(),
        sa.Column("production_date", sa.Date, nullable=False),
        sa.Column("fluid", sa.Text, nullable=False),
        sa.Column("disposition", sa.Text, nullable=False),
        sa.Column("method", sa.Text, nullable=False),
        sa.Column("standard_conditions", sa.Text, nullable=False),
        sa.Column("volume", sa.Float, nullable=False),
        sa.Column("unit", sa.Text, nullable=False),
        sa.Column("volume_sm3", sa.Float, nullable=False),
        sa.Column("meter_id", sa.Uuid, sa.ForeignKey("production_meter.id"), index=True),
        sa.Column("counterparty", sa.Text),
        sa.Column("remark", sa.Text),
        sa.UniqueConstraint(
            "facility_id",
            "production_date",
            "fluid",
            "disposition",
            "meter_id",
            postgresql_nulls_not_distinct=True,
        ),
        sa.Index("ix_production_facility_volume_date", "production_date"),
    )
    op.create_table(
        "production_downtime",
        sa.Column("id", sa.Uuid, primary_key=True, server_default=sa.func.gen_random_uuid()),
        sa.Column("created_at", instant, nullable=False, server_default=now),
        sa.Column("updated_at", instant, nullable=False, server_default=now),
        sa.Column("well_id", sa.Uuid, sa.ForeignKey("wells_well.id"), nullable=False, index=True),
        _facility(),
        sa.Column("start_at", instant, nullable=False),
        sa.Column("end_at", instant),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("planned", sa.Boolean, nullable=False),
        *(sa.Column(f"potential_{fluid}", JSONB) for fluid in ("oil", "gas", "water")),
        sa.Column("remark", sa.Text),
        sa.CheckConstraint("end_at > start_at", name="times"),
    )
    guard("production_facility_volume")


def downgrade() -> None:
    op.drop_table("production_downtime")
    op.drop_table("production_facility_volume")
