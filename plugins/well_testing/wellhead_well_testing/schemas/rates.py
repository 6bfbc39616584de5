"""What the API takes and gives for the rates of a test."""

from marshmallow import fields

from wellhead import sdk
from wellhead_well_testing.schemas.common import RatesSchema


class RateStepSchema(RatesSchema):
    test_id = fields.UUID(required=True, metadata=sdk.about("The test that it is of, for good"))
    start_at = sdk.Instant(
        required=True,
        metadata=sdk.about("Since when; until the next step's start_at, or the end of the test"),
    )
    standard_conditions = fields.String(
        dump_only=True, metadata=sdk.about("Conditions of the test's rates")
    )
