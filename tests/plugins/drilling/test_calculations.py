"""Drilling's calculations: published check values, the field's formulas, what holds always."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wellhead.sdk import WellheadError, units
from wellhead.testing import ApiClient
from wellhead_drilling.calc import hydraulics, volumes
from wellhead_drilling.calc.hydraulics import FOOT, INCH, PPG, PSI, STANDARD_GRAVITY
from wellhead_drilling.calc.mechanics import mechanical_specific_energy

from .conftest import DRILLING, inches

GPM = units.convert(1.0, "gpm", "m3/s")
positive = st.floats(0.1, 10.0)


def test_hydrostatic_pressure_is_the_books_by_the_fields_constant() -> None:
    found = hydraulics.hydrostatic_pressure(10 * PPG, np.array([0.0, 10_000.0]) * FOOT) / PSI
    assert found == pytest.approx([0, 5_200])
    exact = hydraulics.hydrostatic_pressure(10 * PPG, 10_000 * FOOT, STANDARD_GRAVITY) / PSI
    assert exact == pytest.approx(5_194.805, abs=0.001)
    ratio = hydraulics.FIELD_GRAVITY / STANDARD_GRAVITY
    assert ratio == pytest.approx(1.001, abs=1e-5)


def test_equivalent_circulating_density_is_the_books() -> None:
    found = hydraulics.equivalent_density(10 * PPG, 200 * PSI, 10_000 * FOOT) / PPG
    assert found == pytest.approx(10.385, abs=0.0005)


def test_mechanical_specific_energy_is_teales() -> None:
    weight = units.convert(np.array([35.0, np.nan]), "klbf", "N")
    torque, rate = units.convert(4_500.0, "ft*lbf", "N*m"), units.convert(50.0, "ft/h", "m/s")
    found = mechanical_specific_energy(weight, 8.5 * INCH, 2.0, torque, rate) / PSI
    assert found[0] == pytest.approx(72_368, abs=0.5)
    assert np.isnan(found[1])


def test_hydraulics_agree_with_the_fields_formulas() -> None:
    area = hydraulics.total_flow_area(np.full(3, 12 / 32 * INCH))
    assert area / INCH**2 == pytest.approx(0.3313, abs=0.0001)
    drop = hydraulics.bit_pressure_drop(12 * PPG, 400 * GPM, area)
    field = 12 * 400**2 / (10_858 * (area / INCH**2) ** 2)
    assert drop / PSI == pytest.approx(field, rel=5e-4)
    power = units.convert(float(hydraulics.hydraulic_power(drop, 400 * GPM)), "W", "hp")
    assert power == pytest.approx(drop / PSI * 400 / 1_714, rel=5e-4)
    speed = hydraulics.annular_velocity(400 * GPM, 8.5 * INCH, 5 * INCH)
    assert speed / FOOT * 60 == pytest.approx(24.51 * 400 / (8.5**2 - 5**2), rel=1e-4)
    areas = hydraulics.annulus_area(np.array([0.25, 0.35]), np.array([0.2, 0.3]))
    assert areas == pytest.approx(np.pi / 4 * np.array([0.0225, 0.0325]))
    bbl_ft = units.convert(float(volumes.pipe_capacity(4.276 * INCH)), "m3/m", "bbl/ft")
    assert bbl_ft == pytest.approx(4.276**2 / 1_029.4, rel=1e-4)
    viscosity, point = hydraulics.bingham(50, 30)
    assert viscosity == pytest.approx(0.020)
    assert units.convert(float(point), "Pa", "lbf_100ft2") == pytest.approx(10)


@given(positive, positive, positive)
def test_pressures_and_densities_are_each_others_inverse(
    density: float, depth: float, loss: float
) -> None:
    rho, tvd, added = density * 200, depth * 1_000, loss * 1e6
    heavier = hydraulics.equivalent_density(rho, added, tvd)
    column = hydraulics.hydrostatic_pressure(rho, tvd) + added
    if heavier <= 3_500:
        assert hydraulics.hydrostatic_pressure(heavier, tvd) == pytest.approx(column)


@given(positive, positive, positive, positive)
def test_energy_falls_with_the_rate_and_not_below_the_thrust(
    weight: float, speed: float, torque: float, rate: float
) -> None:
    arguments = (weight * 1e4, 0.2, speed, torque * 1e3)
    slow, fast = mechanical_specific_energy(*arguments, np.array([1e-3, 2e-3]) * rate)
    assert slow > fast > weight * 1e4 / (np.pi / 4 * 0.2**2)


def test_what_no_formula_holds_for_is_refused_by_name() -> None:
    for call, name in (
        (lambda: hydraulics.hydrostatic_pressure(-1, 1), "density"),
        (lambda: hydraulics.equivalent_density(1_000, 1, 0), "tvd"),
        (lambda: hydraulics.annulus_area(0.2, 0.3), "pipe_diameter"),
        (lambda: mechanical_specific_energy(1, 0.2, 1, 1, 0), "rate_of_penetration"),
        (lambda: hydraulics.bingham(20, 30), "theta600 - theta300"),
    ):
        with pytest.raises(WellheadError) as caught:
            call()
        assert caught.value.field == name


def test_every_calculation_answers_with_units_formula_and_source(api: ApiClient) -> None:
    mud = {"value": 10, "unit": "ppg"}
    tvd = {"value": 10_000, "unit": "ft"}
    flow = {"value": 400, "unit": "gpm"}
    asked = {
        "hydrostatic": ({"density": mud, "tvd": tvd}, "pressure", 5_200, "psi"),
        "ecd": (
            {"density": mud, "tvd": tvd, "pressure_loss": {"value": 200, "unit": "psi"}},
            "ecd",
            10.385,
            "ppg",
        ),
        "mse": (
            {
                "weight_on_bit": {"value": 35, "unit": "klbf"},
                "bit_diameter": inches(8.5),
                "rotary_speed": 120,
                "torque": {"value": 4_500, "unit": "ft*lbf"},
                "rate_of_penetration": {"value": 50, "unit": "ft/h"},
            },
            "mse",
            72_368,
            "psi",
        ),
        "bit-hydraulics": (
            {
                "density": mud,
                "flow": flow,
                "nozzles": [{"count": 3, "size": {"value": 12, "unit": "in32"}}],
            },
            "total_flow_area",
            0.3313,
            "in2",
        ),
        "annulus": (
            {"flow": flow, "hole_diameter": inches(8.5), "pipe_diameter": inches(5)},
            "velocity",
            207.5 / 60,
            "ft/s",
        ),
        "pipe": (
            {"inner_diameter": inches(4.276), "length": {"value": 1_000, "unit": "ft"}},
            "volume",
            17.76,
            "bbl",
        ),
        "bingham": ({"theta600": 50, "theta300": 30}, "plastic_viscosity", 20, "cP"),
    }
    for name, (body, result, value, unit) in asked.items():
        answer = api.post(f"{DRILLING}/calculations/{name}", body).data
        line = next(line for line in answer["results"] if line["name"] == result)
        assert (line["value"], line["unit"]) == (pytest.approx(value, rel=1e-3), unit)
        assert answer["formula"]
        assert answer["source"]
    body = {"density": mud, "tvd": tvd, "units": "metric", "convention": "standard"}
    line = api.post(f"{DRILLING}/calculations/hydrostatic", body).data["results"][0]
    assert (line["value"], line["unit"]) == (pytest.approx(5_194.805 * PSI / 1e5), "bar")
    refused = api.post(f"{DRILLING}/calculations/hydrostatic", body | {"tvd": mud})
    assert refused.error["details"][0]["field"] == "tvd.unit"
