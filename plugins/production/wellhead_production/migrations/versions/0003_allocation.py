"""Meter totals, networks, allocation runs and their versions."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "production_0003"
down_revision = "production_0002"
branch_labels = None
depends_on = None


def _record() -> list[sa.Column[Any]]:
    now = sa.func.now()
    return [
        sa.Column("id", sa.Uuid, primary_key=True, server_default=sa.func.gen_random_uuid()),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=now),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False, server_default=now),
    ]


def _key(name: str, table: str, *, index: bool = False, **options: Any) -> sa.Column[Any]:
    foreign = sa.ForeignKey(f"{table}.id", **options)
    return sa.Column(name, sa.Uuid, foreign, nullable=False, index=index)


def _required(kind: Any, *names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, kind, nullable=False) for name in names]


def _optional(kind: Any, *names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, kind) for name in names]


def upgrade() -> None:
    op.create_table(
        "production_meter_total",
        *_record(),
        _key("meter_id", "production_meter"),
        _key("facility_id", "production_facility"),
        *_required(sa.Date, "production_date"),
        *_required(sa.Integer, "version"),
        *_required(sa.Text, "source"),
        *_required(sa.Float, "indicated"),
        *_required(sa.Text, "unit"),
        *_required(sa.Float, "own_factor", "factor"),
        *_required(sa.Text, "standard_conditions"),
        *_required(sa.Float, "day_hours"),
        *_optional(sa.Float, "covered_hours", "good_hours", "bridged_hours"),
        *_optional(sa.Integer, "rollovers", "resets"),
        *_optional(sa.Text, "reason", "created_by"),
        sa.UniqueConstraint("meter_id", "production_date", "version"),
        sa.CheckConstraint("factor > 0 AND own_factor > 0", name="factor"),
        sa.Index("ix_production_meter_total_facility", "facility_id", "production_date"),
    )
    op.create_table(
        "production_network",
        *_record(),
        _key("facility_id", "production_facility", index=True),
        *_required(sa.Text, "name", "liquid_unit", "gas_unit"),
        *_required(sa.Integer, "decimals"),
        *_optional(sa.Text, "remark"),
        sa.UniqueConstraint("facility_id", "name"),
    )
    for part in ("well", "meter"):
        owner = "wells_well" if part == "well" else "production_meter"
        signed = [
            *_required(sa.Integer, "sign"),
            sa.CheckConstraint("sign IN (1, -1)", name="sign"),
        ]
        op.create_table(
            f"production_network_{part}",
            *_record(),
            _key("network_id", "production_network", index=True, ondelete="CASCADE"),
            _key(f"{part}_id", owner, index=True),
            *_required(sa.Date, "first_day"),
            *_optional(sa.Date, "last_day"),
            *(signed if part == "meter" else []),
            sa.CheckConstraint("last_day >= first_day", name="days"),
        )
    op.create_table(
        "production_allocation_run",
        *_record(),
        _key("facility_id", "production_facility", index=True),
        _key("network_id", "production_network"),
        *_required(sa.Integer, "number"),
        *_required(sa.Date, "first_day", "last_day"),
        *_required(sa.Integer, "days"),
        *_optional(sa.Text, "reason", "created_by"),
        sa.UniqueConstraint("network_id", "number"),
    )
    op.create_table(
        "production_allocation_day",
        *_record(),
        _key("facility_id", "production_facility", index=True),
        _key("run_id", "production_allocation_run", index=True),
        _key("network_id", "production_network"),
        *_required(sa.Date, "production_date"),
        *_required(sa.Integer, "version"),
        *_required(JSONB, "inputs"),
        *_required(sa.Text, "fingerprint"),
        *_required(JSONB, "balances", "warnings", "replaced"),
        *_optional(sa.Text, "created_by"),
        sa.UniqueConstraint("network_id", "production_date", "version"),
        sa.Index("ix_production_allocation_day_facility", "facility_id", "production_date"),
    )
    op.create_table(
        "production_allocated_volume",
        *_record(),
        _key("facility_id", "production_facility", index=True),
        _key("day_id", "production_allocation_day"),
        _key("network_id", "production_network"),
        *_required(sa.Date, "production_date"),
        _key("well_id", "wells_well"),
        *_optional(sa.Float, "hours_on"),
        *_optional(sa.Float, *(f"theoretical_{fluid}" for fluid in ("oil", "gas", "water"))),
        *_optional(sa.Numeric, "oil", "gas", "water"),
        *_required(sa.Text, "liquid_unit", "gas_unit", "standard_conditions"),
        sa.UniqueConstraint("day_id", "well_id"),
        sa.Index("ix_production_allocated_volume_well", "well_id", "production_date"),
    )


def downgrade() -> None:
    for table in (
        "allocated_volume",
        "allocation_day",
        "allocation_run",
        "network_meter",
        "network_well",
        "network",
        "meter_total",
    ):
        op.drop_table(f"production_{table}")
