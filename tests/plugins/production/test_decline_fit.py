"""Fits find the curve that made the rates, keep to bounds, and know how sure they are."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wellhead.sdk import Array, WellheadError
from wellhead_production.decline.arps import Arps, cumulative, rate, ultimate
from wellhead_production.decline.confidence import draws, interval, parameter_interval, spread
from wellhead_production.decline.fit import ERRORS, PARAMETERS, Fit, fit, problem_of

DAYS = np.arange(0.0, 1_460.0, 4.0)
TRUE = Arps(rate=120.0, decline=0.004, b=0.6)


def disturbed(curve: Arps, seed: int, deviation: float = 0.06, together: float = 0.0) -> Array:
    """Rates on DAYS with relative errors, of which a share `together` lasts to the next day."""
    random = np.random.default_rng(seed)
    errors = random.normal(0.0, deviation * np.sqrt(1.0 - together**2), len(DAYS))
    for place in range(1, len(errors)):
        errors[place] += together * errors[place - 1]
    return np.asarray(rate(curve, DAYS) * np.exp(errors))


@settings(max_examples=25, deadline=None)
@given(st.floats(5.0, 2e3), st.floats(5e-4, 1e-2), st.floats(0.05, 0.95), st.sampled_from(ERRORS))
def test_the_curve_that_made_the_rates_is_found(
    first: float, decline: float, b: float, error: str
) -> None:
    true = Arps(first, decline, b)
    found = fit(DAYS, rate(true, DAYS), error=error).curve

    np.testing.assert_allclose(rate(found, DAYS), rate(true, DAYS), rtol=1e-3)


@pytest.mark.parametrize(("model", "b"), [("exponential", 0.0), ("harmonic", 1.0)])
def test_a_model_fixes_b(model: str, b: float) -> None:
    true = Arps(120.0, 0.003, b)
    found = fit(DAYS, disturbed(true, 3), model=model)

    assert found.curve.b == b
    assert found.curve.decline == pytest.approx(0.003, rel=0.05)
    assert parameter_interval(found, "b", 0.9) is None
    assert found.freedom == len(DAYS) - 2


def test_a_terminal_decline_is_part_of_what_is_fitted() -> None:
    true = Arps(120.0, 0.02, 1.5, terminal=0.001)
    assert true.switch < DAYS[-1], "some of the rates are from the end"
    found = fit(DAYS, disturbed(true, 4, 0.02), model="modified_hyperbolic", terminal=0.001)

    assert found.curve.b == pytest.approx(1.5, abs=0.1)
    assert found.curve.terminal == 0.001
    with pytest.raises(WellheadError, match="modified_hyperbolic"):
        fit(DAYS, disturbed(true, 4), model="modified_hyperbolic")
    with pytest.raises(WellheadError, match="modified_hyperbolic"):
        fit(DAYS, disturbed(true, 4), model="hyperbolic", terminal=0.001)


def test_bounds_are_kept_and_said() -> None:
    found = fit(DAYS, disturbed(TRUE, 5), bounds={"b": (0.0, 0.3), "decline": (1e-4, 1e-2)})

    assert found.at_bound == ("b",)
    assert found.curve.b == pytest.approx(0.3, abs=1e-6)
    assert parameter_interval(found, "b", 0.9) is None
    assert parameter_interval(found, "decline", 0.9) is not None


@pytest.mark.parametrize(
    "bounds", [{"b": (0.5, 0.5)}, {"b": (0.0, 2.5)}, {"decline": (0.0, 1.0)}, {"rate": (9.0, 1.0)}]
)
def test_bounds_that_hold_no_curve(bounds: dict[str, tuple[float, float]]) -> None:
    with pytest.raises(WellheadError, match="holds no curve") as caught:
        fit(DAYS, rate(TRUE, DAYS), bounds=bounds)
    assert caught.value.field == f"bounds.{next(iter(bounds))}"


def test_outliers_are_left_out_and_named() -> None:
    rates = disturbed(TRUE, 6)
    wrong = [10, 100, 101, 250]
    rates[wrong] *= 0.15
    plain, found = fit(DAYS, rates), fit(DAYS, rates, outliers=5.0)

    assert np.flatnonzero(~found.used).tolist() == wrong
    assert plain.used.all()
    assert found.deviation < plain.deviation / 2.0
    assert found.r2 > plain.r2


def test_weights_count() -> None:
    rates = disturbed(TRUE, 7)
    rates[:180] *= 2.0
    weights = np.ones(len(DAYS))
    weights[:180] = 0.0
    found = fit(DAYS, rates, weights=weights)

    assert found.used.sum() == len(DAYS) - 180
    expected = rate(TRUE, DAYS[180:])
    np.testing.assert_allclose(rate(found.curve, DAYS[180:]), expected, rtol=0.05)


def test_too_few_rates_are_refused() -> None:
    with pytest.raises(WellheadError, match="too few") as caught:
        fit(DAYS[:4], rate(TRUE, DAYS[:4]))
    assert caught.value.value == 4
    with pytest.raises(WellheadError, match="above 0") as caught:
        fit(DAYS, np.zeros(len(DAYS)))
    assert caught.value.field == "rates"


def test_nine_of_ten_intervals_hold_the_truth_even_when_days_go_together() -> None:
    """90 % of 100: fewer than 80 would come by chance once in a thousand times."""
    times = np.array([0.0, 700.0, 3_000.0])
    truth = ultimate(TRUE, limit=2.0)[0]
    held = dict.fromkeys((*PARAMETERS, "curve", "ultimate"), 0.0)
    for seed in range(100):
        found = fit(DAYS, disturbed(TRUE, seed, together=0.6))
        for name in PARAMETERS:
            low, high = parameter_interval(found, name, 0.9) or (np.nan, np.nan)
            held[name] += low <= getattr(TRUE, name) <= high
        lowest, highest = interval(found, lambda curve: rate(curve, times), 0.9)
        expected = rate(TRUE, times)
        held["curve"] += float(np.mean((lowest <= expected) & (expected <= highest)))
        lowest, highest = interval(found, lambda curve: ultimate(curve, limit=2.0)[0], 0.9)
        held["ultimate"] += float(lowest <= truth <= highest)
    assert min(held.values()) >= 80, held
    assert found.correlation == pytest.approx(0.6, abs=0.15)


def test_a_bootstrap_agrees_with_the_covariance() -> None:
    rates = disturbed(TRUE, 8)
    found = fit(DAYS, rates)
    problem = problem_of(DAYS, rates, "hyperbolic", 0.0, None, "relative")

    def drawn(seed: int) -> list[Arps]:
        share = np.ones(len(DAYS))
        return draws(found, problem, DAYS, rates, share=share, count=60, seed=seed)

    curves = drawn(1)
    assert curves == drawn(1), "the same seed, the same draws"
    for says in (lambda curve: curve.b, lambda curve: cumulative(curve, 4_000.0)):
        low, high = spread(curves, says, 0.9)
        one, other = interval(found, says, 0.9)
        assert low < says(found.curve) < high
        assert 0.6 < (high - low) / (other - one) < 1.6


def test_a_perfect_fit_is_sure_and_a_rising_rate_ends_at_a_bound() -> None:
    sure = fit(DAYS, rate(Arps(120.0, 0.003, 0.0), DAYS), model="exponential")
    assert sure.r2 == pytest.approx(1.0)
    low, high = parameter_interval(sure, "rate", 0.95) or (0.0, 0.0)
    assert high - low < 1e-3

    rising = fit(DAYS, 50.0 * np.exp(1e-3 * DAYS))
    assert "decline" in rising.at_bound


def test_confidence_is_a_share() -> None:
    found: Fit = fit(DAYS, disturbed(TRUE, 9))
    says: Any = rate
    with pytest.raises(WellheadError) as caught:
        interval(found, lambda curve: says(curve, 1.0), 95.0)
    assert caught.value.field == "confidence"


def test_what_the_rates_say_nothing_of_has_a_wide_interval_that_is_a_number() -> None:
    """b of a rate that hardly declines; a step of its own deviation would leave the formula."""
    sure = fit(DAYS, disturbed(TRUE, 9))
    flat = replace(sure, curve=Arps(20.0, 1e-7, 1.0), covariance=np.diag([1e-4, 1e6, 1e12]))
    low, high = interval(flat, lambda curve: rate(curve, DAYS), 0.9)
    assert np.isfinite(high).all()
    assert (low <= 20.0).all()
    assert (high >= 20.0 * 0.999).all()
    assert parameter_interval(flat, "b", 0.9) == (0.0, 2.0)
    assert parameter_interval(flat, "decline", 0.9) == pytest.approx((1e-13, 0.1))
