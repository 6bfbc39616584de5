"""Values with a unit of their own: loaded, kept as entered, converted when asked for."""

from typing import Any

import pytest
from flask import Flask
from marshmallow import ValidationError, fields

from wellhead import sdk
from wellhead.http.fields import AsKept
from wellhead.http.units import is_measured


class Mud(sdk.Schema):
    density = sdk.quantity_field("mud_density", 0.5, 3, "g/cm3", "Density of the mud")


def loaded(**density: Any) -> sdk.Quantity:
    value: sdk.Quantity = Mud().load({"density": density})["density"]
    return value


def test_a_value_is_kept_as_entered_and_asked_for_in_any_unit() -> None:
    density = loaded(value=10, unit="ppg")
    assert density == sdk.Quantity(10, "ppg")
    assert density.to("kg/m3") == pytest.approx(1198.264, abs=1e-3)


@pytest.mark.parametrize(
    ("density", "field", "words"),
    [
        ({"value": 40, "unit": "ppg"}, "value", "Must be 0.5 to 3 g/cm3"),
        ({"value": 10, "unit": "psi"}, "unit", "is no unit of mud density"),
        ({"value": 10, "unit": "pgp"}, "unit", "unknown unit"),
        ({"value": 10}, "unit", "Missing data"),
        ({"value": float("nan"), "unit": "ppg"}, "value", "nan"),
    ],
)
def test_what_cannot_be_is_refused_by_its_part(
    density: dict[str, Any], field: str, words: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        loaded(**density)
    assert isinstance(refused.value.messages, dict)
    assert words in str(refused.value.messages["density"][field])


def test_what_is_nested_is_measured_unless_it_is_shown_as_kept() -> None:
    class Report(sdk.Schema):
        muds = fields.List(fields.Nested(Mud))

    class Revision(sdk.Schema):
        report = AsKept(Report)

    assert is_measured(Report)
    assert not is_measured(Revision)


def test_it_is_shown_in_the_units_that_are_asked_for(app: Flask) -> None:
    record = {"density": sdk.Quantity(10, "ppg")}
    with app.test_request_context("/?units=metric"):
        shown = Mud().dump(record)["density"]
    assert shown["unit"] == "g/cm3"
    assert shown["value"] == pytest.approx(1.198264, abs=1e-6)
    with app.test_request_context("/"):
        assert Mud().dump(record)["density"] == {"value": 10, "unit": "ppg"}
