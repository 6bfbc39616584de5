"""Water influx: the published tables and cases, an integral that nothing here is made of, and what
holds of any aquifer."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wellhead import sdk
from wellhead_reservoir.calc import aquifers

from .published import WEDGE_DAYS, WEDGE_PRESSURE

WEDGE = {"porosity": 0.25, "compressibility": 7e-6, "thickness": 100, "radius": 9200, "angle": 140}
TD_PER_DAY = aquifers.td_per_day(200, 0.25, 0.55, 7e-6, 9200)


def fetkovich(red: float) -> tuple[float, float]:
    """(Wei/pi, J) of the wedge's aquifer."""
    index = aquifers.fetkovich_index(200, 100, 0.55, 140, red)
    return aquifers.fetkovich_strength(**WEDGE, red=red), index


@pytest.mark.parametrize(
    ("red", "td", "influx"),
    [
        (aquifers.INFINITE, [0.1, 1, 2, 5, 10, 100], [0.404, 1.569, 2.447, 4.539, 7.411, 43.01]),
        (5.0, [3, 5], [3.195, 4.499]),
        (1.5, [0.05, 0.8], [0.276, 0.624]),
    ],
)
def test_dimensionless_influx_is_van_everdingen_and_hurst_s(
    red: float, td: list[float], influx: list[float]
) -> None:
    """Their tables (1949, tables I and III), which they made by hand."""
    assert aquifers.dimensionless_influx(np.array(td), red) == pytest.approx(influx, rel=2e-3)


@pytest.mark.parametrize("td", [0.05, 1.0, 10.0, 1000.0])
def test_dimensionless_influx_agrees_with_its_integral(td: float) -> None:
    """WD = 4/π² ∫ (1 − exp(−u²t)) / (u³·(J₀² + Y₀²)) du (van Everdingen and Hurst, eq. VI-24)."""
    from scipy.integrate import quad
    from scipy.special import j0, y0

    def inner(x: float) -> float:
        u = np.exp(x)
        return float(-np.expm1(-(u**2) * td) / (u**2 * (j0(u) ** 2 + y0(u) ** 2)))

    parts = [(-100, -15), (-15, -5), (-5, 0), (0, 2), (2, 4)]
    middle = sum(quad(inner, low, high, limit=200)[0] for low, high in parts)
    ends = np.pi / 2 / np.exp(4) + td * np.pi**2 / 4 / 100
    found = aquifers.dimensionless_influx(td)[0]
    assert found == pytest.approx(4 / np.pi**2 * (middle + ends), rel=1e-4)


@settings(max_examples=20, deadline=None)
@given(st.floats(1.2, 100), st.floats(0.01, 1e5))
def test_a_bounded_aquifer_gives_no_more_than_it_has_and_an_infinite_one_more(
    red: float, td: float
) -> None:
    bounded = aquifers.dimensionless_influx(td, red)[0]
    assert 0 < bounded <= (red**2 - 1) / 2 * (1 + 1e-4)
    assert bounded <= aquifers.dimensionless_influx(td)[0] * (1 + 1e-4)


def test_the_wedge_s_constants_are_dake_s() -> None:
    """Exercises 9.2 and 9.3."""
    assert aquifers.hurst_strength(**WEDGE) == pytest.approx(6446, rel=1e-3)
    assert pytest.approx(5.67, rel=1e-3) == TD_PER_DAY * 365
    for red, water, index in ((5.0, 211.9e6, 116.5), (10.0, 874.2e6, 64.5)):
        strength, found = fetkovich(red)
        assert strength * 2740 == pytest.approx(water, rel=1e-3)
        assert found == pytest.approx(index, rel=1e-3)


def test_fetkovich_s_influx_is_dake_s() -> None:
    """Table 9.9, rb by year."""
    strength, index = fetkovich(5.0)
    shape = aquifers.fetkovich_shape(WEDGE_DAYS, WEDGE_PRESSURE, strength / index)
    printed = [0, 3.925, 13.540, 25.510, 37.971, 49.941, 60.865, 70.611, 78.984, 85.918, 91.445]
    assert strength * shape / 1e6 == pytest.approx(printed, rel=2e-3, abs=1e-9)


def test_models_of_one_aquifer_agree() -> None:
    """Dake finds Fetkovich's influx "excellent" beside Hurst's at the same aquifer; Carter and
    Tracy's is near it where steps are small."""
    strength, index = fetkovich(5.0)
    simple = strength * aquifers.fetkovich_shape(WEDGE_DAYS, WEDGE_PRESSURE, strength / index)
    exact = aquifers.hurst_strength(**WEDGE) * aquifers.hurst_shape(
        WEDGE_DAYS, WEDGE_PRESSURE, TD_PER_DAY, 5.0
    )
    assert simple[2:] == pytest.approx(exact[2:], rel=0.08)
    days = np.linspace(0, 3650, 121)
    pressure = 3000 - 1000 * (days / 3650) ** 1.3
    hurst = aquifers.hurst_shape(days, pressure, TD_PER_DAY, aquifers.INFINITE)
    tracy = aquifers.carter_tracy_shape(days, pressure, TD_PER_DAY, aquifers.INFINITE)
    assert tracy[12:] == pytest.approx(hurst[12:], rel=0.12)


def test_a_sudden_drop_is_one_dimensionless_influx() -> None:
    days = np.array([0.0, 1e-6, 100, 400])
    pressure = np.array([3000.0, 2900, 2900, 2900])
    shape = aquifers.hurst_shape(days, pressure, 0.5)
    assert shape[2:] == pytest.approx(100 * aquifers.dimensionless_influx(days[2:] * 0.5), rel=1e-4)
    assert aquifers.schilthuis_shape(days, pressure)[-1] == pytest.approx(100 * 400, rel=1e-6)
    slow = aquifers.fetkovich_shape(days, pressure, 100.0)
    assert slow[-1] == pytest.approx(100 * (1 - np.exp(-4)), rel=1e-6)


@pytest.mark.parametrize(
    ("call", "field"),
    [
        (lambda: aquifers.dimensionless_influx(-1.0), "td"),
        (lambda: aquifers.dimensionless_influx(1.0, 1.0), "radius_ratio"),
        (lambda: aquifers.fetkovich_index(200, 100, 0.5, 360, 2.1), "radius_ratio"),
        (lambda: aquifers.schilthuis_shape(np.array([0, 2, 2.0]), np.ones(3)), "date"),
        (lambda: aquifers.hurst_shape(np.arange(600.0), np.ones(600), 1.0), "points"),
        (lambda: aquifers.td_per_day(0.0, 0.2, 0.5, 6e-6, 9000), "permeability"),
    ],
)
def test_what_no_aquifer_can_be_is_named(call, field: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(sdk.WellheadError) as raised:
        call()
    assert raised.value.field == field
