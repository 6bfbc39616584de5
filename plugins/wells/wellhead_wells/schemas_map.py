"""What the API takes and gives for wells on a map."""

from collections.abc import Iterable

from marshmallow import fields, validate

from wellhead import sdk
from wellhead_wells.mapping import BOTTOM_HOLE, SHOWN, SURFACE, corners
from wellhead_wells.vocabulary import WellFluid, WellPurpose, WellStatus, WellType


def _any_of(field: fields.String, text: str) -> fields.List[str]:
    return fields.List(
        field, metadata=sdk.about(f"Only wells {text}; said again, any of them will do")
    )


def _words(words: Iterable[str]) -> fields.String:
    return fields.String(validate=validate.OneOf(list(words)))


class WellsQuerySchema(sdk.Schema):
    status = _any_of(_words(WellStatus), "with this WITSML status")
    field = _any_of(fields.String(), "of this field")
    operator = _any_of(fields.String(), "of this operator")
    purpose = _any_of(_words(WellPurpose), "drilled for this")
    fluid = _any_of(_words(WellFluid), "that mainly move this")
    well_type = _any_of(_words(WellType), "with this flow direction")
    country = _any_of(fields.String(), "in this country, ISO 3166-1 alpha-2")
    under = fields.UUID(metadata=sdk.about("Only wells anywhere beneath this asset"))
    bbox = fields.String(
        validate=corners,
        metadata=sdk.about(
            "west,south,east,north: only wells whose surface point is in it, degrees, WGS84; west "
            "greater than east goes across the antimeridian"
        ),
    )


class MapQuerySchema(WellsQuerySchema):
    show = fields.List(
        _words(SHOWN),
        load_default=[SURFACE, BOTTOM_HOLE],
        metadata=sdk.about(
            "What to show: surface points, bottom_hole points, or the path of each wellbore as a "
            "line; surface and bottom_hole if left out"
        ),
    )
    format = sdk.choice_field(
        ("json", "geojson"), "geojson: the FeatureCollection alone, as programs for maps read it"
    )


class PropertiesSchema(sdk.Schema):
    kind = fields.String(metadata=sdk.about("surface, bottom_hole or path"))
    name = fields.String(metadata=sdk.about("Name of the well, or of the wellbore"))
    well_id = fields.UUID(metadata=sdk.about("The well"))
    well = fields.String(metadata=sdk.about("Name of the well"))
    wellbore_id = fields.UUID(
        allow_none=True, metadata=sdk.about("The wellbore; null for a surface point")
    )
    status = fields.String(metadata=sdk.about("WITSML status of the well, or of the wellbore"))
    field = fields.String(allow_none=True, metadata=sdk.about("Oil or gas field"))
    operator = fields.String(allow_none=True, metadata=sdk.about("Operating company"))
    well_type = fields.String(allow_none=True, metadata=sdk.about("Which way fluid flows"))
    purpose = fields.String(allow_none=True, metadata=sdk.about("Why it was drilled"))
    fluid = fields.String(allow_none=True, metadata=sdk.about("What it mainly moves"))


class FeatureSchema(sdk.Schema):
    """A GeoJSON feature (RFC 7946)."""

    type = fields.Constant("Feature", metadata=sdk.about("Always Feature"))
    id = fields.String(
        metadata=sdk.about("The well's id; of a bottom hole and a path the wellbore's and the kind")
    )
    geometry = fields.Dict(
        metadata=sdk.about(
            "Point, or LineString of a path: [longitude, latitude] each, degrees, WGS84"
        )
    )
    properties = fields.Nested(PropertiesSchema, metadata=sdk.about("What it is"))


class LeftOutSchema(sdk.Schema):
    wellbore_id = fields.UUID(metadata=sdk.about("A wellbore with a definitive survey"))
    reason = fields.String(metadata=sdk.about("Why it has no place on the map"))


class MapMetaSchema(sdk.Schema):
    left_out = fields.List(
        fields.Nested(LeftOutSchema), metadata=sdk.about("Wellbores that could not be placed")
    )


class MapSchema(sdk.Schema):
    """A GeoJSON FeatureCollection (RFC 7946)."""

    envelope_meta = MapMetaSchema

    type = fields.Constant("FeatureCollection", metadata=sdk.about("Always FeatureCollection"))
    features = fields.List(
        fields.Nested(FeatureSchema), metadata=sdk.about("Of the wells with a location, by name")
    )


class NearestQuerySchema(WellsQuerySchema):
    longitude = sdk.number_field(-180, 180, "Degrees east, WGS84", unit="deg", required=True)
    latitude = sdk.number_field(-90, 90, "Degrees north, WGS84", unit="deg", required=True)
    within = sdk.number_field(0, 20_100_000, "Only wells so near, in metres", unit="m")
    limit = fields.Integer(
        load_default=10,
        validate=validate.Range(1, 1_000),
        metadata=sdk.about("Wells at most, the nearest first") | {"x-unit": "1"},
    )


class NearWellSchema(sdk.Schema):
    id = fields.UUID(metadata=sdk.about("The well"))
    name = fields.String(metadata=sdk.about("Its name"))
    status = fields.String(metadata=sdk.about("WITSML well status"))
    field = fields.String(allow_none=True, metadata=sdk.about("Oil or gas field"))
    operator = fields.String(allow_none=True, metadata=sdk.about("Operating company"))
    longitude = fields.Float(metadata=sdk.about("Degrees east, WGS84") | {"x-unit": "deg"})
    latitude = fields.Float(metadata=sdk.about("Degrees north, WGS84") | {"x-unit": "deg"})
    distance = fields.Float(
        metadata=sdk.about("From the point, along the WGS84 ellipsoid") | {"x-unit": "m"}
    )
