"""Casing strings, pressure tests and cement jobs."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "drilling_0005"
down_revision = "drilling_0004"
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
        *_columns(sa.Text, "depth_unit depth_datum remark"),
    ]


def _columns(kind: Any, names: str, *, required: bool = False) -> list[sa.Column[Any]]:
    return [sa.Column(name, kind, nullable=not required) for name in names.split()]


def _casing() -> sa.Column[Any]:
    key = sa.ForeignKey("drilling_casing_string.id")
    return sa.Column("casing_string_id", sa.Uuid, key, index=True)


def upgrade() -> None:
    instant = sa.DateTime(timezone=True)
    op.create_table(
        "drilling_casing_string",
        *_in_wellbore(),
        sa.Column("section_id", sa.Uuid, sa.ForeignKey("drilling_section.id"), index=True),
        *_columns(sa.Text, "name grade connection"),
        *_columns(sa.Text, "string_type", required=True),
        *_columns(JSONB, "size joints", required=True),
        *_columns(JSONB, "inner_diameter weight stick_up"),
        *_columns(sa.Float, "top_md shoe_md"),
        *_columns(instant, "set_at"),
    )
    op.create_table(
        "drilling_pressure_test",
        *_in_wellbore(),
        _casing(),
        *_columns(sa.Text, "test_type", required=True),
        *_columns(instant, "tested_at", required=True),
        *_columns(sa.Float, "md tvd duration"),
        *_columns(JSONB, "mud_density surface_pressure", required=True),
        *_columns(sa.Boolean, "passed"),
    )
    op.create_table(
        "drilling_cement_job",
        *_in_wellbore(),
        _casing(),
        *_columns(sa.Text, "job_type", required=True),
        *_columns(sa.Text, "contractor top_found_by returns"),
        *_columns(instant, "start_at", required=True),
        *_columns(instant, "end_at"),
        *_columns(sa.Float, "planned_top_md top_md excess"),
        *_columns(JSONB, "slurries", required=True),
        *_columns(JSONB, "hole_diameter shoe_track final_pressure"),
        *_columns(sa.Boolean, "plug_bumped"),
    )


def downgrade() -> None:
    for table in ("cement_job", "pressure_test", "casing_string"):
        op.drop_table(f"drilling_{table}")
