"""The field's physics: laws hold, balances close, and the same seed gives the same field."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wellhead_simulator.physics import hydraulics
from wellhead_simulator.physics.battery import DAY, Tank
from wellhead_simulator.physics.parameters import WellParameters, make_well
from wellhead_simulator.physics.well import FREQUENCY_RANGE, Well

WELLS = st.builds(make_well, st.integers(0, 2**31 - 1), st.integers(1, 9))
OPENINGS = st.floats(5.0, 100.0)
FREQUENCIES = st.floats(*FREQUENCY_RANGE)
LINES = st.floats(4.0, 20.0)
ORDERS = st.lists(
    st.tuples(
        st.floats(0.0, 100.0), FREQUENCIES, st.booleans(), st.integers(1, 30), st.floats(0.1, 60.0)
    ),
    min_size=1,
    max_size=6,
)
"""(choke, frequency, tripped, steps, seconds a step)"""


def well(parameters: WellParameters, choke: float = 50.0, frequency: float = 50.0) -> Well:
    return Well(parameters, choke, frequency, fill=0.5)


def test_vogels_worked_example() -> None:
    """Average pressure 2500 psi, 350 STB/d at 2000 psi: maximum 1067.1 STB/d."""
    share = hydraulics.vogel_rate(2000.0, 2500.0, 1.0)
    assert 350.0 / share == pytest.approx(1067.1, abs=0.05)


def test_gilberts_law_in_critical_flow() -> None:
    """435 R^0.546 q / S^1.89, in psi, Mscf/bbl, bbl/d and 1/64 in."""
    rate, ratio, size = 1000.0, 0.5, 32.0
    psi = 435.0 * ratio**0.546 * rate / size**1.89
    bar = hydraulics.choke_pressure(
        rate / 6.28981, 50.0, ratio * 1000.0 / 5.61458, line_pressure=0.0, bore=64.0
    )
    assert bar / 0.0689476 == pytest.approx(psi, rel=1e-4)


@given(WELLS, st.floats(0.0, 1.0))
def test_vogel_and_its_inverse(parameters: WellParameters, share: float) -> None:
    best, reservoir = parameters.max_rate, parameters.reservoir_pressure
    pressure = hydraulics.vogel_pressure(share * best, reservoir, best)
    assert hydraulics.vogel_rate(pressure, reservoir, best) == pytest.approx(
        share * best, abs=1e-6 * best
    )


@given(WELLS, st.floats(0.0, 300.0), FREQUENCIES, FREQUENCIES)
def test_affinity_laws(parameters: WellParameters, rate: float, one: float, two: float) -> None:
    """At rates in the ratio of the speeds, a centrifugal pump's heads are as their squares."""
    if parameters.lift != "esp":
        return
    ratio = two / one
    scaled = hydraulics.pump_gain(parameters, rate * ratio, two)
    assert scaled == pytest.approx(
        hydraulics.pump_gain(parameters, rate, one) * ratio**2, rel=1e-9, abs=1e-9
    )


@given(WELLS, FREQUENCIES, OPENINGS, LINES)
def test_the_operating_point_satisfies_every_law(
    parameters: WellParameters, frequency: float, opening: float, line: float
) -> None:
    rate, pwf = hydraulics.operating_point(parameters, frequency, opening, line)
    assert 0.0 <= rate <= parameters.max_rate
    inflow = hydraulics.vogel_rate(pwf, parameters.reservoir_pressure, parameters.max_rate)
    assert inflow == pytest.approx(rate, abs=1e-6)
    if 0.0 < rate < parameters.max_rate - 1e-6:
        needed = hydraulics.required_pwf(parameters, rate, frequency, opening, line)
        assert needed == pytest.approx(pwf, abs=1e-6)


@given(WELLS, FREQUENCIES, LINES, OPENINGS, OPENINGS)
def test_a_wider_choke_raises_the_rate_and_lowers_the_pressure(
    parameters: WellParameters, frequency: float, line: float, one: float, two: float
) -> None:
    narrow, wide = sorted((one, two))
    points = []
    for opening in (narrow, wide):
        rate, pwf = hydraulics.operating_point(parameters, frequency, opening, line)
        whp = hydraulics.choke_pressure(
            rate, opening, parameters.gas_liquid_ratio, line, parameters.choke_bore
        )
        points.append((rate, pwf, whp))
    (rate1, pwf1, whp1), (rate2, pwf2, whp2) = points
    assert rate2 >= rate1 - 1e-9
    assert pwf2 <= pwf1 + 1e-9
    assert whp2 <= whp1 + 1e-6


@given(WELLS, OPENINGS, LINES, FREQUENCIES, FREQUENCIES)
def test_a_faster_pump_raises_the_rate(
    parameters: WellParameters, opening: float, line: float, one: float, two: float
) -> None:
    slow, fast = sorted((one, two))
    below = hydraulics.operating_point(parameters, slow, opening, line)[0]
    assert hydraulics.operating_point(parameters, fast, opening, line)[0] >= below - 1e-9


