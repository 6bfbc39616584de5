"""Runs and schedulers in the database: what makes a run happen once, whoever looks.

A run is held by a unique index from when it begins until its function has returned, so that no two
schedulers work at one job of a tenant; one more may wait. A claim is made under a lock and looks at
the last run first, so that of two schedulers with the same due moment one runs it.

The writes are statements on bare tables: they are bookkeeping, and leave no audit rows.
"""

import datetime as dt
import socket
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import case, delete, func, insert, select, text, update
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from wellhead.database.events import emit
from wellhead.database.extension import db
from wellhead.database.scope import Scope, scoped
from wellhead.jobs.catalog import KnownJob
from wellhead.jobs.models import WAITS, WORKED_AT, JobRun, PlatformJobRun, Scheduler
from wellhead.tenancy.models import Tenant

ASKED = "core.job_asked"
"""Kind of the event that says a run was asked for."""
SILENT_SECONDS = 30
"""A scheduler not heard for this long counts as dead, and its runs as abandoned."""
_SCHEDULERS: Any = Scheduler.__table__
_MOST_DETAIL = 2000


@dataclass(frozen=True, slots=True)
class Place:
    """Where a job runs: its name and a tenant, None for the platform."""

    job: str
    tenant: str | None


class AlreadyRuns(Exception):
    """The job waits or runs there; `run` is that run's id."""

    def __init__(self, run: int) -> None:
        super().__init__(f"run {run} has not ended")
        self.run = run


@contextmanager
def _open(tenant: str | None) -> Iterator[tuple[Session, Any]]:
    """A transaction of its own in the tenant or the platform, and the table of runs there."""
    table: Any = PlatformJobRun.__table__ if tenant is None else JobRun.__table__
    with scoped(Scope(tenant)), Session(db.engine) as session, session.begin():
        yield session, table


def active_tenants() -> list[str]:
    """Those not suspended, by name."""
    with _open(None) as (session, _):
        return list(
            session.scalars(select(Tenant.name).where(~Tenant.suspended).order_by(Tenant.name))
        )


def ask(place: Place, asked_by: str) -> int:
    """Have a scheduler run the job soon; the run's id. Raises AlreadyRuns."""
    return _ask(place, asked_by, f"{WORKED_AT} OR {WAITS}")


def ask_again(place: Place, asked_by: str) -> int:
    """As `ask`, also while a run goes on, which may be past what there is to do: the new one begins
    after it. Raises AlreadyRuns where one waits."""
    return _ask(place, asked_by, WAITS)


def _ask(place: Place, asked_by: str, held_by: str) -> int:
    with _open(place.tenant) as (session, runs):
        _lock(session, place)
        held = session.scalar(
            select(runs.c.id).where(runs.c.job == place.job, text(held_by)).limit(1)
        )
        if held is not None:
            raise AlreadyRuns(held)
        run = session.execute(
            insert(runs)
            .values(job=place.job, state="asked", asked_by=asked_by)
            .returning(runs.c.id)
        ).scalar_one()
        emit(ASKED, {"job": place.job}, session)
        return int(run)


def claim(known: KnownJob, place: Place, scheduler: uuid.UUID, now: dt.datetime) -> int | None:
    """The run this scheduler is to work at now: one that was asked for, or one that is due.

    A moment of the schedule is over when a run has begun since, whoever asked for that one.

    now: by the clock that the schedule goes by. None when there is nothing to do, or another
    scheduler does it.
    """
    with _open(place.tenant) as (session, runs):
        _lock(session, place)
        mine = select(runs.c.id).where(runs.c.job == place.job)
        if session.scalar(mine.where(runs.c.scheduler.is_not(None))) is not None:
            return None
        begun = {"state": "running", "scheduler": scheduler, "started_at": func.now()}
        asked = session.execute(
            update(runs)
            .where(runs.c.job == place.job, runs.c.state == "asked")
            .values(begun)
            .returning(runs.c.id)
        ).scalar_one_or_none()
        if asked is not None:
            return int(asked)
        last = session.execute(
            select(func.coalesce(runs.c.due_at, runs.c.started_at))
            .where(runs.c.job == place.job, runs.c.started_at.is_not(None))
            .order_by(runs.c.id.desc())
            .limit(1)
        ).scalar_one_or_none()
        if not known.schedule.is_due(last, now):
            return None
        run = session.execute(
            insert(runs)
            .values(job=place.job, due_at=now, asked_by="schedule", **begun)
            .returning(runs.c.id)
        ).scalar_one()
        return int(run)


