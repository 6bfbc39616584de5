"""Days, weeks and months begin where zoneinfo, asked an instant at a time, says they do."""

import datetime as dt
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wellhead import sdk
from wellhead_historian.query.calendar import (
    day_edges,
    edges,
    labels,
)
from wellhead_historian.query.intervals import parse_interval

EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
HOUR = 3_600_000_000
ZONES = (
    "UTC",
    "Europe/Oslo",
    "America/St_Johns",
    "Asia/Kolkata",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "America/Sao_Paulo",
    "Africa/Cairo",
)


def at(text: str) -> int:
    return (dt.datetime.fromisoformat(text) - EPOCH) // dt.timedelta(microseconds=1)


def local(micros: int, zone: ZoneInfo) -> dt.datetime:
    return (EPOCH + dt.timedelta(microseconds=micros)).astimezone(zone)


@given(
    zone=st.sampled_from(ZONES),
    begun=st.integers(at("1995-01-01T00:00Z"), at("2035-01-01T00:00Z")),
    hours=st.integers(1, 24 * 40),
    day_start=st.sampled_from(["00:00", "06:00", "02:30"]),
    data=st.data(),
)
@settings(max_examples=150)
def test_every_instant_is_in_the_day_of_its_local_date(
    zone: str, begun: int, hours: int, day_start: str, data: st.DataObject
) -> None:
    where, starts = ZoneInfo(zone), sdk.parse_day_start(day_start)
    end = begun + hours * HOUR
    found = day_edges(begun, end, where, starts)
    assert found[0] <= begun < found[1]
    assert found[-2] < end <= found[-1]
    assert (np.diff(found) > 0).all()
    shift = dt.timedelta(hours=starts.hour, minutes=starts.minute)
    for _ in range(10):
        instant = data.draw(st.integers(begun, end - 1))
        day = int(np.searchsorted(found, instant, "right")) - 1
        noon = int(found[day]) + 6 * HOUR  # no zone changes its clock then
        clock = local(instant, where).replace(tzinfo=None)
        if local(instant, where).fold or abs(clock.hour - starts.hour) <= 1:
            continue  # the hours of the clock's change are tested by themselves
        assert (clock - shift).date() == (local(noon, where).replace(tzinfo=None) - shift).date()


@pytest.mark.parametrize(
    ("zone", "date", "hours"),
    [
        ("Europe/Oslo", "2026-03-29", 23),
        ("Europe/Oslo", "2026-10-25", 25),
        ("America/St_Johns", "2026-03-08", 23),
        ("Australia/Lord_Howe", "2026-10-04", 23.5),
        ("Australia/Lord_Howe", "2026-04-05", 24.5),
        ("Asia/Kolkata", "2026-03-29", 24),
        ("America/Sao_Paulo", "2018-11-04", 23),  # its midnight does not exist
    ],
)
def test_days_have_the_hours_of_their_zone(zone: str, date: str, hours: float) -> None:
    where = ZoneInfo(zone)
    noon = dt.datetime.fromisoformat(f"{date}T12:00").replace(tzinfo=where)
    instant = (noon - EPOCH) // dt.timedelta(microseconds=1)
    found = day_edges(instant, instant + 1, where)
    assert len(found) == 2
    assert (found[1] - found[0]) / HOUR == hours
    assert local(int(found[0]), where).date().isoformat() == date


def test_a_day_that_a_zone_left_out_is_none() -> None:
    apia = ZoneInfo("Pacific/Apia")
    found = day_edges(at("2011-12-29T12:00-10:00"), at("2012-01-01T12:00+14:00"), apia)
    assert [local(int(edge), apia).day for edge in found] == [29, 31, 1, 2]


def test_a_production_day_begins_at_six_also_when_clocks_change() -> None:
    oslo = ZoneInfo("Europe/Oslo")
    found = day_edges(
        at("2026-03-28T12:00Z"), at("2026-03-30T12:00Z"), oslo, sdk.parse_day_start("06:00")
    )
    assert labels(found, oslo) == [
        "2026-03-28T06:00:00+01:00",
        "2026-03-29T06:00:00+02:00",
        "2026-03-30T06:00:00+02:00",
        "2026-03-31T06:00:00+02:00",
    ]


