"""What the API takes and gives for surveys and paths: columns of equal length, each with its unit.

Angles are always degrees. Depths and distances are in the `depth_unit` beside them.
"""

from typing import Any

from marshmallow import ValidationError, fields, validate

from wellhead import sdk
from wellhead_wells.surveys.azimuths import North
from wellhead_wells.surveys.models import SurveyKind
from wellhead_wells.vocabulary import DATUMS, LengthUnit

_MAX_DEPTHS = 1_000
_MAX_TVDS = 50
_MAX_OVERLAYS = 10


class _Column(fields.List[Any]):
    """Numbers that go out as they are, without a look at each."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        return value


def _angles(text: str, **options: Any) -> fields.List[Any]:
    return _Column(fields.Float(), metadata=sdk.about(text) | {"x-unit": "deg"}, **options)


def _lengths(text: str, **options: Any) -> fields.List[Any]:
    about = sdk.about(f"{text}, in depth_unit") | {"x-unit-field": "depth_unit"}
    return _Column(fields.Float(), metadata=about, **options)


def _angle(low: float, high: float, text: str) -> fields.Float:
    return sdk.number_field(low, high, text, unit="deg", allow_none=True)


class SurveyStationsSchema(sdk.Schema):
    """Stations as columns of one length."""

    md = _lengths(
        "Measured depths from depth_datum, each below the one before; 10,000 at most", required=True
    )
    inclination = _angles("From vertical, 0 (down) to 180", required=True)
    azimuth = _angles("Clockwise from azimuth_reference's north, 0 to 360", required=True)


class HeaderSchema(sdk.Schema):
    """What is said of a survey beside its stations."""

    name = sdk.line_field("Name of the survey", required=True)
    kind = sdk.choice_field(
        SurveyKind, "How it was made; plans are never definitive", required=True
    )
    tool = sdk.line_field("Instrument or error model: MWD+IFR1+MS …", allow_none=True)
    azimuth_reference = sdk.choice_field(North, "North that azimuths count from", required=True)
    magnetic_declination = _angle(
        -180, 180, "Of magnetic north from true north, east positive; needed for magnetic azimuths"
    )
    grid_convergence = _angle(-180, 180, "Of grid north from true north, east positive")
    depth_unit = sdk.choice_field(LengthUnit, "Unit of md: m or ft; the wellbore's if left out")
    depth_datum = sdk.choice_field(
        DATUMS, "Datum of md; the wellbore's, then the well's depth_datum if left out"
    )
    vertical_section_azimuth = _angle(
        0, 360, "Plane of the vertical section, from azimuth_reference's north; null = its closure"
    )
    source = sdk.line_field("Where it came from: company, file, report", allow_none=True)
    remark = sdk.prose_field("Anything to know about it")
    replaces = fields.UUID(
        attribute="replaces_id",
        allow_none=True,
        metadata=sdk.about("Survey of the same wellbore that this version takes the place of"),
    )


class SurveySchema(HeaderSchema):
    id = fields.UUID(dump_only=True, metadata=sdk.about("The survey"))
    wellbore_id = fields.UUID(dump_only=True, metadata=sdk.about("The wellbore"))
    version = fields.Integer(
        dump_only=True,
        metadata=sdk.about("Counts the surveys of the wellbore, from 1") | {"x-unit": "1"},
    )
    station_count = fields.Integer(
        dump_only=True, metadata=sdk.about("How many stations it has") | {"x-unit": "1"}
    )
    definitive = fields.Boolean(
        dump_only=True, metadata=sdk.about("Whether it is the one that counts for the wellbore")
    )
    definitive_since = sdk.Instant(
        dump_only=True, allow_none=True, metadata=sdk.about("When it was last made definitive")
    )
    definitive_by = fields.String(
        dump_only=True, allow_none=True, metadata=sdk.about("Who did, e-mail; null = the system")
    )
    definitive_reason = fields.String(
        dump_only=True, allow_none=True, metadata=sdk.about("Why, as they said")
    )
    created_by = fields.String(
        dump_only=True, allow_none=True, metadata=sdk.about("E-mail of the user; null = the system")
    )
    created_at = sdk.Instant(dump_only=True, metadata=sdk.about("When it was entered, UTC"))


class NewSurveySchema(SurveySchema):
    stations = sdk.Whole(
        SurveyStationsSchema,
        required=True,
        metadata=sdk.about("As measured or planned"),
    )


class WellborePathSchema(sdk.Schema):
    """Points along a path by minimum curvature, as columns of one length."""

    depth_unit = sdk.choice_field(LengthUnit, "Unit of depths and distances: m or ft")
    depth_datum = sdk.choice_field(DATUMS, "Datum of md and tvd")
    north_reference = sdk.choice_field(North, "North of azimuths, of north, and of east beside it")
    vertical_section_azimuth = sdk.number_field(
        0, 360, "Plane of the vertical section, from north_reference's north", unit="deg"
    )
    dls_unit = fields.String(metadata=sdk.about("Unit of dls: deg_30m or deg_100ft"))
    md = _lengths("Measured depths from depth_datum")
    inclination = _angles("From vertical")
    azimuth = _angles("Clockwise from north_reference's north")
    tvd = _lengths("True vertical depths from depth_datum")
    tvd_subsea = _lengths(
        "TVD below mean sea level; null while the datum's elevation is not known", allow_none=True
    )
    north = _lengths("North of the wellhead; south is negative")
    east = _lengths("East of the wellhead; west is negative")
    dls = _Column(
        fields.Float(),
        metadata=sdk.about("Dogleg severity from the station above, in dls_unit")
        | {"x-unit-field": "dls_unit"},
    )
    vertical_section = _lengths("Distance from the wellhead in the plane of the vertical section")
    closure_distance = _lengths("Horizontal distance from the wellhead")
    closure_azimuth = _angles("Direction from the wellhead, from north_reference's north")
    latitude = _angles("North, WGS84; null where location_note says why", allow_none=True)
    longitude = _angles("East, WGS84; null where location_note says why", allow_none=True)
    location_note = fields.String(
        allow_none=True, metadata=sdk.about("Why there are no latitudes and longitudes")
    )


class SurveyDetailSchema(SurveySchema):
    stations = fields.Nested(
        SurveyStationsSchema, metadata=sdk.about("As entered; md is converted with `units`")
    )
    positions = fields.Nested(
        WellborePathSchema,
        allow_none=True,
        metadata=sdk.about("Where the stations are, joined to what the wellbore left"),
    )
    positions_note = fields.String(
        allow_none=True, metadata=sdk.about("Why there are no positions, and what to do")
    )


class DefinitiveSurveySchema(sdk.Schema):
    reason = sdk.prose_field("Why this survey counts from now on", required=True, allow_none=False)


class ImportQuery(HeaderSchema):
    dry_run = fields.Boolean(
        load_default=False, metadata=sdk.about("Only say what is wrong with which row")
    )


class SurveyProblemSchema(sdk.Schema):
    field = fields.String(metadata=sdk.about("Column"))
    value = fields.String(metadata=sdk.about("What is there"))
    message = fields.String(metadata=sdk.about("What is wrong with it"))
    remedy = fields.String(metadata=sdk.about("What to do"))


class SurveyImportRowSchema(sdk.Schema):
    index = fields.Integer(
        metadata=sdk.about("Which row, from 0; the header is none") | {"x-unit": "1"}
    )
    errors = fields.List(
        fields.Nested(SurveyProblemSchema),
        metadata=sdk.about("Why it is no station; none: it is"),
    )
    warnings = fields.List(
        fields.Nested(SurveyProblemSchema),
        metadata=sdk.about("Why the station is left out: it is the parent's, above the kick-off"),
    )


class SurveyImportResultSchema(sdk.Schema):
    created = fields.Integer(
        metadata=sdk.about("Stations taken; of a dry run, that would be") | {"x-unit": "1"}
    )
    failed = fields.Integer(metadata=sdk.about("Rows with errors") | {"x-unit": "1"})
    dry_run = fields.Boolean(metadata=sdk.about("Whether nothing was stored"))
    ignored = fields.List(
        fields.String(), metadata=sdk.about("Columns that are not read, calculated ones say")
    )
    rows = fields.List(
        fields.Nested(SurveyImportRowSchema), metadata=sdk.about("What became of each row")
    )
    survey = fields.Nested(
        SurveySchema, allow_none=True, metadata=sdk.about("The new survey; null: not created")
    )


class _Listed(fields.Field[list[Any]]):
    """Values with commas between them, as a parameter in a URL has them."""

    def __init__(self, inner: fields.Field[Any], most: int, text: str) -> None:
        super().__init__(metadata={"description": f"{text}; commas between", "type": "string"})
        self._inner, self._most = inner, most

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> list[Any]:
        words = str(value).split(",")
        if len(words) > self._most:
            raise ValidationError(f"At most {self._most}.")
        return [self._inner.deserialize(word.strip()) for word in words]


class PlacedQuery(sdk.Schema):
    """Which path, and what its numbers mean."""

    survey = fields.UUID(
        metadata=sdk.about("Survey or plan of the wellbore; the definitive one if left out")
    )
    datum = sdk.choice_field(DATUMS, "Datum of depths; the survey's if left out")
    north = sdk.choice_field(
        North,
        "North of azimuths and distances; if left out the survey's, but true for magnetic with a "
        "declination",
    )
    units = sdk.units_field()


class PathQuery(PlacedQuery):
    at = _Listed(fields.Float(), _MAX_DEPTHS, "Measured depths to interpolate at")
    tvd = _Listed(fields.Float(), _MAX_TVDS, "TVD to find every crossing of")
    every = fields.Float(
        validate=validate.Range(0, min_inclusive=False),
        metadata=sdk.about("Interpolate at every multiple of this measured depth, and at the end"),
    )
    format = sdk.format_field()


class PlotQuery(PlacedQuery):
    overlay = _Listed(fields.UUID(), _MAX_OVERLAYS, "Surveys and plans of the wellbore to draw too")
    parent = fields.Boolean(
        load_default=False, metadata=sdk.about("Draw the whole wellbore that it leaves too")
    )
    format = sdk.choice_field(("svg", "png"), "File format of the plot; svg if left out")


class DetailQuery(PlacedQuery):
    class Meta:
        exclude = ("survey",)

    format = sdk.format_field()
