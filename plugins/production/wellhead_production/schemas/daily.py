"""What the API takes and gives for daily records of wells."""

from typing import Any

from marshmallow import fields, validate

from wellhead import sdk
from wellhead_production.schemas.common import (
    RecordSchema,
    conditions_field,
    gas_field,
    gas_unit_field,
    liquid_field,
    liquid_unit_field,
)
from wellhead_production.vocabulary import (
    CHOKE_UNITS,
    PRESSURE_UNITS,
    Method,
    WellDisposition,
)

_MAX_PRESSURE = 200_000.0
"""In any unit: 2,000 bar in kPa."""


def _pressure(text: str) -> sdk.Measured:
    return sdk.Measured(
        unit_field="pressure_unit",
        allow_none=True,
        allow_nan=False,
        validate=validate.Range(-100, _MAX_PRESSURE),
        metadata=sdk.about(f"{text}, in pressure_unit"),
    )


def _derived(unit_field: str, quantity: str, text: str) -> sdk.Measured:
    return sdk.Measured(
        unit_field=unit_field,
        quantity=quantity,
        dump_only=True,
        allow_none=True,
        metadata=sdk.about(text),
    )


class DailyRecordSchema(RecordSchema):
    well_id = fields.UUID(required=True, metadata=sdk.about("The well, for good"))
    well_name = fields.String(dump_only=True, metadata=sdk.about("Name of the well"))
    facility_id = fields.UUID(
        required=True, metadata=sdk.about("Facility that it flowed to, whose day it is")
    )
    production_date = fields.Date(
        required=True, metadata=sdk.about("Date on which the production day begins")
    )
    disposition = sdk.choice_field(
        WellDisposition, "Whether the volumes came or went; produced if left out"
    )
    method = sdk.choice_field(Method, "How the volumes are known; measured if left out")
    standard_conditions = conditions_field(
        "Conditions that the volumes are stated at; the facility's if left out"
    )
    day_hours = fields.Float(
        dump_only=True,
        metadata=sdk.about("Length of the production day: 23, 24 or 25") | {"x-unit": "h"},
    )
    hours_on = sdk.number_field(
        0, 25, "Hours on production or injection; null = not known", unit="h", allow_none=True
    )
    hours_down = fields.Float(
        dump_only=True,
        allow_none=True,
        metadata=sdk.about("The rest of the day") | {"x-unit": "h"},
    )
    oil = liquid_field("Oil")
    gas = gas_field("Gas")
    water = liquid_field("Water")
    liquid_unit = liquid_unit_field()
    gas_unit = gas_unit_field()
    bsw = sdk.number_field(
        0, 100, "Sediment and water in the liquid, percent", unit="%", allow_none=True
    )
    gas_oil_ratio = _derived("gas_oil_ratio_unit", "gas_oil_ratio", "Gas by oil; null without oil")
    gas_oil_ratio_unit = fields.String(dump_only=True, metadata=sdk.about("Of gas_oil_ratio"))
    water_oil_ratio = fields.Float(
        dump_only=True,
        allow_none=True,
        metadata=sdk.about("Water by oil; null without oil") | {"x-unit": "1"},
    )
    water_cut = fields.Float(
        dump_only=True,
        allow_none=True,
        metadata=sdk.about("Water in oil and water, percent; null without them") | {"x-unit": "%"},
    )
    choke = sdk.Measured(
        unit_field="choke_unit",
        quantity="diameter",
        allow_none=True,
        allow_nan=False,
        validate=validate.Range(0, 1_000),
        metadata=sdk.about("Opening of the choke, in choke_unit"),
    )
    choke_unit = sdk.choice_field(CHOKE_UNITS, "Unit of choke", allow_none=True)
    tubing_pressure = _pressure("Tubing head pressure")
    casing_pressure = _pressure("Casing head pressure")
    line_pressure = _pressure("Pressure of the flow line")
    pressure_unit = sdk.choice_field(
        PRESSURE_UNITS, "Unit of the pressures, gauge or absolute", allow_none=True
    )
    remark = sdk.prose_field("What happened")


def period_filters(column: Any) -> dict[str, sdk.Filter]:
    """The filters `from` and `to` of a list of days, both included."""

    def one(text: str, narrow: Any) -> sdk.Filter:
        return sdk.Filter(fields.Date(metadata=sdk.about(text)), narrow)

    return {
        "from": one(
            "Only days from this one on",
            lambda statement, days: statement.where(column >= min(days)),
        ),
        "to": one(
            "Only days to this one, included",
            lambda statement, days: statement.where(column <= max(days)),
        ),
    }
