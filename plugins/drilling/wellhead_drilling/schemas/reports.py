"""What the API takes and gives for daily drilling reports, their activities and cost lines."""

from marshmallow import fields, validate

from wellhead import sdk
from wellhead_drilling.reports.local_times import LocalTime
from wellhead_drilling.reports.money import CURRENCIES, DecimalText
from wellhead_drilling.reports.vocabulary import (
    ACTIVITY_CODES,
    Phase,
    ReportState,
    SafetyKind,
    TimeClass,
)
from wellhead_drilling.schemas.common import InWellboreSchema, count_field, depth_field

_CODES = "; ".join(f"{code} {name.lower()}" for code, name in ACTIVITY_CODES.items())
_MOST_LINES = 300


class ActivitySchema(sdk.Schema):
    """What was done from one time of the report day to another."""

    start_at = LocalTime(required=True, metadata=sdk.about("When it began"))
    end_at = LocalTime(required=True, metadata=sdk.about("When it ended; after start_at"))
    local_start = fields.String(
        dump_only=True, metadata=sdk.about("start_at by the rig's clock, with its offset")
    )
    local_end = fields.String(
        dump_only=True, metadata=sdk.about("end_at by the rig's clock, with its offset")
    )
    hours = fields.Float(
        dump_only=True, metadata=sdk.about("How long it took, hours") | {"x-unit": "h"}
    )
    phase = sdk.choice_field(Phase, "Part of the well's construction", required=True)
    code = sdk.choice_field(ACTIVITY_CODES, f"IADC time code: {_CODES}", required=True)
    activity = fields.Function(
        lambda shown: ACTIVITY_CODES[shown.code],
        metadata={"description": "What the code means", "type": "string"},
    )
    time_class = sdk.choice_field(
        TimeClass,
        "planned, or unplanned or downtime, which are non-productive time",
        data_key="class",
        required=True,
    )
    detail = sdk.line_field("Its state: waiting on weather, stuck pipe …", allow_none=True)
    depth_from = depth_field("Depth of bit or tool when it began")
    depth_to = depth_field("Depth of bit or tool when it ended")
    depth_unit = fields.String(
        dump_only=True, allow_none=True, metadata=sdk.about("Unit of the depths: the report's")
    )
    description = sdk.prose_field("What was done")


class ActivityRowSchema(ActivitySchema):
    """An activity in a list over many reports."""

    id = fields.UUID(dump_only=True, metadata=sdk.about("The activity"))
    report_id = fields.UUID(dump_only=True, metadata=sdk.about("The report it is in"))
    wellbore_id = fields.UUID(dump_only=True, metadata=sdk.about("The wellbore it was done in"))
    report_date = fields.Date(dump_only=True, metadata=sdk.about("The report's date"))


class CostLineSchema(sdk.Schema):
    """What something cost that day."""

    code = sdk.line_field("Cost code of the operator", 50, required=True)
    description = sdk.line_field("What was paid for", allow_none=True)
    vendor = sdk.line_field("Who is paid", allow_none=True)
    quantity = DecimalText(allow_none=True, metadata=sdk.about("How much of it, in unit"))
    unit = sdk.line_field("What quantity counts: day, m, joint …", 50, allow_none=True)
    unit_price = DecimalText(allow_none=True, metadata=sdk.about("Price of one unit, in currency"))
    amount = DecimalText(
        allow_none=True,
        metadata=sdk.about("In currency; left out where quantity and unit price are given"),
    )
    currency = sdk.choice_field(CURRENCIES, "ISO 4217 code", required=True)
    afe = sdk.line_field("AFE it is charged to; the report's if left out", allow_none=True)


class CostLineRowSchema(CostLineSchema):
    """A cost line in a list over many reports."""

    id = fields.UUID(dump_only=True, metadata=sdk.about("The cost line"))
    report_id = fields.UUID(dump_only=True, metadata=sdk.about("The report it is in"))
    wellbore_id = fields.UUID(dump_only=True, metadata=sdk.about("The wellbore it was for"))
    report_date = fields.Date(dump_only=True, metadata=sdk.about("The report's date"))


