"""The scheduler process: APScheduler says when to look at a job, the ledger whether to run it.

APScheduler keeps its jobs in memory; what must last is in the ledger. A look too many does no
harm, so everything is looked at after a start, a reconnection, a failure and a jump of the clock.
"""

import asyncio
import signal
import time
import uuid
from datetime import UTC, datetime

import structlog
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from flask import Flask

from wellhead.database.events import RECONNECTED, listen
from wellhead.jobs import ledger
from wellhead.jobs.catalog import JOBS, Jobs, KnownJob
from wellhead.jobs.ledger import Place
from wellhead.jobs.runner import AWAY, Runner
from wellhead.runtime import runtime_of

_TICK_SECONDS = 0.5
_BEAT_SECONDS = 5.0
_PARTED_SECONDS = 2.0
_STOP_SECONDS = 6.0
log = structlog.get_logger(__name__)


class SchedulerProcess:
    """Runs the jobs of `app` until SIGTERM or SIGINT; then waits a few seconds for those that run,
    and marks the others as abandoned. Goes on while the database is away."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._id = uuid.uuid4()
        self._jobs: Jobs = app.extensions[JOBS]
        self._runner = Runner(app, self._id)
        self._joined = False
        self._away = False
        self._beat_due = 0.0
        self._parting = _parting()
        self._scheduler = BackgroundScheduler(
            timezone=UTC,
            executors={"default": ThreadPoolExecutor(1)},
            job_defaults={"coalesce": True, "misfire_grace_time": None, "max_instances": 1},
        )

    async def run(self) -> None:
        """Until a signal."""
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop.set)
        for known in self._jobs.listing():
            self._scheduler.add_job(self._look, known.schedule, [known], id=known.job.name)
        self._runner.start()
        self._scheduler.start()
        listening = asyncio.create_task(self._listen())
        log.info("scheduler runs", jobs=len(self._jobs.listing()))
        while not stop.is_set():
            await asyncio.to_thread(self._tick)
            try:
                await asyncio.wait_for(stop.wait(), _TICK_SECONDS)
            except TimeoutError:
                continue
        log.info("scheduler stops")
        listening.cancel()
        await asyncio.to_thread(self._stop)
        log.info("scheduler stopped")

    async def _listen(self) -> None:
        async for event in listen(runtime_of(self._app).settings):
            if event.kind == RECONNECTED:
                self._runner.missed.set()
            elif event.kind == ledger.ASKED:
                known = self._jobs.find(str(event.data.get("job")))
                if known is not None:
                    await asyncio.to_thread(self._look, known)

    def _tick(self) -> None:
        self._runner.watch()
        self._follow_wall_clock()
        with self._app.app_context():
            try:
                self._beat()
            except AWAY as error:
                self._beat_due = time.monotonic() + _BEAT_SECONDS
                if not self._away:
                    log.warning("scheduler: no database, jobs wait", error=str(error).strip())
                self._away = True
                return
        if self._joined and self._runner.missed.is_set():
            self._runner.missed.clear()
            for known in self._jobs.listing():
                self._look(known)

    def _beat(self) -> None:
        now = time.monotonic()
        if now < self._beat_due:
            return
        ledger.beat(self._id)
        for tenant in (None, *ledger.active_tenants()):
            count = ledger.abandon(tenant)
            if count:
                log.warning("runs of a scheduler that is gone", tenant=tenant, count=count)
        self._beat_due = now + _BEAT_SECONDS
        if self._away:
            log.info("scheduler: the database is back")
        self._away = False
        if not self._joined:
            self._joined = True
            self._runner.missed.set()

    def _look(self, known: KnownJob) -> None:
        """Offer the job where it belongs: each tenant that is not suspended, or the platform."""
        if not self._joined:
            return  # everything is looked at when the database has been reached
        try:
            with self._app.app_context():
                tenants = ledger.active_tenants() if known.job.scope == "tenant" else [None]
        except AWAY as error:
            log.warning("scheduler: no database", job=known.job.name, error=str(error).strip())
            self._runner.missed.set()
            return
        for tenant in tenants:
            self._runner.offer(known, Place(known.job.name, tenant))

    def _follow_wall_clock(self) -> None:
        """APScheduler sleeps until a wall time, which a jump makes wrong by as much."""
        parting = _parting()
        jump = parting - self._parting
        if abs(jump) < _PARTED_SECONDS:
            return
        self._parting = parting
        log.warning("wall clock jumped, jobs follow it", seconds=round(jump, 1))
        now = datetime.now(UTC)
        for job in self._scheduler.get_jobs():
            job.modify(next_run_time=job.trigger.after(now))
        self._runner.missed.set()

    def _stop(self) -> None:
        self._scheduler.shutdown(wait=False)
        left = self._runner.stop(_STOP_SECONDS)
        if left:
            log.error("jobs did not end in time", runs=left, seconds=_STOP_SECONDS)
        with self._app.app_context():
            try:
                ledger.leave(self._id)
                for tenant in (None, *ledger.active_tenants()):
                    ledger.abandon(tenant)
            except AWAY as error:
                log.warning(
                    "scheduler: could not note that it stops",
                    error=str(error).strip(),
                )


def _parting() -> float:
    return time.time() - time.monotonic()
