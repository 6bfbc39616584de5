"""Pressure surveys: at the datum through the fluids between, averaged by day, and plotted."""

import datetime as dt
from typing import Any

import numpy as np
import pytest

from wellhead import sdk
from wellhead_reservoir.models import PressureSurvey, Reservoir
from wellhead_reservoir.plots_pressures import history_figure, survey_figure
from wellhead_reservoir.pressures import Datum, averages, surveys_of
from wellhead_wells.models import Well

from .conftest import RESERVOIRS, Field

GRADIENTS = {
    "gas_gradient": {"value": 0.1, "unit": "psi/ft"},
    "oil_gradient": {"value": 0.35, "unit": "psi/ft"},
    "water_gradient": {"value": 0.45, "unit": "psi/ft"},
}


def station(depth: float, pressure: float, **more: Any) -> dict[str, Any]:
    return {
        "depth": {"value": depth, "unit": "ft"},
        "pressure": {"value": pressure, "unit": "psia"},
    } | more


@pytest.fixture
def sand(field: Field) -> Field:
    """A reservoir with a datum at 8,200 ft subsea, and a well drilled from 100 ft above the sea."""
    field.api.patch(
        f"{RESERVOIRS}/{field.reservoir['id']}",
        {
            "datum_depth": 8_200,
            "depth_unit": "ft",
            "initial_pressure": {"value": 3_800, "unit": "psia"},
        },
    )
    well = {
        "name": f"S-{field.number}",
        "depth_datum": "KB",
        "datums": [{"code": "KB", "elevation": 100, "unit": "ft"}],
    }
    made = field.api.post("/api/v1/wells", well)
    assert made.status == 201, made.error
    field.well = made.data["id"]  # type: ignore[attr-defined]
    return field


def survey(sand: Field, *stations: dict[str, Any], day: str = "2024-05-01", **more: Any) -> Any:
    body = {
        "well_id": sand.well,  # type: ignore[attr-defined]
        "measured_on": day,
        "kind": "static",
        "depth_kind": "tvd",
        "depth_datum": "KB",
        "stations": list(stations),
    }
    return sand.put("/pressure-surveys", **body | more)


def test_a_gauge_s_pressure_is_carried_to_the_datum(sand: Field) -> None:
    """8,000 ft from a kelly bushing 100 ft up is 7,900 ft subsea, 300 ft above the datum."""
    made = survey(sand, station(8_000, 3_500), gradient={"value": 0.35, "unit": "psi/ft"})
    path = f"{RESERVOIRS}/pressure-surveys/{made['id']}/at-datum"
    shown = sand.api.get(path).data
    assert shown["stations"][0]["depth"] == pytest.approx(7_900)
    assert shown["pressure"] == {"value": pytest.approx(3_605), "unit": "psia"}
    metric = sand.api.get(path, units="metric").data
    assert metric["stations"][0]["at_datum"] == pytest.approx(248.556, abs=0.001)
    assert metric["pressure"]["value"] == pytest.approx(248.556, abs=0.001)


def test_a_pressure_of_the_future_is_refused(sand: Field) -> None:
    gradient = {"value": 0.35, "unit": "psi/ft"}
    survey(sand, station(8_000, 3_500), day=dt.date.today().isoformat(), gradient=gradient)
    sand.refused(
        "/pressure-surveys",
        "measured_on",
        well_id=sand.well,  # type: ignore[attr-defined]
        measured_on=(dt.date.today() + dt.timedelta(days=3)).isoformat(),
        kind="static",
        depth_kind="tvd",
        depth_datum="KB",
        stations=[station(8_000, 3_500)],
        gradient=gradient,
    )


def test_the_way_leads_through_the_contacts_of_the_day(sand: Field) -> None:
    """50 ft of gas and 250 ft of oil; later the gas has come down to 50 ft above the datum."""
    sand.put("/contacts", kind="gas-oil", depth=7_950, depth_unit="ft")
    sand.put("/contacts", kind="gas-oil", depth=8_150, depth_unit="ft", as_of="2024-06-01")
    sand.put("/contacts", kind="oil-water", depth=8_400, depth_unit="ft")
    for day, pressure in (("2024-05-01", 3_500 + 5 + 87.5), ("2024-06-01", 3_500 + 25 + 17.5)):
        made = survey(sand, station(8_000, 3_500), day=day, **GRADIENTS)
        shown = sand.api.get(f"{RESERVOIRS}/pressure-surveys/{made['id']}/at-datum").data
        assert shown["pressure"]["value"] == pytest.approx(pressure)
    body = {
        "well_id": sand.well,  # type: ignore[attr-defined]
        "measured_on": "2024-05-01",
        "kind": "static",
        "depth_kind": "tvd",
        "depth_datum": "KB",
        "stations": [station(8_000, 3_500)],
    }
    needs = {"oil_gradient": GRADIENTS["oil_gradient"]}
    message = sand.refused("/pressure-surveys", "gas_gradient", **body, **needs)
    assert "there is gas between" in message
    sand.refused("/pressure-surveys", "wellbore_id", **body | {"depth_kind": "md"})
    gauge = [station(8_000, 3_500) | {"pressure": {"value": 3_500, "unit": "psig"}}]
    refused = sand.refused(
        "/pressure-surveys", "stations.0.pressure.unit", **body | {"stations": gauge}
    )
    assert "psig" in refused


