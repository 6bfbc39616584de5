"""What the API takes and gives for closed months and adjustments."""

from marshmallow import fields, validate

from wellhead import sdk
from wellhead_production.months.calendar import Month
from wellhead_production.schemas.allocation import (
    InputChangeSchema,
    plain_count,
    share_field,
    who_field,
)
from wellhead_production.schemas.common import MAX_VOLUME, RecordSchema


class MonthProblemSchema(sdk.Schema):
    field = fields.String(metadata=sdk.about("Where"))
    value = fields.String(metadata=sdk.about("What"))
    message = fields.String(metadata=sdk.about("What is wrong with it"))
    remedy = fields.String(metadata=sdk.about("What to do"))


class MonthQuerySchema(sdk.Schema):
    month = Month("The month", required=True)


class MonthSchema(sdk.Schema):
    month = Month("The month")
    state = sdk.choice_field(("open", "closed"), "Whether its numbers are final")
    problems = fields.List(
        fields.Nested(MonthProblemSchema), metadata=sdk.about("What keeps it from being closed")
    )
    warnings = fields.List(
        fields.String(), metadata=sdk.about("What is to be looked at, or accepted, before")
    )


class CloseSchema(sdk.Schema):
    month = Month("The month", required=True)
    accept_warnings = fields.Boolean(
        load_default=False, metadata=sdk.about("Whether its warnings are looked at and accepted")
    )
    remark = sdk.prose_field("What is to be known of it")


class ClosedMonthSchema(RecordSchema):
    facility_id = fields.UUID(metadata=sdk.about("The facility"))
    month = Month("The month")
    closed_at = sdk.Instant(metadata=sdk.about("When it was closed, UTC"))
    closed_by = fields.String(metadata=sdk.about("E-mail of who closed it, or what did: system"))
    remark = fields.String(allow_none=True, metadata=sdk.about("What is to be known of it"))
    accepted = fields.List(fields.String(), metadata=sdk.about("Warnings that were accepted"))


class FrozenTableSchema(sdk.Schema):
    table = fields.String(metadata=sdk.about("Table of the database"))
    rows = plain_count("Rows when it was closed")
    rows_now = plain_count("Rows now")
    unchanged = fields.Boolean(metadata=sdk.about("Whether they are the same, by SHA-256"))


class WholeClosedMonthSchema(ClosedMonthSchema):
    content = fields.List(
        fields.Dict(keys=fields.String()),
        metadata=sdk.about("A network each, with the lines of its statement as they were reported"),
    )
    fingerprint = fields.Dict(
        keys=fields.String(),
        metadata=sdk.about("A table each: its columns, rows and their SHA-256"),
    )


class AdjustmentLineSchema(sdk.Schema):
    well_id = fields.UUID(required=True, metadata=sdk.about("The well"))
    well_name = fields.String(dump_only=True, metadata=sdk.about("Name of the well"))
    oil = share_field(
        "Oil, more or less", dump_only=False, validate=validate.Range(-MAX_VOLUME, MAX_VOLUME)
    )
    gas = share_field(
        "Gas, more or less",
        "gas",
        dump_only=False,
        validate=validate.Range(-MAX_VOLUME, MAX_VOLUME),
    )
    water = share_field(
        "Water, more or less", dump_only=False, validate=validate.Range(-MAX_VOLUME, MAX_VOLUME)
    )
    liquid_unit = fields.String(
        dump_only=True, metadata=sdk.about("Unit of oil and water: the network's")
    )
    gas_unit = fields.String(dump_only=True, metadata=sdk.about("Unit of gas: the network's"))
    standard_conditions = fields.String(
        dump_only=True, metadata=sdk.about("What the volumes are stated at: the facility's")
    )


class AdjustmentLineRowSchema(AdjustmentLineSchema):
    id = fields.UUID(dump_only=True, metadata=sdk.about("The line"))
    adjustment_id = fields.UUID(dump_only=True, metadata=sdk.about("The adjustment"))
    network_id = fields.UUID(dump_only=True, metadata=sdk.about("The network"))
    month = Month("The closed month that it puts right", dump_only=True)
    booked_month = Month("The month that it is booked in", dump_only=True)


class DayChangeSchema(InputChangeSchema):
    production_date = fields.String(metadata=sdk.about("The production day"))


class AdjustmentSchema(RecordSchema):
    network_id = fields.UUID(dump_only=True, metadata=sdk.about("The network"))
    facility_id = fields.UUID(dump_only=True, metadata=sdk.about("Its facility"))
    number = plain_count("From 1, of this network")
    month = Month("The closed month that is put right", required=True)
    booked_month = Month("The open month that it is booked in", required=True)
    source = sdk.choice_field(
        ("calculated", "entered"),
        "calculated: the month allocated from what is known now, less what was reported",
        dump_only=True,
    )
    reason = sdk.line_field("Why: a proving, a late test …", 300, required=True)
    created_by = who_field()
    changes = fields.List(
        fields.Nested(DayChangeSchema),
        dump_only=True,
        metadata=sdk.about("What is known that is another than when it was reported"),
    )
    lines = fields.List(
        fields.Nested(AdjustmentLineSchema),
        validate=validate.Length(1, 10_000),
        metadata=sdk.about("A well each; left out: worked out from what is known now"),
    )
