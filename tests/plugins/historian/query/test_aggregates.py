"""Aggregates of any intervals, from roll-ups and readings alike, are what a slow count says."""

import math
import zoneinfo
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wellhead_historian.query.aggregates import AGGREGATES, Surroundings, aggregated
from wellhead_historian.query.buckets import in_unit, only_good
from wellhead_historian.query.gather import good_summaries, summaries, widest
from wellhead_historian.query.question import Intervals
from wellhead_historian.query.tagged import Subject, TagHistory
from wellhead_historian.store.interface import Level, Readings
from wellhead_historian.testing import BASE

from .slow import Row, SlowReader, close, summed

MINUTE = int(Level.MINUTE)
START = BASE // Level.DAY * Level.DAY
VALUES = st.one_of(st.floats(-1e6, 1e6), st.sampled_from([math.nan, math.inf]))
QUALITIES = st.sampled_from([192, 192, 192, 64, 0, 24])


@st.composite
def histories(draw: st.DrawFn) -> list[Row]:
    """Readings over about two days, some of them close together."""
    steps = st.one_of(st.integers(1, 30_000_000), st.integers(1, 9 * Level.HOUR))
    time = START - draw(st.integers(0, Level.HOUR))
    rows = []
    for _ in range(draw(st.integers(0, 40))):
        time += draw(steps)
        rows.append((time, draw(VALUES), draw(QUALITIES)))
    return rows


EDGES = st.one_of(
    # at minutes, hours and days, the ends anywhere
    st.builds(
        lambda unit, inner, a, b: sorted({START - a, *(START + n * unit for n in inner), b}),
        st.sampled_from([MINUTE, 90 * MINUTE, int(Level.HOUR), int(Level.DAY)]),
        st.sets(st.integers(0, 40), max_size=5),
        st.integers(1, Level.HOUR),
        st.integers(START + 40 * Level.DAY, START + 41 * Level.DAY),
    ),
    st.lists(
        st.integers(START - Level.HOUR, START + 3 * Level.DAY), min_size=2, max_size=6, unique=True
    ).map(sorted),
)


@given(rows=histories(), given_edges=EDGES, step=st.booleans(), good_only=st.booleans())
@settings(max_examples=200)
def test_aggregates_are_those_of_the_readings(
    rows: list[Row], given_edges: list[int], step: bool, good_only: bool
) -> None:
    edges = np.array(given_edges, np.int64)
    reader = SlowReader(rows)
    if good_only:
        found, _ = good_summaries(reader, 1, edges, widest(edges))
    else:
        found = summaries(reader, 1, edges, widest(edges))
    held = (given_edges[-2] + given_edges[-1]) // 2
    beside = [reader.before(1, given_edges[0] - 1), reader.after(1, given_edges[-1])]
    before, after = map(only_good, beside) if good_only else beside
    columns = aggregated(AGGREGATES, found, edges, Surroundings(before, after, step, held))
    known = [(t, math.nan if good_only and q == 64 else v, q) for t, v, q in rows]
    for place in range(len(edges) - 1):
        expected = summed(known, known, given_edges[place], given_edges[place + 1], step, held)
        for name in AGGREGATES:
            assert close(float(columns[name][place]), expected[name]), (name, place)
    assert columns["count"].dtype == np.int64


@given(rows=histories(), given_edges=EDGES)
@settings(max_examples=200)
def test_good_aggregates_leave_out_what_is_uncertain_whatever_else_there_is(
    rows: list[Row], given_edges: list[int]
) -> None:
    columns = good_ones(SlowReader(rows), given_edges)
    known = [(t, math.nan if q == 64 else v, q) for t, v, q in rows]
    for place, (begin, end) in enumerate(pairwise(given_edges)):
        expected = summed(known, known, begin, end, True, given_edges[-1])
        for name in AGGREGATES:
            assert close(float(columns[name][place]), expected[name]), (name, place)


def good_ones(reader: SlowReader, edges: list[int]) -> dict[str, Any]:
    """The columns of good aggregates, of values that hold."""
    subject = Subject(1, "tag", None, None, False, True)
    zone = zoneinfo.ZoneInfo("UTC")
    asked = Intervals(edges[0], edges[-1], np.array(edges), AGGREGATES, zone, edges[-1], True)
    return dict(TagHistory(reader, subject, lambda _: []).answer(asked).columns)


def test_a_good_nan_does_not_hide_that_another_reading_is_uncertain() -> None:
    rows = [
        (START, 1.0, 192),
        (START + 1, math.nan, 192),
        (START + 2, 99.0, 64),
        (START + 3, 3.0, 192),
    ]
    columns = good_ones(SlowReader(rows), [START, START + Level.DAY])
    assert [columns[name][0] for name in ("count", "good", "max", "mean")] == [4, 3, 3.0, 2.0]


def test_only_minutes_with_readings_of_several_qualities_are_read_themselves() -> None:
    """Three days of a reading each ten seconds, with outages that end in the middle of a minute."""
    rows = [(START + n * 10_000_000, float(n), 192) for n in range(3 * 8_640)]
    for outage in (500, 9_000, 9_012, 20_000):
        rows[outage : outage + 8] = [(row[0], math.nan, 0) for row in rows[outage : outage + 8]]
    reader = CountingReader(rows)
    days = [START + n * Level.DAY for n in range(4)]
    columns = good_ones(reader, days)
    assert columns["good"].tolist() == [8_632, 8_624, 8_632]
    assert columns["mean"][2] == pytest.approx(np.mean([row[1] for row in rows[17_280:] if row[2]]))
    assert reader.seen < 100


class CountingReader(SlowReader):
    """seen: how many readings were read"""

    seen = 0

    def read(self, tag: int, start: int, end: int, limit: int) -> Readings:
        found = super().read(tag, start, end, limit)
        self.seen += len(found.times)
        return found


def test_the_widest_roll_up_that_fits_is_asked() -> None:
    day = np.arange(START, START + 5 * Level.DAY, Level.DAY)
    assert widest(day) is Level.DAY
    assert widest(day + 5 * Level.HOUR) is Level.HOUR
    assert widest(day + 30 * MINUTE) is Level.MINUTE
    assert widest(day + 1) is None
    assert widest(np.array([START + 1, START + Level.HOUR])) is Level.MINUTE
    reader = SlowReader([])
    summaries(reader, 1, np.array([START + 1, START + 3 * Level.DAY + 1]), Level.DAY)
    assert set(reader.levels) == {Level.DAY, Level.HOUR, Level.MINUTE}


def test_another_unit_is_as_if_the_readings_had_been_in_it() -> None:
    """21 °C are 69.8 °F; a sum takes the offset once a value, an integral once a second."""
    reader = SlowReader([(START, 20.0, 192), (START + 1_000_000, 22.0, 192)])
    edges = np.array([START, START + MINUTE])
    found = in_unit(summaries(reader, 1, edges, None), "degC", "degF")
    nothing = reader.before(1, 0)
    around = Surroundings(nothing, nothing, False, START)
    columns = {
        name: float(c[0]) for name, c in aggregated(AGGREGATES, found, edges, around).items()
    }
    assert columns["mean"] == pytest.approx(69.8)
    assert columns["sum"] == pytest.approx(2 * 69.8)
    assert columns["range"] == pytest.approx(3.6)
    assert [columns["min"], columns["max"]] == pytest.approx([68.0, 71.6])
    assert columns["integral"] == pytest.approx(69.8)
    assert columns["time_weighted_mean"] == pytest.approx(69.8)
