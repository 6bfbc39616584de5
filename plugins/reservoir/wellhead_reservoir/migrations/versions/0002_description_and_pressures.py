"""Fluid contacts, rock and pressure surveys."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "reservoir_0002"
down_revision = "reservoir_0001"
branch_labels = None
depends_on = None

_AT = sa.DateTime(timezone=True)


def _record() -> list[sa.Column[Any]]:
    return [
        sa.Column("id", sa.Uuid, primary_key=True, server_default=sa.func.gen_random_uuid()),
        sa.Column("created_at", _AT, nullable=False, server_default=sa.func.now()),
        sa.Column("updated_at", _AT, nullable=False, server_default=sa.func.now()),
        sa.Column(
            "reservoir_id",
            sa.Uuid,
            sa.ForeignKey("reservoir_reservoir.id"),
            nullable=False,
            index=True,
        ),
    ]


def upgrade() -> None:
    op.create_table(
        "reservoir_contact",
        *_record(),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("as_of", sa.Date),
        sa.Column("depth", sa.Float, nullable=False),
        sa.Column("depth_unit", sa.Text, nullable=False),
        sa.Column("certainty", sa.Text, nullable=False),
        sa.Column("method", sa.Text, nullable=False),
        sa.Column("remark", sa.Text),
        sa.UniqueConstraint("reservoir_id", "kind", "as_of", postgresql_nulls_not_distinct=True),
    )
    op.create_table(
        "reservoir_rock",
        *_record(),
        sa.Column("part", sa.Text, nullable=False),
        sa.Column("net_to_gross", sa.Float),
        sa.Column("porosity", sa.Float),
        sa.Column("water_saturation", sa.Float),
        sa.Column("permeability", JSONB),
        sa.Column("permeability_ratio", sa.Float),
        sa.Column("compressibility", JSONB),
        sa.Column("method", sa.Text, nullable=False),
        sa.Column("remark", sa.Text),
        sa.UniqueConstraint("reservoir_id", "part"),
    )
    op.create_table(
        "reservoir_pressure_survey",
        *_record(),
        sa.Column("well_id", sa.Uuid, sa.ForeignKey("wells_well.id"), nullable=False, index=True),
        sa.Column("wellbore_id", sa.Uuid, sa.ForeignKey("wells_wellbore.id"), index=True),
        sa.Column("measured_on", sa.Date, nullable=False, index=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("shut_in_time", sa.Float),
        sa.Column("depth_kind", sa.Text, nullable=False),
        sa.Column("depth_datum", sa.Text, nullable=False),
        sa.Column("stations", JSONB, nullable=False),
        sa.Column("gradient", JSONB),
        sa.Column("gas_gradient", JSONB),
        sa.Column("oil_gradient", JSONB),
        sa.Column("water_gradient", JSONB),
        sa.Column("weight", sa.Float, nullable=False),
        sa.Column("remark", sa.Text),
    )


def downgrade() -> None:
    for name in ("pressure_survey", "rock", "contact"):
        op.drop_table(f"reservoir_{name}")
