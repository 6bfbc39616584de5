"""Buckets are what a slow and obvious calculation says, alone, joined and between any edges."""

from dataclasses import fields
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wellhead_historian.store.interface import Buckets, Level, Readings
from wellhead_historian.store.rollups import summary
from wellhead_historian.store.rollups.weighted import time_weighted_mean

EXACT = {field.name for field in fields(Buckets) if field.name not in ("total", "step", "linear")}
NOTHING = Readings(np.empty(0, np.int64), np.empty(0), np.empty(0, np.int16))
NOON = 1_700_000_000_000_000 // Level.HOUR * Level.HOUR

Point = tuple[int, float, int]
"""Microseconds after NOON, value, quality."""


def usable(point: Point) -> bool:
    return bool(np.isfinite(point[1])) and point[2] >= 64


def area(points: list[Point], start: float, end: float, step: bool) -> tuple[float, float]:
    """(integral, seconds known) from `start` to `end`, stretch by stretch."""
    total = known = 0.0
    for left, right in pairwise(points):
        low, high = max(left[0], start), min(right[0], end)
        if high <= low or not usable(left) or not (step or usable(right)):
            continue
        height = left[1]
        if not step:
            slope = (right[1] - left[1]) / (right[0] - left[0])
            height += slope * ((low + high) / 2 - left[0])
        total += height * (high - low) / 1e6
        known += (high - low) / 1e6
    return total, known


def bucket(points: list[Point], start: int) -> dict[str, Any]:
    """What `Buckets` says of these readings, in plain words."""
    good = [point for point in points if point[2] >= 192]
    values = [point[1] for point in points if usable(point)]
    span = points[0][0], points[-1][0]
    step, step_covered = area(points, *span, step=True)
    linear, linear_covered = area(points, *span, step=False)
    return {
        "starts": start,
        "count": len(points),
        "good": len(good),
        "usable": len(values),
        "minimum": min(values, default=np.nan),
        "maximum": max(values, default=np.nan),
        "total": sum(values) if values else np.nan,
        "first": values[0] if values else np.nan,
        "last": values[-1] if values else np.nan,
        "first_time": points[0][0],
        "last_time": points[-1][0],
        "first_usable": usable(points[0]),
        "last_usable": usable(points[-1]),
        "step": step,
        "step_covered": step_covered,
        "linear": linear,
        "linear_covered": linear_covered,
    }


