"""PVT samples, correlation sets, and the fluid tables that are made of them."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "reservoir_0003"
down_revision = "reservoir_0002"
branch_labels = None
depends_on = None

_AT = sa.DateTime(timezone=True)


def _in_reservoir() -> list[sa.Column[Any]]:
    key = sa.ForeignKey("reservoir_reservoir.id")
    return [
        sa.Column("id", sa.Uuid, primary_key=True, server_default=sa.func.gen_random_uuid()),
        sa.Column("created_at", _AT, nullable=False, server_default=sa.func.now()),
        sa.Column("updated_at", _AT, nullable=False, server_default=sa.func.now()),
        sa.Column("reservoir_id", sa.Uuid, key, nullable=False, index=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("standard_conditions", sa.Text, nullable=False),
        sa.Column("remark", sa.Text),
    ]


def _columns(kind: Any, names: str, *, nullable: bool = True) -> list[sa.Column[Any]]:
    return [sa.Column(name, kind, nullable=nullable) for name in names.split()]


def upgrade() -> None:
    op.create_table(
        "reservoir_pvt_sample",
        *_in_reservoir(),
        sa.Column("well_id", sa.Uuid, sa.ForeignKey("wells_well.id"), index=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("sampled_on", sa.Date),
        *_columns(sa.Text, "laboratory pressure_unit"),
        *_columns(
            JSONB,
            "temperature atmospheric_pressure solution_gor oil_volume oil_viscosity "
            "separator_temperature",
        ),
        *_columns(sa.Float, "bubble_point oil_gravity gas_gravity separator_pressure"),
        *_columns(JSONB, "gas_composition experiments", nullable=False),
        sa.UniqueConstraint("reservoir_id", "name"),
    )
    op.create_table(
        "reservoir_correlation_set",
        *_in_reservoir(),
        *_columns(sa.Text, "fluid held_to", nullable=False),
        sa.Column("sample_id", sa.Uuid, sa.ForeignKey("reservoir_pvt_sample.id"), index=True),
        *_columns(
            JSONB,
            "temperature solution_gor bubble_point oil_volume oil_viscosity separator_pressure "
            "separator_temperature",
        ),
        *_columns(sa.Float, "oil_gravity gas_gravity nitrogen carbon_dioxide hydrogen_sulfide"),
        *_columns(sa.Float, "salinity"),
        sa.Column("choices", JSONB, nullable=False),
        sa.UniqueConstraint("reservoir_id", "name"),
    )
    op.create_table(
        "reservoir_pvt_table",
        *_in_reservoir(),
        sa.Column(
            "correlation_set_id",
            sa.Uuid,
            sa.ForeignKey("reservoir_correlation_set.id", ondelete="SET NULL"),
            index=True,
        ),
        sa.Column(
            "sample_id", sa.Uuid, sa.ForeignKey("reservoir_pvt_sample.id", ondelete="SET NULL")
        ),
        sa.Column("version", sa.Integer, nullable=False),
        *_columns(sa.Text, "fluid held_to", nullable=False),
        *_columns(JSONB, "inputs choices warnings saturation columns", nullable=False),
        sa.Column("created_by", sa.Text),
        sa.UniqueConstraint("reservoir_id", "version"),
    )


def downgrade() -> None:
    op.drop_table("reservoir_pvt_table")
    op.drop_table("reservoir_correlation_set")
    op.drop_table("reservoir_pvt_sample")
