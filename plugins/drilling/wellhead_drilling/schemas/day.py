"""What the API gives of a report's day from other records."""

from marshmallow import fields

from wellhead import sdk
from wellhead_drilling.schemas.bits import BitRecordSchema
from wellhead_drilling.schemas.casing import CasingStringSchema
from wellhead_drilling.schemas.common import depth_field
from wellhead_drilling.schemas.mud import MudReportSchema
from wellhead_drilling.schemas.runs import RunSchema
from wellhead_drilling.schemas.sections import SectionSchema


class DayStationSchema(sdk.Schema):
    """A survey station in the hole made that day."""

    md = depth_field("Measured depth")
    inclination = sdk.number_field(0, 180, "From the vertical, degrees", unit="deg")
    azimuth = sdk.number_field(0, 360, "From azimuth_reference's north, degrees", unit="deg")
    azimuth_reference = fields.String(metadata=sdk.about("true, grid or magnetic north"))
    depth_unit = fields.String(metadata=sdk.about("Unit of md"))
    depth_datum = fields.String(metadata=sdk.about("Datum of md"))


class DaySchema(sdk.Schema):
    sections = fields.List(
        fields.Nested(SectionSchema), metadata=sdk.about("Hole sections being drilled that day")
    )
    runs = fields.List(
        fields.Nested(RunSchema), metadata=sdk.about("BHA runs in the hole that day")
    )
    bits = fields.List(fields.Nested(BitRecordSchema), metadata=sdk.about("Bits of those runs"))
    mud_reports = fields.List(
        fields.Nested(MudReportSchema), metadata=sdk.about("Mud checks of that day")
    )
    casing_strings = fields.List(
        fields.Nested(CasingStringSchema), metadata=sdk.about("Casing that was set that day")
    )
    survey_stations = fields.List(
        fields.Nested(DayStationSchema),
        metadata=sdk.about("Stations of the definitive survey in the hole made that day"),
    )
