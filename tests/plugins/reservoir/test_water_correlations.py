"""Formation water: McCain's equations by hand, the steam tables, what holds always."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wellhead.sdk import WellheadError
from wellhead_reservoir.calc import water


def test_water_is_mccains() -> None:
    # at 200 degF and 5,000 psia, term by term as SPE 18571 has them
    warm, pressed = 0.0387034, -0.0102453
    assert water.volume_factor(5_000, 200) == pytest.approx((1 + warm) * (1 + pressed), abs=1e-6)
    assert water.standard_density(20) == pytest.approx(62.368 + 8.77206 + 0.640296)
    assert water.rsw(5_000, 200, 0) == pytest.approx(21.8, abs=0.1)
    salted = water.rsw(5_000, 200, 20) / water.rsw(5_000, 200, 0)
    assert np.log10(salted) == pytest.approx(-0.0840655 * 20 * 200**-0.285854)
    assert water.compressibility(3_000, 200, 0) == pytest.approx(1 / (21_099 + 403_300 - 107_400))


def test_fresh_water_is_near_the_steam_tables() -> None:
    assert water.volume_factor(14.7, 60) == pytest.approx(1, abs=1e-3)
    assert water.standard_density(0) == pytest.approx(62.37, abs=0.01)
    assert water.density(water.volume_factor(14.7, 200), 0) == pytest.approx(60.13, rel=3e-3)
    assert water.viscosity(14.7, 200, 0) == pytest.approx(0.302, rel=0.06)
    assert water.compressibility(2_000, 200, 0) == pytest.approx(3.1e-6, rel=0.06)


@settings(max_examples=40)
@given(st.floats(100, 260), st.floats(0, 25))
def test_water_is_pressed_and_salt_drives_gas_out(temperature: float, salinity: float) -> None:
    p = np.linspace(1_000, 5_000, 9)
    assert np.all(np.diff(water.volume_factor(p, temperature)) < 0)
    assert np.all(np.diff(water.rsw(p, temperature, salinity)) > 0)
    assert np.all(water.rsw(p, temperature, salinity) >= water.rsw(p, temperature, salinity + 1))
    assert np.all(np.diff(water.viscosity(p, temperature, salinity)) > 0)
    saltier = water.compressibility(p, temperature, salinity + 1)
    assert np.all(water.compressibility(p, temperature, salinity) > saltier)


def test_what_is_no_brine_is_refused() -> None:
    with pytest.raises(WellheadError) as caught:
        water.viscosity(1_000, 150, 36)
    assert caught.value.field == "salinity"