def time_out(place: Place, run: int, scheduler: uuid.UUID, detail: str) -> None:
    """Say that the run takes too long, unless it has ended. Its function still holds the job."""
    with _open(place.tenant) as (session, runs):
        session.execute(
            update(runs)
            .where(runs.c.id == run, runs.c.scheduler == scheduler, runs.c.state == "running")
            .values(state="timed_out", ended_at=func.now(), detail=detail)
        )


def end(place: Place, run: int, scheduler: uuid.UUID, state: str, detail: str | None) -> None:
    """The run's function has returned: write how it ended, unless that is known already, and let
    another run of the job begin, at once, so that what is said to have ended holds up nobody."""
    with _open(place.tenant) as (session, runs):
        running = runs.c.state == "running"
        session.execute(
            update(runs)
            .where(runs.c.id == run, runs.c.scheduler == scheduler)
            .values(
                scheduler=None,
                state=case((running, state), else_=runs.c.state),
                ended_at=case((running, func.now()), else_=runs.c.ended_at),
                detail=case((running, detail and detail[:_MOST_DETAIL]), else_=runs.c.detail),
            )
        )


def beat(scheduler: uuid.UUID) -> None:
    """Say that this scheduler lives, and forget those that died."""
    with _open(None) as (session, _):
        session.execute(
            upsert(_SCHEDULERS)
            .values(id=scheduler, host=socket.gethostname())
            .on_conflict_do_update(index_elements=["id"], set_={"heard_at": func.now()})
        )
        session.execute(
            delete(_SCHEDULERS).where(
                _SCHEDULERS.c.heard_at < func.now() - dt.timedelta(seconds=SILENT_SECONDS)
            )
        )


def leave(scheduler: uuid.UUID) -> None:
    """This scheduler ends."""
    with _open(None) as (session, _):
        session.execute(delete(_SCHEDULERS).where(_SCHEDULERS.c.id == scheduler))


def silence() -> float | None:
    """Seconds since a scheduler was last heard; None when there is none."""
    with _open(None) as (session, _):
        age = session.scalar(
            select(func.extract("epoch", func.now() - func.max(_SCHEDULERS.c.heard_at)))
        )
        return None if age is None else float(age)


def abandon(tenant: str | None) -> int:
    """Mark the runs of schedulers that are gone, and let go of them; how many there were."""
    with _open(None) as (session, _):
        alive = list(session.scalars(select(_SCHEDULERS.c.id)))
    with _open(tenant) as (session, runs):
        running = runs.c.state == "running"
        done = session.execute(
            update(runs)
            .where(runs.c.scheduler.is_not(None), runs.c.scheduler.not_in(alive))
            .values(
                scheduler=None,
                state=case((running, "abandoned"), else_=runs.c.state),
                ended_at=case((running, func.now()), else_=runs.c.ended_at),
                detail=case((running, "its scheduler ended before it did"), else_=runs.c.detail),
            )
        )
        return int(done.rowcount)  # type: ignore[attr-defined]


def last_runs(tenant: str | None) -> dict[str, Any]:
    """The newest run of each job there, as rows of the table."""
    with _open(tenant) as (session, runs):
        rows = session.execute(
            select(runs).ext(distinct_on(runs.c.job)).order_by(runs.c.job, runs.c.id.desc())
        )
        return {row.job: row for row in rows}


def history(tenant: str | None, job: str | None, limit: int) -> list[Any]:
    """The newest runs there, newest first."""
    with _open(tenant) as (session, runs):
        query = select(runs).order_by(runs.c.id.desc()).limit(limit)
        return list(session.execute(query.where(runs.c.job == job) if job else query))


def find(place: Place, run: int) -> Any:
    """The row of one run; None when it is forgotten."""
    with _open(place.tenant) as (session, runs):
        return session.execute(select(runs).where(runs.c.id == run)).one_or_none()


def forget(tenant: str | None, days: int) -> int:
    """Delete runs that ended more than `days` ago, but each job's last, which says when it is due
    again; how many went."""
    with _open(tenant) as (session, runs):
        begun = runs.c.started_at.is_not(None)
        kept = select(func.max(runs.c.id)).where(begun).group_by(runs.c.job)
        done = session.execute(
            delete(runs).where(
                runs.c.ended_at < func.now() - dt.timedelta(days=days),
                runs.c.scheduler.is_(None),
                runs.c.id.not_in(kept),
            )
        )
        return int(done.rowcount)  # type: ignore[attr-defined]


def _lock(session: Session, place: Place) -> None:
    """One claim at a time of this job in this tenant, until the transaction ends."""
    session.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended(:place, 0))"),
        {"place": f"wellhead job {place.tenant or ''} {place.job}"},
    )
