"""What the API gives of days against depth."""

from typing import Any

from marshmallow import fields

from wellhead import sdk


def _numbers(text: str, **unit: str) -> fields.List[Any]:
    return fields.List(fields.Float(), metadata=sdk.about(text) | unit)


class DepthCurveSchema(sdk.Schema):
    wellbore_id = fields.UUID(metadata=sdk.about("The wellbore"))
    name = fields.String(metadata=sdk.about("Its name"))
    days = _numbers("Since day_zero, rising", **{"x-unit": "d"})
    depths = _numbers(
        "Measured depth of the hole then, as many as days, in depth_unit of the answer",
        **{"x-unit-field": "depth_unit"},
    )


class CasingShoeSchema(sdk.Schema):
    wellbore_id = fields.UUID(metadata=sdk.about("The wellbore"))
    name = fields.String(metadata=sdk.about("What the string is called"))
    day = fields.Float(metadata=sdk.about("When it was set, since day_zero") | {"x-unit": "d"})
    depth = fields.Float(
        metadata=sdk.about("Measured depth of its shoe, in depth_unit of the answer")
        | {"x-unit-field": "depth_unit"}
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
        fields.Nested(DepthCurveSchema), metadata=sdk.about("From daily reports, a wellbore each")
    )
    planned = fields.List(
        fields.Nested(DepthCurveSchema), metadata=sdk.about("From hole sections, a wellbore each")
    )
    casing = fields.List(
        fields.Nested(CasingShoeSchema), metadata=sdk.about("Casing strings as they were set")
    )
