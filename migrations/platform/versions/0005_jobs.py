"""Runs of the platform's own jobs, and the schedulers."""

import datetime as dt

import sqlalchemy as sa
from alembic import op

revision = "platform_0005"
down_revision = "platform_0004"
branch_labels = None
depends_on = None

SCHEMA = "platform"


def upgrade() -> None:
    op.create_table(
        "job_run",
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
        schema=SCHEMA,
    )
    op.create_index("ix_job_run_job_id", "job_run", ["job", "id"], schema=SCHEMA)
    op.create_index(
        "uq_job_run_held",
        "job_run",
        ["job"],
        unique=True,
        postgresql_where=sa.text("scheduler IS NOT NULL OR state = 'asked'"),
        schema=SCHEMA,
    )
    op.create_table(
        "scheduler",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("host", sa.Text, nullable=False),
        _time("started_at", now=True),
        _time("heard_at", now=True),
        schema=SCHEMA,
    )


def downgrade() -> None:
    op.drop_table("scheduler", schema=SCHEMA)
    op.drop_table("job_run", schema=SCHEMA)


def _time(name: str, *, now: bool = False) -> sa.Column[dt.datetime]:
    default = sa.func.now() if now else None
    return sa.Column(name, sa.DateTime(timezone=True), nullable=not now, server_default=default)
