"""Volumes in place, the distributions of what they are made of, and their percentiles."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wellhead import sdk
from wellhead_reservoir.calc import sampling, volumetrics
from wellhead_reservoir.calc.sampling import Distribution


def test_oil_in_place_is_7758_of_an_acre_foot() -> None:
    """7758·A·h·φ·(1 − Sw)/Boi."""
    volume = volumetrics.hydrocarbon_volume(640, 50, 0.8, 0.2, 0.25)
    expected = 7758 * 640 * 50 * 0.8 * 0.2 * 0.75 / 1.2
    assert volumetrics.oil_in_place(volume, 1.2) == pytest.approx(expected, rel=1e-4)


def test_gas_in_place_is_ahmed_s() -> None:
    """Example 13-1: 1,060 acres of 54 ft, φ 13 %, Sw 52 %, Bgi 0.00853 ft³/scf → 18.2 MMMscf."""
    volume = volumetrics.hydrocarbon_volume(1060, 54, 1.0, 0.13, 0.52)
    assert volumetrics.gas_in_place(volume, 0.00853) == pytest.approx(18.2e9, rel=5e-3)


@pytest.mark.parametrize(
    ("made", "mean", "deviation"),
    [
        (Distribution("constant", {"value": 3}, 0, 10), 3, 0),
        (Distribution("uniform", {"low": 2, "high": 4}, 0, 10), 3, 2 / 12**0.5),
        (Distribution("triangular", {"low": 1, "mode": 2, "high": 6}, 0, 10), 3, 1.0801),
        (Distribution("normal", {"mean": 5, "standard_deviation": 1}, 0, 10), 5, 1),
        (Distribution("lognormal", {"mean": 3, "standard_deviation": 1}, 0, 1e3), 3, 1),
    ],
)
def test_a_distribution_has_its_mean_and_deviation(
    made: Distribution, mean: float, deviation: float
) -> None:
    drawn = sampling.sample({"x": made}, 20_000, 1)["x"]
    assert drawn.mean() == pytest.approx(mean, rel=1e-3)
    assert drawn.std() == pytest.approx(deviation, rel=5e-3, abs=1e-12)
    assert (drawn == sampling.sample({"x": made}, 20_000, 1)["x"]).all()


@settings(max_examples=30, deadline=None)
@given(st.sampled_from(["normal", "lognormal"]), st.floats(0.05, 0.95), st.floats(0.01, 5))
def test_no_value_lies_beyond_the_limits(kind: str, mean: float, deviation: float) -> None:
    made = Distribution(kind, {"mean": mean, "standard_deviation": deviation}, 0.0, 1.0)
    values = made.at(np.linspace(0.001, 0.999, 99))
    assert (values >= 0).all()
    assert (values <= 1).all()
    assert (np.diff(values) >= 0).all()


def test_percentiles_are_of_exceedance_and_those_of_a_lognormal_product() -> None:
    """A product of lognormals is one, whose P90 and P10 are known."""
    inputs = {
        name: Distribution("lognormal", {"mean": 2, "standard_deviation": spread}, 0, 1e6)
        for name, spread in (("a", 0.6), ("b", 0.2))
    }
    drawn = sampling.sample(inputs, 20_000, 3)
    curve = sampling.exceedance(drawn["a"] * drawn["b"])
    variance = np.log1p(0.3**2) + np.log1p(0.1**2)
    middle = 2 * np.log(2) - variance / 2
    for percent, normal in ((90, -1.281552), (50, 0.0), (10, 1.281552)):
        exact = np.exp(middle + normal * np.sqrt(variance))
        assert curve[percent - 1] == pytest.approx(exact, rel=5e-3)
    shares = sampling.rank_correlations(drawn | {"c": np.ones(20_000)}, drawn["a"] * drawn["b"])
    assert set(shares) == {"a", "b"}
    assert shares["a"] > 0.9 > shares["b"] > 0.2


@pytest.mark.parametrize(
    ("kind", "parameters", "field"),
    [
        ("triangular", {"low": 0.2, "high": 0.3}, "porosity"),
        ("triangular", {"low": 0.3, "mode": 0.2, "high": 0.4}, "porosity"),
        ("uniform", {"low": 0.3, "high": 0.3}, "porosity"),
        ("uniform", {"low": 0.1, "high": 1.3}, "porosity.high"),
        ("normal", {"mean": 0.2, "standard_deviation": 0.0}, "porosity.standard_deviation"),
    ],
)
def test_a_distribution_that_is_none_names_its_input(
    kind: str, parameters: dict[str, float], field: str
) -> None:
    with pytest.raises(sdk.WellheadError) as raised:
        sampling.check(Distribution(kind, parameters, 0.0, 1.0), "porosity")
    assert raised.value.field == field


def test_what_no_rock_is_names_itself() -> None:
    with pytest.raises(sdk.WellheadError) as raised:
        volumetrics.hydrocarbon_volume(640, 50, 1.0, 0.7, 0.2)
    assert raised.value.field == "porosity"
