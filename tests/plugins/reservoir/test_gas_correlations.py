"""Gas: the chart of Standing and Katz, published examples, AGA8 against NIST, what holds always."""

import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wellhead.sdk import Array, WellheadError
from wellhead_reservoir.calc import gas, viscosity, z_factor

CHART_PRESSURES = np.array([0.5, 1.5, 2.5, 3.5, 4.5, 5.5])
CHART = {
    1.2: (0.893, 0.657, 0.519, 0.565, 0.650, 0.741),
    1.3: (0.916, 0.756, 0.638, 0.633, 0.684, 0.759),
    1.5: (0.948, 0.859, 0.794, 0.770, 0.790, 0.836),
    2.0: (0.982, 0.956, 0.941, 0.937, 0.945, 0.969),
    3.0: (1.002, 1.009, 1.018, 1.029, 1.041, 1.056),
}
"""z read off the chart of Standing and Katz (1942), by reduced temperature."""

NIST = {
    "methane": 0.77824, "nitrogen": 0.02, "carbon_dioxide": 0.06, "ethane": 0.08, "propane": 0.03,
    "isobutane": 0.0015, "n_butane": 0.003, "isopentane": 0.0005, "n_pentane": 0.00165,
    "hexane": 0.00215, "heptane": 0.00088, "octane": 0.00024, "nonane": 0.00015, "decane": 0.00009,
    "hydrogen": 0.004, "oxygen": 0.005, "carbon_monoxide": 0.002, "water": 0.0001,
    "hydrogen_sulfide": 0.0025, "helium": 0.007, "argon": 0.001,
}  # fmt: skip
NIST_TEMPERATURE = 400 * 1.8 - 459.67
NIST_PRESSURE = 50_000 / 6.894757293168361
"""The check case that NIST publishes with its code of AGA8: 400 K and 50 MPa."""


@pytest.mark.parametrize("temperature", CHART)
def test_z_is_the_charts(temperature: float) -> None:
    for z in (z_factor.dranchuk_abou_kassem, z_factor.hall_yarborough):
        found = z(CHART_PRESSURES, temperature)
        assert found == pytest.approx(np.array(CHART[temperature]), abs=0.0125)


def test_z_is_as_others_calculate_it() -> None:
    found = z_factor.dranchuk_abou_kassem(
        np.array([0.5, 2.5, 5.5, 6.5]), np.array([1.1, 2.0, 1.7, 2])
    )
    assert found == pytest.approx([0.8570452, 0.9400752, 0.9003962, 1.0015560], abs=2e-6)
    assert z_factor.hall_yarborough(1.5, 2.0) == pytest.approx(0.9580002, abs=2e-6)


@settings(max_examples=40)
@given(st.floats(1.2, 3), st.floats(0.01, 14))
def test_both_equations_of_the_chart_agree(temperature: float, pressure: float) -> None:
    one = z_factor.dranchuk_abou_kassem(pressure, temperature)
    assert z_factor.hall_yarborough(pressure, temperature) == pytest.approx(float(one), abs=0.025)
    for z in (z_factor.dranchuk_abou_kassem, z_factor.hall_yarborough):
        assert z(1e-6, temperature) == pytest.approx(1, abs=1e-5)  # a thin gas is ideal


def test_aga8_is_nists() -> None:
    pytest.importorskip("pyaga8")
    detail = z_factor.aga8(NIST_PRESSURE, NIST_TEMPERATURE, NIST)
    assert detail == pytest.approx(1.173801364147326, abs=1e-10)
    gerg = z_factor.aga8(NIST_PRESSURE, NIST_TEMPERATURE, NIST, gerg=True)
    assert gerg == pytest.approx(1.174690666383717, abs=1e-10)
    assert z_factor.mixture_molar_mass(NIST) == pytest.approx(20.5427445016)
    many = z_factor.aga8(np.array([1.0, NIST_PRESSURE]), NIST_TEMPERATURE, NIST)
    assert many == pytest.approx([1, 1.1738], abs=1e-3)


