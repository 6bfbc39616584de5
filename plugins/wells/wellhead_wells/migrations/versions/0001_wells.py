"""Wells, wellbores, their identifiers, aliases, datums and status history."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.schema import SchemaItem

revision = "wells_0001"
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


def _owned_by_well() -> sa.Column[Any]:
    return sa.Column(
        "well_id", sa.Uuid, sa.ForeignKey("wells_well.id", ondelete="CASCADE"), nullable=False
    )


def _identifier() -> list[SchemaItem]:
    return [
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("value", sa.Text, nullable=False),
        sa.Column("normalised", sa.Text),
        sa.Column("key", sa.Text),
        sa.Column("warning", sa.Text),
        sa.UniqueConstraint("kind", "key"),
    ]


def upgrade() -> None:
    _create_wells()
    _create_what_wells_own()
    _create_wellbores()


def _create_wells() -> None:
    op.create_table(
        "wells_well",
        *_record(),
        sa.Column("asset_id", sa.Uuid, sa.ForeignKey("core_asset.id"), nullable=False, unique=True),
        sa.Column("status", sa.Text, nullable=False, index=True),
        sa.Column("country", sa.Text),
        sa.Column("field", sa.Text, index=True),
        sa.Column("operator", sa.Text, index=True),
        sa.Column("well_type", sa.Text),
        sa.Column("purpose", sa.Text),
        sa.Column("fluid", sa.Text),
        sa.Column("spud_date", sa.Date),
        sa.Column("latitude", sa.Float),
        sa.Column("longitude", sa.Float),
        sa.Column("source_crs", sa.Text),
        sa.Column("source_x", sa.Float),
        sa.Column("source_y", sa.Float),
        sa.Column("ground_elevation", sa.Float),
        sa.Column("elevation_unit", sa.Text),
        sa.Column("depth_datum", sa.Text),
        sa.CheckConstraint("latitude BETWEEN -90 AND 90", name="latitude"),
        sa.CheckConstraint("longitude BETWEEN -180 AND 180", name="longitude"),
        sa.CheckConstraint("elevation_unit IN ('m', 'ft')", name="elevation_unit"),
    )


def _create_what_wells_own() -> None:
    op.create_table("wells_well_identifier", *_record(), _owned_by_well(), *_identifier())
    op.create_index("ix_wells_well_identifier_well_id", "wells_well_identifier", ["well_id"])
    op.create_table(
        "wells_well_alias",
        *_record(),
        _owned_by_well(),
        sa.Column("name", sa.Text, nullable=False, index=True),
        sa.Column("system", sa.Text),
        sa.UniqueConstraint("well_id", "name"),
    )
    op.create_table(
        "wells_well_datum",
        *_record(),
        _owned_by_well(),
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("elevation", sa.Float, nullable=False),
        sa.Column("unit", sa.Text, nullable=False),
        sa.UniqueConstraint("well_id", "code"),
        sa.CheckConstraint("unit IN ('m', 'ft')", name="unit"),
    )
    op.create_table(
        "wells_status_change",
        *_record(),
        _owned_by_well(),
        sa.Column("from_status", sa.Text),
        sa.Column("to_status", sa.Text, nullable=False),
        sa.Column("effective_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("remark", sa.Text),
        sa.Column("changed_by", sa.Text),
        sa.UniqueConstraint("well_id", "effective_at"),
    )


def _create_wellbores() -> None:
    op.create_table(
        "wells_wellbore",
        *_record(),
        sa.Column("well_id", sa.Uuid, sa.ForeignKey("wells_well.id"), nullable=False, index=True),
        sa.Column("asset_id", sa.Uuid, sa.ForeignKey("core_asset.id"), nullable=False, unique=True),
        sa.Column("number", sa.Text),
        sa.Column("wellbore_type", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("parent_id", sa.Uuid, index=True),
        sa.Column("kickoff_md", sa.Float),
        sa.Column("md", sa.Float),
        sa.Column("tvd", sa.Float),
        sa.Column("depth_unit", sa.Text),
        sa.Column("depth_datum", sa.Text),
        sa.UniqueConstraint("id", "well_id"),
        sa.ForeignKeyConstraint(
            ["parent_id", "well_id"], ["wells_wellbore.id", "wells_wellbore.well_id"]
        ),
        sa.CheckConstraint("depth_unit IN ('m', 'ft')", name="depth_unit"),
        sa.CheckConstraint("parent_id <> id", name="parent"),
    )
    op.create_index(
        "uq_wells_wellbore_initial",
        "wells_wellbore",
        ["well_id"],
        unique=True,
        postgresql_where=sa.text("wellbore_type = 'initial'"),
    )
    op.create_table(
        "wells_wellbore_identifier",
        *_record(),
        sa.Column(
            "wellbore_id",
            sa.Uuid,
            sa.ForeignKey("wells_wellbore.id", ondelete="CASCADE"),
            nullable=False,
            index=True,
        ),
        *_identifier(),
    )


def downgrade() -> None:
    for table in (
        "wells_wellbore_identifier",
        "wells_wellbore",
        "wells_status_change",
        "wells_well_datum",
        "wells_well_alias",
        "wells_well_identifier",
        "wells_well",
    ):
        op.drop_table(table)
