"""What the API takes and gives for meters and their corrections."""

from marshmallow import fields, validate

from wellhead import sdk
from wellhead_production.schemas.common import RecordSchema
from wellhead_production.vocabulary import Fluid, MeterPosition, TagSignal

_FACTOR = (0.1, 10.0)


class MeterSchema(RecordSchema):
    facility_id = fields.UUID(
        required=True, metadata=sdk.about("The facility it belongs to, for good")
    )
    name = sdk.line_field("Name or tag number: FT-101 …", required=True)
    fluid = sdk.choice_field(Fluid, "What it measures", required=True)
    position = sdk.choice_field(MeterPosition, "Where in the process it is", required=True)
    well_id = fields.UUID(
        allow_none=True, metadata=sdk.about("The well that flows through it alone; null = several")
    )
    tag_id = fields.Integer(
        strict=True,
        allow_none=True,
        validate=validate.Range(1, 2_147_483_647),
        metadata=sdk.about("The historian's tag that carries it") | {"x-unit": "1"},
    )
    tag_signal = sdk.choice_field(
        TagSignal, "Whether the tag is a rate or a totaliser; goes with tag_id", allow_none=True
    )
    rollover = sdk.number_field(
        1e-6,
        1e15,
        "Where the totaliser begins again at 0, in the tag's unit; null = it does not",
        unit="1",
        allow_none=True,
    )
    factor = sdk.number_field(
        *_FACTOR, "Meter factor of days that no correction covers; 1 if left out", unit="1"
    )
    serial = sdk.line_field("Serial number", allow_none=True)
    remark = sdk.prose_field("What else is to be known")


class MeterCorrectionSchema(RecordSchema):
    meter_id = fields.UUID(required=True, metadata=sdk.about("The meter, for good"))
    first_day = fields.Date(
        required=True, metadata=sdk.about("First production day that it counts for")
    )
    last_day = fields.Date(
        allow_none=True,
        metadata=sdk.about("Last production day that it counts for; null = until further notice"),
    )
    factor = sdk.number_field(
        *_FACTOR, "What indicated volumes are multiplied by, in place of the meter's", unit="1",
        required=True,
    )  # fmt: skip
    reason = sdk.line_field("Proving, wrong plate, zero shift …", 300, required=True)
    proved_at = sdk.Instant(allow_none=True, metadata=sdk.about("When the meter was proved"))
