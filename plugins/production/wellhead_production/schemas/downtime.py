"""What the API takes and gives for downtime of wells."""

from typing import Any

from marshmallow import fields

from wellhead import sdk
from wellhead_production.schemas.common import RecordSchema
from wellhead_production.vocabulary import DowntimeReason

_MOST = 1e9


def _rate(fluid: str, quantity: str) -> fields.Nested:
    return sdk.quantity_field(
        quantity, 0, _MOST, "Sm3/d",
        f"What the well would make of {fluid}; null = as its newest validated test says",
    )  # fmt: skip


class DowntimeEventSchema(RecordSchema):
    well_id = fields.UUID(required=True, metadata=sdk.about("The well, for good"))
    well_name = fields.String(dump_only=True, metadata=sdk.about("Name of the well"))
    facility_id = fields.UUID(
        required=True, metadata=sdk.about("Facility whose clock cuts it into days, for good")
    )
    start_at = sdk.Instant(required=True, metadata=sdk.about("When the well went down"))
    end_at = sdk.Instant(
        allow_none=True, metadata=sdk.about("When it flowed again; null while it is down")
    )
    reason = sdk.choice_field(DowntimeReason, "Why", required=True)
    planned = fields.Boolean(metadata=sdk.about("Whether it was planned; false if left out"))
    potential_oil = _rate("oil", "oil_rate")
    potential_gas = _rate("gas", "gas_rate")
    potential_water = _rate("water", "oil_rate")
    remark = sdk.prose_field("What happened")


def _hours(text: str, **options: Any) -> fields.Float:
    return fields.Float(metadata=sdk.about(text) | {"x-unit": "h"}, **options)


def _volume(fluid: str, unit_field: str, quantity: str) -> sdk.Measured:
    return sdk.Measured(
        unit_field=unit_field,
        quantity=quantity,
        allow_none=True,
        metadata=sdk.about(f"{fluid} that was not made, in {unit_field}; null = not known"),
    )


class _VolumesSchema(sdk.Schema):
    hours = _hours("Time down")
    oil = _volume("Oil", "unit", "stock_tank_volume")
    water = _volume("Water", "unit", "stock_tank_volume")
    gas = _volume("Gas", "gas_unit", "gas_volume")
    unit = fields.String(metadata=sdk.about("Of oil and water"))
    gas_unit = fields.String(metadata=sdk.about("Of gas"))


class DeferredDaySchema(_VolumesSchema):
    production_date = fields.Date(metadata=sdk.about("Production day"))


class DefermentSchema(_VolumesSchema):
    event_id = fields.UUID(metadata=sdk.about("The event"))
    basis = fields.String(
        allow_none=True, metadata=sdk.about("Where the rates are from; null = nobody knows them")
    )
    standard_conditions = fields.String(metadata=sdk.about("Conditions of the volumes"))
    days = fields.List(fields.Nested(DeferredDaySchema), metadata=sdk.about("By production day"))


class WellHoursQuerySchema(sdk.Schema):
    well_id = fields.UUID(required=True, metadata=sdk.about("The well"))
    first = fields.Date(required=True, data_key="from", metadata=sdk.about("First day"))
    last = fields.Date(required=True, data_key="to", metadata=sdk.about("Last day, included"))


class WellHoursSchema(sdk.Schema):
    production_date = fields.Date(metadata=sdk.about("Production day"))
    facility_id = fields.UUID(metadata=sdk.about("Whose day it is"))
    day_hours = _hours("Length of the day")
    hours_on = _hours("Hours on by the day's records; null = not known", allow_none=True)
    hours_down = _hours("Hours down by downtime events")
    unexplained = _hours("What is left of the day; null while hours_on is not", allow_none=True)
