"""What the API takes and gives for meter totals."""

from typing import Any

from marshmallow import fields, validate

from wellhead import sdk
from wellhead_production.schemas.common import MAX_VOLUME, RecordSchema
from wellhead_production.vocabulary import VOLUME_UNITS, Fluid, TotalSource


def _volume(text: str, **options: Any) -> sdk.Measured:
    return sdk.Measured(
        unit_field="unit",
        allow_nan=False,
        validate=validate.Range(-MAX_VOLUME, MAX_VOLUME),
        metadata=sdk.about(f"{text}, in unit"),
        **options,
    )


def _hours(text: str) -> fields.Float:
    return fields.Float(
        dump_only=True,
        allow_none=True,
        metadata=sdk.about(f"{text}; null of what was entered") | {"x-unit": "h"},
    )


def _count(text: str) -> fields.Integer:
    return fields.Integer(
        dump_only=True, allow_none=True, metadata=sdk.about(text) | {"x-unit": "1"}
    )


class MeterTotalSchema(RecordSchema):
    meter_id = fields.UUID(required=True, metadata=sdk.about("The meter"))
    meter_name = fields.String(dump_only=True, metadata=sdk.about("Name of the meter"))
    facility_id = fields.UUID(dump_only=True, metadata=sdk.about("Facility whose day it is"))
    production_date = fields.Date(
        required=True, metadata=sdk.about("Date on which the production day begins")
    )
    version = _count("From 1, of this meter and day; another total is the next version")
    newest = fields.Boolean(dump_only=True, metadata=sdk.about("Whether no version is later"))
    fluid = sdk.choice_field(Fluid, "What the meter measures", dump_only=True)
    source = sdk.choice_field(
        TotalSource,
        "Made from the tag's rate or its totaliser, entered, or restated with another factor",
        dump_only=True,
    )
    indicated = _volume("What the meter showed", required=True)
    factor = fields.Float(
        dump_only=True,
        metadata=sdk.about("Meter factor of the day: a correction's, or the meter's own")
        | {"x-unit": "1"},
    )
    volume = _volume("indicated x factor", dump_only=True)
    unit = sdk.choice_field(VOLUME_UNITS, "Unit of the volumes", required=True)
    standard_conditions = fields.String(
        dump_only=True, metadata=sdk.about("What the volumes are stated at: the facility's")
    )
    day_hours = fields.Float(
        dump_only=True, metadata=sdk.about("Length of the production day") | {"x-unit": "h"}
    )
    covered_hours = _hours("Hours of the day that the total is of")
    good_hours = _hours("Hours of them with readings of good quality")
    bridged_hours = _hours("Hours across which a totaliser's count was spread evenly")
    coverage = fields.Float(
        dump_only=True,
        allow_none=True,
        metadata=sdk.about("Percent of the day that the total is of; null of what was entered")
        | {"x-unit": "%"},
    )
    rollovers = _count("How often the totaliser began anew at its capacity")
    resets = _count("How often it fell for another reason; what went through then is not known")
    reason = sdk.line_field("Why it is stated so", 300, allow_none=True)
    created_by = fields.String(
        dump_only=True, allow_none=True, metadata=sdk.about("E-mail of the user; null = a job")
    )


class TotallingSchema(sdk.Schema):
    first_day = fields.Date(required=True, metadata=sdk.about("First production day"))
    last_day = fields.Date(required=True, metadata=sdk.about("Last production day, included"))
    longest_gap = sdk.number_field(
        1,
        86_400,
        "Two readings further apart say nothing of the time between; 3600 if left out",
        unit="s",
    )
    replace_entered = fields.Boolean(
        load_default=False,
        metadata=sdk.about("Whether days that a person entered are made from the tag too"),
    )
