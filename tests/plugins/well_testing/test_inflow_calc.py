"""Inflow of oil: the books' examples, and what holds for any well."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wellhead.sdk import WellheadError
from wellhead_well_testing.calc import inflow

pressures = st.floats(100, 10_000)
shares = st.floats(0, 1)


def test_vogels_well_is_the_books() -> None:
    """Ahmed, Reservoir Engineering Handbook, example 7-2: 350 STB/d at 2,000 of 2,500 psi."""
    index = inflow.productivity_index(np.array([350.0]), np.array([2_000.0]), 2_500.0, 2_500.0)
    assert inflow.vogel_maximum(index, 2_500.0) == pytest.approx(1_067.1, abs=0.05)
    rates = inflow.inflow_rate(index, np.array([2_500, 1_500, 1_000, 0.0]), 2_500.0, 2_500.0)
    assert rates == pytest.approx([0, 632, 845, 1_067], abs=1)


def test_a_well_above_its_bubble_point_flows_by_the_composite_curve() -> None:
    """Ahmed, examples 7-3 and 7-4: 3,000 psi, bubble point 2,130 psi; a point above it and one
    below give the same productivity index, 0.5."""
    above = inflow.productivity_index(np.array([250.0]), np.array([2_500.0]), 3_000.0, 2_130.0)
    assert above == pytest.approx(0.5)
    flowing = np.array([2_130, 1_500, 1_000, 500, 0.0])
    rates = inflow.inflow_rate(above, flowing, 3_000.0, 2_130.0)
    assert rates == pytest.approx([435, 709, 867, 973, 1_027], abs=1)
    below = inflow.productivity_index(np.array([630.7]), np.array([1_700.0]), 3_000.0, 2_130.0)
    assert below == pytest.approx(0.5, abs=1e-4)


@given(pressures, shares, shares, st.floats(0.001, 100))
def test_inflow_falls_with_the_flowing_pressure_and_gives_its_index_back(
    reservoir: float, bubble: float, flowing: float, index: float
) -> None:
    saturated = bubble * reservoir
    ladder = np.linspace(0, reservoir, 20)
    rates = inflow.inflow_rate(index, ladder, reservoir, saturated)
    assert rates[-1] == pytest.approx(0, abs=1e-9)
    assert (np.diff(rates) < 0).all()
    assert (rates <= index * (reservoir - ladder) * (1 + 1e-9)).all()
    point = np.array([flowing * 0.99 * reservoir])
    rate = inflow.inflow_rate(index, point, reservoir, saturated)
    if rate[0] <= 1e6:
        back = inflow.productivity_index(rate, point, reservoir, saturated)
        assert back == pytest.approx(index)


@given(pressures, st.floats(0.05, 0.99))
def test_both_parts_meet_with_one_slope_at_the_bubble_point(
    reservoir: float, bubble: float
) -> None:
    saturated, step = bubble * reservoir, 1e-4 * reservoir
    around = saturated + step * np.array([-1.0, 0.0, 1.0])
    below, above = -np.diff(inflow.effective_drawdown(around, reservoir, saturated))
    assert above == pytest.approx(step, rel=1e-6)
    assert below == pytest.approx(step, rel=1e-3 / bubble)


def test_points_that_cannot_be_are_refused_by_name() -> None:
    with pytest.raises(WellheadError, match="flowing_pressure"):
        inflow.productivity_index(np.array([350.0]), np.array([2_600.0]), 2_500.0)
    with pytest.raises(WellheadError, match="drawdown"):
        inflow.productivity_index(np.array([350.0]), np.array([2_500.0]), 2_500.0)
    with pytest.raises(WellheadError, match="points"):
        inflow.productivity_index(np.array([]), np.array([]), 2_500.0)