@pytest.mark.parametrize(
    ("interval", "starts"),
    [
        ("6h", ["00", "07", "13", "19"]),  # begins anew each day; the clock goes ahead at 02
        ("P1D", ["00"]),
    ],
)
def test_hours_are_counted_within_the_day(interval: str, starts: list[str]) -> None:
    oslo = ZoneInfo("Europe/Oslo")
    begun, end = at("2026-03-29T00:00+01:00"), at("2026-03-30T00:00+02:00")
    found = edges(parse_interval(interval), begun, end, oslo)
    assert [label[11:13] for label in labels(found[:-1], oslo)] == starts


@pytest.mark.parametrize(
    ("interval", "begun", "end", "starts"),
    [
        ("1w", "2026-01-01", "2026-01-13", ["2025-12-29", "2026-01-05", "2026-01-12"]),
        ("P1M", "2026-02-15", "2026-04-02", ["2026-02-01", "2026-03-01", "2026-04-01"]),
        ("3mo", "2026-02-15", "2026-04-02", ["2026-01-01", "2026-04-01"]),
        ("1y", "2025-02-15", "2026-04-02", ["2025-01-01", "2026-01-01"]),
        ("2d", "1970-01-02", "1970-01-04", ["1970-01-01", "1970-01-03"]),
    ],
)
def test_weeks_begin_on_monday_and_quarters_in_january(
    interval: str, begun: str, end: str, starts: list[str]
) -> None:
    kolkata = ZoneInfo("Asia/Kolkata")
    first, last = at(f"{begun}T00:00+05:30"), at(f"{end}T00:00+05:30")
    found = edges(parse_interval(interval), first, last, kolkata)
    assert [label[:10] for label in labels(found[:-1], kolkata)] == starts
    assert all(label[10:] == "T00:00:00+05:30" for label in labels(found, kolkata))


@given(
    width=st.sampled_from(["15m", "PT1H", "90s", "6h", "PT1H30M"]),
    zone=st.sampled_from(ZONES),
    begun=st.integers(at("2020-01-01T00:00Z"), at("2030-01-01T00:00Z")),
)
@settings(max_examples=50)
def test_short_intervals_cover_the_range_and_are_never_wider(
    width: str, zone: str, begun: int
) -> None:
    end = begun + 30 * HOUR
    interval = parse_interval(width)
    found = edges(interval, begun, end, ZoneInfo(zone))
    assert found[0] <= begun < found[1]
    assert found[-2] < end <= found[-1]
    assert all(0 < b - a <= interval.count * 1_000_000 for a, b in pairwise(found.tolist()))


@pytest.mark.parametrize(
    "text", ["", "0m", "1", "m", "1.5h", "-1h", "P", "PT", "P1DT1H", "25h", "1x", "13000y"]
)
def test_intervals_that_are_none_are_named_with_a_remedy(text: str) -> None:
    with pytest.raises(sdk.WellheadError) as refused:
        parse_interval(text)
    assert (refused.value.field, refused.value.value) == ("interval", text)
    assert refused.value.remedy


def test_the_end_of_the_calendar_is_told() -> None:
    with pytest.raises(sdk.WellheadError, match="calendar ends"):
        day_edges(at("9999-12-31T00:00Z"), at("9999-12-31T20:00Z"), ZoneInfo("Asia/Tokyo"))


@pytest.mark.parametrize("text", ["1000y", "12000mo"])
def test_an_interval_that_leaves_the_calendar_is_to_be_shorter(text: str) -> None:
    start, end = at("0500-01-01T00:00Z"), at("0501-01-01T00:00Z")
    with pytest.raises(sdk.WellheadError, match="shorter intervals"):
        edges(parse_interval(text), start, end, ZoneInfo("UTC"))
