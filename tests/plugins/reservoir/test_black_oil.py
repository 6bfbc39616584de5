"""Tables of fluid properties: they meet what was measured, and are what fluids do."""

from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wellhead.sdk import WellheadError
from wellhead_reservoir.calc import oil
from wellhead_reservoir.calc.correlations import CORRELATIONS, Contradiction
from wellhead_reservoir.pvt.black_oil import Made, black_oil
from wellhead_reservoir.pvt.given import Given
from wellhead_reservoir.pvt.tables import Properties, lookup

PRESSURE = np.linspace(200, 6_000, 30)
MEASURED = Given(
    temperature=250, oil_gravity=47.1, gas_gravity=0.851, solution_gor=751,
    bubble_point=2_391.7, oil_volume=1.528, oil_viscosity=0.224, separator_pressure=164.7,
    separator_temperature=60, salinity=3,
)  # fmt: skip
ROWS = [(gives, name) for gives, rows in CORRELATIONS.items() for name in rows]
MIXTURE = {"methane": 0.8, "ethane": 0.1, "propane": 0.08, "carbon_dioxide": 0.02}


def row(made: Made, pressure: float) -> Properties:
    return lookup(made.table, pressure)


def test_without_measured_points_a_table_is_the_correlations() -> None:
    made = black_oil(Given(250, 47.1, 0.851, solution_gor=751), {}, PRESSURE)
    assert made.bubble_point == pytest.approx(2_181.3, abs=0.05)
    assert made.oil_volume == pytest.approx(1.506, abs=5e-4)
    at = lookup(made.table, 1_000)
    assert at.rs == pytest.approx(float(oil.standing_rs(1_000, 250, 47.1, 0.851)))
    found = black_oil(Given(250, 47.1, 0.851, bubble_point=2_391.7), {}, PRESSURE)
    assert found.solution_gor == pytest.approx(838, abs=0.5)


@pytest.mark.parametrize("name", ["standing", "vasquez_beggs"])
def test_measured_points_are_met_at_the_bubble_point(name: str) -> None:
    made = black_oil(MEASURED, {"solution_gor": name, "oil_volume": name}, PRESSURE)
    assert made.bubble_point in made.table.pressure
    at = row(made, 2_391.7)
    assert (at.rs[0], at.bo[0]) == (pytest.approx(751), pytest.approx(1.528))
    assert at.oil_viscosity[0] == pytest.approx(0.224)
    assert made.solution_gor == 751
    above = made.table.pressure >= 2_391.7
    assert np.all(made.table.rs[above] == 751)
    assert np.all(np.diff(made.table.rs[~above]) > 0)


def test_further_points_are_met_and_the_shape_is_kept_beyond() -> None:
    at, values = np.array([500.0, 1_500.0, 2_391.7]), np.array([180.0, 460.0, 751.0])
    grid = np.union1d(PRESSURE, at)
    held = black_oil(MEASURED, {}, grid, {"rs": (at, values)}).table
    free = black_oil(MEASURED, {}, grid).table
    assert held.rs[np.isin(held.pressure, at)] == pytest.approx(values)
    ratio = held.rs / free.rs
    assert np.ptp(ratio[held.pressure <= 500]) == pytest.approx(0, abs=1e-12)
    assert np.all(held.rs[held.pressure >= 2_391.7] == 751)
    knots = ratio[np.isin(held.pressure, at)]
    assert knots.min() <= ratio.min() + 1e-12  # no overshoot
    assert ratio.max() <= knots.max() + 1e-12
    fine = black_oil(MEASURED, {}, np.linspace(1_490, 1_510, 21), {"rs": (at, values)}).table
    assert np.diff(fine.oil_compressibility) == pytest.approx(np.zeros(20), abs=1e-5)  # no step


@pytest.mark.parametrize(("gives", "name"), ROWS)
def test_every_correlation_can_be_chosen(gives: str, name: str) -> None:
    if name in ("aga8_detail", "gerg_2008"):
        pytest.importorskip("pyaga8")
    known = Given(
        temperature=180, oil_gravity=35, gas_gravity=0.75, solution_gor=500, composition=MIXTURE
    )
    made = black_oil(known, {gives: name}, PRESSURE)
    for field in fields(Properties):
        column = getattr(made.table, field.name)
        assert np.all(np.isfinite(column)), field.name
        assert np.all(column > 0), field.name


