"""What the schemas of all records of a reservoir share."""

from typing import Any

from marshmallow import fields

from wellhead import sdk


def conditions_field(text: str, **options: Any) -> fields.String:
    """The conditions of a record's volumes at surface, required unless it is only read."""
    return sdk.choice_field(
        sdk.units.STANDARD_CONDITIONS,
        f"{text}: standard conditions",
        **{"required": not options.get("dump_only", False)} | options,
    )


class InReservoirSchema(sdk.Schema):
    """A record of one reservoir."""

    id = fields.UUID(dump_only=True, metadata=sdk.about("The record"))
    reservoir_id = fields.UUID(
        required=True, metadata=sdk.about("The reservoir it belongs to, for good")
    )
    created_at = sdk.Instant(dump_only=True, metadata=sdk.about("When it was entered, UTC"))
    updated_at = sdk.Instant(dump_only=True, metadata=sdk.about("When it was last changed, UTC"))
