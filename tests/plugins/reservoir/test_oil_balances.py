"""Havlena and Odeh over the API: the published reservoirs, and one whose production, pressures and
fluid are records that the test made of a known volume."""

import datetime as dt
from typing import Any

import numpy as np
import pytest

from wellhead import sdk
from wellhead.testing import ApiClient
from wellhead_reservoir.calc.oil_balance import Fluids, Volumes
from wellhead_reservoir.models import OilBalance, PvtTable
from wellhead_reservoir.plots_balances import drive_figure, oil_figure
from wellhead_reservoir.pvt.tables import lookup
from wellhead_reservoir.pvt.versions import properties_of

from .conftest import RESERVOIRS, Field
from .oils import AHMED, PSIA
from .published import (
    GAS_CAP_FLUIDS,
    GAS_CAP_PRESSURE,
    GAS_CAP_VOLUMES,
    WEDGE_FLUIDS,
    WEDGE_PRESSURE,
    WEDGE_VOLUMES,
)
from .test_pvt_tables import table_of

PATH = "/oil-balances"
WEDGE_AQUIFER = {
    "model": "van everdingen-hurst",
    "radius_ratio": 5,
    "permeability": {"value": 200, "unit": "mD"},
    "porosity": 0.25,
    "viscosity": {"value": 0.55, "unit": "cP"},
    "compressibility": {"value": 7e-6, "unit": "1/psi"},
    "thickness": {"value": 100, "unit": "ft"},
    "radius": {"value": 9_200, "unit": "ft"},
    "angle": 140,
}


def points(pressure: np.ndarray, volumes: Volumes, fluids: Fluids) -> list[dict[str, Any]]:
    """One a year, 365 days apart."""
    first = dt.date(2001, 1, 1)
    return [
        {
            "date": (first + dt.timedelta(days=365 * place)).isoformat(),
            "pressure": {"value": float(pressure[place]), "unit": "psia"},
            "oil": {"value": float(volumes.oil[place]), "unit": "STB"},
            "gas": {"value": float(volumes.gas[place]), "unit": "scf"},
            "bo": {"value": float(fluids.bo[place]), "unit": "bbl/STB"},
            "rs": {"value": float(fluids.rs[place]), "unit": "scf/STB"},
            "bg": {"value": float(fluids.bg[place]), "unit": "bbl/scf"},
            "bw": {"value": 1.0, "unit": "bbl/STB"},
        }
        for place in range(len(pressure))
    ]


def values(analysis: Any) -> dict[str, float]:
    return {line["name"]: line["value"] for line in analysis["results"]}


def test_a_gas_cap_s_size_is_dake_s(field: Field) -> None:
    """Exercise 3.4: N = 108.9 MMSTB, m = 0.54; the plot is his."""
    sent = points(GAS_CAP_PRESSURE, GAS_CAP_VOLUMES, GAS_CAP_FLUIDS)
    inputs = {"standard_conditions": PSIA, "points": sent, "gas_cap_is": "fitted"}
    made = field.put(PATH, inputs=inputs)
    found = values(made)
    assert found["oil_in_place"] == pytest.approx(108.9e6, rel=3e-3)
    assert found["m"] == pytest.approx(0.54, abs=0.005)
    assert found["gas_cap"] == pytest.approx(0.5412 * 108.7e6 * 1.2511 / 0.00087 / 1e3, rel=3e-3)
    assert (made["x_axis"], made["y_axis"]) == ("(Eg + Efw)/(Eo + Efw)", "F/(Eo + Efw)")
    with field.api.app.app_context(), sdk.tenant(sdk.DEFAULT_TENANT):
        row = sdk.db.session.get(OilBalance, made["id"])
        assert row is not None
        axes = oil_figure("Sand", row, sdk.units.System.METRIC).axes[0]
        drives = drive_figure("Sand", row, sdk.units.System.METRIC).axes[0]
    assert axes.get_ylabel() == "F/(Eo + Efw) (Sm3)"
    shown = field.api.get(f"{RESERVOIRS}{PATH}/{made['id']}", units="metric").data["rows"]
    dots, line = axes.get_lines()
    assert np.asarray(dots.get_xdata())[1:] == pytest.approx([one["x"] for one in shown[1:]])
    assert np.asarray(dots.get_ydata())[1:] == pytest.approx([one["y"] for one in shown[1:]])
    assert sorted(np.asarray(line.get_ydata())) == pytest.approx(
        sorted(one["line"] for one in shown[1:])
    )
    assert drives.get_ylabel() == "Drive index (1)"
    assert [one["depletion"] + one["gas_cap"] for one in shown[1:]] == pytest.approx([1.0] * 6)
    held = field.put(PATH, inputs=inputs | {"gas_cap_is": "held", "m": 0.5})
    assert values(held)["oil_in_place"] == pytest.approx(114.6e6, rel=3e-3)
    assert (held["version"], held["warnings"]) == (2, [])
    none = field.put(PATH, inputs=inputs | {"gas_cap_is": "held"})
    assert "(F - We)/Et is not level" in none["warnings"][0]


