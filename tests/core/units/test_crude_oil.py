"""API MPMS 11.1: temperature and pressure of crude oil."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wellhead.errors import WellheadError
from wellhead.units import (
    api_of_density,
    base_density,
    crude_vcf,
    density_of_api,
    gas_volume_factor,
    oil_volume_factor,
)


@pytest.mark.parametrize(
    ("gravity", "fahrenheit", "factor"),
    [(40.0, 100.0, 0.9798), (30.0, 60.0, 1.0), (35.0, 80.0, 0.9905), (10.0, 150.0, 0.9689)],
)
def test_factors_of_table_6a(gravity: float, fahrenheit: float, factor: float) -> None:
    """To four decimals, by the formula of API Std 2540 (1980) that the table was made with, worked
    by hand: exp(-α Δt (1 + 0.8 α Δt)), α = 341.0957/ρ², °F and kg/m3."""
    assert crude_vcf(density_of_api(gravity), fahrenheit) == pytest.approx(factor, abs=1e-4)


@given(st.floats(620, 1100), st.floats(-20, 100))
def test_the_tables_of_1980_say_the_same(density_15: float, celsius: float) -> None:
    """Table 54A (API Std 2540, 1980): VCF to 15 °C = exp(-α ΔT (1 + 0.8 α ΔT)), α = 613.9723/ρ²."""
    alpha, rise = 613.9723 / density_15**2, celsius - 15.0
    old = np.exp(-alpha * rise * (1.0 + 0.8 * alpha * rise))
    base = base_density(density_15, 59.0)
    new = crude_vcf(base, celsius * 1.8 + 32.0) / crude_vcf(base, 59.0)
    assert new == pytest.approx(old, abs=1.5e-4)


@given(st.floats(650, 1050), st.floats(0, 200), st.floats(0, 1400))
def test_a_density_goes_to_60_degrees_and_back(
    density: float, fahrenheit: float, pressure: float
) -> None:
    seen = density * crude_vcf(density, fahrenheit, pressure)
    assert base_density(seen, fahrenheit, pressure) == pytest.approx(density, abs=1e-5)


def test_arrays_gravities_and_pressure() -> None:
    gravities = np.array([10.0, 35.0, 60.0])
    assert api_of_density(density_of_api(gravities)) == pytest.approx(gravities)
    assert density_of_api(10.0) == pytest.approx(999.016)
    factors = crude_vcf(density_of_api(gravities), 60.0, 1000.0)
    assert np.all(np.diff(factors) > 0)  # light oil is squeezed more
    assert np.all(factors > 1.0)


@pytest.mark.parametrize(
    ("field", "arguments"),
    [
        ("density", (500.0, 60.0)),
        ("temperature", (850.0, 400.0)),
        ("pressure", (850.0, 60.0, 2000.0)),
    ],
)
def test_what_lies_outside_the_standard(field: str, arguments: tuple[float, ...]) -> None:
    with pytest.raises(WellheadError) as caught:
        crude_vcf(*arguments)
    assert caught.value.field == field


def test_conditions_of_liquids_are_converted_by_name() -> None:
    """15 °C is colder than 60 °F by 0.556 K: the same oil is smaller there by 0.05 %, while gas
    goes by its temperature and pressure alone."""
    factor = oil_volume_factor("60F_14.696psia", "15C_101.325kPa", 850.0)
    assert factor == pytest.approx(1 - 0.5556 * 613.9723 / 850.0**2, abs=2e-6)
    back = oil_volume_factor("15C_101.325kPa", "60F_14.696psia", 850.0)
    assert factor * back == pytest.approx(1)
    assert oil_volume_factor("60F_14.73psia", "60F_14.65psia", 850.0) == 1.0
    assert gas_volume_factor("60F_14.73psia", "60F_14.65psia") == pytest.approx(14.73 / 14.65)
