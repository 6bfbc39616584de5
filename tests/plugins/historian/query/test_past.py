"""What is asked of readings that are gone is answered with all that roll-ups know, and no more."""

import math
import zoneinfo
from collections.abc import Callable
from itertools import groupby, pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wellhead_historian.http.times import parse_time
from wellhead_historian.query import gather, past
from wellhead_historian.query.aggregates import AGGREGATES
from wellhead_historian.query.question import Instants, Intervals, question_of
from wellhead_historian.query.tagged import Subject, TagHistory
from wellhead_historian.store.interface import Level

from .forgetful import DAY, HOUR, MINUTE, START, History, histories, told
from .slow import LONG_AGO, Row, SlowReader, close, fit, summed

UTC = zoneinfo.ZoneInfo("UTC")


def known(
    history: History, edges: list[int], widest: int, good_only: bool
) -> tuple[list[Row], list[Row]]:
    """(rows that count, all that is known). A bucket of what is gone counts when it lies in the
    range; one with uncertain readings, where only good ones count, in an interval, and then it has
    no value."""
    begin, end = edges[0], edges[-1]
    found = _known(
        history, edges, good_only, lambda row, _: within(history, row[0], begin, end, widest)
    )
    intervals = [[row for row in found[0] if a <= row[0] < b] for a, b in pairwise(edges)]
    if good_only and any(_may_be_uncertain(rows) for rows in intervals):
        return _known(
            history,
            edges,
            good_only,
            lambda _, bounds: (
                widest > 0 and any(a <= bounds[0] and bounds[1] <= b for a, b in pairwise(edges))
            ),
        )
    return found


def _may_be_uncertain(rows: list[Row]) -> bool:
    return any(map(fit, rows)) and any(row[2] != 192 for row in rows)


def _known(
    history: History,
    edges: list[int],
    good_only: bool,
    counts: Callable[[Row, tuple[int, int]], bool],
) -> tuple[list[Row], list[Row]]:
    counted: list[Row] = []
    everything: list[Row] = []
    gone = [row for row in history.rows if row[0] < history.gone]
    left = [row for row in history.rows if row[0] >= history.gone]
    for bounds, group in groupby(gone, lambda row: history.narrowest(row[0])):
        rows = list(group)
        if bounds is None:
            continue
        if counts(rows[0], bounds):
            if good_only and any(row[2] == 64 for row in rows):
                rows = [(time, math.nan, quality) for time, _, quality in rows]
            counted += rows
        else:
            sure = not good_only or all(row[2] == 192 for row in rows)
            rows = [row if sure else (row[0], math.nan, 0) for row in told(rows)]
        everything += rows
    if good_only:
        left = [row if row[2] != 64 else (row[0], math.nan, 64) for row in left]
    everything += left
    return [*counted, *(row for row in left if edges[0] <= row[0] < edges[-1])], everything


