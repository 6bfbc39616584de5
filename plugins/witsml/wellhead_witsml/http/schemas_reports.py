"""What the API gives of imported messages, risks and mud logs."""

from typing import Any

from marshmallow import fields

from wellhead import sdk


def _text(about: str) -> fields.String:
    return fields.String(allow_none=True, metadata=sdk.about(about))


def _time(about: str) -> sdk.Instant:
    return sdk.Instant(allow_none=True, metadata=sdk.about(about))


def _depth(about: str) -> sdk.Measured:
    return sdk.Measured(
        unit_field="depth_unit",
        quantity="length",
        allow_none=True,
        metadata=sdk.about(f"{about}, in depth_unit"),
    )


class ImportedReportSchema(sdk.Schema):
    id = fields.UUID(metadata=sdk.about("The record"))
    store_id = fields.UUID(metadata=sdk.about("Store that it came from"))
    wellbore_id = fields.UUID(metadata=sdk.about("Wellbore that it is about"))
    uid = fields.String(metadata=sdk.about("Its uid in the store"))
    name = _text("Its name")
    comments = _text("Remarks of who wrote it")
    source_name = _text("Who wrote it: company or system")
    changed_at = _time("When the store's object was last changed")
    depth_unit = _text("Unit of its depths: m or ft")
    created_at = sdk.Instant(metadata=sdk.about("When it was imported first, UTC"))
    updated_at = sdk.Instant(metadata=sdk.about("When an import last changed it, UTC"))


class MessageSchema(ImportedReportSchema):
    """A message from the rig."""

    time = _time("When it was said")
    message_type = _text("alarm, event, informational, user, warning, or as the store has it")
    severity = _text("As the store has it")
    text = _text("What was said")
    md = _depth("Measured depth at that time")


class RiskSchema(ImportedReportSchema):
    """A hazard that was met or is feared."""

    risk_type = _text("risk, event, near miss, best practice, lessons learned, other")
    category = _text("hydraulics, mechanical, wellbore stability …")
    sub_category = _text("gas kick, stuck pipe, lost circulation …")
    begins_at = _time("When it began")
    ends_at = _time("When it ended")
    md_begin = _depth("Measured depth at which it begins")
    md_end = _depth("Measured depth at which it ends")
    tvd_begin = _depth("True vertical depth at which it begins")
    tvd_end = _depth("True vertical depth at which it ends")
    severity = fields.Integer(
        allow_none=True, metadata=sdk.about("From 1, least, to 5") | {"x-unit": "1"}
    )
    probability = fields.Integer(
        allow_none=True, metadata=sdk.about("From 1, least, to 5") | {"x-unit": "1"}
    )
    affected_personnel = fields.List(fields.String(), metadata=sdk.about("Who is concerned"))
    summary = _text("In a sentence")
    details = _text("In full")
    contingency = _text("What to do when it comes about")
    mitigation = fields.List(fields.String(), metadata=sdk.about("What makes it less"))


class LithologySchema(sdk.Schema):
    kind = _text("Rock: sandstone, shale …")
    percent = fields.Float(
        allow_none=True, metadata=sdk.about("Share of the cuttings' volume") | {"x-unit": "percent"}
    )
    description = _text("What it looks like")


class MudLogIntervalSchema(sdk.Schema):
    md_top = _depth("Measured depth of its top")
    md_bottom = _depth("Measured depth of its bottom")
    depth_unit = _text("Unit of its depths: m or ft")
    kind = _text("interpreted, cuttings or core")
    description = _text("What was found")
    lithologies = fields.List(
        fields.Nested(LithologySchema), metadata=sdk.about("Rocks and their shares")
    )


class MudLogSchema(ImportedReportSchema):
    """A mud logger's report."""

    company = _text("Mud logging company")
    engineers = _text("Who logged")
    md_begin = _depth("Measured depth at which it begins")
    md_end = _depth("Measured depth at which it ends")
    intervals = fields.Function(
        lambda record: [
            MudLogIntervalSchema().dump({**part, "depth_unit": record.depth_unit})
            for part in record.intervals
        ],
        metadata={
            "description": "What was found from depth to depth: md_top and md_bottom in "
            "depth_unit, kind, description, lithologies",
            "type": "array",
            "items": {"type": "object"},
        },
    )


def times(about: str) -> Any:
    """A bound of a filter by time."""
    return sdk.Instant(metadata=sdk.about(about))
