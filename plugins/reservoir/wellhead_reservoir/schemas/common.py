"""What the schemas of all records of a reservoir share."""

from marshmallow import fields

from wellhead import sdk


class InReservoirSchema(sdk.Schema):
    """A record of one reservoir."""

    id = fields.UUID(dump_only=True, metadata=sdk.about("The record"))
    reservoir_id = fields.UUID(
        required=True, metadata=sdk.about("The reservoir it belongs to, for good")
    )
    created_at = sdk.Instant(dump_only=True, metadata=sdk.about("When it was entered, UTC"))
    updated_at = sdk.Instant(dump_only=True, metadata=sdk.about("When it was last changed, UTC"))