@settings(max_examples=25, deadline=None)
@given(st.floats(20, 50), st.floats(0.65, 1.0), st.floats(150, 1_200), st.floats(130, 260))
def test_what_an_oil_does_with_pressure(
    api: float, gravity: float, gor: float, temperature: float
) -> None:
    known = Given(temperature=temperature, oil_gravity=api, gas_gravity=gravity, solution_gor=gor)
    made = black_oil(known, {}, PRESSURE)
    assert made.bubble_point is not None
    table, below = made.table, made.table.pressure <= made.bubble_point
    assert np.all(np.diff(table.bo[below]) > 0)
    assert np.all(np.diff(table.bo[~below]) < 0)
    assert np.all(np.diff(table.oil_viscosity[below]) < 0)
    assert np.all(np.diff(table.oil_viscosity[~below]) > 0)
    assert table.bo.max() == pytest.approx(made.oil_volume) or made.bubble_point > 6_000
    assert np.all(np.diff(table.bg) < 0)
    # gas that came out and oil that is left take more room than the oil had with it
    total = table.bo + ((made.solution_gor or 0) - table.rs) * table.bg
    squeezed = np.all(table.oil_compressibility > 0) and np.all(np.diff(total[below]) < 0)
    assert squeezed != any(isinstance(found, Contradiction) for found in made.outside)


@pytest.mark.parametrize(
    ("api", "gravity", "gor", "temperature", "says"),
    [
        (20, 0.95, 1_200, 130, True),
        (20, 1.0, 1_044, 130, True),  # only in the last step below the bubble point
        (22, 0.85, 1_200, 140, True),
        (20, 0.8, 500, 130, False),
        (35, 0.8, 800, 200, False),
        (47.1, 0.851, 751, 250, False),
    ],
)
def test_correlations_that_contradict_each_other_say_so(
    api: float, gravity: float, gor: float, temperature: float, says: bool
) -> None:
    known = Given(temperature=temperature, oil_gravity=api, gas_gravity=gravity, solution_gor=gor)
    made = black_oil(known, {}, PRESSURE)
    found = [one for one in made.outside if isinstance(one, Contradiction)]
    assert bool(found) == says
    for one in found:
        assert 200 < one.low <= one.high <= (made.bubble_point or 0)
        assert "oil and gas would expand under pressure" in one.message


def test_below_the_bubble_point_compressibility_counts_the_gas_that_comes_out() -> None:
    made = black_oil(MEASURED, {}, np.linspace(1_990, 2_010, 3))
    table = made.table
    slope_bo = (table.bo[2] - table.bo[0]) / 20
    slope_rs = (table.rs[2] - table.rs[0]) / 20
    expected = -(slope_bo - table.bg[1] * slope_rs) / table.bo[1]
    assert table.oil_compressibility[1] == pytest.approx(expected, rel=1e-3)


def test_a_gas_and_a_water_alone_have_no_oil() -> None:
    dry = black_oil(Given(temperature=200, gas_gravity=0.65), {}, PRESSURE)
    assert dry.bubble_point is None
    assert np.isnan(dry.table.bo).all()
    assert np.isfinite(dry.table.bg).all()
    brine = black_oil(Given(temperature=200, salinity=5), {}, PRESSURE)
    assert np.isnan(brine.table.z).all()
    assert np.isfinite(brine.table.bw).all()


def test_correlations_say_where_they_have_no_data() -> None:
    made = black_oil(Given(280, 47.1, 0.851, solution_gor=751), {}, PRESSURE)
    messages = [outside.message for outside in made.outside]
    assert "Standing's Bo was made from temperature 100 to 258 degF; used at 280" in messages
    assert {outside.correlation.gives for outside in made.outside} >= {"solution_gor", "water"}
    quiet = black_oil(Given(150, 30, 0.75, solution_gor=300), {}, np.linspace(1_600, 4_000, 9))
    assert quiet.outside == ()


def test_what_is_missing_is_named() -> None:
    for known, choices, field in (
        (Given(200, 30, 0.8), {}, "solution_gor"),
        (Given(200, 30, solution_gor=300), {}, "gas_gravity"),
        (Given(200, gas_gravity=0.7), {"z_factor": "gerg_2008"}, "composition"),
        (Given(200, 30, 0.8, solution_gor=300, oil_volume=0.9), {}, "oil_volume"),
    ):
        with pytest.raises(WellheadError) as caught:
            black_oil(known, choices, PRESSURE)
        assert caught.value.field == field
