"""Deliverability of gas wells: a book's tests, and curves that are given back."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wellhead.sdk import WellheadError
from wellhead_well_testing.calc.deliverability import back_pressure, lit
from wellhead_well_testing.calc.pseudo_pressure import PseudoPressure

ATMOSPHERE = 14.7


def test_a_flow_after_flow_test_is_the_books() -> None:
    """Ahmed, Reservoir Engineering Handbook, example 8-1: n 0.87 and C 0.0169 by two points of a
    drawn line, a 318 and b 0.01333 by another; least squares through all three are near."""
    rates = np.array([2_624.6, 4_154.7, 5_425.1])
    differences = 1_952.0**2 - np.array([1_700.0, 1_500.0, 1_300.0]) ** 2
    found = back_pressure(rates, differences)
    assert found.exponent == pytest.approx(0.87, abs=0.005)
    assert found.coefficient == pytest.approx(0.0169, rel=0.01)
    assert not found.held
    both = lit(rates, differences)
    assert both.laminar == pytest.approx(318, rel=0.02)
    assert both.turbulent == pytest.approx(0.01333, rel=0.1)
    assert both.rate(differences) == pytest.approx(rates, rel=0.01)


def test_fetkovichs_curve_is_the_books() -> None:
    """Ahmed, example 7-6: C 0.00079 and n 0.854, 3,600 psi: 937 STB/d at most, 796 at 1,500 psi.
    The four flows of the test lie within 10 % of that drawn line."""
    flowing = np.array([3_170.0, 2_890.0, 2_440.0, 2_150.0])
    found = back_pressure(np.array([263.0, 383.0, 497.0, 640.0]), 3_600.0**2 - flowing**2)
    wanted = 0.00079 * (3_600.0**2 - np.array([1_500.0, 0.0]) ** 2) ** 0.854
    assert wanted == pytest.approx([796, 937], abs=1)
    assert found.rate(3_600.0**2 - np.array([1_500.0, 0.0]) ** 2) == pytest.approx(wanted, rel=0.1)


def test_a_modified_isochronal_test_takes_each_shut_in_and_the_extended_flow() -> None:
    """The flows of Lee, Well Testing (1982), example 5.3, MMscf/d: his differences of squares are
    612, 891, 1,262 and 1,725 thousand psi²."""
    static = np.array([1_948.0, 1_927.0, 1_911.0, 1_887.0])
    flowing = np.array([1_784.0, 1_680.0, 1_546.0, 1_355.0])
    differences = static**2 - flowing**2
    assert differences / 1e3 == pytest.approx([612, 891, 1_262, 1_725], abs=0.5)
    extended = (8.0, 1_948.0**2 - 1_233.0**2)
    rates = np.array([4.50, 5.60, 6.85, 8.25])
    found = back_pressure(rates, differences, extended)
    short = back_pressure(rates, differences)
    assert found.exponent == short.exponent == pytest.approx(0.584, abs=0.001)
    assert found.coefficient < short.coefficient
    assert found.rate(extended[1]) == pytest.approx(8.0)
    both = lit(rates, differences, extended)
    assert both.turbulent == lit(rates, differences).turbulent
    assert both.rate(extended[1]) == pytest.approx(8.0)
    open_flow = 1_948.0**2 - ATMOSPHERE**2
    assert both.rate(open_flow) == pytest.approx(found.rate(open_flow), rel=0.03)


@given(st.floats(1e-6, 10), st.floats(0.5, 1.0))
def test_back_pressure_gives_its_curve_back(coefficient: float, exponent: float) -> None:
    differences = np.array([1e5, 3e5, 1e6, 2e6])
    found = back_pressure(coefficient * differences**exponent, differences)
    assert found.exponent == pytest.approx(exponent)
    assert found.coefficient == pytest.approx(coefficient, rel=1e-6)


@given(st.floats(0.0, 3.0))
def test_the_exponent_is_held_between_turbulent_and_laminar(exponent: float) -> None:
    differences = np.array([1e5, 4e5, 2e6])
    found = back_pressure(1e-9 * differences**exponent, differences)
    assert 0.5 <= found.exponent <= 1.0
    assert found.fitted_exponent == pytest.approx(exponent, abs=1e-9)
    if not 0.499 < exponent < 1.001:
        assert found.held


@given(st.floats(0, 1e3), st.floats(0, 1), st.floats(0.1, 1.0))
def test_laminar_and_turbulent_are_given_back(a: float, b: float, scale: float) -> None:
    rates = scale * np.array([1e3, 2e3, 4e3, 5e3])
    differences = a * rates + b * rates**2
    if differences.min() < 1:
        return
    found = lit(rates, differences)
    assert found.laminar == pytest.approx(a, abs=1e-6 * differences.max() / rates.min())
    assert found.turbulent == pytest.approx(b, abs=1e-6 * differences.max() / rates.min() ** 2)
    assert found.rate(differences) == pytest.approx(rates, rel=1e-6)
    assert found.rate(0.0) == 0


def test_a_curve_that_bends_the_wrong_way_is_held() -> None:
    rates = np.array([1.0, 2.0, 3.0])
    fallen = lit(rates, 10 * rates - rates**2)
    assert (fallen.turbulent, fallen.held) == (0.0, True)
    risen = lit(rates, rates**2 - 0.5 * rates)
    assert (risen.laminar, risen.held) == (0.0, True)
    with pytest.raises(WellheadError, match="points"):
        lit(rates[:1], rates[:1])
    with pytest.raises(WellheadError, match="rate"):
        back_pressure(-rates, rates)


def test_pseudo_pressure_of_a_gas_with_constant_properties_is_its_square() -> None:
    pressures = np.array([500.0, 1_000.0, 3_000.0])
    found = PseudoPressure(pressures, np.full(3, 0.02), np.full(3, 0.9))
    asked = np.array([0.0, 14.7, 700.0, 3_000.0])
    assert found.of(asked) == pytest.approx(asked**2 / (0.02 * 0.9))
    with pytest.raises(WellheadError, match="gas table"):
        found.of(3_001.0)
    with pytest.raises(WellheadError, match="ascend"):
        PseudoPressure(pressures[::-1], np.full(3, 0.02), np.full(3, 0.9))


def test_pseudo_pressure_agrees_with_a_finer_integral() -> None:
    from scipy.integrate import cumulative_simpson

    fine = np.linspace(1, 5_000, 20_001)
    viscosity, z = 0.012 + 3e-10 * fine**2, 1 - 1.2e-4 * fine + 2.2e-8 * fine**2
    oracle = cumulative_simpson(2 * fine / (viscosity * z), x=fine, initial=0)
    found = PseudoPressure(fine[::400], viscosity[::400], z[::400]).of(fine)
    assert found[500:] == pytest.approx(oracle[500:], rel=3e-3)
