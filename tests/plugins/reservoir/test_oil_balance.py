"""Havlena and Odeh's lines: the published reservoirs, and reservoirs whose oil, gas cap and aquifer
are known because the test made them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wellhead import sdk
from wellhead_reservoir.calc import aquifers, oil_balance
from wellhead_reservoir.calc.gas_balance import pore_compressibility
from wellhead_reservoir.calc.oil_balance import Fluids, Volumes

from .published import (
    GAS_CAP_FLUIDS,
    GAS_CAP_PRESSURE,
    GAS_CAP_VOLUMES,
    HILLS_FLUIDS,
    HILLS_PRESSURE,
    HILLS_VOLUMES,
    WEDGE_DAYS,
    WEDGE_FLUIDS,
    WEDGE_PRESSURE,
    WEDGE_VOLUMES,
)

TD_PER_DAY = aquifers.td_per_day(200, 0.25, 0.55, 7e-6, 9200)
DAYS = np.linspace(0, 3650, 21)


def test_an_undersaturated_reservoir_s_terms_are_ahmed_s() -> None:
    """Example 11-3: columns F and Eo + Efw. The book reads 257 MMSTB off its graph; least squares
    through the origin gives more, near the 270.6 that the volumes say."""
    ce = pore_compressibility(4.95e-6, 3.62e-6, 0.24)
    net = oil_balance.withdrawal(HILLS_VOLUMES, HILLS_FLUIDS)
    terms = oil_balance.expansion(HILLS_FLUIDS, HILLS_PRESSURE, ce)
    assert 1.3102 * ce == pytest.approx(10.0e-6, rel=5e-3)
    printed = [0, 26.84, 45.54, 102.95, 133.47, 282.74, 478.23, 712.66, 1105.65, 1674.72]
    assert net[:10] / 1e3 == pytest.approx(printed, abs=0.01)
    printed = [0.00025, 0.00029, 0.00048, 0.00051, 0.00115, 0.00220, 0.00318, 0.00431, 0.00518]
    assert (terms.oil + terms.rock)[1:10] == pytest.approx(printed, abs=6e-6)
    found = oil_balance.balance(net, terms, confidence=0.9)
    assert found.oil_in_place == pytest.approx(270.6e6, rel=0.06)


def test_a_gas_cap_s_size_is_dake_s() -> None:
    """Exercise 3.4: N = 108.9 MMSTB, m·N = 58.8 MMSTB, m = 0.54."""
    net = oil_balance.withdrawal(GAS_CAP_VOLUMES, GAS_CAP_FLUIDS)
    terms = oil_balance.expansion(GAS_CAP_FLUIDS, GAS_CAP_PRESSURE, 0.0)
    assert net[1:] / 1e6 == pytest.approx([5.807, 10.671, 17.302, 24.094, 31.898, 41.130], abs=2e-3)
    found = oil_balance.balance(net, terms, confidence=0.9, m=None)
    assert found.oil_in_place == pytest.approx(108.9e6, rel=3e-3)
    assert found.m == pytest.approx(0.54, abs=0.005)
    assert found.m * found.oil_in_place == pytest.approx(58.8e6, rel=3e-3)
    assert found.m_interval is not None
    assert found.m_interval[0] < 0.5 < found.m_interval[1]
    held = oil_balance.balance(net, terms, confidence=0.9, m=0.5)
    assert held.oil_in_place == pytest.approx(114.6e6, rel=3e-3)


def test_a_water_drive_s_oil_and_aquifer_are_dake_s() -> None:
    """Exercise 9.2: with an aquifer five times as wide as the reservoir, N = 312 MMSTB and
    U = 6,446 rb/psi."""
    net = oil_balance.withdrawal(WEDGE_VOLUMES, WEDGE_FLUIDS)
    terms = oil_balance.expansion(WEDGE_FLUIDS, WEDGE_PRESSURE, 0.0)
    shape = aquifers.hurst_shape(WEDGE_DAYS, WEDGE_PRESSURE, TD_PER_DAY, 5.0)
    found = oil_balance.balance(net, terms, confidence=0.9, shape=shape)
    assert found.oil_in_place == pytest.approx(312e6, rel=0.01)
    assert found.strength == pytest.approx(6446, rel=0.01)
    assert found.fit.r_squared > 0.999
    wrong = aquifers.hurst_shape(WEDGE_DAYS, WEDGE_PRESSURE, TD_PER_DAY, 20.0)
    other = oil_balance.balance(net, terms, confidence=0.9, shape=wrong)
    assert other.fit.r_squared < found.fit.r_squared
    shares = oil_balance.drive_indices(found, terms, np.zeros(11))
    assert shares["aquifer"][-1] == pytest.approx(0.42, abs=0.02)
    assert np.isnan(shares["aquifer"][0])


def made(oil: float, m: float, strength: float, ce: float) -> tuple[Volumes, Fluids, np.ndarray]:
    """(volumes, fluids, pressure) of a reservoir that holds just this."""
    pressure = 3500 - 1500 * (DAYS / 3650) ** 0.8
    fluids = Fluids(
        bo=1.1 + 1e-4 * pressure,
        rs=0.18 * pressure,
        bg=0.00504 * 640 * (0.85 + 2e-5 * pressure) / pressure,
        bw=np.full_like(pressure, 1.02),
    )
    terms = oil_balance.expansion(fluids, pressure, ce)
    shape = aquifers.fetkovich_shape(DAYS, pressure, 500.0)
    water = 1e5 * DAYS / 3650
    into = 2e5 * DAYS / 3650
    room = oil * terms.total(m) + strength * shape + (into - water) * fluids.bw
    rp = 700 + 0.1 * DAYS
    produced = room / (fluids.bo + (rp - fluids.rs) * fluids.bg)
    return Volumes(produced, produced * rp, water, into, np.zeros_like(DAYS)), fluids, pressure


@settings(max_examples=15, deadline=None)
@given(
    st.floats(1e6, 1e9), st.floats(0.1, 2), st.floats(100, 2e4), st.floats(0, 3e-5), st.booleans()
)
def test_oil_gas_cap_and_aquifer_are_found_again(
    oil: float, m: float, strength: float, ce: float, ratios: bool
) -> None:
    volumes, fluids, pressure = made(oil, m, strength, ce)
    net = oil_balance.withdrawal(volumes, fluids)
    terms = oil_balance.expansion(fluids, pressure, ce)
    shape = aquifers.fetkovich_shape(DAYS, pressure, 500.0)
    found = oil_balance.balance(net, terms, confidence=0.9, m=None, shape=shape, ratios=ratios)
    assert found.oil_in_place == pytest.approx(oil, rel=1e-4)
    assert found.m == pytest.approx(m, rel=1e-4)
    assert found.strength == pytest.approx(strength, rel=1e-3)
    shares = oil_balance.drive_indices(found, terms, oil_balance.injected(volumes, fluids))
    assert sum(share[1:] for share in shares.values()) == pytest.approx(np.ones(20))
    held = oil_balance.balance(
        net, terms, confidence=0.9, m=m, shape=shape, strength=strength, ratios=ratios
    )
    assert held.oil_in_place == pytest.approx(oil, rel=1e-9)
    assert held.strength_interval is None
    assert held.m_interval is None


def test_intervals_cover_what_is_true_as_often_as_they_say() -> None:
    """300 reservoirs of 100 MMSTB whose F is measured with an error."""
    volumes, fluids, pressure = made(1e8, 0.0, 0.0, 5e-6)
    terms = oil_balance.expansion(fluids, pressure, 5e-6)
    net = oil_balance.withdrawal(volumes, fluids)
    random = np.random.Generator(np.random.PCG64(7))
    inside = 0
    for _ in range(300):
        noisy = net + random.normal(0, 3e5, len(net)) * (net > 0)
        low, high = oil_balance.balance(noisy, terms, confidence=0.9).oil_interval
        inside += low < 1e8 < high
    assert 255 < inside < 290


def test_what_the_points_cannot_say_is_said() -> None:
    volumes, fluids, pressure = made(1e8, 0.5, 0.0, 0.0)
    net = oil_balance.withdrawal(volumes, fluids)
    terms = oil_balance.expansion(fluids, pressure, 0.0)
    with pytest.raises(sdk.WellheadError, match="2 unknowns cannot be found from 1"):
        oil_balance.balance(net[:2], _first(terms, 2), confidence=0.9, m=None)
    with pytest.raises(sdk.WellheadError, match="cannot tell the unknowns apart"):
        oil_balance.balance(net, terms, confidence=0.9, shape=terms.total(0.0))
    with pytest.raises(sdk.WellheadError, match="below zero") as raised:
        oil_balance.balance(-net, terms, confidence=0.9)
    assert raised.value.field == "oil_in_place"


def _first(terms: oil_balance.Expansion, count: int) -> oil_balance.Expansion:
    return oil_balance.Expansion(terms.oil[:count], terms.gas[:count], terms.rock[:count])
