"""PVT samples: a laboratory's report is kept as it was reported, and read in other units."""

from typing import Any

import pytest

from wellhead import sdk
from wellhead.testing import ApiClient
from wellhead_reservoir.calc.differential import separator_bo, separator_rs
from wellhead_reservoir.models import PvtSample
from wellhead_reservoir.pvt.measured import measured_points
from wellhead_reservoir.pvt.plots import fluid_figure

from .conftest import RESERVOIRS, Field
from .oils import BO, PRESSURES, PSIA, RS, column, mccain

SAMPLES = "/pvt-samples"
LIBERATION = mccain()["experiments"][0]


def sample_of(api: ApiClient, key: str) -> PvtSample:
    found = sdk.db.session.get(PvtSample, key)
    assert found is not None
    return found


def test_a_report_is_kept_as_reported(field: Field) -> None:
    made = field.put(SAMPLES, **mccain())
    path = f"{RESERVOIRS}{SAMPLES}/{made['id']}"
    kept = field.api.get(path).data
    assert (kept["bubble_point"], kept["pressure_unit"]) == (2_620, "psig")
    columns = kept["experiments"][0]["columns"]
    assert [one["unit"] for one in columns] == ["psig", "scf/STB", "bbl/STB"]
    assert columns[1]["values"] == RS
    assert columns[1]["title"] == "Gas in solution in oil, Rs"
    metric = field.api.get(path, units="metric").data
    assert (metric["pressure_unit"], metric["bubble_point"]) == (
        "barg",
        pytest.approx(180.64, abs=0.01),
    )
    pressure, rs, bo = metric["experiments"][0]["columns"]
    assert (pressure["unit"], pressure["values"][0]) == ("barg", pytest.approx(180.64, abs=0.01))
    assert (rs["unit"], rs["values"][0]) == ("Sm3/Sm3", pytest.approx(854 * 0.178108, rel=1e-4))
    assert (bo["unit"], bo["values"]) == ("m3/Sm3", pytest.approx(BO))
    changed = field.api.patch(path, {"laboratory": "Core Lab"}).data
    assert changed["experiments"] == kept["experiments"]


def test_a_differential_liberation_becomes_stock_tank_oil() -> None:
    # McCain, chapter 11: at 2,100 psig, Bo 1.396 and Rs 611
    assert separator_bo(1.515, 1.600, 1.474) == pytest.approx(1.396, abs=5e-4)
    assert separator_rs(684, 854, 1.600, 768, 1.474) == pytest.approx(611, abs=0.5)
    assert separator_bo(1.600, 1.600, 1.474) == 1.474
    assert separator_rs(854, 854, 1.600, 768, 1.474) == 768


def test_measured_points_are_absolute_and_through_separators(field: Field) -> None:
    key = field.put(SAMPLES, **mccain())["id"]
    with field.api.app.app_context(), sdk.tenant(sdk.DEFAULT_TENANT):
        points = {
            (mark.label, mark.name): mark for mark in measured_points(sample_of(field.api, key))
        }
    rs = points["differential liberation, through separators", "rs"]
    assert rs.pressure == pytest.approx([value + 14.7 for value in PRESSURES])
    assert rs.values[[0, 2]] == pytest.approx([768, 611.4], abs=0.1)
    above = points["constant composition expansion", "bo"]
    assert above.values == pytest.approx([0.9639 * 1.474, 0.9771 * 1.474, 0.9929 * 1.474, 1.474])
    assert points["measured at the bubble point", "bo"].pressure == pytest.approx([2_634.7])
    figure = fluid_figure("Good Oil 4", ["rs", "bo"], (), list(points.values()))
    first, second = figure.axes
    assert first.get_xlabel() == "Pressure, psia"
    assert first.get_ylabel() == "Gas in solution in oil, Rs, scf/STB"
    assert second.get_ylabel() == "Formation volume factor of oil, Bo, bbl/STB"
    drawn = {line.get_label(): line for line in second.lines}
    assert drawn["constant composition expansion"].get_ydata() == pytest.approx(above.values)


def test_gas_volumes_are_at_the_conditions_that_the_report_names(field: Field) -> None:
    key = field.put(SAMPLES, **mccain(standard_conditions="60F_14.73psia"))["id"]
    with field.api.app.app_context(), sdk.tenant(sdk.DEFAULT_TENANT):
        points = {mark.name: mark for mark in measured_points(sample_of(field.api, key))}
    assert points["rs"].values[0] == pytest.approx(768 * 14.73 / 14.696)


@pytest.mark.parametrize(
    ("wrong", "name"),
    [
        ({"pressure_unit": None}, "pressure_unit"),
        ({"pressure_unit": "ft"}, "pressure_unit"),
        ({"pressure_unit": "psi"}, "pressure_unit"),
        ({"atmospheric_pressure": None}, "bubble_point"),
        ({"standard_conditions": "cold"}, "standard_conditions"),
        ({"gas_composition": [{"component": "methane", "mole_percent": 90}]}, "gas_composition"),
        (
            {"experiments": [LIBERATION | {"columns": LIBERATION["columns"][:2]}]},
            "experiments.0.columns",
        ),
        (
            {
                "experiments": [
                    LIBERATION | {"columns": [*LIBERATION["columns"], column("z", "m", PRESSURES)]}
                ]
            },
            "experiments.0.columns.3.unit",
        ),
        (
            {
                "experiments": [
                    LIBERATION | {"columns": [*LIBERATION["columns"], column("z", "1", [1])]}
                ]
            },
            "experiments.0.columns",
        ),
        (
            {
                "experiments": [
                    {
                        "kind": "viscosity",
                        "columns": [
                            column("pressure", "psia", [1, 3, 2]),
                            column("oil_viscosity", "cP", [1, 1, 1]),
                        ],
                    }
                ]
            },
            "experiments.0.columns",
        ),
        (
            {
                "experiments": [
                    {
                        "kind": "viscosity",
                        "columns": [
                            column("pressure", "psia", [1, 3]),
                            column("oil_viscosity", "ft", [1, 1]),
                        ],
                    }
                ]
            },
            "experiments.0.columns.1.unit",
        ),
    ],
)
def test_a_report_that_cannot_be_is_explained(
    field: Field, wrong: dict[str, Any], name: str
) -> None:
    field.refused(SAMPLES, name, **mccain() | wrong)


def test_names_are_taken_once_and_samples_stay_where_they_are(field: Field) -> None:
    made = field.put(SAMPLES, **mccain())
    assert "of this name" in field.refused(SAMPLES, "name", **mccain())
    other = field.add("", name=f"Other {field.number}")["id"]
    answer = field.api.patch(f"{RESERVOIRS}{SAMPLES}/{made['id']}", {"reservoir_id": other})
    assert answer.error["details"][0]["field"] == "reservoir_id"


def test_samples_are_imported_with_a_dry_run(field: Field) -> None:
    plain = {"name": "A", "standard_conditions": PSIA, "reservoir_id": field.reservoir["id"]}
    rows = [plain, plain | {"name": "B", "oil_gravity": 300}]
    body = {"items": rows, "dry_run": True, "on_error": "skip"}
    answer = field.api.post(f"{RESERVOIRS}{SAMPLES}/bulk", body).data
    assert (answer["created"], answer["failed"], answer["dry_run"]) == (1, 1, True)
    assert answer["rows"][1]["errors"][0]["field"] == "oil_gravity"
    assert field.api.get(f"{RESERVOIRS}{SAMPLES}", reservoir_id=field.reservoir["id"]).data == []
