"""What the API takes and gives for the steps of a report, and for its approved revisions."""

from marshmallow import fields

from wellhead import sdk
from wellhead_drilling.schemas.day import DaySchema
from wellhead_drilling.schemas.reports import DailyReportSchema


class RejectionSchema(sdk.Schema):
    reason = sdk.prose_field("What its authors are to correct", required=True, allow_none=False)


class RevisionSchema(sdk.Schema):
    revision = fields.Integer(
        dump_only=True, metadata=sdk.about("Number, from 1") | {"x-unit": "1"}
    )
    reason = fields.String(
        dump_only=True, allow_none=True, metadata=sdk.about("Why it was made; null for the first")
    )
    approved_at = sdk.Instant(dump_only=True, metadata=sdk.about("When it was approved"))
    approved_by = fields.String(dump_only=True, metadata=sdk.about("E-mail of who approved it"))


class WholeRevisionSchema(RevisionSchema):
    report = sdk.AsKept(
        DailyReportSchema,
        attribute="content.report",
        dump_only=True,
        metadata=sdk.about("The report as it was approved"),
    )
    day = sdk.AsKept(
        DaySchema,
        attribute="content.day",
        dump_only=True,
        metadata=sdk.about("What other records said of its day then"),
    )
