"""The p/z line: the published reservoirs, lines that the test made, and pressures on a datum."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wellhead import sdk
from wellhead_reservoir.calc import datum, gas_balance
from wellhead_reservoir.calc.straight_lines import is_level

from .published import ANDERSON_L, VOLUMETRIC_GAS


def test_a_volumetric_gas_reservoir_s_line_is_ahmed_s() -> None:
    """Example 13-1: p/z as printed, and 14.2 MMMscf off the book's graph."""
    ratio = gas_balance.p_over_z(VOLUMETRIC_GAS["pressure"], VOLUMETRIC_GAS["z"])
    assert ratio == pytest.approx([2069, 1931, 1750, 1604, 1483], abs=0.6)
    found = gas_balance.line(ratio, VOLUMETRIC_GAS["produced"], 0.9)
    assert found.gas_in_place == pytest.approx(14.2e9, rel=0.02)
    assert found.low is not None
    assert found.high is not None
    assert found.low < 14.2e9 < found.high
    held = gas_balance.line(ratio, VOLUMETRIC_GAS["produced"], 0.9, initial=ratio[0])
    assert held.initial == ratio[0]
    assert held.gas_in_place == pytest.approx(14.2e9, rel=0.02)
    produced, fraction = gas_balance.recovery_at(found, 500.0)
    assert fraction == pytest.approx(1 - 500 / found.initial)
    assert produced == pytest.approx(fraction * found.gas_in_place)


def test_an_overpressured_reservoir_s_early_line_is_far_too_hopeful() -> None:
    """Anderson L: the early points lead to more than 100 MMMscf, the corrected line to about 70."""
    pressure, produced = ANDERSON_L["pressure"], ANDERSON_L["produced"]
    ratio = gas_balance.p_over_z(pressure, ANDERSON_L["z"])
    early = gas_balance.line(ratio[:10], produced[:10], 0.9)
    assert early.gas_in_place > 100e9
    whole = gas_balance.line(ratio, produced, 0.9)
    assert whole.curvature == "down"
    ce = gas_balance.pore_compressibility(19.5e-6, 3.2e-6, 0.22)
    straight = gas_balance.corrected(ratio, pressure, pressure[0], ce)
    found = gas_balance.line(straight, produced, 0.9)
    assert found.gas_in_place == pytest.approx(70e9, rel=0.03)
    assert found.curvature is None
    assert found.fit.r_squared > whole.fit.r_squared


@settings(max_examples=30, deadline=None)
@given(st.floats(1e8, 1e13), st.floats(500, 12_000), st.floats(0.05, 0.9))
def test_a_line_is_found_again(gas: float, initial: float, recovered: float) -> None:
    produced = np.linspace(0, recovered, 6) * gas
    ratio = initial * (1 - produced / gas)
    for held in (None, initial):
        found = gas_balance.line(ratio, produced, 0.9, initial=held)
        assert found.gas_in_place == pytest.approx(gas, rel=1e-6)
        assert found.initial == pytest.approx(initial, rel=1e-6)


def test_an_interval_is_none_where_the_points_do_not_bound_it() -> None:
    produced = np.array([0, 1e6, 2e6, 3e6])
    found = gas_balance.line(np.array([2000.0, 1990, 2010, 1985]), produced, 0.9)
    assert (found.low, found.high) == (None, None)
    with pytest.raises(sdk.WellheadError, match="does not fall"):
        gas_balance.line(np.array([2000.0, 2010, 2020, 2030]), produced, 0.9)
    with pytest.raises(sdk.WellheadError) as raised:
        gas_balance.p_over_z(2000.0, 0.0)
    assert raised.value.field == "z"


def test_a_pressure_is_carried_through_the_fluids_between() -> None:
    """100 ft of gas at 0.1, 50 ft of oil at 0.35 and 50 ft of water at 0.45 psi/ft."""
    gradients, contacts = np.array([0.1, 0.35, 0.45]), np.array([8100.0, 8150.0])
    grown = datum.column(np.array([8000.0, 8200.0, 8120.0]), 8200.0, gradients, contacts)
    assert grown == pytest.approx([10 + 17.5 + 22.5, 0.0, 30 * 0.35 + 22.5])
    back = datum.column(8200.0, 8000.0, gradients, contacts)
    assert back == pytest.approx(-50.0)
    with pytest.raises(sdk.WellheadError, match="a contact between"):
        datum.column(8000.0, 8200.0, gradients, contacts[:1])


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.floats(7_000, 9_000), min_size=3, max_size=3),
    st.lists(st.floats(0, 0.6), min_size=3, max_size=3),
)
def test_the_way_through_fluids_is_the_sum_of_its_parts(
    depths: list[float], fluids: list[float]
) -> None:
    gradients, contacts = np.array(fluids), np.array([7_900.0, 8_300.0])
    first, middle, last = depths
    there = datum.column(first, middle, gradients, contacts)
    on = datum.column(middle, last, gradients, contacts)
    assert there + on == pytest.approx(datum.column(first, last, gradients, contacts), abs=1e-8)


def test_two_gradients_of_a_formation_tester_meet_at_the_free_level() -> None:
    oil, water = np.array([8000.0, 8040, 8080]), np.array([8150.0, 8200, 8250])
    upper = datum.gradient_line(oil, 3500 + 0.33 * (oil - 8100))
    lower = datum.gradient_line(water, 3500 + 0.45 * (water - 8100))
    assert upper.coefficients[1] == pytest.approx(0.33)
    assert datum.crossing(upper, lower) == pytest.approx(8100)
    with pytest.raises(sdk.WellheadError, match="one gradient"):
        datum.crossing(upper, upper)


def test_what_is_level_is_told_from_what_moves() -> None:
    x, noise = np.arange(1.0, 21), np.random.Generator(np.random.PCG64(4)).normal(0, 0.1, 20)
    assert is_level(x, 1 + noise)
    assert not is_level(x, 1 + noise + 0.05 * x)
    assert not is_level(x, 1 + noise + 0.01 * (x - 10) ** 2)
    assert is_level(x, 1 + 0.001 * x)  # it moves, by too little to matter
    assert is_level(x[:4], x[:4])
