"""A meter's day: what went through it, and how much of the day is known."""

import datetime as dt
import zoneinfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wellhead.calendar import day_span
from wellhead_production.calc.meter_totals import (
    SECOND,
    DayTotal,
    Readings,
    difference_totaliser,
    integrate_rate,
)

HOUR = 3600 * SECOND
GOOD, UNCERTAIN, BAD = 192, 64, 0
CHICAGO = zoneinfo.ZoneInfo("America/Chicago")


def readings(
    hours: list[float], values: list[float], qualities: list[int] | int = GOOD
) -> Readings:
    quality = np.full(len(hours), qualities) if isinstance(qualities, int) else np.array(qualities)
    times = (np.array(hours) * HOUR).astype(np.int64)
    return Readings(times, np.array(values, float), quality.astype(np.int16))


def rate(found: Readings, hours: float = 24, *, holds: bool = False, gap: float = 7200) -> DayTotal:
    return integrate_rate(found, 0, int(hours * HOUR), holds=holds, longest_gap=gap)


def count(found: Readings, capacity: float | None = None, gap: float = 7200) -> DayTotal:
    return difference_totaliser(found, 0, 24 * HOUR, capacity=capacity, longest_gap=gap)


def near(found: DayTotal, volume: float, covered: float, good: float) -> None:
    """That is the volume, and these are the hours that are known and good."""
    assert found.volume == pytest.approx(volume)
    assert (found.covered / 3600, found.good / 3600) == (covered, good)


@pytest.mark.parametrize(
    ("date", "hours"), [("2026-03-08", 23), ("2026-06-10", 24), ("2026-11-01", 25)]
)
def test_a_steady_rate_makes_a_day_s_volume_by_the_length_of_the_day(date: str, hours: int) -> None:
    """240 a day, over days on which the clock of Chicago is set forward, left alone, set back."""
    day = day_span(dt.date.fromisoformat(date), CHICAGO)
    begin, end = (int(edge.timestamp()) * SECOND for edge in day)
    times = np.arange(begin - HOUR, end + 2 * HOUR, HOUR)
    steady = Readings(times, np.full(len(times), 240.0), np.full(len(times), GOOD, np.int16))
    for holds in (True, False):
        found = integrate_rate(steady, begin, end, holds=holds, longest_gap=3600)
        near(found, 10.0 * hours, hours, hours)


def test_a_line_and_a_value_that_holds_differ_by_what_is_between() -> None:
    ramp = readings([0, 2, 4], [0, 24, 48])
    assert rate(ramp, 4).volume == pytest.approx(24 * 4 / 24)
    assert rate(ramp, 4, holds=True).volume == pytest.approx((0 * 2 + 24 * 2) / 24)


def test_readings_outside_the_day_count_for_their_part_inside_it() -> None:
    near(rate(readings([-1, 1], [0, 48])), 36 / 24, 1, 1)


def test_gaps_and_bad_readings_are_not_covered_and_add_nothing() -> None:
    found = rate(readings([0, 1, 2, 5, 6, 7], [24] * 6, [GOOD, GOOD, GOOD, UNCERTAIN, GOOD, BAD]))
    near(found, 3, 3, 2)


def test_a_totaliser_loses_nothing_in_a_gap_inside_the_day() -> None:
    found = count(readings([-0.5, 0.5, 20, 23.5, 24.5], [0, 10, 400, 460, 480]))
    near(found, 5 + 390 + 60 + 10, 24, 24)
    assert found.bridged == 0


def test_a_gap_over_the_end_of_the_day_is_spread_and_said() -> None:
    found = count(readings([0, 20, 30], [0, 200, 300]))
    near(found, 240, 24, 24)
    assert found.bridged == 4 * 3600


def test_a_totaliser_that_rolls_over_goes_on_and_one_that_is_reset_does_not() -> None:
    rolled = count(readings([0, 8, 16, 24], [9_990, 9_998, 6, 16]), capacity=10_000)
    near(rolled, 26, 24, 24)
    assert (rolled.rollovers, rolled.resets) == (1, 0)
    reset = count(readings([0, 8, 16, 24], [500, 510, 2, 12]), capacity=10_000)
    near(reset, 20, 16, 16)
    assert (reset.rollovers, reset.resets) == (0, 1)
    unknown = count(readings([0, 8, 16, 24], [9_990, 9_998, 6, 16]))
    near(unknown, 18, 16, 16)
    assert unknown.resets == 1


@pytest.mark.parametrize("size", [0, 1])
def test_of_no_reading_or_one_nothing_is_known(size: int) -> None:
    found = readings([1.0][:size], [5.0][:size])
    assert rate(found) == count(found) == DayTotal(0.0, 0.0, 0.0)


@given(
    st.lists(st.integers(0, 40_000), min_size=2, max_size=30),
    st.lists(st.integers(1, 100), min_size=29, max_size=29),
    st.integers(1, 40),
)
def test_days_of_a_totaliser_add_up_whatever_the_edge(
    steps: list[int], minutes: list[int], edge: int
) -> None:
    """A counter of five digits, read at any times: two parts are what the whole is."""
    total = np.cumsum(np.array(steps))
    times = np.concatenate([[0], np.cumsum(minutes)[: len(steps) - 1]]) * 60 * SECOND
    found = Readings(
        times.astype(np.int64), (total % 100_000).astype(float), np.full(len(steps), 192, np.int16)
    )
    cut = min(edge * 60 * SECOND, int(times[-1]))

    def part(begin: int, end: int) -> float:
        return difference_totaliser(found, begin, end, capacity=100_000, longest_gap=3600).volume

    assert part(0, int(times[-1])) == pytest.approx(total[-1] - total[0])
    assert part(0, cut) + part(cut, int(times[-1])) == pytest.approx(total[-1] - total[0])
