"""Completions of wellbores, their zones and perforations."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "wells_0003"
down_revision = "wells_0002"
branch_labels = None
depends_on = None

_AT = sa.DateTime(timezone=True)


def _record() -> list[sa.Column[Any]]:
    return [
        sa.Column("id", sa.Uuid, primary_key=True, server_default=sa.func.gen_random_uuid()),
        sa.Column("created_at", _AT, nullable=False, server_default=sa.func.now()),
        sa.Column("updated_at", _AT, nullable=False, server_default=sa.func.now()),
    ]


def _stretch(*, known: bool) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("top_md", sa.Float, nullable=not known),
        sa.Column("bottom_md", sa.Float, nullable=not known),
        sa.Column("depth_unit", sa.Text, nullable=not known),
        sa.Column("depth_datum", sa.Text, nullable=not known),
        sa.CheckConstraint("depth_unit IN ('m', 'ft')", name="depth_unit"),
        sa.CheckConstraint("top_md < bottom_md", name="depths"),
    ]


def _status() -> list[sa.Column[Any]]:
    return [
        sa.Column("status_since", sa.Date),
        sa.Column("remark", sa.Text),
    ]


def upgrade() -> None:
    op.create_table(
        "wells_completion",
        *_record(),
        sa.Column(
            "wellbore_id", sa.Uuid, sa.ForeignKey("wells_wellbore.id"), nullable=False, index=True
        ),
        sa.Column("asset_id", sa.Uuid, sa.ForeignKey("core_asset.id"), nullable=False, unique=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False, index=True),
        sa.Column("run_on", sa.Date),
        sa.Column("ended_on", sa.Date),
        *_status(),
        *_stretch(known=False),
        sa.CheckConstraint("run_on <= ended_on", name="days"),
    )
    op.create_table(
        "wells_zone",
        *_record(),
        sa.Column("completion_id", sa.Uuid, sa.ForeignKey("wells_completion.id"), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("formation", sa.Text, index=True),
        sa.Column("status", sa.Text, nullable=False),
        *_status(),
        *_stretch(known=True),
        sa.UniqueConstraint("completion_id", "name"),
        sa.UniqueConstraint("id", "completion_id"),
    )
    op.create_table(
        "wells_perforation",
        *_record(),
        sa.Column(
            "completion_id",
            sa.Uuid,
            sa.ForeignKey("wells_completion.id"),
            nullable=False,
            index=True,
        ),
        sa.Column("zone_id", sa.Uuid, index=True),
        sa.Column("shot_on", sa.Date),
        sa.Column("shot_density", JSONB),
        sa.Column("phasing", sa.Float),
        sa.Column("status", sa.Text, nullable=False),
        *_status(),
        *_stretch(known=True),
        sa.ForeignKeyConstraint(
            ["zone_id", "completion_id"], ["wells_zone.id", "wells_zone.completion_id"]
        ),
    )


def downgrade() -> None:
    for table in ("wells_perforation", "wells_zone", "wells_completion"):
        op.drop_table(table)
