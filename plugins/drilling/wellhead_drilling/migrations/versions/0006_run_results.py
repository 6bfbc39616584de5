"""Results that are kept with a run."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "drilling_0006"
down_revision = "drilling_0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    now = sa.func.now()
    op.create_table(
        "drilling_run_result",
        sa.Column("id", sa.Uuid, primary_key=True, server_default=sa.func.gen_random_uuid()),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=now),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False, server_default=now),
        sa.Column(
            "run_id",
            sa.Uuid,
            sa.ForeignKey("drilling_run.id", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("calculation", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("inputs", JSONB, nullable=False),
        sa.Column("made_from", JSONB, nullable=False),
        sa.Column("results", JSONB, nullable=False),
        sa.Column("formula", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("remark", sa.Text),
        sa.Column("created_by", sa.Text),
        sa.UniqueConstraint("run_id", "calculation", "version"),
    )


def downgrade() -> None:
    op.drop_table("drilling_run_result")
