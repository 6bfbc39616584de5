"""A run of the platform's own jobs, too, may be asked for while another of its job goes on."""

import sqlalchemy as sa
from alembic import op

revision = "platform_0007"
down_revision = "platform_0006"
branch_labels = None
depends_on = None

SCHEMA = "platform"
TABLE = "job_run"
WORKED_AT = "scheduler IS NOT NULL"
WAITS = "state = 'asked'"


def upgrade() -> None:
    op.drop_index("uq_job_run_held", TABLE, schema=SCHEMA)
    _unique("uq_job_run_worked_at", WORKED_AT)
    _unique("uq_job_run_waits", WAITS)


def downgrade() -> None:
    op.execute(
        "DELETE FROM platform.job_run a USING platform.job_run b "
        "WHERE a.state = 'asked' AND b.scheduler IS NOT NULL AND a.job = b.job"
    )
    op.drop_index("uq_job_run_waits", TABLE, schema=SCHEMA)
    op.drop_index("uq_job_run_worked_at", TABLE, schema=SCHEMA)
    _unique("uq_job_run_held", f"{WORKED_AT} OR {WAITS}")


def _unique(name: str, where: str) -> None:
    op.create_index(
        name, TABLE, ["job"], unique=True, postgresql_where=sa.text(where), schema=SCHEMA
    )
