"""Gauges run in tests, and their series of pressures."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "well_testing_0002"
down_revision = "well_testing_0001"
branch_labels = None
depends_on = None


def _record() -> list[sa.Column[Any]]:
    now = sa.func.now()
    return [
        sa.Column("id", sa.Uuid, primary_key=True, server_default=sa.func.gen_random_uuid()),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=now),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False, server_default=now),
    ]


def _columns(kind: Any, names: str, *, nullable: bool = True) -> list[sa.Column[Any]]:
    return [sa.Column(name, kind, nullable=nullable) for name in names.split()]


def _key(name: str, table: str, **options: Any) -> sa.Column[Any]:
    of = sa.ForeignKey(f"{table}.id", ondelete="CASCADE")
    return sa.Column(name, sa.Uuid, of, **{"nullable": False} | options)


def upgrade() -> None:
    op.create_table(
        "well_testing_gauge_run",
        *_record(),
        _key("test_id", "well_testing_test", index=True),
        sa.Column("wellbore_id", sa.Uuid, sa.ForeignKey("wells_wellbore.id"), index=True),
        *_columns(sa.Text, "gauge pressure_kind pressure_unit", nullable=False),
        *_columns(sa.Text, "serial depth_unit depth_datum remark"),
        sa.Column("depth_md", sa.Float),
        sa.Column("atmospheric_pressure", JSONB),
        sa.CheckConstraint("pressure_kind IN ('gauge', 'absolute')", name="pressure_kind"),
        sa.CheckConstraint(
            "pressure_kind = 'absolute' OR atmospheric_pressure IS NOT NULL", name="atmosphere"
        ),
    )
    op.create_table(
        "well_testing_series",
        *_record(),
        _key("gauge_run_id", "well_testing_gauge_run"),
        *_columns(sa.Integer, "version count usable", nullable=False),
        *_columns(sa.Text, "source pressure_unit", nullable=False),
        *_columns(sa.Text, "source_name source_sha256 reason created_by"),
        sa.Column("tag_id", sa.Integer),
        *_columns(sa.DateTime(timezone=True), "first_at last_at", nullable=False),
        *_columns(sa.Float, "minimum maximum"),
        sa.UniqueConstraint("gauge_run_id", "version"),
        sa.CheckConstraint("source IN ('csv', 'tag')", name="source"),
    )
    op.create_table(
        "well_testing_block",
        _key("series_id", "well_testing_series", primary_key=True),
        sa.Column("position", sa.Integer, primary_key=True),
        *_columns(sa.DateTime(timezone=True), "first_at last_at", nullable=False),
        *_columns(sa.LargeBinary, "times pressures qualities", nullable=False),
    )


def downgrade() -> None:
    op.drop_table("well_testing_block")
    op.drop_table("well_testing_series")
    op.drop_table("well_testing_gauge_run")
