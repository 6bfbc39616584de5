"""What the API gives of a report's day from other records."""

from marshmallow import fields

from wellhead import sdk
from wellhead_drilling.schemas.runs import RunSchema
from wellhead_drilling.schemas.sections import SectionSchema


class DaySchema(sdk.Schema):
    sections = fields.List(
        fields.Nested(SectionSchema), metadata=sdk.about("Hole sections being drilled that day")
    )
    runs = fields.List(
        fields.Nested(RunSchema), metadata=sdk.about("BHA runs in the hole that day")
    )
