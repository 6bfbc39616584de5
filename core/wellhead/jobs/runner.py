"""Worker threads that run jobs: a bounded number, and none lost to a job that hangs.

A thread cannot be ended from outside. So a run that takes too long is marked, its thread is left
to itself, and a new worker takes the place; the job's hold stays until the function returns, which
bounds the threads left behind to one a job and tenant.
"""

import threading
import time
import uuid
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime

import structlog
from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from wellhead.audit.actor import Actor, acting
from wellhead.database.extension import tenant
from wellhead.errors import DatabaseError, WellheadError
from wellhead.jobs import ledger
from wellhead.jobs.catalog import KnownJob
from wellhead.jobs.ledger import Place

WORKERS = 4
AWAY = (SQLAlchemyError, DatabaseError)
"""What says that the database cannot be used now."""
_RETRY_SECONDS = 1.0
log = structlog.get_logger(__name__)


class _Run:
    """One run that goes on."""

    def __init__(self, place: Place, number: int, known: KnownJob) -> None:
        self.place = place
        self.id = number
        self.deadline = time.monotonic() + known.job.max_seconds
        self.limit = known.job.max_seconds
        self.timed_out = False


class Runner:
    """Runs what is offered. `scheduler` is the id of this process in the ledger."""

    def __init__(self, app: Flask, scheduler: uuid.UUID) -> None:
        self._app = app
        self._scheduler = scheduler
        self._changed = threading.Condition()
        self._waiting: deque[tuple[KnownJob, Place]] = deque()
        self._runs: dict[Place, _Run] = {}
        self._claims = 0  # what is neither waiting any more nor running yet
        self._stopping = False
        self._ended = threading.Event()
        self.missed = threading.Event()
        """Set when something offered could not be looked at: offer everything again."""

    def start(self) -> None:
        for _ in range(WORKERS):
            self._hire()

    def offer(self, known: KnownJob, place: Place) -> None:
        """Look whether the job is due there, and run it then, when a worker is free."""
        with self._changed:
            if place not in self._runs and (known, place) not in self._waiting:
                self._waiting.append((known, place))
                self._changed.notify()

    def watch(self) -> None:
        """Mark the runs that take too long, and replace their workers."""
        now = time.monotonic()
        with self._changed:
            late = [run for run in self._runs.values() if not run.timed_out and run.deadline < now]
            for run in late:
                run.timed_out = True
        for run in late:
            log.error("job takes too long", job=run.place.job, tenant=run.place.tenant, run=run.id)
            self._hire()
            self._time_out(run)

    def stop(self, seconds: float) -> int:
        """Begin nothing more and wait this long for what runs; how many runs did not end."""
        deadline = time.monotonic() + seconds
        with self._changed:
            self._stopping = True
            self._waiting.clear()
            self._changed.notify_all()
            while (self._going() or self._claims) and time.monotonic() < deadline:
                self._changed.wait(max(0.01, deadline - time.monotonic()))
            self._ended.set()
            return len(self._going())

    def _going(self) -> list[_Run]:
        return [run for run in self._runs.values() if not run.timed_out]

    def _hire(self) -> None:
        threading.Thread(target=self._work, name="job-worker", daemon=True).start()

    def _work(self) -> None:
        while True:
            with self._changed:
                while not self._waiting and not self._stopping:
                    self._changed.wait()
                if self._stopping:
                    return
                known, place = self._waiting.popleft()
                self._claims += 1
            if self._replaced_after(known, place):
                return

    def _replaced_after(self, known: KnownJob, place: Place) -> bool:
        """Claim and run; whether another worker has taken this one's place meanwhile."""
        with self._app.app_context():
            run = self._claim(known, place)
            if run is None:
                return False
            state, detail = self._call(known, place)
            self._surely(lambda: ledger.end(place, run.id, self._scheduler, state, detail))
        with self._changed:
            if self._runs.get(place) is run:  # else its next one has begun in another worker
                del self._runs[place]
            self._changed.notify_all()
        self.offer(known, place)  # it may have been asked for meanwhile
        return run.timed_out

    def _claim(self, known: KnownJob, place: Place) -> _Run | None:
        """The run, when the job is due there and nobody else has it."""
        run: _Run | None = None
        try:
            number = ledger.claim(known, place, self._scheduler, datetime.now(UTC))
            run = None if number is None else _Run(place, number, known)
        except AWAY as error:
            log.warning("job could not be looked at", job=place.job, error=str(error).strip())
            self.missed.set()
        except Exception:  # isolates: the worker from one job's claim
            log.error("job could not be claimed", job=place.job, exc_info=True)
        finally:
            with self._changed:
                self._claims -= 1
                if run is not None:
                    self._runs[place] = run
                self._changed.notify_all()
        return run

    def _call(self, known: KnownJob, place: Place) -> tuple[str, str | None]:
        started = time.monotonic()
        log.debug("job begins", job=place.job, tenant=place.tenant)
        try:
            function = known.job.load()
            with acting(Actor(f"job {place.job}")):
                if place.tenant is None:
                    function()
                else:
                    with tenant(place.tenant):  # what the job does not commit is rolled back
                        function()
        except BaseException as error:  # isolates: foreign code, in a thread of its own
            log.error("job failed", job=place.job, tenant=place.tenant, exc_info=error)
            return "failed", _shown(error)
        seconds = round(time.monotonic() - started, 3)
        log.debug("job done", job=place.job, tenant=place.tenant, seconds=seconds)
        return "done", None

    def _time_out(self, run: _Run) -> None:
        why = f"did not end within {run.limit:g} s"
        with self._app.app_context():
            self._surely(lambda: ledger.time_out(run.place, run.id, self._scheduler, why))

    def _surely(self, write: Callable[[], object]) -> None:
        """Again and again while the database is away; after the stop its successor does it."""
        while not self._ended.is_set():
            try:
                write()
            except AWAY as error:
                log.warning("jobs: the database is away", error=str(error).strip())
                self._ended.wait(_RETRY_SECONDS)
            else:
                return


def _shown(error: BaseException) -> str:
    """Our own errors are written for people; any other's text may hold what is secret."""
    if isinstance(error, WellheadError):
        return str(error)
    return f"{type(error).__name__}; the log has the rest"
