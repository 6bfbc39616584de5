"""Correlation sets and fluid tables: versions with their inputs, in any units and conditions."""

import csv
import io
from typing import Any

import numpy as np
import pytest

from wellhead import sdk
from wellhead_reservoir.calc import oil
from wellhead_reservoir.models import PvtTable, Reservoir
from wellhead_reservoir.pvt.plots import PANELS, fluid_figure
from wellhead_reservoir.pvt.rows import shown_columns
from wellhead_reservoir.pvt.tables import lookup
from wellhead_reservoir.pvt.versions import properties_of, table_for

from .conftest import RESERVOIRS, Field
from .oils import AHMED, BO, PRESSURES, PSIA, RS, mccain

SETS, TABLES = "/correlation-sets", "/pvt-tables"
RANGE = {
    "pressure_from": {"value": 100, "unit": "psia"},
    "pressure_to": {"value": 6_000, "unit": "psia"},
}


def table_of(field: Field, **body: Any) -> Any:
    """A table of a correlation set that is made for it."""
    made = field.put(SETS, **{"name": "Standing", "fluid": "oil"} | body)
    return field.add(TABLES, correlation_set_id=made["id"], **RANGE)


def rows_of(field: Field, table: dict[str, Any], **query: Any) -> dict[str, dict[str, Any]]:
    answer = field.api.get(f"{RESERVOIRS}{TABLES}/{table['id']}/rows", **query).data
    return {column["name"]: column for column in answer["columns"]}


def test_a_table_is_the_books_and_says_what_it_was_made_of(field: Field) -> None:
    table = table_of(field, **AHMED)
    lines = {line["name"]: line for line in table["saturation"]}
    assert lines["bubble_point"]["value"] == pytest.approx(2_181.3, abs=0.05)
    assert lines["bubble_point"]["unit"] == "psia"
    assert lines["oil_volume"]["value"] == pytest.approx(1.506, abs=5e-4)
    assert {line["name"]: line["source"] for line in table["inputs"]}[
        "solution_gor"
    ] == "correlation set"
    assert table["choices"]["z_factor"] == "dranchuk_abou_kassem"
    assert any(row["correlation"] == "mccain" for row in table["warnings"])
    assert (table["version"], table["row_count"]) == (1, 41)
    columns = rows_of(field, table)
    assert columns["pressure"]["values"][14] == pytest.approx(2_181.3, abs=0.05)
    assert columns["rs"]["values"][14] == pytest.approx(751)
    assert (columns["bg"]["unit"], columns["pressure"]["unit"]) == ("bbl/Mscf", "psia")


def test_tables_are_versions_that_never_change(field: Field) -> None:
    first = table_of(field, **AHMED)
    path = f"{RESERVOIRS}{SETS}/{first['correlation_set_id']}"
    changed = field.api.patch(path, {"choices": {"oil_volume": "vasquez_beggs"}}).data
    assert changed["choices"]["solution_gor"] == "standing"
    second = field.add(TABLES, correlation_set_id=first["correlation_set_id"], **RANGE)
    assert second["version"] == 2
    again = field.api.get(f"{RESERVOIRS}{TABLES}/{first['id']}").data
    assert again == first
    one = f"{RESERVOIRS}{TABLES}/{first['id']}"
    assert (field.api.patch(one, {}).status, field.api.delete(one).status) == (405, 405)
    bo = [rows_of(field, table)["bo"]["values"][14] for table in (first, second)]
    assert bo == [pytest.approx(1.506, abs=5e-4), pytest.approx(1.477, abs=5e-4)]


def test_a_sample_gives_what_the_set_leaves_out(field: Field) -> None:
    sample = field.put("/pvt-samples", **mccain())
    conditions = {"standard_conditions": PSIA, "sample_id": sample["id"]}
    table = table_of(field, salinity=2, **conditions)
    lines = {line["name"]: line for line in table["saturation"]}
    assert lines["bubble_point"]["value"] == pytest.approx(2_634.7)
    assert lines["solution_gor"]["value"] == pytest.approx(768)
    assert lines["oil_volume"]["value"] == pytest.approx(1.474)
    sources = {line["name"]: line["source"] for line in table["inputs"]}
    assert (sources["bubble_point"], sources["salinity"]) == (
        "sample Good Oil 4",
        "correlation set",
    )


