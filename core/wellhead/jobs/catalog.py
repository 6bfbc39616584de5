"""All jobs of this installation: the core's own, then the plugins' as they are added."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from wellhead.errors import WellheadError
from wellhead.jobs.schedule import Schedule
from wellhead.plugins.contributions import Job
from wellhead.plugins.info import Status
from wellhead.plugins.manager import PluginManager

JOBS = "wellhead_jobs"
"""Key of the app's `Jobs` in `app.extensions`."""

_CORE_JOBS = (
    Job(
        "core.forget_job_runs",
        "Delete what is known of job runs that ended over 30 days ago, but each job's last",
        "wellhead.jobs.housekeeping:forget_job_runs",
        every=timedelta(days=1),
    ),
    Job(
        "core.forget_platform_runs",
        "The same for the runs of jobs that belong to no tenant",
        "wellhead.jobs.housekeeping:forget_platform_runs",
        every=timedelta(days=1),
        scope="platform",
    ),
    Job(
        "core.forget_sessions",
        "Delete logins that expired over 30 days ago, with their live tickets",
        "wellhead.jobs.housekeeping:forget_sessions",
        every=timedelta(days=1),
        scope="platform",
    ),
)


@dataclass(frozen=True, slots=True)
class KnownJob:
    """A job, whose it is (`core` or a plugin), and when it is due."""

    owner: str
    job: Job
    schedule: Schedule


class Jobs:
    """Jobs by name; those of a plugin that went off later are not among them."""

    def __init__(self, plugins: PluginManager) -> None:
        self._plugins = plugins
        self._known: dict[str, KnownJob] = {}
        self.add("core", _CORE_JOBS)

    def add(self, owner: str, jobs: Iterable[Job]) -> None:
        """Take all jobs of a plugin, or none. Raises WellheadError for a name outside the
        plugin's or used twice, or for a schedule, target or bound that cannot be used."""
        new: dict[str, KnownJob] = {}
        for job in jobs:
            _check(owner, job)
            if job.name in new:
                raise WellheadError("two jobs have this name", field="name", value=job.name)
            new[job.name] = KnownJob(owner, job, Schedule(job))
        self._known |= new

    def listing(self) -> list[KnownJob]:
        """By name."""
        return [self._known[name] for name in sorted(self._known) if self._is_on(name)]

    def find(self, name: str) -> KnownJob | None:
        """The job of this name, unless its plugin is off."""
        return self._known[name] if name in self._known and self._is_on(name) else None

    def _is_on(self, name: str) -> bool:
        owner = self._known[name].owner
        return owner == "core" or self._plugins.records[owner].status is Status.ENABLED


def _check(owner: str, job: Job) -> None:
    area, _, what = job.name.partition(".")
    if area != owner or not what:
        raise WellheadError(
            "a plugin's jobs begin with its name",
            field="name",
            value=job.name,
            remedy=f"Call it {owner}.<what>",
        )
    module, _, function = job.target.partition(":")
    if not module or not function:
        raise WellheadError(
            f"job {job.name} names no function",
            field="target",
            value=job.target,
            remedy="Write module:function",
        )
    if not job.max_seconds > 0:
        raise WellheadError(
            f"job {job.name} may take no time", field="max_seconds", value=job.max_seconds
        )
    if job.scope not in ("tenant", "platform"):
        raise WellheadError(
            f"job {job.name} has an unknown scope",
            field="scope",
            value=job.scope,
            remedy="One of tenant, platform",
        )
