"""Few points instead of many: no peak is lost, no gap is hidden."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wellhead import sdk
from wellhead_historian.query import trend as trends
from wellhead_historian.query.downsample import Method, Points, thinned
from wellhead_historian.query.trend import fine_enough, trend
from wellhead_historian.store.interface import Level
from wellhead_historian.testing import BASE

from .slow import SlowReader

SECOND = 1_000_000
HOUR = int(Level.HOUR)
START = BASE // Level.DAY * Level.DAY


def points_of(times: np.typing.NDArray[np.int64], seed: int, holes: float = 0.0) -> Points:
    random = np.random.default_rng(seed)
    values = random.normal(size=len(times))
    values[random.random(len(times)) < holes] = np.nan
    return Points(times, values, np.full(len(times), 192, np.int16))


@given(
    count=st.integers(50, 3000),
    most=st.integers(3, 20).map(lambda n: 2 * n),
    seed=st.integers(0, 2**32),
    holes=st.sampled_from([0.0, 0.1]),
)
@settings(max_examples=150)
def test_min_and_max_of_every_stretch_are_kept(
    count: int, most: int, seed: int, holes: float
) -> None:
    """A stretch is a pixel pair of equal time; readings at the very edge of one may count for its
    neighbour."""
    random = np.random.default_rng(seed)
    times = np.unique(START + random.integers(0, 10**9, count) ** 2 // 10**9)
    points = points_of(times, seed, holes)
    known = np.isfinite(points.values)
    x, y = points.times[known], points.values[known]
    edges = np.linspace(x[0], x[-1], (most - 2) // 2 + 1)
    at_edge = (np.abs(times[:, None] - edges[None, 1:-1]) <= 2).any(1)
    points = Points(times[~at_edge], points.values[~at_edge], points.qualities[~at_edge])
    known = np.isfinite(points.values)
    x, y = points.times[known], points.values[known]
    kept = thinned(points, most, Method.MINMAX)
    shown = np.isfinite(kept.values)
    assert shown.sum() <= most
    assert (kept.times[shown][0], kept.times[shown][-1]) == (x[0], x[-1])
    assert (np.diff(kept.times) > 0).all()
    stretch = np.clip(np.searchsorted(edges, x, "right") - 1, 0, len(edges) - 2)
    of_kept = np.clip(np.searchsorted(edges, kept.times[shown], "right") - 1, 0, len(edges) - 2)
    for number in np.unique(stretch):
        mine, chosen = y[stretch == number], kept.values[shown][of_kept == number]
        assert (chosen.min(), chosen.max()) == (mine.min(), mine.max())


@given(
    count=st.integers(10, 2000),
    most=st.integers(6, 60),
    seed=st.integers(0, 2**32),
    method=st.sampled_from(Method),
)
@settings(max_examples=100)
def test_every_gap_stays_visible(count: int, most: int, seed: int, method: Method) -> None:
    times = START + np.arange(count, dtype=np.int64) * SECOND
    points = points_of(times, seed, 0.2)
    kept = thinned(points, most, method)
    shown = np.isfinite(kept.values)
    assert shown.sum() <= most
    assert not (~shown[1:] & ~shown[:-1]).any()  # one point a gap
    known = dict(zip(points.times.tolist(), points.values.tolist(), strict=True))
    for time, value in zip(kept.times[shown].tolist(), kept.values[shown].tolist(), strict=True):
        assert known[time] == value
    bounds = [times[0] - 1, *kept.times[shown], times[-1] + 1]
    for begin, end in pairwise(bounds):
        between = (times > begin) & (times < end)
        missing = np.isnan(points.values[between]).any()
        told = ((kept.times > begin) & (kept.times < end)).any()
        assert missing == told


def test_what_fits_comes_as_it_is() -> None:
    points = points_of(START + np.arange(8, dtype=np.int64), 1)
    assert thinned(points, 8, Method.LTTB).times.tolist() == points.times.tolist()
    assert len(thinned(points_of(np.empty(0, np.int64), 1), 8, Method.MINMAX).times) == 0
    steady = Points(START + np.arange(99), np.ones(99), np.full(99, 192, np.int16))
    assert thinned(steady, 6, Method.MINMAX).times[[0, -1]].tolist() == [START, START + 98]


@pytest.mark.parametrize(
    ("days", "points", "level"),
    [
        (0.01, 1000, None),
        (1, 1000, Level.MINUTE),
        (1, 10_000, None),
        (31, 1000, Level.HOUR),
        (365, 1000, Level.HOUR),
        (365, 20_000, Level.MINUTE),
        (365 * 4, 1000, Level.DAY),
    ],
)
def test_the_roll_up_is_as_fine_as_the_points(
    days: float, points: int, level: Level | None
) -> None:
    assert fine_enough(START, START + int(days * Level.DAY), points) is level


def rows_every(seconds: int, hours: int) -> list[tuple[int, float, int]]:
    random = np.random.default_rng(3)
    times = range(START + 7, START + hours * HOUR, seconds * SECOND)
    return [(time, float(random.normal()), 192) for time in times]


def test_a_long_range_is_drawn_from_roll_ups_with_every_peak() -> None:
    rows = rows_every(60, 100)
    rows[1], rows[3333] = (rows[1][0], 50.0, 192), (rows[3333][0], -50.0, 192)
    for place in range(1200, 1400):
        rows[place] = (rows[place][0], float("nan"), 24)
    begin, end = rows[0][0] + 1, rows[-1][0]
    points, level = trend(SlowReader(rows), 1, begin, end, 40, Method.MINMAX)
    assert level is Level.HOUR
    assert (np.nanmin(points.values), np.nanmax(points.values)) == (-50.0, 50.0)
    assert abs(points.times[np.nanargmin(points.values)] - rows[3333][0]) <= HOUR
    assert np.isnan(points.values).any()
    assert begin <= points.times[0] < points.times[-1] < end
    assert set(points.qualities[np.isnan(points.values)].tolist()) == {0}


def test_few_readings_of_a_long_range_come_themselves() -> None:
    rows = rows_every(3600 * 5, 1000)
    points, level = trend(SlowReader(rows), 1, START, START + 1000 * HOUR, 300, Method.MINMAX)
    assert level is None
    assert points.times.tolist() == [time for time, _, _ in rows]


def test_uncertain_readings_are_gaps_where_only_good_ones_count(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rows = [(START + n * SECOND, float(n), 64 if n == 5 else 192) for n in range(10)]
    points, level = trend(SlowReader(rows), 1, START, START + HOUR, 6, Method.MINMAX, True)
    assert level is None
    assert np.isnan(points.values[points.times == START + 5 * SECOND]).all()
    monkeypatch.setattr(trends, "MOST_READINGS", 5)
    with pytest.raises(sdk.WellheadError, match="good"):
        trend(SlowReader(rows), 1, START, START + HOUR, 6, Method.MINMAX, True)
    _, level = trend(SlowReader(rows), 1, START, START + 60 * SECOND, 6, Method.MINMAX)
    assert level is Level.MINUTE


def test_what_roll_ups_still_know_of_is_drawn_when_its_readings_are_gone() -> None:
    rows = rows_every(30, 4)
    end = START + 4 * HOUR
    known = sum(time >= START for time, _, _ in rows)
    for gone, level in ((end, Level.MINUTE), (START + 2 * HOUR, Level.MINUTE), (START, None)):
        points, source = trend(SlowReader(rows, gone), 1, START, end, 1000, Method.MINMAX)
        assert source is level
        assert len(points.times) == known
        assert points.times[0] == rows[0][0]
    few = rows_every(3600 * 5, 1000)
    points, source = trend(
        SlowReader(few, START + 500 * HOUR), 1, START, START + 1000 * HOUR, 300, Method.MINMAX
    )
    assert (len(points.times), source) == (len(few), Level.HOUR)
