"""z of a gas that is sent: against books and NIST, in the units and at the conditions asked for."""

from math import isfinite
from typing import Any

import pytest
from tests.plugins.reservoir.test_gas_correlations import NIST

from wellhead.testing import ApiClient

_PATH = "/api/v1/reservoirs/calculations/z-factor"
_AHMED = {
    "pressure": {"value": 2000, "unit": "psia"},
    "temperature": {"value": 140, "unit": "degF"},
    "gas_gravity": 0.72,
    "standard_conditions": "60F_14.696psia",
}
_NIST = {
    "pressure": {"value": 50, "unit": "MPa"},
    "temperature": {"value": 400, "unit": "K"},
    "gas_composition": [
        {"component": name, "mole_percent": share * 100} for name, share in NIST.items()
    ],
    "standard_conditions": "15C_101.325kPa",
}
_METHANE: dict[str, Any] = {
    "gas_gravity": None,
    "gas_composition": [{"component": "methane", "mole_percent": 100}],
}


def _calculated(api: ApiClient, **body: Any) -> tuple[Any, dict[str, float], dict[str, str]]:
    answer = api.post(_PATH, body)
    assert answer.status == 200, answer.error
    lines = answer.data["results"]
    return (
        answer.data,
        {line["name"]: line["value"] for line in lines},
        {line["name"]: line["unit"] for line in lines},
    )


@pytest.mark.parametrize("z_factor", ["dranchuk_abou_kassem", "hall_yarborough"])
def test_a_gas_by_its_gravity_is_the_books(shared_api: ApiClient, z_factor: str) -> None:
    # Ahmed, Reservoir Engineering Handbook, example 2-8: z 0.78, 8.3 lb/ft3, 0.0173 cP
    choices = {"z_factor": z_factor, "pseudo_critical": "standing"}
    shown, values, units = _calculated(shared_api, **_AHMED, choices=choices)
    assert values["z"] == pytest.approx(0.78, abs=0.01)
    assert values["gas_density"] == pytest.approx(8.3, abs=0.1)
    assert values["gas_viscosity"] == pytest.approx(0.0173, abs=0.0003)
    assert values["bg"] == pytest.approx(5.0352 * values["z"] * 599.67 / 2000, rel=1e-3)
    assert values["molar_mass"] == pytest.approx(0.72 * 28.9647)
    assert (values["critical_pressure"], values["critical_temperature"] + 459.67) == pytest.approx(
        (668.36, 395.52), abs=0.01
    )
    assert (values["reduced_pressure"], values["reduced_temperature"]) == pytest.approx(
        (2000 / 668.36, 599.67 / 395.52), rel=1e-4
    )
    assert (units["gas_density"], units["bg"], units["z"]) == ("lb/ft3", "bbl/Mscf", "1")
    assert [row["name"] for row in shown["correlations"]] == [
        "standing",
        z_factor,
        "lee_gonzalez_eakin",
    ]
    assert shown["warnings"] == []
    _, sour, _ = _calculated(shared_api, **_AHMED, choices=choices, carbon_dioxide=20)
    assert sour["critical_temperature"] < values["critical_temperature"]


@pytest.mark.parametrize(("z_factor", "z"), [("aga8_detail", 1.17380), ("gerg_2008", 1.17469)])
def test_a_gas_by_its_composition_is_nists(shared_api: ApiClient, z_factor: str, z: float) -> None:
    pytest.importorskip("pyaga8")
    shown, values, units = _calculated(shared_api, **_NIST, choices={"z_factor": z_factor})
    assert values["z"] == pytest.approx(z, abs=2e-5)
    assert values["molar_mass"] == pytest.approx(20.5433, abs=1e-3)  # g/mol, as NIST prints it
    assert values["gas_density"] == pytest.approx(50e6 * 0.0205433 / (z * 8.314472 * 400), rel=1e-4)
    assert units["gas_density"] == "kg/m3"
    assert "critical_pressure" not in values
    assert [row["property"] for row in shown["correlations"]] == ["z_factor", "gas_viscosity"]


def test_units_and_conditions_are_those_asked_for(shared_api: ApiClient) -> None:
    _, field, _ = _calculated(shared_api, **_AHMED)
    _, metric, units = _calculated(shared_api, **_AHMED, units="metric")
    assert units["bg"] == "m3/Sm3"
    assert metric["bg"] == pytest.approx(field["bg"] * 5.614583e-3, rel=1e-6)
    assert metric["gas_density"] == pytest.approx(field["gas_density"] * 16.018463, rel=1e-6)
    assert metric["z"] == field["z"]
    at_15 = _AHMED | {"standard_conditions": "15C_101.325kPa"}
    _, restated, _ = _calculated(shared_api, **at_15)
    assert restated["bg"] / field["bg"] == pytest.approx(519.67 / 518.67, rel=1e-4)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"gas_gravity": None}, "gas_gravity"),
        ({"gas_composition": _NIST["gas_composition"]}, "gas_gravity"),
        ({"pressure": {"value": 2000, "unit": "psig"}}, "pressure"),
        ({"choices": {"z_factor": "aga8_detail"}}, "composition"),
        ({"nitrogen": 60, "carbon_dioxide": 60}, "nitrogen"),
        ({"standard_conditions": None}, "standard_conditions"),
        (_METHANE | {"gas_composition": _METHANE["gas_composition"] * 2}, "gas_composition"),
        (_METHANE | {"nitrogen": 1}, "nitrogen"),
    ],
)
def test_a_gas_that_cannot_be_is_explained(
    shared_api: ApiClient, changed: dict[str, Any], field: str
) -> None:
    body = {name: value for name, value in (_AHMED | changed).items() if value is not None}
    answer = shared_api.post(_PATH, body)
    assert answer.status == 422
    assert [detail["field"].split(".")[0] for detail in answer.error["details"]] == [field]
    assert answer.error["message"]


def test_a_correlation_outside_of_its_data_warns(shared_api: ApiClient) -> None:
    cold = _AHMED | {"temperature": {"value": 40, "unit": "degF"}, "gas_gravity": 1.3}
    shown, values, _ = _calculated(shared_api, **cold)
    assert isfinite(values["z"])
    assert {row["input"] for row in shown["warnings"]} >= {"temperature", "reduced_temperature"}