def test_a_formation_tester_shows_fluids_and_their_free_level(sand: Field) -> None:
    stations = [
        station(depth, 3_500 + gradient * (depth - 8_300), fluid=fluid)
        for fluid, gradient, depths in (
            ("oil", 0.33, (8_100, 8_200, 8_250)),
            ("water", 0.45, (8_350, 8_400)),
        )
        for depth in depths
    ]
    leaked = station(8_150, 3_000, fluid="oil", used=False, remark="lost seal")
    made = survey(
        sand, *stations, leaked, kind="formation tester", gradient={"value": 0.4, "unit": "psi/ft"}
    )
    path = f"{RESERVOIRS}/pressure-surveys/{made['id']}"
    shown = sand.api.get(f"{path}/at-datum").data
    assert [row["gradient"]["value"] for row in shown["gradients"]] == pytest.approx([0.33, 0.45])
    assert [row["stations"] for row in shown["gradients"]] == [3, 2]
    assert shown["free_levels"][0]["depth"]["value"] == pytest.approx(8_200)
    with sand.api.app.app_context(), sdk.tenant(sdk.DEFAULT_TENANT):
        row = sdk.db.session.get(PressureSurvey, made["id"])
        assert row is not None
        reservoir = sdk.db.session.get_one(Reservoir, row.reservoir_id)
        datum = Datum(reservoir)
        found = datum.bring(row, sdk.db.session.get_one(Well, row.well_id))
        figure = survey_figure(found, datum.depth, sdk.units.System.METRIC)
    axes = figure.axes[0]
    assert axes.get_xlabel() == "Pressure (bara)"
    assert axes.get_ylabel() == "True vertical depth below mean sea level (m)"
    used = axes.get_lines()[0]
    assert used.get_ydata() == pytest.approx(found.depth[:5] * 0.3048)
    assert used.get_xdata() == pytest.approx(found.measured[:5] / 14.503774)
    assert sdk.drawn(figure, "png").startswith(b"\x89PNG")
    assert "oil, 7.46 kPa/m" in sand.api.get(f"{path}/plot", units="metric").text


def test_pressures_of_a_day_are_averaged_by_weight(sand: Field) -> None:
    one = {"value": 0.35, "unit": "psi/ft"}
    survey(sand, station(8_300, 3_700), gradient=one, weight=3)
    survey(sand, station(8_300, 3_600), gradient=one, day="2024-05-01")
    survey(sand, station(8_300, 3_550), gradient=one, day="2025-05-01")
    survey(sand, station(8_300, 9_999, used=False), gradient=one, day="2025-06-01")
    path = f"{RESERVOIRS}/{sand.reservoir['id']}/pressures"
    shown = sand.api.get(path).data
    found = [(row["date"], row["pressure"]["value"], row["surveys"]) for row in shown["averages"]]
    assert found == [
        ("2024-05-01", pytest.approx(3_675), 2),
        ("2025-05-01", pytest.approx(3_550), 1),
    ]
    assert shown["surveys"][3]["pressure"] is None
    with sand.api.app.app_context(), sdk.tenant(sdk.DEFAULT_TENANT):
        reservoir = sdk.db.session.get(Reservoir, sand.reservoir["id"])
        assert reservoir is not None
        rows = surveys_of(reservoir)
        figure = history_figure("Sand", rows, averages(rows), None, sdk.units.System.OILFIELD)
    lines = figure.axes[0].get_lines()
    assert np.asarray(lines[0].get_ydata()) == pytest.approx([3_700, 3_600, 3_550])
    assert np.asarray(lines[1].get_ydata()) == pytest.approx([3_675, 3_550])
    assert figure.axes[0].get_ylabel() == "Pressure at the datum (psia)"
    assert "Pressure at the datum (psia)" in sand.api.get(f"{path}/plot").text


def test_measured_depths_go_by_the_definitive_survey(sand: Field) -> None:
    """A hole at 60 degrees below 1,000 ft: 3,000 ft along it is 2,000 ft down, 1,900 ft subsea."""
    well = f"/api/v1/wells/{sand.well}/wellbores"  # type: ignore[attr-defined]
    bore = sand.api.post(well, {"name": "OH", "wellbore_type": "initial", "depth_unit": "ft"}).data
    mwd = {
        "name": "MWD",
        "kind": "mwd",
        "azimuth_reference": "grid",
        "stations": {
            "md": [0, 1_000, 1_000.001, 9_000],
            "inclination": [0, 0, 60, 60],
            "azimuth": [0, 0, 0, 0],
        },
    }
    made = sand.api.post(f"{well}/{bore['id']}/surveys", mwd).data
    path = f"{well}/{bore['id']}/surveys/{made['id']}/definitive"
    assert sand.api.post(path, {"reason": "final"}).status == 200
    one = {"value": 0.5, "unit": "psi/ft"}
    along = survey(sand, station(3_000, 900), wellbore_id=bore["id"], depth_kind="md", gradient=one)
    shown = sand.api.get(f"{RESERVOIRS}/pressure-surveys/{along['id']}/at-datum").data
    assert shown["stations"][0]["depth"] == pytest.approx(1_900, abs=0.01)
    assert shown["pressure"]["value"] == pytest.approx(900 + 0.5 * 6_300, abs=0.01)
    other = sand.api.post("/api/v1/wells", {"name": f"T-{sand.number}"}).data["id"]
    body: dict[str, Any] = {
        "well_id": other,
        "measured_on": "2024-05-01",
        "kind": "static",
        "depth_kind": "md",
        "depth_datum": "KB",
        "stations": [station(3_000, 900)],
        "wellbore_id": bore["id"],
    }
    assert "no such wellbore" in sand.refused("/pressure-surveys", "wellbore_id", **body)


def test_without_a_datum_pressures_are_not_compared(field: Field) -> None:
    refused = field.api.get(f"{RESERVOIRS}/{field.reservoir['id']}/pressures")
    assert refused.error["details"][0]["field"] == "datum_depth"
