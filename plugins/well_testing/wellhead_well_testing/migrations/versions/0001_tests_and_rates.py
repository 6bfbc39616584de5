"""Well tests, their validated revisions and their rates."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "well_testing_0001"
down_revision = None
branch_labels = None
depends_on = None


def _record() -> list[sa.Column[Any]]:
    now = sa.func.now()
    return [
        sa.Column("id", sa.Uuid, primary_key=True, server_default=sa.func.gen_random_uuid()),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=now),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False, server_default=now),
    ]


def _columns(kind: Any, names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, kind) for name in names.split()]


def _of_test() -> sa.Column[Any]:
    key = sa.ForeignKey("well_testing_test.id", ondelete="CASCADE")
    return sa.Column("test_id", sa.Uuid, key, nullable=False)


def _rates() -> list[sa.Column[Any]]:
    return _columns(
        JSONB, "choke oil_rate gas_rate water_rate wellhead_pressure bottomhole_pressure"
    )


def _instants(names: str) -> list[sa.Column[Any]]:
    return _columns(sa.DateTime(timezone=True), names)


def upgrade() -> None:
    op.create_table(
        "well_testing_test",
        *_record(),
        sa.Column("well_id", sa.Uuid, sa.ForeignKey("wells_well.id"), nullable=False),
        sa.Column("completion_id", sa.Uuid, sa.ForeignKey("wells_completion.id"), index=True),
        sa.Column("kind", sa.Text, nullable=False, index=True),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("start_at", sa.DateTime(timezone=True), index=True),
        *_instants("end_at effective_at decided_at"),
        sa.Column("standard_conditions", sa.Text, nullable=False),
        *_rates(),
        *_columns(JSONB, "separator_pressure separator_temperature"),
        *_columns(sa.Text, "reference remark revision_reason decided_by decision_reason"),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.CheckConstraint("end_at > start_at", name="times"),
        sa.CheckConstraint(
            "state IN ('planned', 'running', 'validated', 'rejected')", name="state"
        ),
        sa.Index("ix_well_testing_test_well_id_state", "well_id", "state", "end_at"),
    )
    op.create_table(
        "well_testing_test_revision",
        *_record(),
        _of_test(),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Text, nullable=False),
        *_columns(sa.Text, "revision_reason decision_reason"),
        sa.Column("content", JSONB, nullable=False),
        sa.UniqueConstraint("test_id", "revision"),
    )
    op.create_table(
        "well_testing_rate_step",
        *_record(),
        _of_test(),
        sa.Column("start_at", sa.DateTime(timezone=True), nullable=False),
        *_rates(),
        sa.Column("remark", sa.Text),
        sa.UniqueConstraint("test_id", "start_at"),
    )


def downgrade() -> None:
    op.drop_table("well_testing_rate_step")
    op.drop_table("well_testing_test_revision")
    op.drop_table("well_testing_test")
