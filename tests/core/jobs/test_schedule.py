"""When a job is due: after every jump of the clock at most one run, on the same grid for all."""

from datetime import UTC, datetime, timedelta

import pytest
from apscheduler.job import Job as Entry
from apscheduler.schedulers.background import BackgroundScheduler
from hypothesis import given
from hypothesis import strategies as st

from wellhead.errors import WellheadError
from wellhead.jobs.schedule import Schedule
from wellhead.plugins.contributions import Job

NOON = datetime(2026, 3, 28, 12, 0, tzinfo=UTC)
moments = st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))
schedules = st.one_of(
    st.timedeltas(timedelta(seconds=1), timedelta(days=366)).map(lambda every: job(every=every)),
    st.sampled_from(["* * * * *", "*/7 3 * * mon-fri", "0 6 1 * *", "30 4 * * sun"]).map(
        lambda cron: job(cron=cron, zone="Europe/Oslo")
    ),
).map(Schedule)


def job(every: timedelta | None = None, cron: str | None = None, zone: str = "UTC") -> Job:
    return Job("acme.work", "Works", "acme:work", every=every, cron=cron, zone=zone)


@given(schedules, moments, moments)
def test_one_run_is_due_after_any_jump(
    schedule: Schedule, planned: datetime, now: datetime
) -> None:
    """Asked as APScheduler asks: it lists run times until one lies ahead."""
    entry = Entry(BackgroundScheduler(timezone=UTC), trigger=schedule, next_run_time=planned)

    assert len(entry._get_run_times(now)) == (1 if planned <= now else 0)


@given(schedules, moments, moments)
def test_once_it_ran_it_is_not_due_again(schedule: Schedule, last: datetime, now: datetime) -> None:
    """Whatever was missed: the run recorded at `now` is the only one."""
    schedule.is_due(last, now)

    assert not schedule.is_due(now, now)


@given(schedules, moments)
def test_the_next_moment_is_ahead_and_none_lies_between(schedule: Schedule, now: datetime) -> None:
    following = schedule.after(now)

    assert following is not None
    assert following > now
    assert schedule.after(following - timedelta(microseconds=1)) == following


def test_a_clock_set_back_does_not_stop_a_job() -> None:
    schedule = Schedule(job(every=timedelta(minutes=5)))

    assert schedule.is_due(NOON, NOON - timedelta(hours=1))
    assert not schedule.is_due(NOON, NOON - timedelta(seconds=2)), "another machine's clock"


def test_a_missed_moment_is_due_and_a_job_that_never_ran_is_too() -> None:
    schedule = Schedule(job(cron="0 6 * * *"))

    assert schedule.is_due(None, NOON)
    assert schedule.is_due(NOON - timedelta(days=3), NOON)
    assert not schedule.is_due(NOON - timedelta(hours=1), NOON)


def test_cron_follows_its_zone_through_summer_time() -> None:
    schedule = Schedule(job(cron="0 6 * * *", zone="Europe/Oslo"))

    first = schedule.after(NOON - timedelta(days=1))
    assert first == datetime(2026, 3, 28, 5, 0, tzinfo=UTC)
    assert schedule.after(first) == datetime(2026, 3, 29, 4, 0, tzinfo=UTC)


def test_a_time_that_summer_time_leaves_out_is_run_all_the_same() -> None:
    schedule = Schedule(job(cron="30 2 * * *", zone="Europe/Oslo"))
    day_before = datetime(2026, 3, 28, 1, 30, tzinfo=UTC)
    gap = day_before + timedelta(days=1)

    assert schedule.after(day_before) == gap
    assert schedule.is_due(day_before, gap)
    assert not schedule.is_due(gap, gap + timedelta(hours=22))


@pytest.mark.parametrize(
    ("broken", "field"),
    [
        (job(), "every, cron"),
        (job(every=timedelta(days=1), cron="* * * * *"), "every, cron"),
        (job(every=timedelta(milliseconds=5)), "every"),
        (job(every=timedelta.max), "every"),
        (job(cron="0 6 * *"), "cron"),
        (job(cron="61 6 * * *"), "cron"),
        (job(cron="0 6 * * 1"), "cron"),
        (job(cron="0 6 * * *", zone="Mars/Crater"), "zone"),
        (job(cron="0 6 * * *", zone="../etc"), "zone"),
    ],
)
def test_a_schedule_that_cannot_be_says_so(broken: Job, field: str) -> None:
    with pytest.raises(WellheadError, match=r"job acme\.work has no schedule") as raised:
        Schedule(broken)

    assert raised.value.field == field
    assert raised.value.remedy


@pytest.mark.parametrize(
    ("every", "words"),
    [
        (timedelta(days=1), "every day"),
        (timedelta(hours=6), "every 6 hours"),
        (timedelta(minutes=1), "every minute"),
        (timedelta(seconds=90), "every 90 seconds"),
        (timedelta(seconds=1.5), "every 1.5 seconds"),
    ],
)
def test_a_schedule_in_words(every: timedelta, words: str) -> None:
    assert Schedule(Job("acme.work", "Works", "acme:work", every=every)).text == words
