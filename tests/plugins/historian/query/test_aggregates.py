"""Aggregates of any intervals, from roll-ups and readings alike, are what a slow count says."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wellhead_historian.query.aggregates import AGGREGATES, Surroundings, aggregated
from wellhead_historian.query.buckets import in_unit, only_good
from wellhead_historian.query.gather import summaries, widest
from wellhead_historian.store.interface import Level
from wellhead_historian.testing import BASE

from .slow import Row, SlowReader, area, fit

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


def close(found: float, expected: float) -> bool:
    if math.isnan(expected):
        return math.isnan(found)
    return math.isclose(found, expected, rel_tol=1e-9, abs_tol=1e-4)


def slowly(name: str, rows: list[Row], begin: int, end: int, step: bool, held: int) -> float:
    mine = [row for row in rows if begin <= row[0] < end]
    values = [row[1] for row in mine if fit(row)]
    good = sum(row[2] & 0xC0 == 0xC0 for row in mine)
    total, covered = area(rows, begin, end, step=step, held=held)
    none = math.nan
    answers: dict[str, Any] = {
        "count": len(mine),
        "good": good,
        "good_share": good / len(mine) if mine else none,
        "min": min(values, default=none),
        "max": max(values, default=none),
        "range": max(values) - min(values) if values else none,
        "sum": sum(values) if values else none,
        "mean": sum(values) / len(values) if values else none,
        "first": values[0] if values else none,
        "last": values[-1] if values else none,
        "time_weighted_mean": total / covered if covered else none,
        "integral": total if covered else none,
    }
    return float(answers[name])


@given(rows=histories(), given_edges=EDGES, step=st.booleans(), good_only=st.booleans())
@settings(max_examples=200)
def test_aggregates_are_those_of_the_readings(
    rows: list[Row], given_edges: list[int], step: bool, good_only: bool
) -> None:
    edges = np.array(given_edges, np.int64)
    reader = SlowReader(rows)
    level = None if good_only else widest(edges)
    found = summaries(reader, 1, edges, level, good_only)
    held = (given_edges[-2] + given_edges[-1]) // 2
    beside = [reader.before(1, given_edges[0] - 1), reader.after(1, given_edges[-1])]
    before, after = map(only_good, beside) if good_only else beside
    columns = aggregated(AGGREGATES, found, edges, Surroundings(before, after, step, held))
    known = [(t, math.nan if good_only and q == 64 else v, q) for t, v, q in rows]
    for place in range(len(edges) - 1):
        for name in AGGREGATES:
            expected = slowly(name, known, given_edges[place], given_edges[place + 1], step, held)
            assert close(float(columns[name][place]), expected), (name, place)
    assert columns["count"].dtype == np.int64


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
