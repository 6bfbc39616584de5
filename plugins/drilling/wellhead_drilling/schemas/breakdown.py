"""What the API gives of where time went."""

from marshmallow import fields

from wellhead import sdk
from wellhead_drilling.reports.vocabulary import ACTIVITY_CODES


def _hours(text: str) -> fields.Float:
    return fields.Float(metadata=sdk.about(f"{text}, hours") | {"x-unit": "h"})


class HoursSchema(sdk.Schema):
    """Hours by class, and the share that was lost."""

    hours = _hours("All of it")
    planned = _hours("Spent as planned")
    unplanned = _hours("Work that was not planned")
    downtime = _hours("Time in which no work was possible")
    npt_hours = _hours("Non-productive time: unplanned and downtime")
    npt_percent = fields.Float(
        allow_none=True,
        metadata=sdk.about("npt_hours of hours, percent; null where there are none")
        | {"x-unit": "%"},
    )


class PhaseHoursSchema(HoursSchema):
    phase = fields.String(attribute="key", metadata=sdk.about("Part of the well's construction"))


class CodeHoursSchema(HoursSchema):
    code = fields.String(attribute="key", metadata=sdk.about("IADC time code"))
    activity = fields.Function(
        lambda share: ACTIVITY_CODES[share.key],
        metadata={"description": "What the code means", "type": "string"},
    )


class BreakdownSchema(sdk.Schema):
    total = fields.Nested(HoursSchema, metadata=sdk.about("All activities"))
    phases = fields.List(
        fields.Nested(PhaseHoursSchema), metadata=sdk.about("By phase, those that have hours")
    )
    codes = fields.List(
        fields.Nested(CodeHoursSchema), metadata=sdk.about("By code, those that have hours")
    )
