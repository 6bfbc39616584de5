"""Analyses of tests."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "well_testing_0003"
down_revision = "well_testing_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    now = sa.func.now()
    op.create_table(
        "well_testing_analysis",
        sa.Column("id", sa.Uuid, primary_key=True, server_default=sa.func.gen_random_uuid()),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=now),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False, server_default=now),
        sa.Column(
            "test_id",
            sa.Uuid,
            sa.ForeignKey("well_testing_test.id", ondelete="CASCADE"),
            nullable=False,
        ),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("kind", "system", "source")),
        sa.Column("version", sa.Integer, nullable=False),
        *(
            sa.Column(name, JSONB, nullable=False)
            for name in ("inputs", "made_from", "results", "warnings", "tables")
        ),
        *(sa.Column(name, sa.Text) for name in ("remark", "created_by")),
        sa.UniqueConstraint("test_id", "kind", "version"),
    )


def downgrade() -> None:
    op.drop_table("well_testing_analysis")
