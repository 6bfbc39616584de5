"""Minimum curvature: the books' case, another program's answers, and what must hold of any hole."""

from typing import Any

import numpy as np
import pytest
import wellpathpy
from hypothesis import given, settings
from hypothesis import strategies as st

from wellhead import sdk
from wellhead_wells.surveys.azimuths import convert_azimuth
from wellhead_wells.surveys.calc import (
    Stations,
    around,
    check,
    closure,
    dogleg_severity,
    doglegs,
    interpolate,
    md_at_tvd,
    minimum_curvature,
    vertical_section,
)


def stations(*rows: tuple[float, float, float]) -> Stations:
    md, inclination, azimuth = np.array(rows, float).T
    return Stations(md, inclination, azimuth)


BUILD_AND_DROP = stations((0, 0, 0), (1000, 0, 0), (1500, 90, 45), (2500, 95, 45), (3000, 140, 45))


@st.composite
def holes(draw: Any) -> Stations:
    """Up to 20 stations, steps of 1 to 100, turning less than 120° between two."""
    count = draw(st.integers(2, 20))
    steps = draw(st.lists(st.floats(1, 100), min_size=count, max_size=count))
    turns = draw(st.lists(st.floats(-60, 60), min_size=count, max_size=count))
    bends = draw(st.lists(st.floats(-40, 40), min_size=count, max_size=count))
    inclination = np.clip(np.abs(np.cumsum(bends)), 0, 180)
    return Stations(np.cumsum(steps), inclination, around(np.cumsum(turns)))


def test_the_published_case() -> None:
    """3500 ft, 15°, N20E to 3600 ft, 25°, N45E."""
    hole = stations((3500, 15, 20), (3600, 25, 45))
    found = minimum_curvature(hole)
    assert found.tvd[1] == pytest.approx(94.012, abs=5e-4)
    assert found.north[1] == pytest.approx(27.218, abs=5e-4)
    assert found.east[1] == pytest.approx(19.451, abs=5e-4)
    assert dogleg_severity(hole, 100) == pytest.approx([0, 12.95], abs=5e-3)
    metric = Stations(hole.md * 0.3048, hole.inclination, hole.azimuth)
    assert dogleg_severity(metric, 30)[1] == pytest.approx(12.95 * 30 / 30.48, abs=5e-3)


@settings(max_examples=40)
@given(holes())
def test_another_program_finds_the_same(hole: Stations) -> None:
    below = np.minimum(hole.inclination, 179.9)  # the other takes no 180°
    hole = Stations(hole.md, below, hole.azimuth)
    mine = minimum_curvature(hole)
    tvd, north, east, dls = wellpathpy.mincurve.minimum_curvature(
        hole.md, hole.inclination, hole.azimuth, 30
    )
    for one, other in ((mine.tvd, tvd), (mine.north, north), (mine.east, east)):
        np.testing.assert_allclose(one, other, atol=1e-6)
    np.testing.assert_allclose(dogleg_severity(hole, 30), dls, atol=1e-4)


@settings(max_examples=40)
@given(holes(), st.floats(0, 360))
def test_what_holds_of_any_hole(hole: Stations, turn: float) -> None:
    found = minimum_curvature(hole)
    chords = np.sqrt(sum(np.diff(part) ** 2 for part in (found.tvd, found.north, found.east)))
    course = np.diff(hole.md)
    assert np.all(chords <= course * (1 + 1e-12)), "an arc is no shorter than its chord"
    bent = np.radians(doglegs(hole)) / 2
    np.testing.assert_allclose(chords, course * np.sinc(bent / np.pi), atol=1e-9)

    turned = minimum_curvature(Stations(hole.md, hole.inclination, (hole.azimuth + turn) % 360))
    angle = np.radians(turn)
    north = found.north * np.cos(angle) - found.east * np.sin(angle)
    np.testing.assert_allclose(turned.north, north, atol=1e-6)
    np.testing.assert_allclose(turned.tvd, found.tvd, atol=1e-6)

    back = Stations(
        hole.md[-1] - hole.md[::-1], 180 - hole.inclination[::-1], (hole.azimuth[::-1] + 180) % 360
    )
    np.testing.assert_allclose(minimum_curvature(back).tvd[-1], -found.tvd[-1], atol=1e-6)

    distance, azimuth = closure(found.north, found.east)
    along = vertical_section(found.north, found.east, float(azimuth[-1]))
    assert along[-1] == pytest.approx(distance[-1], abs=1e-9)


