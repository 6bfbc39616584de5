"""What the API gives of days against depth."""

from typing import Any

from marshmallow import fields

from wellhead import sdk


def _numbers(text: str, **unit: str) -> fields.List[Any]:
    return fields.List(fields.Float(), metadata=sdk.about(text) | unit)


class CurveSchema(sdk.Schema):
    wellbore_id = fields.UUID(metadata=sdk.about("The wellbore"))
    name = fields.String(metadata=sdk.about("Its name"))
    days = _numbers("Since day_zero, rising", **{"x-unit": "d"})
    depths = _numbers(
        "Measured depth of the hole then, as many as days, in depth_unit of the answer",
        **{"x-unit-field": "depth_unit"},
    )


class ProgressSchema(sdk.Schema):
    day_zero = sdk.Instant(
        allow_none=True,
        metadata=sdk.about(
            "Beginning of the report day on which the well was spudded, else of its first report"
        ),
    )
    depth_unit = fields.String(allow_none=True, metadata=sdk.about("Unit of all depths"))
    depth_datum = fields.String(allow_none=True, metadata=sdk.about("Datum of all depths"))
    drilled = fields.List(
        fields.Nested(CurveSchema), metadata=sdk.about("From daily reports, a wellbore each")
    )
    planned = fields.List(
        fields.Nested(CurveSchema), metadata=sdk.about("From hole sections, a wellbore each")
    )
