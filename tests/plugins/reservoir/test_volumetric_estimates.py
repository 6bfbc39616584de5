"""Volumetric estimates over the API: versions with their inputs, rock, fluid, and the plot."""

from typing import Any

import numpy as np
import pytest

from wellhead import sdk
from wellhead_reservoir.models import VolumetricEstimate
from wellhead_reservoir.plots_balances import estimate_figure

from .conftest import RESERVOIRS, Field
from .oils import AHMED, PSIA
from .test_pvt_tables import table_of

PATH = "/volumetric-estimates"
OIL = {
    "fluid": "oil",
    "standard_conditions": PSIA,
    "area": {"value": 640, "unit": "acre"},
    "thickness": {"value": 50, "unit": "ft"},
    "net_to_gross": {"value": 80, "unit": "%"},
    "porosity": {"value": 0.2},
    "water_saturation": {"value": 0.25},
    "oil_volume_factor": {"value": 1.2, "unit": "bbl/STB"},
}


def values(estimate: Any) -> dict[str, float]:
    return {line["name"]: line["value"] for line in estimate["results"]}


def test_oil_in_place_is_7758_of_an_acre_foot(field: Field) -> None:
    made = field.put(PATH, inputs=OIL)
    assert values(made)["central"] == pytest.approx(
        7758 * 640 * 50 * 0.8 * 0.2 * 0.75 / 1.2, rel=1e-4
    )
    assert values(made)["p90"] == values(made)["p10"]
    assert {line["unit"] for line in made["results"]} == {"STB"}
    assert made["sensitivities"] == []
    assert made["inputs"]["area"] == {"distribution": "constant", "value": 640, "unit": "acre"}
    shown = field.api.get(f"{RESERVOIRS}{PATH}/{made['id']}", units="metric").data
    assert values(shown)["central"] == pytest.approx(values(made)["central"] * 0.158987, rel=1e-5)
    assert shown["rows"][0]["unit"] == "Sm3"
    assert shown["inputs"]["area"]["unit"] == "m2"


def test_uncertain_inputs_give_percentiles_that_a_seed_repeats(field: Field) -> None:
    inputs = OIL | {
        "porosity": {"distribution": "normal", "mean": 0.2, "standard_deviation": 0.03},
        "area": {
            "distribution": "triangular",
            "low": 400,
            "mode": 640,
            "high": 900,
            "unit": "acre",
        },
        "seed": 7,
    }
    first, second = (field.put(PATH, inputs=inputs, remark="after well 3") for _ in range(2))
    assert (first["version"], second["version"]) == (1, 2)
    assert first["results"] == second["results"]
    found = values(first)
    assert found["p90"] < found["p50"] < found["p10"]
    volumes = [row["volume"] for row in first["rows"]]
    assert volumes == sorted(volumes, reverse=True)
    assert (first["rows"][89]["probability"], volumes[89]) == (90, found["p90"])
    assert [row["input"] for row in first["sensitivities"]] == ["area", "porosity"]
    assert field.put(PATH, inputs=inputs | {"seed": 8})["results"] != first["results"]
    with field.api.app.app_context(), sdk.tenant(sdk.DEFAULT_TENANT):
        row = sdk.db.session.get(VolumetricEstimate, first["id"])
        assert row is not None
        figure = estimate_figure("Frio", row, sdk.units.System.METRIC)
    curve, bars = figure.axes
    assert curve.get_xlabel() == "Oil initially in place (Sm3)"
    line = curve.get_lines()[0]
    assert np.asarray(line.get_xdata()) == pytest.approx(np.array(volumes) * 0.158987294928)
    assert np.asarray(line.get_ydata()) == pytest.approx(np.arange(1, 100))
    assert [bar.get_width() for bar in bars.patches] == pytest.approx(  # type: ignore[attr-defined]
        [row["rank_correlation"] for row in first["sensitivities"]]
    )
    plotted = field.api.get(f"{RESERVOIRS}{PATH}/{first['id']}/plot")
    assert "Oil initially in place (STB)" in plotted.text


def test_what_is_left_out_is_the_reservoir_s(field: Field) -> None:
    inputs = {name: OIL[name] for name in ("fluid", "standard_conditions", "area", "thickness")}
    assert "neither the inputs" in field.refused(PATH, "inputs.net_to_gross", inputs=inputs)
    field.put("/rock", porosity=0.2, water_saturation=0.25, net_to_gross=0.8)
    assert "initial pressure" in field.refused(PATH, "initial_pressure", inputs=inputs)
    initial = {"initial_pressure": {"value": 2_181.3, "unit": "psia"}}
    field.api.patch(f"{RESERVOIRS}/{field.reservoir['id']}", initial)
    assert "no fluid table" in field.refused(PATH, "inputs.pvt_table_id", inputs=inputs)
    table_of(field, **AHMED)
    made = field.put(PATH, inputs=inputs)
    assert values(made)["central"] == pytest.approx(
        7758 * 640 * 50 * 0.8 * 0.2 * 0.75 / 1.506, rel=1e-3
    )
    assert any("version 1" in word for word in made["made_from"])
    gas = field.put(PATH, inputs=inputs | {"fluid": "gas"})
    other = {"fluid": "gas", "standard_conditions": "15C_101.325kPa"}
    factor = sdk.units.gas_volume_factor(PSIA, "15C_101.325kPa")
    assert values(field.put(PATH, inputs=inputs | other))["central"] == pytest.approx(
        values(gas)["central"] * factor
    )


@pytest.mark.parametrize(
    ("wrong", "name"),
    [
        ({"porosity": {"value": 22}}, "inputs.porosity.value"),
        ({"area": {"value": 640, "unit": "ft"}}, "inputs.area.unit"),
        ({"area": {"distribution": "uniform", "value": 6, "unit": "acre"}}, "inputs.area"),
        ({"trials": 10}, "inputs.trials"),
    ],
)
def test_an_input_that_cannot_be_is_named(field: Field, wrong: Any, name: str) -> None:
    field.refused(PATH, name, inputs=OIL | wrong)
