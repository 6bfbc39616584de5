"""p/z lines over the API: the published reservoirs, fluid tables, doubts, and the plot."""

import csv
import io
from typing import Any

import numpy as np
import pytest

from wellhead import sdk
from wellhead_reservoir.models import GasBalance
from wellhead_reservoir.plots_balances import gas_figure

from .conftest import RESERVOIRS, Field
from .oils import PSIA
from .published import ANDERSON_L, VOLUMETRIC_GAS
from .test_pvt_tables import table_of

PATH = "/gas-balances"


def points(case: Any, **more: Any) -> list[dict[str, Any]]:
    columns = zip(case["pressure"], case["z"], case["produced"], strict=True)
    return [
        {
            "date": f"{2000 + place}-01-01",
            "pressure": {"value": pressure, "unit": "psia"},
            "z": z,
            "gas": {"value": gas / 1e6, "unit": "MMscf"},
        }
        | more
        for place, (pressure, z, gas) in enumerate(columns)
    ]


def values(analysis: Any) -> dict[str, float]:
    return {line["name"]: line["value"] for line in analysis["results"]}


def test_gas_in_place_is_ahmed_s_and_each_analysis_a_version(field: Field) -> None:
    inputs = {"standard_conditions": PSIA, "points": points(VOLUMETRIC_GAS)}
    recovered = {"abandonment_pressure": {"value": 500, "unit": "psia"}, "abandonment_z": 0.95}
    made = field.put(PATH, inputs=inputs | recovered, remark="first look")
    found = values(made)
    assert found["gas_in_place"] == pytest.approx(14.2e6, rel=0.02)  # Mscf
    assert found["gas_in_place_low"] < 14.2e6 < found["gas_in_place_high"]
    assert found["recovery_factor"] == pytest.approx(3.92e6 / found["gas_in_place"])
    assert found["ultimate_recovery_factor"] == pytest.approx(0.746, abs=0.002)
    assert made["rows"][0]["p_over_z"] == pytest.approx(2_069, abs=0.1)
    assert made["warnings"] == []
    left_out = points(VOLUMETRIC_GAS)
    left_out[3]["used"] = False
    second = field.put(PATH, inputs=inputs | {"points": left_out, "hold_initial": True})
    assert (made["version"], second["version"], second["created_by"]) == (1, 2, "admin@example.com")
    assert values(second)["initial_p_over_z"] == pytest.approx(2_069, abs=0.1)
    assert [row["used"] for row in second["rows"]] == [True, True, True, False, True]
    kept = field.api.get(f"{RESERVOIRS}{PATH}/{made['id']}").data
    assert kept["results"] == made["results"]
    assert kept["inputs"]["points"][1]["gas"] == {"value": 960, "unit": "MMscf"}
    assert field.api.patch(f"{RESERVOIRS}{PATH}/{made['id']}", {"remark": "no"}).status == 405


def test_the_plot_shows_the_numbers(field: Field) -> None:
    inputs = {"standard_conditions": PSIA, "points": points(VOLUMETRIC_GAS)}
    made = field.put(PATH, inputs=inputs)
    with field.api.app.app_context(), sdk.tenant(sdk.DEFAULT_TENANT):
        row = sdk.db.session.get(GasBalance, made["id"])
        assert row is not None
        axes = gas_figure("Sand", row, sdk.units.System.METRIC).axes[0]
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("Gas produced (Sm3)", "p/z (bara)")
    dots, line = axes.get_lines()[:2]
    shown = field.api.get(f"{RESERVOIRS}{PATH}/{made['id']}", units="metric").data
    assert np.asarray(dots.get_xdata()) == pytest.approx([one["x"] for one in shown["rows"]])
    assert np.asarray(dots.get_ydata()) == pytest.approx([one["y"] for one in shown["rows"]])
    assert np.asarray(line.get_xdata())[1] == pytest.approx(values(shown)["gas_in_place"])
    plotted = field.api.get(f"{RESERVOIRS}{PATH}/{made['id']}/plot")
    assert "Gas produced (Mscf)" in plotted.text
    file = field.api.get(f"{RESERVOIRS}{PATH}/{made['id']}/rows", units="metric").text
    lines = list(csv.DictReader(io.StringIO(file)))
    assert [float(line["x"]) for line in lines] == [one["x"] for one in shown["rows"]]
    assert (lines[1]["date"], lines[1]["x_unit"], lines[1]["used"]) == ("2001-01-01", "Sm3", "true")


