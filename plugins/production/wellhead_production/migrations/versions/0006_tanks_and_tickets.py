"""Tanks with their strapping tables, and run tickets."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from wellhead_production.migrations.guards import guard

revision = "production_0006"
down_revision = "production_0005"
branch_labels = None
depends_on = None


def _record() -> list[sa.Column[Any]]:
    now = sa.func.now()
    return [
        sa.Column("id", sa.Uuid, primary_key=True, server_default=sa.func.gen_random_uuid()),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=now),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False, server_default=now),
        sa.Column(
            "facility_id",
            sa.Uuid,
            sa.ForeignKey("production_facility.id"),
            nullable=False,
            index=True,
        ),
    ]


def _required(kind: Any, *names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, kind, nullable=False) for name in names]


def _optional(kind: Any, *names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, kind) for name in names]


def upgrade() -> None:
    op.create_table(
        "production_tank",
        *_record(),
        *_required(sa.Text, "name", "fluid", "level_unit", "volume_unit"),
        *_required(ARRAY(sa.Double), "levels", "volumes"),
        sa.Column("tag_id", sa.Integer, sa.ForeignKey("historian_tag.id"), index=True),
        *_optional(sa.Text, "serial", "remark"),
        sa.UniqueConstraint("facility_id", "name"),
    )
    op.create_table(
        "production_run_ticket",
        *_record(),
        *_required(sa.Text, "number"),
        sa.Column("tank_id", sa.Uuid, sa.ForeignKey("production_tank.id"), index=True),
        sa.Column("meter_id", sa.Uuid, sa.ForeignKey("production_meter.id"), index=True),
        *_required(sa.DateTime(timezone=True), "opened_at", "closed_at"),
        sa.Column("production_date", sa.Date, nullable=False, index=True),
        *_optional(
            JSONB, "opening_gauge", "closing_gauge", "opening_water", "closing_water",
            "opening_temperature", "closing_temperature", "temperature", "pressure",
            "observed_density",
        ),
        *_optional(
            sa.Float, "opening_reading", "closing_reading", "meter_factor", "observed_gravity"
        ),
        *_required(JSONB, "density_temperature"),
        *_required(
            sa.Float, "bsw", "gross_observed", "gross_standard", "net_standard", "ctl", "cpl",
            "base_density",
        ),
        *_required(sa.Text, "volume_unit", "standard_conditions"),
        *_optional(sa.Text, "counterparty", "seal_off", "seal_on", "remark"),
        sa.UniqueConstraint("facility_id", "number"),
        sa.CheckConstraint("closed_at > opened_at", name="times"),
        sa.CheckConstraint("(tank_id IS NULL) <> (meter_id IS NULL)", name="source"),
    )  # fmt: skip
    guard("production_run_ticket")


def downgrade() -> None:
    op.drop_table("production_run_ticket")
    op.drop_table("production_tank")
