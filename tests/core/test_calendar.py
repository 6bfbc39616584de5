"""Days of the field: their hours, in zones whose clocks change, and what is refused."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from wellhead.calendar import day_span, parse_day_start, zone_of
from wellhead.errors import WellheadError

SIX = dt.time(6)


@pytest.mark.parametrize(
    ("zone", "date", "day_start", "hours"),
    [
        ("Europe/Oslo", "2026-06-01", dt.time(), 24),
        ("Europe/Oslo", "2026-03-29", dt.time(), 23),
        ("Europe/Oslo", "2026-10-25", dt.time(), 25),
        ("Europe/Oslo", "2026-03-28", SIX, 23),
        ("Europe/Oslo", "2026-10-24", SIX, 25),
        ("America/Chicago", "2026-03-07", SIX, 23),
        ("Australia/Lord_Howe", "2026-10-04", dt.time(), 23.5),
        ("America/Sao_Paulo", "2018-11-04", dt.time(), 23),  # its midnight does not exist
    ],
)
def test_a_day_has_the_hours_of_its_zone(
    zone: str, date: str, day_start: dt.time, hours: float
) -> None:
    where = ZoneInfo(zone)
    begin, end = day_span(dt.date.fromisoformat(date), where, day_start)
    assert (end - begin) / dt.timedelta(hours=1) == hours
    assert begin.astimezone(where).date().isoformat() == date
    assert (begin.tzinfo, end.tzinfo) == (dt.UTC, dt.UTC)


def test_days_follow_each_other_without_a_gap() -> None:
    cairo = ZoneInfo("Africa/Cairo")
    days = [
        day_span(dt.date(2026, 1, 1) + dt.timedelta(days=number), cairo, SIX)
        for number in range(365)
    ]
    assert [end for _, end in days[:-1]] == [begin for begin, _ in days[1:]]


def test_a_day_that_a_zone_left_out_is_none() -> None:
    with pytest.raises(WellheadError, match="Pacific/Apia has no such day") as refused:
        day_span(dt.date(2011, 12, 30), ZoneInfo("Pacific/Apia"), field="report_date")
    assert (refused.value.field, refused.value.value) == ("report_date", "2011-12-30")


@pytest.mark.parametrize("date", [dt.date.min, dt.date.max])
def test_the_end_of_the_calendar_is_told(date: dt.date) -> None:
    with pytest.raises(WellheadError, match="calendar ends"):
        day_span(date, ZoneInfo("Asia/Tokyo"))


@pytest.mark.parametrize("name", ["Europe/Olso", "", "../etc/passwd", "Europe", "UTC+1"])
def test_zones_that_are_none_are_refused(name: str) -> None:
    with pytest.raises(WellheadError, match="time zone"):
        zone_of(name)


@pytest.mark.parametrize("text", ["6", "24:00", "06:00:00", "noon"])
def test_day_starts_that_are_none_are_refused(text: str) -> None:
    with pytest.raises(WellheadError, match="time of day"):
        parse_day_start(text)