def test_a_composition_and_its_gravity_make_nearly_the_same_z() -> None:
    pytest.importorskip("pyaga8")
    mixture = {"methane": 0.92, "ethane": 0.05, "propane": 0.02, "nitrogen": 0.01}
    gravity = z_factor.mixture_molar_mass(mixture) / 28.9647
    critical_temperature, critical_pressure = gas.with_impurities(gas.sutton, gravity, 0.01)
    p = np.linspace(500, 5_000, 10)
    by_chart = z_factor.dranchuk_abou_kassem(p / critical_pressure, 659.67 / critical_temperature)
    assert z_factor.aga8(p, 200.0, mixture) == pytest.approx(by_chart, abs=0.02)


def test_a_missing_aga8_is_told_with_its_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyaga8", None)
    with pytest.raises(WellheadError, match="not installed") as caught:
        z_factor.aga8(100, 100, {"methane": 1})
    assert caught.value.remedy is not None
    assert "wellhead[aga8]" in caught.value.remedy


def test_pseudo_critical_points_are_the_books() -> None:
    assert np.array(gas.standing(0.7)) == pytest.approx([389.4, 669.1], abs=0.1)
    temperature, pressure = gas.sutton(0.7)
    assert temperature == pytest.approx(169.2 + 244.65 - 36.26)
    assert pressure == pytest.approx(756.8 - 91.749 - 1.764)
    # Ahmed, example 2-7: a sour gas with 5 % CO2 and 10 % H2S
    corrected = gas.wichert_aziz(389.38, 669.1, 0.05, 0.10)
    assert np.array(corrected) == pytest.approx([368.64, 630.44], abs=0.01)
    assert gas.with_impurities(gas.sutton, 0.7) == pytest.approx(tuple(map(float, gas.sutton(0.7))))


def test_volume_density_and_viscosity_are_the_books() -> None:
    # Ahmed: gravity 0.72, 2,000 psia, 140 degF, z 0.78
    assert gas.density(0.78, 140, 2_000, 20.85) == pytest.approx(8.30, abs=0.01)
    assert gas.volume_factor(0.78, 140, 2_000) == pytest.approx(
        0.00504 * 0.78 * 600 / 2_000, rel=2e-3
    )
    assert viscosity.lee_gonzalez_eakin(8.3, 140, 20.85) == pytest.approx(0.0173, abs=5e-5)
    assert gas.molar_mass(0.72) == pytest.approx(20.85, abs=0.01)


@settings(max_examples=40)
@given(st.floats(0.57, 1.2), st.floats(100, 350))
def test_a_gas_shrinks_and_thickens_with_pressure(gravity: float, temperature: float) -> None:
    critical_temperature, critical_pressure = gas.with_impurities(gas.sutton, gravity)
    reduced = (temperature + 459.67) / critical_temperature
    p = np.linspace(100, 8_000, 20)
    if reduced < 1.1:
        return

    def z(at: Array) -> Array:
        return z_factor.dranchuk_abou_kassem(at / critical_pressure, reduced)

    found = z(p)
    assert np.all(np.diff(gas.volume_factor(found, temperature, p)) < 0)
    density = gas.density(found, temperature, p, float(gas.molar_mass(gravity)))
    assert np.all(np.diff(density) > 0)
    mass = float(gas.molar_mass(gravity))
    assert np.all(np.diff(viscosity.lee_gonzalez_eakin(density, temperature, mass)) > 0)
    closer = p / z(p) * (1 + gas.compressibility(z, p) * 0.1)  # the density's own slope
    assert (p + 0.1) / z(p + 0.1) == pytest.approx(closer, rel=1e-6)


def test_what_is_no_gas_is_refused_by_name() -> None:
    for call, name in (
        (lambda: z_factor.hall_yarborough(1, 0.9), "reduced_temperature"),
        (lambda: z_factor.dranchuk_abou_kassem(31, 2), "reduced_pressure"),
        (lambda: gas.sutton(0.2), "gas_gravity"),
        (lambda: gas.with_impurities(gas.sutton, 0.7, 0.6, 0.4), "nitrogen"),
        (lambda: gas.volume_factor(1, 100, 0), "pressure"),
        (lambda: z_factor.mixture_molar_mass({"benzene": 1}), "composition"),
    ):
        with pytest.raises(WellheadError) as caught:
            call()
        assert caught.value.field == name