def within(history: History, time: int, begin: int, end: int, widest: int) -> bool:
    """Whether a kept bucket of this time, no wider than that, lies in the range."""
    starts = {level: time // level * level for level in Level if level <= widest}
    return any(
        start >= max(history.kept[level], begin) and start + level <= end
        for level, start in starts.items()
    )


@st.composite
def ranges(draw: st.DrawFn) -> tuple[History, int, int]:
    """A history and a range that often ends beside a reading, in the minute of it or the next."""
    history = draw(histories())
    near = [row[0] + by * 7_000_001 for row in history.rows for by in (-9, -1, 0, 1, 9)]
    whole = st.integers(0, 72).map(lambda n: START + n * HOUR)
    ends = st.one_of(st.integers(START, START + 3 * DAY), whole, st.sampled_from(near or [START]))
    start, end = draw(st.tuples(ends, ends).filter(lambda both: both[0] != both[1]))
    return history, min(start, end), max(start, end)


@given(
    of=ranges(),
    unit=st.sampled_from([30_000_000, MINUTE, 15 * MINUTE, HOUR, DAY]),
    inner=st.sets(st.integers(0, 100), max_size=5),
    step=st.booleans(),
    good_only=st.booleans(),
)
@settings(max_examples=200, deadline=None)
def test_aggregates_use_what_is_kept_at_every_edge(
    of: tuple[History, int, int],
    unit: int,
    inner: set[int],
    step: bool,
    good_only: bool,
) -> None:
    history, start, end = of
    middle = [start // unit * unit + n * unit for n in inner]
    edges = [start, *sorted(edge for edge in middle if start < edge < end), end]
    check_aggregates(history, edges, (edges[-2] + end) // 2, step, good_only)


def check_aggregates(
    history: History, edges: list[int], held: int, step: bool, good_only: bool
) -> None:
    level = gather.widest(np.array(edges))
    counted, everything = known(history, edges, level or 0, good_only)
    question = Intervals(edges[0], edges[-1], np.array(edges), AGGREGATES, UTC, held, good_only)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(past, "_DAYS_AT_ONCE", 1)
        columns = history.answer(question, step)
    for place, (begin, finish) in enumerate(pairwise(edges)):
        expected = summed(counted, everything, begin, finish, step, held)
        for name in AGGREGATES:
            assert close(float(columns[name][place]), expected[name]), (name, place)


@pytest.mark.parametrize("last", [10, 12])
@pytest.mark.parametrize("step", [False, True])
@pytest.mark.parametrize("ends", [(15, 55), (5, 5), (55, 15), (10, 50)])
@pytest.mark.parametrize("gone", [START, START + DAY])
def test_a_minute_that_is_cut_tells_of_its_ends(
    last: int, step: bool, ends: tuple[int, int], gone: int
) -> None:
    """Of minutes 0 or 2 to 10, with readings 10, 20 and 50 seconds after each begins."""
    second = MINUTE // 60
    rows = [
        (START + n * MINUTE + at * second, n * 7.0 + at, 192)
        for n in range(last + 1)
        for at in (10, 20, 50)
    ]
    end = START + 10 * MINUTE + ends[1] * second
    begin = START + 2 * MINUTE + ends[0] * second if gone > START else START
    edges = [begin, START + 5 * MINUTE, end]
    history = History(rows, gone, dict.fromkeys(Level, LONG_AGO))
    check_aggregates(history, edges, end, step, good_only=False)


def test_one_that_came_late_for_what_is_gone_counts_no_second_twice() -> None:
    rows = [(START + n * MINUTE // 4, 8.0, 192) for n in range(40)]
    reader = SlowReader(rows, gone=START + DAY)
    reader.rows = rows[10:11]  # 30 s after the range's first minute began
    history = TagHistory(reader, Subject(1, "tag", None, None, False, True), lambda _: [])
    start, end = START + 2 * MINUTE + 1_000_000, START + 9 * MINUTE
    question = Intervals(start, end, np.array([start, end]), ("integral",), UTC, end, False)
    assert history.answer(question).columns["integral"] == pytest.approx(8.0 * 419)


def test_a_range_that_began_long_before_the_tag_costs_no_more() -> None:
    reader = SlowReader([(START + n * MINUTE, 8.0, 192) for n in range(40)])
    history = TagHistory(reader, Subject(1, "tag", None, None, False, True), lambda _: [])
    edges = np.array([0, START, START + DAY])
    question = Intervals(0, START + DAY, edges, ("integral",), UTC, START + HOUR, False)
    assert history.answer(question).columns["integral"][1] == pytest.approx(8.0 * 3600)
    times = Instants(np.arange(0, START + HOUR, 500 * DAY), good_only=False)
    assert np.isnan(np.asarray(history.answer(times).columns["v"])).all()
    assert len(reader.levels) <= 4


@pytest.mark.parametrize(
    ("zone", "midnights"),
    [
        ("Europe/Oslo", ["2025-03-29T23:00:00Z", "2025-03-30T22:00:00Z"]),
        ("Europe/Oslo", ["2025-10-25T22:00:00Z", "2025-10-26T23:00:00Z"]),
        ("Australia/Lord_Howe", ["2025-10-04T13:30:00Z", "2025-10-05T13:00:00Z"]),
        ("Australia/Lord_Howe", ["2025-04-05T13:00:00Z", "2025-04-06T13:30:00Z"]),
    ],
)
@pytest.mark.parametrize("step", [False, True])
def test_days_when_clocks_change_are_exact_whatever_is_gone(
    zone: str, midnights: list[str], step: bool
) -> None:
    first, last = (parse_time(text, "from") for text in midnights)
    rows = [
        (time, math.sin(time / HOUR), 192) for time in range(first - DAY, last + DAY, 411_000_007)
    ]
    asked = {"from": midnights[0], "to": midnights[1], "interval": "1d", "tz": zone}
    question = question_of({**asked, "agg": list(AGGREGATES)}, last + DAY, 1000)
    expected = summed(rows, rows, first, last, step, last)
    for gone in (first - DAY, first + 5 * HOUR, last + 3 * DAY):
        columns = History(rows, gone // HOUR * HOUR, dict.fromkeys(Level, LONG_AGO)).answer(
            question, step
        )
        assert columns["t"].tolist() == [first]
        for name in AGGREGATES:
            assert close(float(columns[name][0]), expected[name]), (name, gone)