@given(WELLS, ORDERS)
def test_mass_balance(
    parameters: WellParameters, orders: list[tuple[float, float, bool, int, float]]
) -> None:
    """Whatever is done to the well, what the meters showed is in the tanks or was shipped."""
    one = well(parameters)
    battery = one.battery
    oil_before, water_before = battery.oil.volume, battery.water.volume
    oil = water = 0.0
    for choke, frequency, tripped, steps, dt in orders:
        one.command(choke=choke, frequency=frequency)
        one.commands.tripped = tripped
        for _ in range(steps):
            one.step(dt)
            oil += battery.oil_rate * dt / DAY
            water += battery.water_rate * dt / DAY
            assert battery.oil_rate + battery.water_rate == pytest.approx(one.rate, abs=1e-9)
            assert battery.gas == pytest.approx(battery.oil_rate * parameters.gor)
    for tank, before, arrived in (
        (battery.oil, oil_before, oil),
        (battery.water, water_before, water),
    ):
        assert tank.received == pytest.approx(arrived, rel=1e-12, abs=1e-12)
        assert tank.level * tank.area == pytest.approx(
            before + arrived - tank.shipped, rel=1e-12, abs=1e-9
        )


@given(WELLS, ORDERS)
def test_bounds(
    parameters: WellParameters, orders: list[tuple[float, float, bool, int, float]]
) -> None:
    one = well(parameters)
    for choke, frequency, tripped, steps, dt in orders:
        one.command(choke=choke, frequency=frequency)
        one.commands.tripped = tripped
        for _ in range(steps):
            one.step(dt)
            assert 0.0 <= one.rate <= 10.0 * parameters.max_rate
            assert 0.0 <= one.pwf <= parameters.reservoir_pressure + 1e-9
            assert 1.0 <= one.whp < 600.0
            assert 1.0 <= one.intake <= parameters.reservoir_pressure
            assert 0.0 <= one.fluid_level <= parameters.pump_depth
            assert 0.0 <= one.choke <= 100.0
            assert 0.0 <= one.frequency <= FREQUENCY_RANGE[1]
            assert 0.0 < one.efficiency <= parameters.pump_efficiency
            assert 0.0 <= one.current < 4.0 * parameters.motor_rating
            assert 0.0 <= one.battery.oil.fill <= 1.0
            assert 0.0 <= one.battery.liquid_level <= 100.0
            assert parameters.ambient - 1e-9 <= one.wellhead_temperature < 100.0
            assert math.isfinite(one.motor_temperature)


@pytest.mark.parametrize("number", [1, 3])
def test_a_choke_change_moves_pressure_and_rate_at_once_and_apart(number: int) -> None:
    one = well(make_well(1, number))
    for _ in range(120):
        one.step(1.0)
    rate, whp, pwf = one.rate, one.whp, one.pwf
    one.command(choke=25.0)
    for _ in range(600):
        one.step(1.0)
        assert one.rate < rate
        assert one.whp > whp
        assert one.pwf >= pwf - 1e-6


@pytest.mark.parametrize("number", [1, 3])
def test_a_pump_trip_ends_the_rate_and_restores_static_pressure(number: int) -> None:
    one = well(make_well(1, number))
    parameters = one.parameters
    one.commands.tripped = True
    rates, pressures = [one.rate], [one.pwf]
    for _ in range(1800):
        one.step(1.0)
        rates.append(one.rate)
        pressures.append(one.pwf)
    assert rates == sorted(rates, reverse=True)
    assert rates[-1] == 0.0
    assert pressures[20:] == sorted(pressures[20:])
    assert pressures[-1] == pytest.approx(parameters.reservoir_pressure, abs=0.5)
    assert one.whp == pytest.approx(parameters.line_pressure, abs=0.1)
    assert (one.current, one.volt, one.running) == (0.0, 0.0, False)
    one.commands.tripped = False
    for _ in range(1800):
        one.step(1.0)
    assert one.rate == pytest.approx(rates[0], rel=0.01)


@pytest.mark.parametrize("number", range(1, 6))
def test_the_demo_wells_begin_steady_and_plausible(number: int) -> None:
    one = well(make_well(1, number))
    rate, pwf, whp = one.rate, one.pwf, one.whp
    for _ in range(300):
        one.step(1.0)
    assert one.rate == pytest.approx(rate, rel=1e-6)
    assert one.pwf == pytest.approx(pwf, rel=1e-6)
    assert one.whp == pytest.approx(whp, rel=1e-6)
    assert 50.0 < rate < 400.0
    assert 10.0 < whp < 60.0
    assert 0.2 < one.current / one.parameters.motor_rating < 1.0


def test_the_step_size_hardly_matters() -> None:
    ends = []
    for dt in (0.25, 1.0, 5.0):
        one = well(make_well(1, 1))
        one.command(choke=30.0)
        for _ in range(round(120 / dt)):
            one.step(dt)
        ends.append(one.rate)
    assert ends[1] == pytest.approx(ends[0], rel=0.005)
    assert ends[2] == pytest.approx(ends[0], rel=0.05)


def test_a_tank_ships_between_its_two_levels() -> None:
    tank = Tank(area=10.0, height=5.0, volume=39.9)
    fills = []
    for _ in range(24 * 60):
        tank.step(inflow=300.0, transfer_rate=1500.0, dt=60.0)
        fills.append(tank.fill)
    assert max(fills) <= Tank.START + 0.01
    assert min(fills) >= Tank.STOP - 0.03
    assert tank.shipped > 0.0
    assert tank.volume == pytest.approx(39.9 + tank.received - tank.shipped)