def test_a_table_is_held_to_all_that_was_measured_or_to_nothing(field: Field) -> None:
    sample = field.put("/pvt-samples", **mccain())
    body = {"standard_conditions": PSIA, "sample_id": sample["id"]}
    held = table_of(field, held_to="all points", **body)
    free = table_of(field, name="Free", held_to="nothing", **body)
    assert (held["held_to"], free["held_to"]) == ("all points", "nothing")
    columns = rows_of(field, held)
    pressure = columns["pressure"]["values"]
    at = np.array(PRESSURES) + 14.7
    for name, measured in (
        ("rs", 768 - (854 - np.array(RS)) * 1.474 / 1.6),
        ("bo", np.array(BO) * 1.474 / 1.6),
    ):
        found = np.interp(at, pressure, columns[name]["values"])
        assert found == pytest.approx(measured)
        assert np.all(np.diff(columns[name]["values"][: pressure.index(2_634.7)]) > 0)
    above = np.interp(5_014.7, pressure, columns["bo"]["values"])
    assert above == pytest.approx(0.9639 * 1.474)
    assert min(columns["oil_compressibility"]["values"]) > 0
    lines = {line["name"]: line["value"] for line in free["saturation"]}
    by_standing = oil.standing_bubble_point(768, 220, 40.7, 0.786)
    assert lines["bubble_point"] == pytest.approx(float(by_standing))
    bare = field.put("/pvt-samples", **mccain(name="Bare", oil_volume=None))
    made = field.put(
        SETS, name="Bare", fluid="oil", held_to="all points", **body | {"sample_id": bare["id"]}
    )
    refused = field.api.post(RESERVOIRS + TABLES, {"correlation_set_id": made["id"], **RANGE})
    assert refused.error["details"][0]["field"] == "held_to"


def test_a_gas_takes_its_composition_to_aga8(field: Field) -> None:
    pytest.importorskip("pyaga8")
    shares = {"methane": 90, "ethane": 6, "carbon_dioxide": 3, "nitrogen": 1}
    gas = [{"component": name, "mole_percent": share} for name, share in shares.items()]
    sample = field.put("/pvt-samples", name="Gas", standard_conditions=PSIA, gas_composition=gas)
    body: dict[str, Any] = {
        "fluid": "gas",
        "standard_conditions": PSIA,
        "sample_id": sample["id"],
        "temperature": {"value": 200, "unit": "degF"},
    }
    by_aga8 = table_of(field, name="AGA8", choices={"z_factor": "aga8_detail"}, **body)
    by_chart = table_of(field, name="DAK", **body)
    assert by_aga8["saturation"] == []
    columns, other = rows_of(field, by_aga8), rows_of(field, by_chart)
    assert "bo" not in columns
    assert columns["z"]["values"] == pytest.approx(other["z"]["values"], abs=0.03)
    assert columns["z"]["values"] != other["z"]["values"]
    sources = {line["name"]: line["source"] for line in by_aga8["inputs"]}
    assert sources["carbon_dioxide"] == "composition of the sample"


def test_units_change_the_unit_and_conditions_are_asked_for_by_name(field: Field) -> None:
    table = table_of(field, **AHMED)
    field_units, metric = rows_of(field, table), rows_of(field, table, units="metric")
    assert metric["rs"]["unit"] == "Sm3/Sm3"
    assert metric["rs"]["values"][-1] == pytest.approx(751 * 0.178108, rel=1e-5)
    assert metric["pressure"]["values"] == pytest.approx(
        [value * 0.0689476 for value in field_units["pressure"]["values"]], rel=1e-5
    )
    normal = rows_of(field, table, units="metric", standard_conditions="0C_101.325kPa")
    factor = sdk.units.gas_volume_factor(PSIA, "0C_101.325kPa")
    assert normal["rs"]["values"][-1] == pytest.approx(metric["rs"]["values"][-1] * factor)
    assert normal["bg"]["values"][-1] == pytest.approx(metric["bg"]["values"][-1] / factor)
    assert normal["bo"]["values"] == metric["bo"]["values"]


def test_a_set_at_other_conditions_makes_the_same_fluid(field: Field) -> None:
    factor = sdk.units.gas_volume_factor(PSIA, "15C_101.325kPa")
    body = AHMED | {
        "standard_conditions": "15C_101.325kPa",
        "solution_gor": {"value": 751 * factor, "unit": "scf/STB"},
    }
    table = table_of(field, **body)
    lines = {line["name"]: line for line in table["saturation"]}
    assert lines["bubble_point"]["value"] == pytest.approx(2_181.3, abs=0.05)
    assert rows_of(field, table)["rs"]["values"][-1] == pytest.approx(751 * factor)


def test_a_table_goes_out_as_csv(field: Field) -> None:
    table = table_of(field, **AHMED)
    answer = field.api.get(f"{RESERVOIRS}{TABLES}/{table['id']}/rows", format="csv")
    header, *rows = csv.reader(io.StringIO(answer.text))
    assert header[:3] == ["pressure (psia)", "rs (scf/STB)", "bo (bbl/STB)"]
    assert len(rows) == 41
    assert float(rows[-1][1]) == pytest.approx(751)


