"""What the schemas of the plugin share."""

from typing import Any

from marshmallow import fields, validate

from wellhead import sdk
from wellhead_production.vocabulary import GAS_UNITS, LIQUID_UNITS

CONDITIONS = tuple(sdk.units.STANDARD_CONDITIONS)
MAX_VOLUME = 1e12
"""Of a day, in any unit: more than the whole world's."""


def conditions_field(text: str, **options: Any) -> fields.String:
    """A name of standard conditions."""
    return sdk.choice_field(CONDITIONS, text, **options)


def liquid_field(text: str, **options: Any) -> sdk.Measured:
    """A volume of oil or water at standard conditions, in liquid_unit; null for not known."""
    return _volume(text, "liquid_unit", "stock_tank_volume", **options)


def gas_field(text: str, **options: Any) -> sdk.Measured:
    """A volume of gas at standard conditions, in gas_unit; null for not known."""
    return _volume(text, "gas_unit", "gas_volume", **options)


def _volume(text: str, unit_field: str, quantity: str, **options: Any) -> sdk.Measured:
    return sdk.Measured(
        unit_field=unit_field,
        quantity=quantity,
        allow_nan=False,
        validate=validate.Range(0, MAX_VOLUME),
        metadata=sdk.about(f"{text}, in {unit_field}; null = not known"),
        **{"allow_none": True} | options,
    )


def liquid_unit_field(**options: Any) -> fields.String:
    return sdk.choice_field(LIQUID_UNITS, "Unit of oil and water", **options)


def gas_unit_field(**options: Any) -> fields.String:
    return sdk.choice_field(GAS_UNITS, "Unit of gas", **options)


class RecordSchema(sdk.Schema):
    """What every record shows of itself."""

    id = fields.UUID(dump_only=True, metadata=sdk.about("The record"))
    created_at = sdk.Instant(dump_only=True, metadata=sdk.about("When it was entered, UTC"))
    updated_at = sdk.Instant(dump_only=True, metadata=sdk.about("When it was last changed, UTC"))
