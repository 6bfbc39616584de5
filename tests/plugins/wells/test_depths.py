"""Depths: units and datums."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wellhead_wells.depths import convert, from_metres, shift, subsea, to_metres

depths = st.floats(0, 15_000)
elevations = st.floats(-500, 5_000)


def test_known_values() -> None:
    assert to_metres(10_000, "ft") == pytest.approx(3_048.0)
    assert from_metres(3_048.0, "ft") == pytest.approx(10_000)
    assert convert(12.5, "m", "m") == 12.5
    # 3,500 m from a rotary table 25 m above the ground, which is 310 m above the sea
    assert shift(3_500, 335, 310) == 3_475
    assert subsea(3_500, 335) == 3_165
    assert subsea(100, 335) == -235


@given(depths, st.sampled_from(["m", "ft"]), st.sampled_from(["m", "ft"]))
def test_units_go_there_and_back(depth: float, unit: str, other: str) -> None:
    assert convert(convert(depth, unit, other), other, unit) == pytest.approx(depth)


@given(depths, elevations, elevations)
def test_datums_go_there_and_back(depth: float, one: float, other: float) -> None:
    assert shift(shift(depth, one, other), other, one) == pytest.approx(depth, abs=1e-6)
    assert subsea(shift(depth, one, other), other) == pytest.approx(subsea(depth, one), abs=1e-6)
