"""Arps' decline against its published value, another implementation, and its own calculus."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import petbox.dca as oracle
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wellhead.sdk import WellheadError
from wellhead_production.decline import effective
from wellhead_production.decline.arps import Arps, cumulative, decline, rate, time_at_rate, ultimate

YEAR = oracle.DAYS_PER_YEAR
rates = st.floats(1e-2, 1e5)
declines = st.floats(1e-3, 3.0)  # nominal, 1/year
exponents = st.sampled_from([0.0, 0.3, 0.5, 1.0, 1.4]) | st.floats(0.0, 2.0)
times = st.floats(0.0, 50.0)  # years


def test_arps_published_value() -> None:
    curve = Arps(rate=100.0, decline=0.1, b=0.5)

    assert round(float(rate(curve, 10.0)), 2) == 44.44
    assert round(float(cumulative(curve, 10.0)), 2) == 666.67
    assert float(decline(curve, 10.0)) == pytest.approx(0.1 / 1.5)
    assert float(time_at_rate(curve, 44.4444444444)) == pytest.approx(10.0)


@given(rates, declines, exponents, st.lists(times, min_size=1, max_size=8))
def test_rates_and_volumes_are_those_of_petbox_dca(
    first: float, yearly: float, b: float, years: list[float]
) -> None:
    days = np.array(years) * YEAR
    secant = float(effective.secant_from_nominal(yearly, b))
    other = oracle.MH(qi=first, Di=secant, bi=b, Dterm=0.0)
    curve = Arps(first, yearly / YEAR, b)

    np.testing.assert_allclose(rate(curve, days), other.rate(days), rtol=1e-8)
    np.testing.assert_allclose(cumulative(curve, days), other.cum(days), rtol=1e-6, atol=1e-9)
    np.testing.assert_allclose(decline(curve, days), other.D(days), rtol=1e-8)


@given(rates, st.floats(0.2, 3.0), st.floats(0.1, 2.0), st.floats(0.01, 0.15), times)
def test_a_terminal_decline_is_that_of_petbox_dca(
    first: float, yearly: float, b: float, last: float, years: float
) -> None:
    days = np.array([years * YEAR])
    secant = float(effective.secant_from_nominal(yearly, b))
    tangent = float(effective.tangent_from_nominal(last))
    other = oracle.MH(qi=first, Di=secant, bi=b, Dterm=tangent)
    curve = Arps(first, yearly / YEAR, b, terminal=last / YEAR)

    np.testing.assert_allclose(rate(curve, days), other.rate(days), rtol=1e-8)
    np.testing.assert_allclose(cumulative(curve, days), other.cum(days), rtol=1e-6, atol=1e-9)


@given(rates, declines, exponents, times)
def test_the_rate_at_a_time_is_reached_at_that_time(
    first: float, yearly: float, b: float, years: float
) -> None:
    for terminal in (0.0, yearly / 2.0, yearly):
        curve = Arps(first, yearly, b, terminal)
        then = rate(curve, years)
        if then > 1e-200:
            assert float(time_at_rate(curve, then)) == pytest.approx(years, rel=1e-6, abs=1e-6)


@given(declines, exponents, st.floats(0.1, 20.0))
def test_the_rate_is_the_slope_of_the_cumulative(yearly: float, b: float, years: float) -> None:
    curve = Arps(100.0, yearly, b, yearly / 3.0)
    step = 1e-5
    slope = (cumulative(curve, years + step) - cumulative(curve, years - step)) / (2.0 * step)

    assert float(slope) == pytest.approx(float(rate(curve, years)), rel=1e-3, abs=1e-6)


@given(declines, st.floats(0.0, 1e-6), times)
def test_nothing_jumps_near_the_exponential_and_the_harmonic(
    yearly: float, little: float, years: float
) -> None:
    for b, other in ((0.0, little), (1.0, 1.0 - little), (1.0, 1.0 + little)):
        one, near = Arps(1.0, yearly, b), Arps(1.0, yearly, other)
        for function in (rate, cumulative):
            expected = pytest.approx(
                float(function(one, years)), rel=1e-8 + little * (1.0 + yearly * years) ** 2
            )
            assert float(function(near, years)) == expected


def test_an_ultimate_recovery_needs_an_end() -> None:
    curve = Arps(100.0, 0.1, 0.5)

    with pytest.raises(WellheadError, match="needs an end") as caught:
        ultimate(curve)
    assert caught.value.field == "economic_limit"
    volume, time = ultimate(curve, limit=44.4444444444)
    assert (round(volume, 2), round(time, 3)) == (666.67, 10.0)
    assert ultimate(curve, limit=44.0, horizon=2.0)[1] == 2.0
    assert ultimate(curve, limit=101.0) == (0.0, 0.0), "it starts below the limit"


def test_a_terminal_decline_makes_it_finite() -> None:
    endless = Arps(100.0, 0.1, 1.2)
    ending = Arps(100.0, 0.1, 1.2, terminal=0.05)
    volume, time = ultimate(ending)

    assert math.isinf(cumulative(endless, np.inf))
    assert math.isinf(time)
    at_switch = float(rate(ending, ending.switch))
    assert volume == pytest.approx(float(cumulative(ending, ending.switch)) + at_switch / 0.05)
    assert float(decline(ending, ending.switch)) == pytest.approx(0.05)
    assert float(decline(ending, 1e6)) == 0.05


@pytest.mark.parametrize(
    ("numbers", "field"),
    [
        ({"rate": 0.0}, "rate"),
        ({"decline": 0.0}, "decline"),
        ({"b": 2.1}, "b"),
        ({"b": -0.1}, "b"),
        ({"terminal": 0.2}, "terminal"),
    ],
)
def test_numbers_that_no_decline_has(numbers: dict[str, float], field: str) -> None:
    with pytest.raises(WellheadError) as caught:
        Arps(**{"rate": 100.0, "decline": 0.1, "b": 0.5, **numbers})
    assert caught.value.field == field


@pytest.mark.parametrize(
    ("call", "field"),
    [
        (lambda curve: rate(curve, -1.0), "time"),
        (lambda curve: time_at_rate(curve, 101.0), "rate"),
        (lambda curve: ultimate(curve, limit=0.0), "economic_limit"),
    ],
)
def test_what_a_curve_cannot_say(call: Callable[[Arps], Any], field: str) -> None:
    with pytest.raises(WellheadError) as caught:
        call(Arps(100.0, 0.1, 0.5))
    assert caught.value.field == field


@given(st.floats(1e-6, 5.0), exponents)
def test_declines_convert_there_and_back(nominal: float, b: float) -> None:
    tangent = effective.tangent_from_nominal(nominal)
    secant = effective.secant_from_nominal(nominal, b)

    assert float(effective.nominal_from_tangent(tangent)) == pytest.approx(nominal)
    assert float(effective.nominal_from_secant(secant, b)) == pytest.approx(nominal)
    assert float(secant) == pytest.approx(1.0 - float(rate(Arps(1.0, nominal, b), 1.0)))
    assert secant <= tangent * (1.0 + 1e-12), "the curve loses less than its tangent"


@given(st.floats(0.01, 0.9), st.floats(0.0, 2.0))
def test_declines_convert_as_petbox_dca_does(share: float, b: float) -> None:
    secant = effective.nominal_from_secant(share, b)
    assert float(secant) == pytest.approx(oracle.MH.nominal_from_secant(share, b))
    tangent = effective.nominal_from_tangent(share)
    assert float(tangent) == pytest.approx(oracle.MH.nominal_from_tangent(share))


def test_a_year_without_any_rate_left_is_no_effective_decline() -> None:
    with pytest.raises(WellheadError, match="below 1"):
        effective.nominal_from_secant(1.0, 0.5)