def by_hand(points: list[Point], width: int) -> list[dict[str, Any]]:
    starts = sorted({point[0] // width * width for point in points})
    return [bucket([p for p in points if p[0] // width * width == s], s) for s in starts]


def readings(points: list[Point]) -> Readings:
    times, values, qualities = ([point[place] for point in points] for place in range(3))
    return Readings(
        np.array(times, np.int64), np.array(values, np.float64), np.array(qualities, np.int16)
    )


def summarised(points: list[Point], level: Level) -> Buckets:
    given = readings(points)
    return summary.summarise(given.times, given.values[None], given.qualities[None], level)


def check(found: Buckets, expected: list[dict[str, Any]]) -> None:
    assert len(found) == len(expected)
    for name in (field.name for field in fields(Buckets)):
        want = np.array([row[name] for row in expected])
        got = getattr(found, name)
        if name in EXACT:
            # of seconds, the reference adds floats
            np.testing.assert_allclose(got, want, rtol=1e-12, atol=0, err_msg=name)
        else:
            np.testing.assert_allclose(got, want, rtol=1e-9, atol=1e-3, err_msg=name)


def check_equal(found: Buckets, expected: Buckets) -> None:
    for name in (field.name for field in fields(Buckets)):
        got, want = getattr(found, name), getattr(expected, name)
        assert got.dtype == want.dtype
        if name in EXACT:
            np.testing.assert_array_equal(got, want, err_msg=name)
        else:
            np.testing.assert_allclose(got, want, rtol=1e-9, atol=1e-3, err_msg=name)


values = st.one_of(
    st.floats(-1e6, 1e6, width=32), st.sampled_from([np.nan, np.inf, -np.inf, -0.0, 0.0])
)
# bursts within a minute, and gaps over several days
when = st.one_of(st.integers(0, 10**8), st.integers(0, 4 * Level.DAY), st.just(Level.HOUR))
series = st.dictionaries(
    when, st.tuples(values, st.sampled_from([0, 4, 64, 192, 216])), min_size=1, max_size=30
).map(lambda found: [(time, *found[time]) for time in sorted(found)])


@given(series)
@settings(deadline=None, max_examples=120)
def test_buckets_are_what_a_plain_calculation_says(points: list[Point]) -> None:
    for level in Level:
        check(summarised(points, level), by_hand(points, level))


@given(series, st.sets(st.integers(0, 96), min_size=2, max_size=6))
@settings(deadline=None, max_examples=120)
def test_joined_buckets_are_those_of_the_readings(points: list[Point], hours: set[int]) -> None:
    minutes = summarised(points, Level.MINUTE)
    for level in (Level.HOUR, Level.DAY):
        check_equal(summary.combine(minutes, level), summarised(points, level))
    edges = np.array(sorted(hours), np.int64) * Level.HOUR
    found = summary.combine_edges(summary.combine(minutes, Level.HOUR), edges)
    expected = [
        bucket(inside, int(start))
        for start, end in pairwise(edges)
        if (inside := [point for point in points if start <= point[0] < end])
    ]
    check(found, expected)


@given(series, st.sets(st.integers(0, 5760), min_size=2, max_size=6), st.booleans())
@settings(deadline=None, max_examples=120)
def test_the_mean_over_time_is_exact_between_any_edges(
    points: list[Point], minutes: set[int], step: bool
) -> None:
    edges = np.array(sorted(minutes), np.int64) * Level.MINUTE
    inside = [point for point in points if edges[0] <= point[0] < edges[-1]]
    before = [point for point in points if point[0] < edges[0]][-1:]
    after = [point for point in points if point[0] >= edges[-1]][:1]
    buckets = summarised(inside, Level.MINUTE) if inside else summary.empty()

    mean, known = time_weighted_mean(buckets, edges, step, readings(before), readings(after))

    areas = [area(points, start, end, step) for start, end in pairwise(edges)]
    np.testing.assert_allclose(known, [seconds for _, seconds in areas], rtol=1e-12)
    expected = [total / seconds if seconds else np.nan for total, seconds in areas]
    np.testing.assert_allclose(mean, expected, rtol=1e-9, atol=1e-6)


@given(st.lists(series, min_size=1, max_size=4), st.booleans())
@settings(deadline=None, max_examples=40)
def test_tags_that_share_their_times_are_summed_up_each_by_itself(
    each: list[list[Point]], good: bool
) -> None:
    times = np.array([point[0] for point in each[0]], np.int64)
    values = np.array([np.resize([p[1] for p in points], len(times)) for points in each])
    qualities = np.array([np.resize([p[2] for p in points], len(times)) for points in each])
    given_qualities = None if good else qualities.astype(np.int16)
    found = summary.summarise(times, values, given_qualities, Level.MINUTE)
    alone = []
    for place in range(len(each)):
        its = None if given_qualities is None else given_qualities[[place]]
        alone.append(summary.summarise(times, values[[place]], its, Level.MINUTE))
    check_equal(found, summary.concatenated(alone))


# OPC 10000-13, Unified Architecture Part 13: Aggregates, 1.04: the data of A.1.1 (Historian 1) and
# the results of A.5 (TimeAverage2), intervals of 5 s from 12:00:00.
HISTORIAN_1 = [
    (seconds * 1_000_000, float(seconds), quality)
    for seconds, quality in zip(
        range(10, 91, 10), [192, 192, 192, 0, 192, 192, 64, 192, 192], strict=True
    )
]
NAN = np.nan
TIME_AVERAGE_2 = [NAN, NAN, 12.5, 17.5, 22.5, 27.5, 30, 30, NAN, NAN, 52.5, 57.5, 62.5, 67.5]
TIME_AVERAGE_2 += [72.5, 77.5, 82.5, 87.5]


def of_five_seconds(points: list[Point], step: bool) -> npt.NDArray[np.float64]:
    """The means of 5 s each, with a minute for each second, since buckets are no smaller."""
    wider = [(time // 1_000_000 * Level.MINUTE, value, quality) for time, value, quality in points]
    edges = np.arange(0, 91, 5) * Level.MINUTE
    after = [point for point in wider if point[0] >= edges[-1]]
    inside = [point for point in wider if point[0] < edges[-1]]
    mean, _ = time_weighted_mean(
        summarised(inside, Level.MINUTE), edges, step, NOTHING, readings(after)
    )
    return mean


def test_published_time_averages_of_opc_ua() -> None:
    expected = np.array(TIME_AVERAGE_2)
    expected[6:8] = NAN  # a line to a bad reading: the standard holds the value, we know nothing
    np.testing.assert_allclose(of_five_seconds(HISTORIAN_1, step=False), expected)


# A.1.2 (Historian 2), as far as its first line goes: 10 at 12:00:02 to 20 at 12:00:25.
def test_published_time_averages_of_opc_ua_between_irregular_readings() -> None:
    found = of_five_seconds([(2_000_000, 10.0, 192), (25_000_000, 20.0, 192)], step=False)
    assert np.round(found[:4], 3).tolist() == [10.652, 12.391, 14.565, 16.739]


def test_a_held_value_reaches_to_a_bad_reading_and_over_empty_intervals() -> None:
    found = of_five_seconds(HISTORIAN_1, step=True)
    expected = [10, 10, 20, 20, 30, 30, NAN, NAN, 50, 50, 60, 60, 70, 70, 80, 80]
    np.testing.assert_array_equal(found, [NAN, NAN, *expected])


def test_no_readings_and_no_tags_make_no_buckets() -> None:
    none = np.empty(0, np.int64)
    assert len(summary.summarise(none, np.empty((3, 0)), None, Level.HOUR)) == 0
    assert len(summary.summarise(np.array([NOON]), np.empty((0, 1)), None, Level.HOUR)) == 0
    assert len(summary.combine(summary.empty(), Level.DAY)) == 0
    assert len(summary.combine_edges(summary.empty(), np.array([0, Level.DAY]))) == 0


@pytest.mark.parametrize("largest", [1e308, -1e308])
def test_sums_of_the_largest_numbers_are_infinite_and_disturb_nothing(largest: float) -> None:
    found = summarised([(0, largest, 192), (1_000_000, largest, 192)], Level.MINUTE)
    assert found.total.tolist() == [largest * 10]
    assert found.minimum.tolist() == [largest]
