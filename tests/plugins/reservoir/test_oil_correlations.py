"""Oil correlations: oil 1 of Ahmed's Reservoir Engineering Handbook (chapter 2), and what holds
always."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wellhead.sdk import WellheadError
from wellhead_reservoir.calc import oil, viscosity

RSB, PB, TEMPERATURE, API, GRAVITY = 751.0, 2_377.0 + 14.7, 250.0, 47.1, 0.851
SEPARATOR = oil.separator_gas_gravity(GRAVITY, API, 150.0 + 14.7, 60.0)

apis = st.floats(10, 60)
temperatures = st.floats(70, 300)
gravities = st.floats(0.6, 1.2)
gors = st.floats(20, 2_000)


def test_standings_oil_is_the_books() -> None:
    arguments = (TEMPERATURE, API, GRAVITY)
    assert oil.standing_bubble_point(RSB, *arguments) == pytest.approx(2_181.3, abs=0.05)
    assert oil.standing_bo(RSB, *arguments) == pytest.approx(1.506, abs=0.0005)
    assert oil.standing_rs(PB, *arguments) == pytest.approx(838, abs=0.5)


def test_vasquez_and_beggs_oil_is_the_books() -> None:
    assert pytest.approx(0.8731, rel=5e-4) == SEPARATOR
    arguments = (TEMPERATURE, API, SEPARATOR)
    assert oil.vasquez_beggs_rs(PB, *arguments) == pytest.approx(779, rel=1e-3)
    assert oil.vasquez_beggs_bubble_point(RSB, *arguments) == pytest.approx(2_319, rel=1e-3)
    assert oil.vasquez_beggs_bo(RSB, *arguments) == pytest.approx(1.474, abs=0.0005)
    number = oil.vasquez_beggs_compressibility_number(RSB, *arguments)
    assert number / (2_689 + 14.7) == pytest.approx(22.88e-6, abs=0.01e-6)


def test_oil_viscosities_are_the_books() -> None:
    assert viscosity.beggs_robinson_dead_oil(API, TEMPERATURE) == pytest.approx(0.568, abs=5e-4)
    assert viscosity.beggs_robinson_saturated(0.765, RSB) == pytest.approx(0.287, abs=5e-4)
    above = (0.224, 5_000 + 14.7, PB)
    assert viscosity.vasquez_beggs_undersaturated(*above) == pytest.approx(0.303, abs=5e-4)
    assert viscosity.beal_undersaturated(*above) == pytest.approx(0.273, abs=5e-4)
    # 30 degAPI at 160 degF: by hand from Standing's equation
    dead = (0.32 + 1.8e7 / 30**4.53) * (360 / 360) ** 5
    assert viscosity.beal_dead_oil(30, 160) == pytest.approx(dead)


def test_the_density_of_an_oil_is_its_mass_over_its_volume() -> None:
    assert oil.specific_gravity(10) == pytest.approx(1)
    found = oil.density(RSB, 1.528, API, GRAVITY)
    book = (62.4 * oil.specific_gravity(API) + 0.0136 * RSB * GRAVITY) / 1.528
    assert found == pytest.approx(float(book), rel=1e-3)
    assert oil.density(0, 1, 10, 1) == pytest.approx(62.366)


@settings(max_examples=60)
@given(gors, temperatures, apis, gravities)
def test_bubble_point_and_gas_in_solution_are_each_others_inverse(
    rs: float, temperature: float, api: float, gravity: float
) -> None:
    arguments = (temperature, api, gravity)
    pressure = oil.vasquez_beggs_bubble_point(rs, *arguments)
    if pressure < 30_000:
        assert oil.vasquez_beggs_rs(pressure, *arguments) == pytest.approx(rs)
    pressure = oil.standing_bubble_point(rs, *arguments)
    if 0 < pressure < 30_000:
        assert oil.standing_rs(pressure, *arguments) == pytest.approx(rs)


@settings(max_examples=60)
@given(temperatures, apis, gravities)
def test_more_gas_swells_an_oil_and_thins_it(
    temperature: float, api: float, gravity: float
) -> None:
    rs = np.linspace(20, 1_000, 12)
    assert np.all(np.diff(oil.standing_bo(rs, temperature, api, gravity)) > 0)
    assert np.all(np.diff(oil.standing_rs(rs, temperature, api, gravity)) > 0)
    for dead_oil in (viscosity.beal_dead_oil, viscosity.beggs_robinson_dead_oil):
        dead = dead_oil(api, temperature)
        assert dead > dead_oil(api, temperature + 20)
        if 1 < dead < 1e4:
            live = viscosity.beggs_robinson_saturated(dead, rs)
            assert np.all(np.diff(live) < 0)
            assert live[0] < dead


@settings(max_examples=60)
@given(st.floats(0.2, 50), st.floats(500, 4_000))
def test_above_the_bubble_point_oil_shrinks_and_thickens(viscous: float, bubble: float) -> None:
    p = np.linspace(bubble, bubble + 4_000, 9)
    bo = oil.undersaturated_bo(1.4, p, bubble, 0.06)
    assert bo[0] == 1.4
    assert np.all(np.diff(bo) < 0)
    shrunk = oil.undersaturated_bo(1.4, p + 0.1, bubble, 0.06)
    assert (bo - shrunk) / bo / 0.1 == pytest.approx(0.06 / p, rel=1e-3)  # as was meant
    for thicken in (viscosity.beal_undersaturated, viscosity.vasquez_beggs_undersaturated):
        found = thicken(viscous, p, bubble)
        assert found[0] == pytest.approx(viscous)
        assert np.all(np.diff(found) > 0)


def test_what_is_no_oil_is_refused_by_name() -> None:
    wrong: tuple[tuple[Callable[[], object], str], ...] = (
        (lambda: oil.standing_rs(0, 200, 30, 0.8), "pressure"),
        (lambda: oil.standing_bo(-1, 200, 30, 0.8), "rs"),
        (lambda: oil.standing_bo(1, 200, 300, 0.8), "oil_gravity"),
        (lambda: oil.vasquez_beggs_bo(1, 900, 30, 0.8), "temperature"),
        (lambda: oil.vasquez_beggs_rs(100, 200, 30, 0.2), "gas_gravity"),
        (lambda: oil.vasquez_beggs_compressibility_number(1, 60, 15, 1), "oil_compressibility"),
        (lambda: viscosity.beal_undersaturated(1, 100, 200), "pressure - bubble_point"),
    )
    for call, name in wrong:
        with pytest.raises(WellheadError) as caught:
            call()
        assert caught.value.field == name
