"""What the API takes and gives for the steps of a test, and for its validated revisions."""

from marshmallow import fields

from wellhead import sdk
from wellhead_well_testing.schemas.gauges import GaugeRunSchema
from wellhead_well_testing.schemas.rates import RateStepSchema
from wellhead_well_testing.schemas.tests import WellTestSchema


class WellTestStartSchema(sdk.Schema):
    start_at = sdk.Instant(metadata=sdk.about("When it began; now if left out"))


class WellTestValidationSchema(sdk.Schema):
    reason = sdk.prose_field("Why it is good, in spite of warnings say", allow_none=False)


class WellTestReasonSchema(sdk.Schema):
    reason = sdk.prose_field("Why", required=True, allow_none=False)


class WellTestFindingSchema(sdk.Schema):
    level = fields.String(
        metadata=sdk.about("error: it cannot be validated; warning: with a reason")
    )
    field = fields.String(metadata=sdk.about("What it is about"))
    value = fields.Raw(allow_none=True, metadata=sdk.about("What there is"))
    message = fields.String(metadata=sdk.about("What is wrong with it"))
    remedy = fields.String(metadata=sdk.about("What to do"))


class WellTestRevisionSchema(sdk.Schema):
    revision = fields.Integer(
        dump_only=True, metadata=sdk.about("Number, from 1") | {"x-unit": "1"}
    )
    revision_reason = fields.String(
        dump_only=True, allow_none=True, metadata=sdk.about("Why it was made; null for the first")
    )
    decided_at = sdk.Instant(dump_only=True, metadata=sdk.about("When it was validated"))
    decided_by = fields.String(dump_only=True, metadata=sdk.about("E-mail of who validated it"))
    decision_reason = fields.String(
        dump_only=True, allow_none=True, metadata=sdk.about("Why, where they said so")
    )


class ValidatedGaugeRunSchema(GaugeRunSchema):
    series_version = fields.Integer(
        dump_only=True,
        allow_none=True,
        metadata=sdk.about("Version of its pressures that counted") | {"x-unit": "1"},
    )


class WholeWellTestRevisionSchema(WellTestRevisionSchema):
    test = sdk.AsKept(
        WellTestSchema,
        attribute="content.test",
        dump_only=True,
        metadata=sdk.about("The test as it was validated"),
    )
    rate_steps = fields.List(
        sdk.AsKept(RateStepSchema),
        attribute="content.rate_steps",
        dump_only=True,
        metadata=sdk.about("Its rates then"),
    )
    gauge_runs = fields.List(
        sdk.AsKept(ValidatedGaugeRunSchema),
        attribute="content.gauge_runs",
        dump_only=True,
        metadata=sdk.about("Its gauges then"),
    )