class SafetyEventSchema(sdk.Schema):
    """Something about health, safety or environment that day."""

    kind = sdk.choice_field(SafetyKind, "What it was", required=True)
    description = sdk.prose_field("What happened", required=True, allow_none=False)


class DailyReportSchema(InWellboreSchema):
    rig_id = fields.UUID(required=True, metadata=sdk.about("The rig that reports"))
    report_date = fields.Date(
        required=True, metadata=sdk.about("Date on which the report day begins, by the rig's clock")
    )
    number = count_field(1, 9_999, "Number of the report in the wellbore; the next one if left out")
    begins_at = sdk.Instant(dump_only=True, metadata=sdk.about("When the report day begins"))
    ends_at = sdk.Instant(
        dump_only=True, metadata=sdk.about("When it ends: 23, 24 or 25 hours later")
    )
    time_zone = fields.String(
        dump_only=True,
        metadata=sdk.about("Of the rig's clock when rig_id or report_date was sent"),
    )
    spud_day = fields.Integer(
        dump_only=True,
        allow_none=True,
        metadata=sdk.about("Day of the well, 1 on its spud_date; null while that is not known")
        | {"x-unit": "1"},
    )
    state = fields.String(
        dump_only=True,
        validate=validate.OneOf(list(ReportState)),
        metadata=sdk.about("Where it stands"),
    )
    revision = fields.Integer(
        dump_only=True,
        metadata=sdk.about("Counts from 1, one more with each edit after an approval")
        | {"x-unit": "1"},
    )
    revision_reason = sdk.prose_field("Why an approved report is changed; needed for that alone")
    submitted_at = sdk.Instant(dump_only=True, allow_none=True, metadata=sdk.about("When"))
    submitted_by = fields.String(
        dump_only=True, allow_none=True, metadata=sdk.about("E-mail of who submitted it")
    )
    approved_at = sdk.Instant(dump_only=True, allow_none=True, metadata=sdk.about("When"))
    approved_by = fields.String(
        dump_only=True, allow_none=True, metadata=sdk.about("E-mail of who approved it")
    )
    rejection_reason = fields.String(
        dump_only=True, allow_none=True, metadata=sdk.about("Why it came back to its authors")
    )
    depth_start = depth_field("Depth of the hole when the day began")
    depth_end = depth_field("Depth of the hole when it ended")
    progress = sdk.Measured(
        unit_field="depth_unit",
        quantity="length",
        dump_only=True,
        allow_none=True,
        metadata=sdk.about("How much deeper the hole became, in depth_unit"),
    )
    summary = sdk.prose_field("What was done in the day", 5_000)
    forecast = sdk.prose_field("What is to be done next", 5_000)
    remarks = sdk.prose_field("What else is to be said", 5_000)
    weather = sdk.line_field("Weather and sea", 200, allow_none=True)
    persons_on_board = count_field(0, 5_000, "Persons on the rig", allow_none=True)
    safety_events = fields.List(
        sdk.Whole(SafetyEventSchema),
        validate=validate.Length(max=50),
        metadata=sdk.about("A list sent replaces the one stored"),
    )
    afe = sdk.line_field("AFE that the day's costs are charged to", allow_none=True)
    activities = fields.List(
        sdk.Whole(ActivitySchema),
        validate=validate.Length(max=_MOST_LINES),
        metadata=sdk.about(
            "Within the day; they must tile it when it is submitted. A list sent replaces the one "
            "stored"
        ),
    )
    cost_lines = fields.List(
        sdk.Whole(CostLineSchema),
        validate=validate.Length(max=_MOST_LINES),
        metadata=sdk.about("A list sent replaces the one stored"),
    )
