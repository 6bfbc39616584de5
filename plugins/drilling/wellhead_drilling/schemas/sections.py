"""What the API takes and gives for hole sections."""

from marshmallow import fields

from wellhead import sdk
from wellhead_drilling.schemas.common import InWellboreSchema, count_field, depth_field


class SectionSchema(InWellboreSchema):
    number = count_field(1, 50, "Its place from the top of the wellbore, from 1", required=True)
    name = sdk.line_field("What people call it: surface, 12 1/4 in …", allow_none=True)
    diameter = sdk.quantity_field(
        "diameter", 0.02, 2.5, "m", "Of the hole; no wider than the section above", required=True
    )
    planned_top_md = depth_field("Where it was planned to begin")
    planned_bottom_md = depth_field("Where it was planned to end")
    top_md = depth_field("Where it begins")
    bottom_md = depth_field("Where it ends, or how far it has come")
    planned_start = fields.Date(allow_none=True, metadata=sdk.about("Day it was planned to begin"))
    planned_end = fields.Date(allow_none=True, metadata=sdk.about("Day it was planned to end"))
    start_at = sdk.Instant(allow_none=True, metadata=sdk.about("When drilling it began"))
    end_at = sdk.Instant(allow_none=True, metadata=sdk.about("When it was done"))
