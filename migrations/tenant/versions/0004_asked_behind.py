"""A run may be asked for while another of its job goes on."""

import sqlalchemy as sa
from alembic import op

revision = "core_0004"
down_revision = "core_0003"
branch_labels = None
depends_on = None

TABLE = "core_job_run"
WORKED_AT = "scheduler IS NOT NULL"
WAITS = "state = 'asked'"


def upgrade() -> None:
    op.drop_index("uq_core_job_run_held", TABLE)
    _unique("uq_core_job_run_worked_at", WORKED_AT)
    _unique("uq_core_job_run_waits", WAITS)


def downgrade() -> None:
    op.execute(
        "DELETE FROM core_job_run a USING core_job_run b "
        "WHERE a.state = 'asked' AND b.scheduler IS NOT NULL AND a.job = b.job"
    )
    op.drop_index("uq_core_job_run_waits", TABLE)
    op.drop_index("uq_core_job_run_worked_at", TABLE)
    _unique("uq_core_job_run_held", f"{WORKED_AT} OR {WAITS}")


def _unique(name: str, where: str) -> None:
    op.create_index(name, TABLE, ["job"], unique=True, postgresql_where=sa.text(where))