def test_plots_have_the_tables_numbers_and_units(field: Field) -> None:
    sample = field.put("/pvt-samples", **mccain())
    table = table_of(field, standard_conditions=PSIA, sample_id=sample["id"])
    warm = {"standard_conditions": PSIA, "temperature": {"value": 200, "unit": "degF"}}
    path = f"{RESERVOIRS}{TABLES}/{table['id']}/plot"
    assert "through separators" in field.api.get(path).text
    assert field.api.get(path, fluid="sand").status == 422
    brine = table_of(field, name="Brine", fluid="water", **warm)
    missing = field.api.get(f"{RESERVOIRS}{TABLES}/{brine['id']}/plot", fluid="gas")
    assert (missing.status, missing.error["details"][0]["field"]) == (422, "fluid")
    drawn = field.api.get(f"{RESERVOIRS}/pvt-samples/{sample['id']}/plot")
    assert "constant composition expansion" in drawn.text
    with field.api.app.app_context(), sdk.tenant(sdk.DEFAULT_TENANT):
        record = sdk.db.session.get_one(PvtTable, table["id"])
        shown = shown_columns(properties_of(record), PSIA, sdk.units.System.METRIC)
    figure = fluid_figure(
        "T", PANELS["oil"], shown, bubble_point=2_634.7, system=sdk.units.System.METRIC
    )
    columns = rows_of(field, table, units="metric")
    for name, axes in zip(PANELS["oil"], figure.axes, strict=True):
        assert axes.get_xlabel() == "Pressure, bara"
        assert axes.get_ylabel().endswith(f", {columns[name]['unit']}")
        line, bubble = axes.lines
        assert line.get_ydata() == pytest.approx(columns[name]["values"])
        assert np.asarray(bubble.get_xdata())[0] == pytest.approx(181.66, abs=0.01)


def test_other_plugins_look_properties_up(field: Field) -> None:
    table_of(field, **AHMED)
    newest = table_of(field, **AHMED | {"name": "Other", "oil_gravity": 40})
    with field.api.app.app_context(), sdk.tenant(sdk.DEFAULT_TENANT):
        reservoir = sdk.db.session.get_one(Reservoir, field.reservoir["id"])
        table = table_for(reservoir, None)
        assert str(table.id) == newest["id"]
        found = lookup(properties_of(table), np.array([150.0, 5_500.0]))
        assert found.rs[1] == pytest.approx(751)
        assert np.isfinite(found.bw).all()
        other = sdk.db.session.get_one(Reservoir, field.add("", name=f"Dry {field.number}")["id"])
        with pytest.raises(sdk.WellheadError, match="has no fluid table"):
            table_for(other, None)


def test_a_limited_user_sees_the_fluids_of_their_assets_alone(field: Field) -> None:
    asset = field.api.post("/api/v1/assets", {"kind": "field", "name": f"F {field.number}"}).data
    table = table_of(field, **AHMED)
    path = f"{RESERVOIRS}{TABLES}/{table['id']}"
    seer = field.api.limited(asset["id"], role="engineer")
    for hidden in (path, f"{path}/rows", f"{path}/plot"):
        assert seer.get(hidden).status == 404
    made = seer.post(
        RESERVOIRS + TABLES, {"correlation_set_id": table["correlation_set_id"], **RANGE}
    )
    assert made.error["details"][0]["field"] == "correlation_set_id"
    field.api.patch(f"{RESERVOIRS}/{field.reservoir['id']}", {"asset_id": asset["id"]})
    assert seer.get(f"{path}/rows").status == 200
    assert [row["id"] for row in seer.get(RESERVOIRS + TABLES).data] == [table["id"]]


def test_what_makes_no_table_is_explained(field: Field) -> None:
    no_fluid = field.refused(SETS, "fluid", name="A", standard_conditions=PSIA)
    assert "is unknown" in no_fluid
    stranger = {"sample_id": field.reservoir["id"], "fluid": "oil", "standard_conditions": PSIA}
    field.refused(SETS, "sample_id", name="A", **stranger)
    bare = field.put(SETS, name="A", fluid="oil", standard_conditions=PSIA, oil_gravity=30)
    body: dict[str, Any] = {"correlation_set_id": bare["id"], **RANGE}
    refused = field.api.post(RESERVOIRS + TABLES, body)
    assert refused.error["details"][0]["field"] == "temperature"
    path = f"{RESERVOIRS}/{field.reservoir['id']}"
    field.api.patch(path, {"temperature": {"value": 90, "unit": "degC"}})
    refused = field.api.post(RESERVOIRS + TABLES, body)
    assert refused.error["details"][0]["field"] == "gas_gravity"
    turned = body | {"pressure_to": {"value": 50, "unit": "psia"}}
    refused = field.api.post(RESERVOIRS + TABLES, turned)
    assert refused.error["details"][0]["field"] == "pressure_to"


def test_correlations_are_listed_with_source_and_range(shared_api: Any) -> None:
    rows = shared_api.get(f"{RESERVOIRS}/correlations").data
    row = next(row for row in rows if (row["property"], row["name"]) == ("oil_volume", "standing"))
    assert "Standing (1947)" in row["source"]
    assert {"input": "temperature", "low": 100, "high": 258, "unit": "degF"} in row["ranges"]
    assert all(row["source"] for row in rows)
    assert sum(row["chosen_by_default"] for row in rows) == len({row["property"] for row in rows})
