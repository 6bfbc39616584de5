"""Scans on APScheduler, at a pace that no jump of the wall clock changes.

APScheduler compares wall times. Its interval trigger lists every run missed when the wall clock
jumps ahead (0.8 s of stall at +5 days) and stops for an hour when it is set back an hour. So the
trigger here counts on the monotonic clock and never looks back, and the scheduler compares the two
clocks each time it wakes (its timer is monotonic, so it wakes in time whatever the wall says) and
moves all jobs with the wall clock. Jobs are called on the loop; there is no executor thread.
"""

import logging
import zlib
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import structlog
from apscheduler.executors.base import BaseExecutor
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.base import BaseTrigger

from wellhead_scada.engine.clock import Clock

log = structlog.get_logger(__name__)

PARTED_S = 0.02
"""Parting of wall and monotonic clock from which jobs are moved."""

FIRST_WITHIN_S = 5.0
"""A group is scanned for the first time within this, however long its period."""


class ScanTrigger(BaseTrigger):
    """Every `period` seconds of the monotonic clock, with a phase of its own per `key`.

    due: monotonic time of the next scan
    missed: told how many scans fell out because the loop was held up for more than a period
    """

    def __init__(
        self, key: str, period: float, clock: Clock, missed: Callable[[int], None]
    ) -> None:
        self.period = period
        self._clock = clock
        self._missed = missed
        self._asked: datetime | None = None
        spread = zlib.crc32(key.encode()) / 2**32
        self.due = clock.monotonic() + spread * min(period, FIRST_WITHIN_S)

    def get_next_fire_time(self, previous: datetime | None, now: datetime) -> datetime:
        """When to fire next, always after `now`: what was missed is not made up for.

        APScheduler asks twice a run and must get the same answer. A wall clock slewed ahead makes
        a job run early by less than half a period, which counts as that run.
        """
        monotonic = self._clock.monotonic()
        repeated = previous is not None and previous == self._asked and self.due > monotonic
        self._asked = previous
        if self.due <= monotonic:
            behind = (monotonic - self.due) // self.period
            self.due += self.period * (behind + 1)
            if behind:
                self._missed(int(behind))
        elif previous is not None and not repeated and self.due - monotonic < self.period / 2:
            self.due += self.period
        return self.at(now, monotonic)

    def at(self, now: datetime, monotonic: float) -> datetime:
        """`due` as a wall time, when it is `now` and `monotonic`."""
        return now + timedelta(seconds=self.due - monotonic)


class LoopExecutor(BaseExecutor):
    """Calls the job where the scheduler runs: on the loop, at once."""

    def submit_job(self, job: Any, run_times: list[datetime]) -> None:
        job.func(*job.args)

    def _do_submit_job(self, job: Any, run_times: list[datetime]) -> None:
        raise NotImplementedError("submit_job calls the job itself")


class ScanScheduler(AsyncIOScheduler):
    """The scheduler with the guard; `add_scan` and `remove_scan` are its whole use."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._parting = clock.wall() - clock.monotonic()
        # It has a line for every job that comes, goes or moves.
        logging.getLogger("apscheduler").setLevel(logging.WARNING)
        super().__init__(
            timezone="UTC",
            executors={"default": LoopExecutor()},
            job_defaults={"coalesce": True, "misfire_grace_time": None},
        )

    def add_scan(
        self, key: str, period: float, call: Callable[[], None], missed: Callable[[int], None]
    ) -> None:
        """Call `call` every `period` seconds; `key` is the scan group's and spreads the load."""
        self.add_job(call, ScanTrigger(key, period, self._clock, missed), id=key)

    def remove_scan(self, key: str) -> None:
        self.remove_job(key)

    def wakeup(self) -> None:
        if self.running:
            self._follow_wall_clock()
        super().wakeup()

    def _follow_wall_clock(self) -> None:
        monotonic = self._clock.monotonic()
        wall = self._clock.wall()
        jump = wall - monotonic - self._parting
        if abs(jump) < PARTED_S:
            return
        self._parting += jump
        if abs(jump) > 1:
            log.warning("wall clock jumped, scans keep their pace", seconds=round(jump, 3))
        now = datetime.fromtimestamp(wall, self.timezone)
        self.pause()  # so that moving a job does not wake the scheduler once a job
        for job in self.get_jobs():
            self.modify_job(job.id, next_run_time=job.trigger.at(now, monotonic))
        self.resume()
