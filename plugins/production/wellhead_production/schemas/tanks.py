"""What the API takes and gives for tanks and run tickets."""

from typing import Any

from marshmallow import fields, validate

from wellhead import sdk
from wellhead_production.schemas.common import MAX_VOLUME, RecordSchema
from wellhead_production.vocabulary import LIQUID_UNITS, Fluid

_LEVEL_UNITS = ("m", "cm", "mm", "ft", "in")
_MOST_ROWS = 10_000


def _column(text: str, unit_field: str) -> fields.List[float]:
    return fields.List(
        fields.Float(
            allow_nan=False,
            validate=validate.Range(0, MAX_VOLUME),
            metadata=sdk.about("One row") | {"x-unit-field": unit_field},
        ),
        required=True,
        validate=validate.Length(2, _MOST_ROWS),
        metadata=sdk.about(f"{text}, in {unit_field}, from the bottom"),
    )


class TankSchema(RecordSchema):
    facility_id = fields.UUID(required=True, metadata=sdk.about("The facility, for good"))
    name = sdk.line_field("Name or tag number: T-101 …", required=True)
    fluid = sdk.choice_field(Fluid, "What it holds", required=True)
    level_unit = sdk.choice_field(_LEVEL_UNITS, "Unit of levels", required=True)
    volume_unit = sdk.choice_field(LIQUID_UNITS, "Unit of volumes", required=True)
    levels = _column("Strapping table: levels", "level_unit")
    volumes = _column("Strapping table: volume to each level", "volume_unit")
    tag_id = fields.Integer(
        strict=True,
        allow_none=True,
        validate=validate.Range(1, 2_147_483_647),
        metadata=sdk.about("The historian's tag of its level") | {"x-unit": "1"},
    )
    serial = sdk.line_field("Serial number", allow_none=True)
    remark = sdk.prose_field("What else is to be known")


def _level(text: str, **options: Any) -> fields.Nested:
    return sdk.quantity_field("length", 0, 100, "m", text, **options)


def _temperature(text: str, **options: Any) -> fields.Nested:
    return sdk.quantity_field("temperature", -50, 150, "degC", text, **options)


def _volume(text: str) -> sdk.Measured:
    return sdk.Measured(
        unit_field="volume_unit",
        quantity="stock_tank_volume",
        dump_only=True,
        metadata=sdk.about(f"{text}, in volume_unit"),
    )


def _factor(text: str) -> fields.Float:
    return fields.Float(dump_only=True, metadata=sdk.about(text) | {"x-unit": "1"})


def _reading(text: str) -> fields.Float:
    return fields.Float(
        allow_none=True,
        allow_nan=False,
        validate=validate.Range(0, MAX_VOLUME),
        metadata=sdk.about(f"{text}, in volume_unit as entered") | {"x-unit-field": "volume_unit"},
    )


class RunTicketSchema(RecordSchema):
    facility_id = fields.UUID(required=True, metadata=sdk.about("The facility, for good"))
    number = sdk.line_field("Number on the paper", required=True)
    tank_id = fields.UUID(allow_none=True, metadata=sdk.about("Tank that was run down"))
    meter_id = fields.UUID(allow_none=True, metadata=sdk.about("Meter that it was run through"))
    opened_at = sdk.Instant(required=True, metadata=sdk.about("When it was opened"))
    closed_at = sdk.Instant(required=True, metadata=sdk.about("When it was closed"))
    production_date = fields.Date(
        dump_only=True, metadata=sdk.about("The facility's day in which it was closed")
    )
    opening_gauge = _level("Level before; of a tank")
    closing_gauge = _level("Level after; of a tank")
    opening_water = _level("Level of free water before; null = none")
    closing_water = _level("Level of free water after; null = none")
    opening_temperature = _temperature("Of the tank before")
    closing_temperature = _temperature("Of the tank after")
    opening_reading = _reading("Meter before; of a meter")
    closing_reading = _reading("Meter after; of a meter")
    temperature = _temperature("Of what flowed, by flow; of a meter")
    pressure = sdk.quantity_field(
        "gauge_pressure", 0, 100, "barg", "Of what flowed; of a meter; null = 0"
    )
    meter_factor = _factor("The meter's on that day; null of a tank")
    observed_density = sdk.quantity_field(
        "density", 500, 1_200, "kg/m3", "Of the sample; this or observed_gravity"
    )
    observed_gravity = sdk.number_field(
        -10, 100, "Of the sample, °API; this or observed_density", unit="degAPI", allow_none=True
    )
    density_temperature = _temperature("Of the sample", required=True)
    bsw = sdk.number_field(0, 100, "Sediment and water, percent; 0 if left out", unit="%")
    volume_unit = sdk.choice_field(
        LIQUID_UNITS, "Unit of volumes and readings; of a tank its own, needed of a meter"
    )
    gross_observed = _volume("As it was measured, without free water")
    gross_standard = _volume("At standard conditions")
    net_standard = _volume("At standard conditions, without sediment and water")
    sediment_and_water = _volume("Sediment and water, at standard conditions")
    ctl = _factor("Correction for temperature to 60 °F; of a tank of both gauges together")
    cpl = _factor("Correction for pressure to 0 gauge")
    base_density = fields.Float(
        dump_only=True,
        metadata=sdk.about("Of the oil at 60 °F and 0 gauge") | {"x-unit": "kg/m3"},
    )
    base_gravity = fields.Float(
        dump_only=True, metadata=sdk.about("Of the oil at 60 °F") | {"x-unit": "degAPI"}
    )
    standard_conditions = fields.String(
        dump_only=True, metadata=sdk.about("Of the standard volumes; the facility's")
    )
    equations = fields.String(
        dump_only=True, metadata=sdk.about("What the volumes were worked out by")
    )
    counterparty = sdk.line_field("Who took it", allow_none=True)
    seal_off = sdk.line_field("Seal that was broken", allow_none=True)
    seal_on = sdk.line_field("Seal that was put on", allow_none=True)
    remark = sdk.prose_field("What else is to be known")


class ContentsQuerySchema(sdk.Schema):
    level = sdk.number_field(0, 1e5, "Level; the tag's newest reading if left out", unit="1")
    level_unit = sdk.choice_field(_LEVEL_UNITS, "Unit of level; the tank's if left out")
    units = sdk.units_field()


class ContentsSchema(sdk.Schema):
    tank_id = fields.UUID(metadata=sdk.about("The tank"))
    level = sdk.quantity_field("length", 0, 100, "m", "Level")
    volume = sdk.Measured(
        unit_field="volume_unit",
        quantity="liquid_volume",
        metadata=sdk.about("Volume to the level by the strapping table, at its own temperature"),
    )
    volume_unit = fields.String(metadata=sdk.about("Of volume"))
    quality = fields.Integer(
        allow_none=True,
        metadata=sdk.about("OPC code of the reading; null where a level was sent")
        | {"x-unit": "1"},
    )
    time = sdk.Instant(allow_none=True, metadata=sdk.about("Of the reading"))
