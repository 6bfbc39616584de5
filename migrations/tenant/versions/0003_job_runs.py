"""Runs of the jobs."""

import datetime as dt

import sqlalchemy as sa
from alembic import op

revision = "core_0003"
down_revision = "core_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "core_job_run",
        sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
        sa.Column("job", sa.Text, nullable=False),
        _time("due_at"),
        _time("asked_at", now=True),
        _time("started_at"),
        _time("ended_at"),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("scheduler", sa.Uuid),
        sa.Column("detail", sa.Text),
        sa.Column("asked_by", sa.Text, nullable=False),
    )
    op.create_index("ix_core_job_run_job_id", "core_job_run", ["job", "id"])
    op.create_index(
        "uq_core_job_run_held",
        "core_job_run",
        ["job"],
        unique=True,
        postgresql_where=sa.text("scheduler IS NOT NULL OR state = 'asked'"),
    )


def downgrade() -> None:
    op.drop_table("core_job_run")


def _time(name: str, *, now: bool = False) -> sa.Column[dt.datetime]:
    default = sa.func.now() if now else None
    return sa.Column(name, sa.DateTime(timezone=True), nullable=not now, server_default=default)
