"""Bit records and mud reports."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "drilling_0002"
down_revision = "drilling_0001"
branch_labels = None
depends_on = None


def _in_wellbore() -> list[sa.Column[Any]]:
    now = sa.func.now()
    return [
        sa.Column("id", sa.Uuid, primary_key=True, server_default=sa.func.gen_random_uuid()),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=now),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False, server_default=now),
        sa.Column(
            "wellbore_id", sa.Uuid, sa.ForeignKey("wells_wellbore.id"), nullable=False, index=True
        ),
        *_columns(sa.Text, "depth_unit depth_datum"),
    ]


def _columns(kind: Any, names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, kind) for name in names.split()]


def _run(*, required: bool) -> sa.Column[Any]:
    key = sa.ForeignKey("drilling_run.id")
    return sa.Column("run_id", sa.Uuid, key, nullable=not required, index=True)


def upgrade() -> None:
    op.create_table(
        "drilling_bit_record",
        *_in_wellbore(),
        _run(required=True),
        sa.Column("bit_type", sa.Text, nullable=False),
        sa.Column("serial", sa.Text, index=True),
        *_columns(sa.Text, "number iadc_code manufacturer model remark"),
        sa.Column("size", JSONB, nullable=False),
        sa.Column("nozzles", JSONB, nullable=False),
        sa.Column("dull_grade", JSONB),
        *_columns(sa.Float, "depth_in depth_out hours"),
    )
    op.create_table(
        "drilling_mud_report",
        *_in_wellbore(),
        _run(required=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False, index=True),
        sa.Column("mud_type", sa.Text, nullable=False),
        *_columns(sa.Text, "mud_name remark"),
        sa.Column("density", JSONB, nullable=False),
        *_columns(
            JSONB,
            "funnel_viscosity rheology_temperature plastic_viscosity yield_point gel_10s gel_10min "
            "gel_30min flowline_temperature filter_cake bentonite active_volume lost_volume",
        ),
        *_columns(sa.Float, "md theta600 theta300 theta200 theta100 theta6 theta3 filtrate"),
        *_columns(sa.Float, "filtrate_hthp ph solids water oil sand chlorides calcium"),
        *_columns(sa.Float, "electrical_stability"),
    )


def downgrade() -> None:
    op.drop_table("drilling_mud_report")
    op.drop_table("drilling_bit_record")
