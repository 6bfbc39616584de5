"""The tables of jobs: their runs, in each tenant and for the platform, and who runs them."""

import datetime as dt
import uuid

from sqlalchemy import BigInteger, DateTime, Identity, Index, func
from sqlalchemy.orm import Mapped, mapped_column

from wellhead.database.extension import CoreModel, PlatformModel
from wellhead.database.scope import PLATFORM_SCHEMA

STATES = ("asked", "running", "done", "failed", "timed_out", "abandoned")
WORKED_AT = "scheduler IS NOT NULL"
"""Of these there is one a job: a run whose work is going on somewhere."""
WAITS = "state = 'asked'"
"""Of these, too: beside one that is worked at."""


class RunColumns:
    """One run of a job.

    due_at: when a schedule wanted it; None when somebody asked for it
    state: one of STATES; `abandoned` = its scheduler ended before it did
    scheduler: who works at it now; a run that timed out keeps it until its function returns
    detail: why it did not end well
    asked_by: `schedule`, `cli`, or the e-mail of the user who asked
    """

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    job: Mapped[str]
    due_at: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))
    asked_at: Mapped[dt.datetime] = mapped_column(
        DateTime(timezone=True), server_default=func.now()
    )
    started_at: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))
    ended_at: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))
    state: Mapped[str]
    scheduler: Mapped[uuid.UUID | None]
    detail: Mapped[str | None]
    asked_by: Mapped[str]


class JobRun(RunColumns, CoreModel):
    """A run inside the tenant."""

    __tablename__ = "core_job_run"
    __table_args__ = (
        Index("ix_core_job_run_job_id", "job", "id"),
        Index("uq_core_job_run_worked_at", "job", unique=True, postgresql_where=WORKED_AT),
        Index("uq_core_job_run_waits", "job", unique=True, postgresql_where=WAITS),
    )


class PlatformJobRun(RunColumns, PlatformModel):
    """A run of a job that belongs to no tenant."""

    __tablename__ = "job_run"
    __table_args__ = (
        Index("ix_job_run_job_id", "job", "id"),
        Index("uq_job_run_worked_at", "job", unique=True, postgresql_where=WORKED_AT),
        Index("uq_job_run_waits", "job", unique=True, postgresql_where=WAITS),
        {"schema": PLATFORM_SCHEMA},
    )


class Scheduler(PlatformModel):
    """A scheduler process; heard_at: of its last heartbeat. One that ends cleanly takes its row
    along."""

    __tablename__ = "scheduler"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    host: Mapped[str]
    started_at: Mapped[dt.datetime] = mapped_column(server_default=func.now())
    heard_at: Mapped[dt.datetime] = mapped_column(server_default=func.now())
