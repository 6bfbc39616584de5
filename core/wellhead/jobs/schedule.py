"""When a job is due, as a trigger for APScheduler that never looks back.

APScheduler's own interval trigger lists every run that was missed when the clock jumps ahead. Here
the moments lie on a grid that does not depend on when a scheduler started, so that all schedulers
agree on them, and the next one is always after now.
"""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.cron import CronTrigger

from wellhead.errors import WellheadError
from wellhead.plugins.contributions import Job

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LEAST = timedelta(seconds=1)
_MOST = timedelta(days=366)
_STEP = timedelta(microseconds=1)
_SET_BACK = timedelta(minutes=1)


class Schedule(BaseTrigger):
    """The moments of one job. Raises WellheadError for a job that has none."""

    def __init__(self, job: Job) -> None:
        self.text = f"every {_words(job.every)}" if job.every else f"{job.cron} {job.zone}"
        self._every = job.every
        self._cron: CronTrigger | None = None
        if (job.every is None) == (job.cron is None):
            raise _unusable(job, "every, cron", None, "Give one of the two")
        if job.every is not None and not _LEAST <= job.every <= _MOST:
            raise _unusable(job, "every", str(job.every), "From a second to a year")
        if job.cron is not None:
            self._cron = _cron(job, job.cron)

    def after(self, moment: datetime) -> datetime | None:
        """The first moment later than this one, UTC; None when there is none any more."""
        if self._every is not None:
            return _EPOCH + ((moment - _EPOCH) // self._every + 1) * self._every
        assert self._cron is not None
        found: datetime | None = self._cron.get_next_fire_time(None, moment + _STEP)
        return found.astimezone(UTC) if found else None

    def get_next_fire_time(self, previous: datetime | None, now: datetime) -> datetime | None:
        """For APScheduler: always after `now`, so that at most one run is due at a time."""
        return self.after(now)

    def is_due(self, last: datetime | None, now: datetime) -> bool:
        """Whether a moment has come since the run of `last` (None = never ran).

        A last run more than a minute ahead is from before the clock was set back, and counts for
        nothing: else the job would rest until the clock is there again. Less than that is the
        clock of another machine.
        """
        if last is None or last > now + _SET_BACK:
            return True
        following = self.after(last)
        return following is not None and following <= now


def _cron(job: Job, text: str) -> CronTrigger:
    try:
        zone = ZoneInfo(job.zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise _unusable(job, "zone", job.zone, "Use a name like Europe/Oslo") from error
    parts = text.split()
    if len(parts) == 5 and any(letter.isdigit() for letter in parts[4].split("/")[0]):
        # cron's 0 is Sunday, APScheduler's is Monday
        raise _unusable(job, "cron", text, "Name the days of the week: mon-fri")
    try:
        return CronTrigger.from_crontab(text, timezone=zone)
    except ValueError as error:
        raise _unusable(job, "cron", text, f"Five fields, as `0 6 * * mon`: {error}") from error


def _unusable(job: Job, field: str, value: str | None, remedy: str) -> WellheadError:
    return WellheadError(f"job {job.name} has no schedule", field=field, value=value, remedy=remedy)


def _words(every: timedelta) -> str:
    """`day`, `2 hours`, `90 seconds`: in the largest unit that it is a whole number of."""
    for unit in ("day", "hour", "minute"):
        number, rest = divmod(every, timedelta(**{f"{unit}s": 1}))
        if number and not rest:
            return f"{number} {unit}s" if number > 1 else unit
    return f"{every.total_seconds():g} seconds"