def test_a_water_drive_s_oil_and_aquifer_are_dake_s(field: Field) -> None:
    """Exercise 9.2: N = 312 MMSTB and U = 6,446 rb/psi of an aquifer five times as wide."""
    sent = points(WEDGE_PRESSURE, WEDGE_VOLUMES, WEDGE_FLUIDS)
    inputs = {"standard_conditions": PSIA, "points": sent, "aquifer": WEDGE_AQUIFER}
    made = field.put(PATH, inputs=inputs)
    found = values(made)
    assert found["oil_in_place"] == pytest.approx(312e6, rel=0.01)
    assert found["aquifer_strength"] == pytest.approx(6_446, rel=0.01)
    assert made["rows"][-1]["aquifer"] == pytest.approx(0.42, abs=0.02)
    calculated = field.put(
        PATH, inputs=inputs | {"aquifer": WEDGE_AQUIFER | {"strength_is": "calculated"}}
    )
    assert values(calculated)["aquifer_strength"] == pytest.approx(6_446, rel=1e-3)
    fetkovich = WEDGE_AQUIFER | {"model": "fetkovich", "strength_is": "calculated"}
    other = values(field.put(PATH, inputs=inputs | {"aquifer": fetkovich}))
    assert other["influx"] == pytest.approx(91.445e6, rel=2e-3)
    assert other["oil_in_place"] == pytest.approx(312e6, rel=0.05)
    held = {
        "model": "schilthuis",
        "strength_is": "held",
        "strength": 8,
        "strength_unit": "bbl/d/psi",
    }
    steady = values(field.put(PATH, inputs=inputs | {"aquifer": held}))
    assert steady["aquifer_strength"] == pytest.approx(8)
    depleted = field.put(PATH, inputs=inputs | {"aquifer": None})
    assert values(depleted)["oil_in_place"] > 500e6
    assert "(F - We)/Et is not level" in depleted["warnings"][0]
    assert made["warnings"] == []


@pytest.mark.parametrize(
    ("aquifer", "name"),
    [
        ({"model": "fetkovich"}, "inputs.aquifer.permeability"),
        ({"model": "carter-tracy"}, "inputs.aquifer.permeability"),
        ({"model": "schilthuis", "strength_is": "calculated"}, "inputs.aquifer.strength_is"),
        ({"model": "schilthuis", "strength_is": "held"}, "inputs.aquifer.strength"),
    ],
)
def test_an_aquifer_that_lacks_something_says_what(
    field: Field, aquifer: dict[str, Any], name: str
) -> None:
    sent = points(WEDGE_PRESSURE, WEDGE_VOLUMES, WEDGE_FLUIDS)
    field.refused(
        PATH, name, inputs={"standard_conditions": PSIA, "points": sent, "aquifer": aquifer}
    )


def test_gas_of_oil_and_the_kind_of_a_pressure_are_not_guessed(field: Field) -> None:
    history = points(GAS_CAP_PRESSURE, GAS_CAP_VOLUMES, GAS_CAP_FLUIDS)
    inputs = {"standard_conditions": "60F_14.696psia", "points": history}
    history[3]["pressure"]["unit"] = "psi"
    said = field.refused(PATH, "inputs.points.3.pressure.unit", inputs=inputs)
    assert "send psia" in said
    history[3]["pressure"]["unit"] = "psia"
    for point in history:
        del point["gas"]
    assert "holds gas" in field.refused(PATH, "inputs.points.1.gas", inputs=inputs)


def test_fluid_properties_are_of_all_points_or_of_none(field: Field) -> None:
    sent = points(GAS_CAP_PRESSURE, GAS_CAP_VOLUMES, GAS_CAP_FLUIDS)
    del sent[3]["rs"]
    inputs = {"standard_conditions": PSIA, "points": sent}
    assert "lacks it" in field.refused(PATH, "inputs.points.3.rs", inputs=inputs)
    sent = points(GAS_CAP_PRESSURE, GAS_CAP_VOLUMES, GAS_CAP_FLUIDS)
    sent[0]["oil"] = {"value": 5, "unit": "STB"}
    inputs = {"standard_conditions": PSIA, "points": sent}
    assert "before anything" in field.refused(PATH, "inputs.points.0.oil", inputs=inputs)


