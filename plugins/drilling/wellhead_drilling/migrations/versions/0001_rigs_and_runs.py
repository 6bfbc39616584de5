"""Rigs and where they work, hole sections, BHA runs."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "drilling_0001"
down_revision = None
branch_labels = None
depends_on = None


def _record() -> list[sa.Column[Any]]:
    return [
        sa.Column("id", sa.Uuid, primary_key=True, server_default=sa.func.gen_random_uuid()),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()
        ),
        sa.Column(
            "updated_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()
        ),
    ]


def _wellbore() -> sa.Column[Any]:
    return sa.Column(
        "wellbore_id", sa.Uuid, sa.ForeignKey("wells_wellbore.id"), nullable=False, index=True
    )


def _depths(*names: str) -> list[sa.Column[Any]]:
    words = [sa.Column(name, sa.Text) for name in ("depth_unit", "depth_datum")]
    return [*words, *_numbers(*names)]


def _numbers(*names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.Float) for name in names]


def _instants(*names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.DateTime(timezone=True)) for name in names]


def upgrade() -> None:
    op.create_table(
        "drilling_rig",
        *_record(),
        sa.Column("asset_id", sa.Uuid, sa.ForeignKey("core_asset.id"), nullable=False, unique=True),
        sa.Column("contractor", sa.Text, index=True),
        sa.Column("rig_type", sa.Text, nullable=False),
        sa.Column("rig_class", sa.Text),
        sa.Column("power", JSONB),
        sa.Column("hook_load_rating", JSONB),
        sa.Column("time_zone", sa.Text, nullable=False),
        sa.Column("report_day_start", sa.Text, nullable=False),
    )
    op.create_table(
        "drilling_rig_assignment",
        *_record(),
        sa.Column("rig_id", sa.Uuid, sa.ForeignKey("drilling_rig.id"), nullable=False, index=True),
        _wellbore(),
        sa.Column("start_at", sa.DateTime(timezone=True), nullable=False),
        *_instants("end_at"),
        sa.Column("remark", sa.Text),
        sa.CheckConstraint("end_at > start_at", name="times"),
    )
    op.create_table(
        "drilling_section",
        *_record(),
        _wellbore(),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("name", sa.Text),
        sa.Column("diameter", JSONB, nullable=False),
        *_depths("planned_top_md", "planned_bottom_md", "top_md", "bottom_md"),
        sa.Column("planned_start", sa.Date),
        sa.Column("planned_end", sa.Date),
        *_instants("start_at", "end_at"),
        sa.UniqueConstraint("wellbore_id", "number"),
    )
    op.create_table(
        "drilling_run",
        *_record(),
        _wellbore(),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("section_id", sa.Uuid, sa.ForeignKey("drilling_section.id"), index=True),
        sa.Column("rig_id", sa.Uuid, sa.ForeignKey("drilling_rig.id"), index=True),
        sa.Column("objective", sa.Text),
        *_instants("time_in", "time_out"),
        *_depths("depth_in", "depth_out"),
        *_numbers("drilling_hours", "circulating_hours"),
        *_numbers("rotary_speed_min", "rotary_speed_max"),
        *(
            sa.Column(f"{name}_{end}", JSONB)
            for name in ("weight_on_bit", "flow")
            for end in ("min", "max")
        ),
        sa.Column("components", JSONB, nullable=False),
        sa.UniqueConstraint("wellbore_id", "number"),
    )


def downgrade() -> None:
    for table in ("run", "section", "rig_assignment", "rig"):
        op.drop_table(f"drilling_{table}")
