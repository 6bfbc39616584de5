"""What the schemas of all records of a wellbore share."""

from typing import Any

from marshmallow import fields, validate

from wellhead import sdk
from wellhead_wells.vocabulary import DATUMS, LengthUnit

MAX_DEPTH = 60_000.0
"""Deeper than any hole in either unit (the deepest are near 15,000 m, 50,000 ft)."""


def depth_field(text: str, **options: Any) -> sdk.Measured:
    """A measured depth in the record's depth_unit from its depth_datum; null for none."""
    return sdk.Measured(
        unit_field="depth_unit",
        quantity="length",
        validate=validate.Range(0, MAX_DEPTH),
        metadata=sdk.about(f"{text}, in depth_unit from depth_datum"),
        **{"allow_none": True} | options,
    )


def hours_field(text: str) -> fields.Float:
    """A duration in hours, null for none."""
    return sdk.number_field(0, 10_000, f"{text}, hours", unit="h", allow_none=True)


def count_field(low: int, high: int, text: str, **options: Any) -> fields.Integer:
    """A whole number from `low` to `high`."""
    return fields.Integer(
        strict=True,
        validate=validate.Range(low, high),
        metadata=sdk.about(text) | {"x-unit": "1"},
        **options,
    )


class InWellboreSchema(sdk.Schema):
    """A record of one wellbore with depths along it."""

    id = fields.UUID(dump_only=True, metadata=sdk.about("The record"))
    wellbore_id = fields.UUID(
        required=True, metadata=sdk.about("The wellbore it belongs to, for good")
    )
    depth_unit = sdk.choice_field(
        LengthUnit, "Unit of the depths: m or ft; the wellbore's if left out", allow_none=True
    )
    depth_datum = sdk.choice_field(
        DATUMS, "Datum of the depths; the wellbore's or the well's if left out", allow_none=True
    )
    created_at = sdk.Instant(dump_only=True, metadata=sdk.about("When it was entered, UTC"))
    updated_at = sdk.Instant(dump_only=True, metadata=sdk.about("When it was last changed, UTC"))