def test_records_of_production_and_pressures_give_back_the_oil_they_were_made_of(
    field: Field, shared_api: ApiClient
) -> None:
    """50 MMSTB of undersaturated oil, produced by three wells of which one came to this reservoir
    late and one left it early, with a pressure survey each year."""
    table = table_of(field, **AHMED)
    datum = {"datum_depth": 8_000, "depth_unit": "ft"}
    field.api.patch(f"{RESERVOIRS}/{field.reservoir['id']}", datum)
    facility = _made(
        shared_api,
        "production/facilities",
        name=f"Battery {field.number}",
        kind="battery",
        time_zone="UTC",
        standard_conditions=PSIA,
    )
    wells = [_made(shared_api, "wells", name=f"MB-{field.number}-{one}") for one in "ABC"]
    field.put("/open-wells", well_id=wells[0]["id"])
    field.put("/open-wells", well_id=wells[1]["id"], since="2022-01-01")
    field.put("/open-wells", well_id=wells[2]["id"], until="2021-07-01")
    pressure = np.array([4_000.0, 3_700, 3_400])
    with shared_api.app.app_context(), sdk.tenant(sdk.DEFAULT_TENANT):
        row = sdk.db.session.get(PvtTable, table["id"])
        assert row is not None
        fluid = lookup(properties_of(row), pressure)
    produced = 50e6 * (fluid.bo - fluid.bo[0]) / fluid.bo
    days = ("2020-12-31", "2021-12-31", "2022-12-31")
    for day, at_rest in zip(days, pressure, strict=True):
        field.put(
            "/pressure-surveys",
            well_id=wells[0]["id"],
            measured_on=day,
            kind="static",
            depth_kind="tvd",
            depth_datum="MSL",
            stations=[
                {
                    "depth": {"value": 8_000, "unit": "ft"},
                    "pressure": {"value": float(at_rest), "unit": "psia"},
                }
            ],
            gradient={"value": 0.3, "unit": "psi/ft"},
        )
    body = {"facility_id": facility["id"], "liquid_unit": "STB", "gas_unit": "Mscf"}
    for well, day, oil in (
        (wells[0], "2021-12-31", produced[1] - 1_000),
        (wells[2], "2021-06-30", 1_000),
        (wells[2], "2021-07-01", 8e5),  # when it was open here no more
        (wells[1], "2021-12-31", 9e5),  # before it was open here
        (wells[0], "2022-12-30", (produced[2] - produced[1]) / 2),
        (wells[1], "2022-12-31", (produced[2] - produced[1]) / 2),
    ):
        _made(
            shared_api,
            "production/daily-records",
            well_id=well["id"],
            production_date=day,
            oil=float(oil),
            gas=float(oil) * 0.751,
            **body,
        )
    inputs = {"standard_conditions": PSIA, "volumes_from": "production"}
    made = field.put(PATH, inputs=inputs)
    assert values(made)["oil_in_place"] == pytest.approx(50e6, rel=2e-3)
    assert values(made)["oil_produced"] == pytest.approx(produced[2], rel=1e-6)
    assert "volumes of 3 of 3 open wells by production" in made["made_from"]
    assert "3 days with pressure surveys" in made["made_from"]
    metric = field.put(PATH, inputs=inputs | {"standard_conditions": "15C_101.325kPa"})
    assert values(metric)["oil_in_place"] == pytest.approx(
        values(made)["oil_in_place"] * sdk.units.oil_volume_factor(PSIA, "15C_101.325kPa", 850.0)
    )


def test_without_production_of_its_wells_nothing_is_made_up(field: Field) -> None:
    sent = [
        {"date": f"{year}-01-01", "pressure": {"value": 4_000 - year + 2020, "unit": "psia"}}
        for year in (2020, 2021, 2022)
    ]
    inputs = {"standard_conditions": PSIA, "points": sent, "volumes_from": "production"}
    assert "no plugin knows" in field.refused(PATH, "inputs.volumes_from", inputs=inputs)


def _made(api: ApiClient, path: str, **body: Any) -> Any:
    answer = api.post(f"/api/v1/{path}", body)
    assert answer.status == 201, answer.error
    return answer.data
