"""What the API takes and gives for daily volumes of facilities."""

from marshmallow import fields, validate

from wellhead import sdk
from wellhead_production.schemas.common import MAX_VOLUME, RecordSchema, conditions_field
from wellhead_production.vocabulary import VOLUME_UNITS, Disposition, Fluid, Method


class FacilityVolumeSchema(RecordSchema):
    facility_id = fields.UUID(required=True, metadata=sdk.about("The facility, for good"))
    production_date = fields.Date(
        required=True, metadata=sdk.about("Date on which the production day begins")
    )
    fluid = sdk.choice_field(Fluid, "What it is", required=True)
    disposition = sdk.choice_field(Disposition, "What became of it", required=True)
    method = sdk.choice_field(Method, "How it is known; measured if left out")
    standard_conditions = conditions_field(
        "Conditions that it is stated at; the facility's if left out"
    )
    volume = sdk.Measured(
        unit_field="unit",
        quantity_field="quantity",
        required=True,
        allow_nan=False,
        validate=validate.Range(0, MAX_VOLUME),
        metadata=sdk.about("Volume at standard conditions, in unit"),
    )
    unit = sdk.choice_field(VOLUME_UNITS, "Unit of volume", required=True)
    quantity = fields.String(
        dump_only=True, metadata=sdk.about("What volume is one of, of GET /api/v1/units")
    )
    meter_id = fields.UUID(
        allow_none=True, metadata=sdk.about("The meter it was read from; null = none, or several")
    )
    counterparty = sdk.line_field("Who took it", allow_none=True)
    remark = sdk.prose_field("What else is to be known")


def _volume(text: str) -> sdk.Measured:
    return sdk.Measured(
        unit_field="unit", quantity_field="quantity", metadata=sdk.about(f"{text}, in unit")
    )


class BalanceSchema(sdk.Schema):
    fluid = fields.String(metadata=sdk.about("What it is of"))
    produced = _volume("What the facility's wells produced")
    sold = _volume("Sold")
    flared = _volume("Flared")
    fuel = _volume("Burnt as fuel")
    vented = _volume("Vented")
    injected = _volume("Injected")
    lost = _volume("Lost")
    difference = _volume("What is left of what was produced: stock laid up, or not known")
    unit = fields.String(metadata=sdk.about("Of the volumes"))
    quantity = fields.String(metadata=sdk.about("What the volumes are, of GET /api/v1/units"))
    standard_conditions = fields.String(metadata=sdk.about("Conditions they are stated at"))


class DayQuerySchema(sdk.Schema):
    date = fields.Date(required=True, metadata=sdk.about("Production day"))
    units = sdk.units_field()
