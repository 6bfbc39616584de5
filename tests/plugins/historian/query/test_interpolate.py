"""Values at given times: numpy.interp where all is good, nothing where a bad reading is beside."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wellhead_historian.query import instants
from wellhead_historian.query.instants import around
from wellhead_historian.query.interpolate import interpolated
from wellhead_historian.store.interface import Level
from wellhead_historian.testing import BASE

from .slow import Row, SlowReader, readings_of, value_at

HOUR = int(Level.HOUR)
START = BASE // HOUR * HOUR
TIMES = st.lists(st.integers(START - HOUR, START + 4 * HOUR), min_size=1, max_size=40)


@st.composite
def histories(draw: st.DrawFn, qualities: tuple[int, ...] = (192, 192, 64, 24)) -> list[Row]:
    times = draw(st.sets(st.integers(START, START + 3 * HOUR), max_size=30))
    values = st.floats(-1e6, 1e6)
    return [(time, draw(values), draw(st.sampled_from(qualities))) for time in sorted(times)]


@given(rows=histories((192,)).filter(bool), times=TIMES)
@settings(max_examples=100)
def test_good_readings_are_interpolated_as_numpy_does(rows: list[Row], times: list[int]) -> None:
    readings = readings_of(rows)
    asked = np.array(times, np.int64)
    values, qualities = interpolated(asked, readings, step=False)
    since = readings.times - START
    expected = np.interp(asked - START, since, readings.values, left=np.nan)
    assert np.allclose(values, expected, rtol=1e-9, atol=1e-6, equal_nan=True)
    late, early = asked > readings.times[-1], asked < readings.times[0]
    assert (qualities[late] == 68).all()
    assert (qualities[early] == 0).all()
    assert (qualities[~late & ~early] == 192).all()


@given(rows=histories(), times=TIMES, step=st.booleans(), few=st.booleans())
@settings(max_examples=150)
def test_a_value_never_runs_across_a_bad_reading(
    rows: list[Row], times: list[int], step: bool, few: bool
) -> None:
    asked = np.array(times, np.int64)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(instants, "FEW", 100 if few else 0)
        patch.setattr(instants, "PIECE", 100 if few else 3)  # so that all ways are gone
        near = around(SlowReader(rows), 1, asked, only_readings=True)
    values, qualities = interpolated(asked, near.readings, step=step)
    for place, time in enumerate(times):
        value, quality = value_at(rows, time, step)
        found = float(values[place])
        assert math.isclose(found, value, rel_tol=1e-9, abs_tol=1e-4) or (
            math.isnan(found) and math.isnan(value)
        )
        assert qualities[place] == quality


@given(rows=histories(), step=st.booleans())
@settings(max_examples=100)
def test_whole_hours_come_from_what_is_kept_of_hours(rows: list[Row], step: bool) -> None:
    asked = START + np.arange(-1, 5) * HOUR
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(instants, "FEW", 0)
        patch.setattr(instants, "PIECE", 1)
        near = around(SlowReader(rows), 1, asked)
    values, qualities = interpolated(asked, near.readings, step=step)
    beside = [time for time in asked.tolist() if rows and time >= rows[0][0]]  # a value is there
    inside = [row for row in rows if beside and beside[0] <= row[0] <= beside[-1]]
    assert near.level is (Level.HOUR if len(inside) > 1 else None)
    for place, time in enumerate(asked.tolist()):
        value, quality = value_at(rows, time, step)
        assert np.isclose(values[place], value, rtol=1e-9, atol=1e-4, equal_nan=True)
        if qualities[place] == 192:  # never better than it is
            assert quality == 192
        assert (qualities[place] & 0xC0 == 0) == (quality & 0xC0 == 0)


def test_only_good_readings_count_where_asked() -> None:
    rows = [(START, 1.0, 192), (START + 10, 2.0, 64), (START + 20, 3.0, 192)]
    asked = np.array([START + 5, START + 15, START + 20])
    values, qualities = interpolated(asked, readings_of(rows), step=False, good_only=True)
    assert (np.isnan(values).tolist(), qualities.tolist()) == ([True, True, False], [0, 0, 192])


def test_an_unwanted_reading_is_to_blame_and_not_the_one_after_it() -> None:
    rows = [(BASE, 1.0, 64), (BASE + 10, 2.0, 24)]  # uncertain, then no communication
    for step in (True, False):
        values, qualities = interpolated(
            np.array([BASE + 5]), readings_of(rows), step=step, good_only=True
        )
        assert math.isnan(values[0])
        assert qualities.tolist() == [0]


def test_whole_hours_are_known_when_their_readings_are_gone() -> None:
    rows = [(START + n * HOUR // 2 + 1, float(n), 192) for n in range(60)]
    asked = START + np.arange(1, 20) * HOUR
    near = around(SlowReader(rows, gone=rows[-1][0]), 1, asked)
    values, qualities = interpolated(asked, near.readings, step=True)
    assert near.level is Level.HOUR
    assert values.tolist() == [2.0 * n - 1 for n in range(1, 20)]
    assert set(qualities.tolist()) == {192}
