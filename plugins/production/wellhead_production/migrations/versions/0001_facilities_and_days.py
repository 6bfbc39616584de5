"""Facilities, meters with their corrections, daily records of wells."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "production_0001"
down_revision = None
branch_labels = None
depends_on = None


def _record() -> list[sa.Column[Any]]:
    times = ("created_at", "updated_at")
    return [
        sa.Column("id", sa.Uuid, primary_key=True, server_default=sa.func.gen_random_uuid()),
        *(
            sa.Column(
                name, sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()
            )
            for name in times
        ),
    ]


def _texts(*names: str, nullable: bool = True) -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.Text, nullable=nullable) for name in names]


def _numbers(*names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.Float) for name in names]


def upgrade() -> None:
    facility = sa.ForeignKey("production_facility.id")
    op.create_table(
        "production_facility",
        *_record(),
        sa.Column("asset_id", sa.Uuid, sa.ForeignKey("core_asset.id"), nullable=False, unique=True),
        *_texts("kind", "time_zone", "production_day_start", "standard_conditions", nullable=False),
        *_texts("remark"),
    )
    op.create_table(
        "production_meter",
        *_record(),
        sa.Column("facility_id", sa.Uuid, facility, nullable=False, index=True),
        *_texts("name", "fluid", "position", nullable=False),
        sa.Column("well_id", sa.Uuid, sa.ForeignKey("wells_well.id"), index=True),
        sa.Column("tag_id", sa.Integer, sa.ForeignKey("historian_tag.id"), index=True),
        *_texts("tag_signal"),
        *_numbers("rollover"),
        sa.Column("factor", sa.Float, nullable=False, server_default="1"),
        *_texts("serial", "remark"),
        sa.UniqueConstraint("facility_id", "name"),
        sa.CheckConstraint("factor > 0", name="factor"),
        sa.CheckConstraint("rollover > 0", name="rollover"),
    )
    op.create_table(
        "production_meter_correction",
        *_record(),
        sa.Column(
            "meter_id",
            sa.Uuid,
            sa.ForeignKey("production_meter.id", ondelete="CASCADE"),
            nullable=False,
            index=True,
        ),
        sa.Column("first_day", sa.Date, nullable=False),
        sa.Column("last_day", sa.Date),
        sa.Column("factor", sa.Float, nullable=False),
        *_texts("reason", nullable=False),
        sa.Column("proved_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint("last_day >= first_day", name="days"),
        sa.CheckConstraint("factor > 0", name="factor"),
    )
    op.create_table(
        "production_daily_record",
        *_record(),
        sa.Column("well_id", sa.Uuid, sa.ForeignKey("wells_well.id"), nullable=False),
        sa.Column("asset_id", sa.Uuid, nullable=False),
        sa.Column("facility_id", sa.Uuid, sa.ForeignKey("production_facility.id"), nullable=False),
        sa.Column("production_date", sa.Date, nullable=False),
        *_texts("disposition", "method", "standard_conditions", nullable=False),
        sa.Column("day_hours", sa.Float, nullable=False),
        *_numbers("hours_on", "oil", "gas", "water"),
        *_texts("liquid_unit", "gas_unit", nullable=False),
        *_numbers("oil_sm3", "gas_sm3", "water_sm3", "bsw", "choke"),
        *_texts("choke_unit"),
        *_numbers("tubing_pressure", "casing_pressure", "line_pressure"),
        *_texts("pressure_unit", "remark"),
        sa.UniqueConstraint("well_id", "production_date", "disposition"),
        sa.CheckConstraint("hours_on BETWEEN 0 AND day_hours", name="hours"),
        sa.Index("ix_production_daily_record_facility", "facility_id", "production_date"),
        sa.Index("ix_production_daily_record_date", "production_date", "id"),
    )


def downgrade() -> None:
    for table in ("daily_record", "meter_correction", "meter", "facility"):
        op.drop_table(f"production_{table}")