@settings(max_examples=40)
@given(holes(), st.lists(st.floats(0, 1), min_size=1, max_size=5))
def test_a_point_between_stations_is_on_the_arc(hole: Stations, shares: list[float]) -> None:
    known = minimum_curvature(hole)
    same, positions = interpolate(hole, hole.md)
    np.testing.assert_array_equal(same.inclination, hole.inclination)
    np.testing.assert_array_equal(same.azimuth, hole.azimuth)
    np.testing.assert_array_equal(positions.tvd, known.tvd)

    at = np.sort(hole.md[0] + np.array(shares) * (hole.md[-1] - hole.md[0]))
    between, there = interpolate(hole, at)
    order = np.unique(np.concatenate([hole.md, at]))
    refined = minimum_curvature(interpolate(hole, order)[0])
    np.testing.assert_allclose(refined.tvd[-1], known.tvd[-1], atol=1e-5)
    np.testing.assert_allclose(refined.north[np.searchsorted(order, at)], there.north, atol=1e-5)
    assert np.all((between.inclination >= 0) & (between.inclination <= 180))


def test_every_depth_at_a_tvd_is_found() -> None:
    deepest = minimum_curvature(BUILD_AND_DROP).tvd[2]
    [once] = md_at_tvd(BUILD_AND_DROP, 500.0)
    assert once == pytest.approx(500, abs=1e-9)
    found = md_at_tvd(BUILD_AND_DROP, deepest - 20)
    assert len(found) == 2
    np.testing.assert_allclose(
        interpolate(BUILD_AND_DROP, found)[1].tvd, deepest - 20, rtol=0, atol=1e-9
    )
    dip = stations((0, 80, 0), (100, 100, 0))  # goes down and up again between two stations
    assert len(md_at_tvd(dip, float(interpolate(dip, np.array([40.0]))[1].tvd[0]))) == 2
    assert len(md_at_tvd(BUILD_AND_DROP, deepest + 1)) == 0


@pytest.mark.parametrize(
    ("rows", "field", "message"),
    [
        (((0, 0, 0), (0, 1, 0)), "stations.md.1", "not below the station before"),
        (((0, 0, 0), (30, 181, 0)), "stations.inclination.1", "0 to 180 degrees"),
        (((0, 0, -1),), "stations.azimuth.0", "0 to 360 degrees"),
        (((0, float("nan"), 0),), "stations.inclination.0", "0 to 180 degrees"),
        (((float("inf"), 0, 0),), "stations.md.0", "0 or more"),
        (((-1, 0, 0),), "stations.md.0", "0 or more"),
        (((0, 90, 0), (30, 90, 180)), "stations.inclination.1", "straight back"),
    ],
)
def test_what_is_no_survey_is_refused(rows: Any, field: str, message: str) -> None:
    with pytest.raises(sdk.WellheadError, match=message) as caught:
        check(stations(*rows))
    assert caught.value.field == field
    assert caught.value.remedy


def test_outside_of_the_survey_there_is_nothing() -> None:
    with pytest.raises(sdk.WellheadError, match="outside of the survey, 0 to 3000"):
        interpolate(BUILD_AND_DROP, np.array([10.0, 3000.1]))
    lists = Stations(np.zeros(2), np.zeros(1), np.zeros(1))
    with pytest.raises(sdk.WellheadError, match="2 md, 1 inclination, 1 azimuth"):
        check(lists)


def test_azimuths_between_true_grid_and_magnetic_north() -> None:
    """Declination 5° E and convergence 2° E: 100° magnetic is 105° true and 103° grid."""
    azimuth = np.array([100.0, 358.0])
    assert convert_azimuth(azimuth, "magnetic", "true", 5, None) == pytest.approx([105, 3])
    assert convert_azimuth(azimuth, "magnetic", "grid", 5, 2) == pytest.approx([103, 1])
    assert convert_azimuth(azimuth, "grid", "true", None, 2) == pytest.approx([102, 0])
    assert convert_azimuth(azimuth, "magnetic", "magnetic", None, None) is azimuth
    with pytest.raises(sdk.WellheadError, match="grid north") as caught:
        convert_azimuth(azimuth, "true", "grid", 5, None)
    assert caught.value.field == "grid_convergence"
