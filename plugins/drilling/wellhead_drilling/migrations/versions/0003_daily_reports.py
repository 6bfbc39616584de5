"""Daily drilling reports, their activities, cost lines and approved revisions."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "drilling_0003"
down_revision = "drilling_0002"
branch_labels = None
depends_on = None


def _record() -> list[sa.Column[Any]]:
    return [
        sa.Column("id", sa.Uuid, primary_key=True, server_default=sa.func.gen_random_uuid()),
        *(
            sa.Column(
                name, sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()
            )
            for name in ("created_at", "updated_at")
        ),
    ]


def _of_report() -> list[sa.Column[Any]]:
    return [
        *_record(),
        sa.Column(
            "report_id",
            sa.Uuid,
            sa.ForeignKey("drilling_daily_report.id", ondelete="CASCADE"),
            nullable=False,
            index=True,
        ),
    ]


def _instant(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _texts(*names: str, nullable: bool = True) -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.Text, nullable=nullable) for name in names]


def upgrade() -> None:
    _create_reports()
    op.create_table(
        "drilling_activity",
        *_of_report(),
        _instant("start_at"),
        _instant("end_at"),
        *_texts("phase", "code", "time_class", nullable=False),
        *_texts("detail", "description"),
        sa.Column("depth_from", sa.Float),
        sa.Column("depth_to", sa.Float),
        sa.CheckConstraint("end_at > start_at", name="times"),
    )
    op.create_table(
        "drilling_cost_line",
        *_of_report(),
        sa.Column("position", sa.Integer, nullable=False),
        *_texts("code", "currency", nullable=False),
        *_texts("description", "vendor", "unit", "afe"),
        sa.Column("quantity", sa.Numeric),
        sa.Column("unit_price", sa.Numeric),
        sa.Column("amount", sa.Numeric, nullable=False),
    )
    op.create_table(
        "drilling_report_revision",
        *_of_report(),
        sa.Column("revision", sa.Integer, nullable=False),
        *_texts("reason"),
        _instant("approved_at"),
        *_texts("approved_by", nullable=False),
        sa.Column("content", JSONB, nullable=False),
        sa.UniqueConstraint("report_id", "revision"),
    )


def _create_reports() -> None:
    op.create_table(
        "drilling_daily_report",
        *_record(),
        sa.Column(
            "wellbore_id", sa.Uuid, sa.ForeignKey("wells_wellbore.id"), nullable=False, index=True
        ),
        sa.Column("rig_id", sa.Uuid, sa.ForeignKey("drilling_rig.id"), nullable=False, index=True),
        sa.Column("report_date", sa.Date, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        _instant("begins_at"),
        _instant("ends_at"),
        *_texts("time_zone", "state", nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        *_texts("revision_reason"),
        sa.Column("authors", ARRAY(sa.Uuid), nullable=False),
        _instant("submitted_at", nullable=True),
        _instant("approved_at", nullable=True),
        *_texts("submitted_by", "approved_by", "rejection_reason"),
        *_texts("depth_unit", "depth_datum"),
        sa.Column("depth_start", sa.Float),
        sa.Column("depth_end", sa.Float),
        *_texts("summary", "forecast", "remarks", "weather"),
        sa.Column("persons_on_board", sa.Integer),
        sa.Column("safety_events", JSONB, nullable=False),
        *_texts("afe"),
        sa.UniqueConstraint("wellbore_id", "rig_id", "report_date"),
        sa.UniqueConstraint("wellbore_id", "number"),
        sa.CheckConstraint("ends_at > begins_at", name="day"),
    )


def downgrade() -> None:
    for table in ("report_revision", "cost_line", "activity", "daily_report"):
        op.drop_table(f"drilling_{table}")