def test_overpressure_is_warned_of_and_corrected(field: Field) -> None:
    datum = {"datum_depth": 11_167, "depth_unit": "ft"}
    field.api.patch(f"{RESERVOIRS}/{field.reservoir['id']}", datum)
    inputs = {"standard_conditions": PSIA, "points": points(ANDERSON_L)[:10]}
    early = field.put(PATH, inputs=inputs)
    assert "Overpressured, 0.85 psi/ft" in early["warnings"][0]
    assert values(early)["gas_in_place"] > 100e6
    squeezed = {
        "points": points(ANDERSON_L),
        "rock_compressibility": {"value": 19.5e-6, "unit": "1/psi"},
        "water_compressibility": {"value": 3.2e-6, "unit": "1/psi"},
    }
    field.refused(PATH, "inputs.water_saturation", inputs=inputs | squeezed)
    made = field.put(PATH, inputs=inputs | squeezed | {"water_saturation": 0.22})
    assert values(made)["gas_in_place"] == pytest.approx(70e6, rel=0.03)
    assert made["warnings"] == []


def test_a_history_that_begins_late_takes_the_reservoir_s_initial_pressure(field: Field) -> None:
    initial = {"initial_pressure": {"value": 9_507, "unit": "psia"}}
    field.api.patch(f"{RESERVOIRS}/{field.reservoir['id']}", initial)
    squeezed = {
        "rock_compressibility": {"value": 19.5e-6, "unit": "1/psi"},
        "water_compressibility": {"value": 3.2e-6, "unit": "1/psi"},
        "water_saturation": 0.22,
    }
    inputs = {"standard_conditions": PSIA, "points": points(ANDERSON_L)[4:]} | squeezed
    made = field.put(PATH, inputs=inputs)
    assert values(made)["gas_in_place"] == pytest.approx(70e6, rel=0.04)
    assert made["made_from"] == ["initial pressure of the reservoir"]
    late = inputs | {"hold_initial": True}
    assert "does not begin there" in field.refused(PATH, "inputs.hold_initial", inputs=late)


def test_z_is_the_fluid_table_s_where_points_have_none(field: Field) -> None:
    table = table_of(
        field,
        name="Gas",
        fluid="gas",
        standard_conditions=PSIA,
        gas_gravity=0.65,
        temperature={"value": 164, "unit": "degF"},
    )
    inputs = {"standard_conditions": PSIA, "points": points(VOLUMETRIC_GAS, z=None)}
    made = field.put(PATH, inputs=inputs)
    assert f"fluid table Gas, version {table['version']}" in made["made_from"][0]
    assert made["rows"][0]["z"] == pytest.approx(0.87, abs=0.02)


def test_an_abandonment_above_the_line_is_refused(field: Field) -> None:
    inputs = {
        "standard_conditions": PSIA,
        "points": points(VOLUMETRIC_GAS),
        "abandonment_pressure": {"value": 5000, "unit": "psia"},
        "abandonment_z": 0.9,
    }
    assert "above" in field.refused(PATH, "inputs.abandonment_pressure", inputs=inputs)


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"date": "1999-01-01"}, "inputs.points.2.date"),
        ({"gas": {"value": 1, "unit": "MMscf"}}, "inputs.points.2.gas"),
        ({"gas": None}, "inputs.points.2.gas"),
        ({"pressure": None}, "inputs.points.2.pressure"),
        ({"z": None}, "inputs.pvt_table_id"),
    ],
)
def test_a_point_that_cannot_be_is_named(field: Field, change: Any, name: str) -> None:
    sent = points(VOLUMETRIC_GAS)
    sent[2] |= change
    field.refused(PATH, name, inputs={"standard_conditions": PSIA, "points": sent})
