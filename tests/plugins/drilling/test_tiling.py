"""Activities tile a day, or all that keeps them from it is named."""

import datetime as dt
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wellhead.calendar import day_span
from wellhead.errors import WellheadError
from wellhead_drilling.calc.tiling import Fault, FaultKind, Span, faults
from wellhead_drilling.reports.local_times import instant_of, local_of

OSLO = ZoneInfo("Europe/Oslo")
BEGIN = dt.datetime(2026, 3, 28, 23, tzinfo=dt.UTC)
DAY = (BEGIN, BEGIN + dt.timedelta(hours=23))
MINUTES = 23 * 60


def at(minute: int) -> dt.datetime:
    return BEGIN + dt.timedelta(minutes=minute)


def covers(span: Span, minute: int) -> bool:
    return span[0] <= at(minute) < span[1]


spans = st.lists(
    st.tuples(st.integers(-90, MINUTES + 90), st.integers(-5, 700)).map(
        lambda pair: (at(pair[0]), at(pair[0] + pair[1]))
    ),
    max_size=8,
)


@given(spans)
@settings(max_examples=50)
def test_every_minute_is_told_what_it_is(given_spans: list[Span]) -> None:
    """Against a count of the spans that have each minute."""
    found = faults(given_spans, DAY)

    def named(kind: FaultKind, minute: int) -> list[Fault]:
        return [one for one in found if one.kind is kind and covers((one.start, one.end), minute)]

    for minute in range(-100, MINUTES + 800, 13):
        having = [place for place, span in enumerate(given_spans) if covers(span, minute)]
        inside = 0 <= minute < MINUTES
        assert bool(named(FaultKind.GAP, minute)) == (inside and not having)
        overlaps = named(FaultKind.OVERLAP, minute)
        assert bool(overlaps) == (inside and len(having) > 1)
        assert all(set(one.activities) <= set(having) for one in overlaps)
        outside = {one.activities[0] for one in named(FaultKind.OUTSIDE, minute)}
        assert outside == (set() if inside else set(having))
    empty = {one.activities[0] for one in found if one.kind is FaultKind.EMPTY}
    assert empty == {place for place, (start, end) in enumerate(given_spans) if end <= start}


@given(
    date=st.dates(dt.date(2026, 1, 1), dt.date(2026, 12, 31)),
    zone=st.sampled_from(["Europe/Oslo", "America/Chicago", "Australia/Lord_Howe", "UTC"]),
    hour=st.integers(0, 23),
    cuts=st.sets(st.integers(1, 999), max_size=20),
    data=st.data(),
)
@settings(max_examples=50)
def test_what_a_day_is_cut_into_tiles_it_and_less_does_not(
    date: dt.date, zone: str, hour: int, cuts: set[int], data: st.DataObject
) -> None:
    begin, end = day_span(date, ZoneInfo(zone), dt.time(hour))
    edges = [begin, *(begin + (end - begin) * cut / 1000 for cut in sorted(cuts)), end]
    pieces = list(pairwise(edges))
    assert faults(data.draw(st.permutations(pieces)), (begin, end)) == []
    missing = data.draw(st.integers(0, len(pieces) - 1))
    rest = pieces[:missing] + pieces[missing + 1 :]
    [gap] = faults(rest, (begin, end))
    assert (gap.kind, gap.start, gap.end) == (FaultKind.GAP, *pieces[missing])


def test_a_gap_names_its_neighbours_and_an_overlap_its_two() -> None:
    found = faults([(at(0), at(60)), (at(90), at(200)), (at(150), at(MINUTES))], DAY)
    assert found == [
        Fault(FaultKind.GAP, at(60), at(90), (0, 1)),
        Fault(FaultKind.OVERLAP, at(150), at(200), (1, 2)),
    ]


def test_a_day_without_activities_is_one_gap() -> None:
    assert faults([], DAY) == [Fault(FaultKind.GAP, *DAY, ())]


def test_times_are_read_by_their_offset_or_by_the_clock_of_the_rig() -> None:
    local = dt.datetime(2026, 3, 29, 6)
    assert instant_of(local, OSLO, "start_at") == dt.datetime(2026, 3, 29, 4, tzinfo=dt.UTC)
    with_offset = dt.datetime.fromisoformat("2026-03-29T06:00:00-05:00")
    assert instant_of(with_offset, OSLO, "start_at").hour == 11
    assert local_of(dt.datetime(2026, 3, 29, 4, tzinfo=dt.UTC), OSLO) == "2026-03-29T06:00:00+02:00"


@pytest.mark.parametrize(
    ("time", "times", "remedy"),
    [
        (
            "2026-10-25T02:30:00",
            "twice",
            "2026-10-25T02:30:00+02:00 or 2026-10-25T02:30:00+01:00",
        ),
        (
            "2026-03-29T02:30:00",
            "never",
            "2026-03-29T01:30:00+01:00 or 2026-03-29T03:30:00+02:00",
        ),
    ],
)
def test_an_hour_shown_twice_or_never_asks_for_its_offset(
    time: str, times: str, remedy: str
) -> None:
    with pytest.raises(WellheadError, match=f"shows this time {times}") as refused:
        instant_of(dt.datetime.fromisoformat(time), OSLO, "activities.0.start_at")
    assert refused.value.field == "activities.0.start_at"
    assert remedy in str(refused.value.remedy)
    for text in remedy.split(" or "):
        assert instant_of(dt.datetime.fromisoformat(text), OSLO, "start_at")


def test_a_time_outside_the_calendar_is_refused() -> None:
    with pytest.raises(WellheadError, match="outside the calendar"):
        instant_of(dt.datetime.fromisoformat("0001-01-01T00:00:00+14:00"), OSLO, "start_at")
