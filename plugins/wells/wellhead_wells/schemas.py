"""What the API takes and gives for wells and wellbores, each quantity with its unit."""

from collections.abc import Iterable
from typing import Any

from marshmallow import ValidationError, fields, validate

from wellhead import sdk
from wellhead_wells.identifiers import MAX_LENGTH, IdentifierKind
from wellhead_wells.vocabulary import (
    DATUMS,
    LengthUnit,
    WellboreType,
    WellFluid,
    WellPurpose,
    WellStatus,
    WellType,
)

MAX_DEPTH = 60_000.0
"""Deeper than any hole in either unit (the deepest are near 15,000 m, 50,000 ft)."""


class Whole(fields.Nested):
    """An item that is always sent whole, in a PATCH too."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Any, partial: Any = None, **kwargs: Any
    ) -> Any:
        return super()._deserialize(value, attr, data, partial=False, **kwargs)


class _ParentAsset(fields.UUID):
    """Null for a user who may see the well but not what it hangs under."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        shown = sdk.shown_parent(obj.asset_id, value)
        return super()._serialize(shown, attr, obj, **kwargs)


def _printable(text: str) -> None:
    if not text.isprintable():
        raise ValidationError("Must be one line of printable characters.")
    if text != text.strip():
        raise ValidationError("Must not begin or end with a blank.")


def _prose(text: str) -> None:
    if not all(character.isprintable() or character in "\n\t" for character in text):
        raise ValidationError("Must be printable text.")


def _about(text: str) -> dict[str, str]:
    return {"description": text}


def _line(about: str, most: int = 100, **options: Any) -> fields.String:
    return fields.String(
        validate=[validate.Length(1, most), _printable], metadata=_about(about), **options
    )


def _optional_line(about: str, most: int = 100) -> fields.String:
    return _line(about, most, allow_none=True)


def _choice(words: Iterable[str], about: str, **options: Any) -> fields.String:
    return fields.String(validate=validate.OneOf(list(words)), metadata=_about(about), **options)


def _number(low: float, high: float, about: str, **options: Any) -> fields.Float:
    return fields.Float(validate=validate.Range(low, high), metadata=_about(about), **options)


def _length(low: float, high: float, about: str, unit_field: str, **options: Any) -> sdk.Measured:
    return sdk.Measured(
        unit_field=unit_field,
        quantity="length",
        validate=validate.Range(low, high),
        metadata=_about(about),
        **options,
    )


def _depth(about: str) -> sdk.Measured:
    return _length(
        0, MAX_DEPTH, f"{about}, in depth_unit from depth_datum", "depth_unit", allow_none=True
    )


class IdentifierSchema(sdk.Schema):
    kind = _choice(IdentifierKind, "Who issued it, and so how it is read", required=True)
    value = fields.String(
        required=True,
        validate=validate.Length(1, MAX_LENGTH),
        metadata=_about("As entered: a string, leading zeros matter"),
    )
    normalised = fields.String(
        dump_only=True,
        allow_none=True,
        metadata=_about("Spelling-free form (US: 14 digits padded with 0); null when malformed"),
    )
    warning = fields.String(
        dump_only=True,
        allow_none=True,
        metadata=_about("Why an imported value could not be normalised"),
    )


class AliasSchema(sdk.Schema):
    name = _line("Another name the well goes by", required=True)
    system = _optional_line("Whose name it is: lease, regulator, former operator …")


class DatumSchema(sdk.Schema):
    code = _choice(DATUMS, "KB kelly bushing, RT rotary table, DF derrick floor …", required=True)
    elevation = _length(-15_000, 30_000, "Above mean sea level, in unit", "unit", required=True)
    unit = _choice(LengthUnit, "Unit of elevation: m or ft", required=True)


class WellSchema(sdk.Schema):
    id = fields.UUID(dump_only=True, metadata=_about("The well"))
    asset_id = fields.UUID(dump_only=True, metadata=_about("The well's node of the plant tree"))
    parent_asset_id = _ParentAsset(
        allow_none=True, metadata=_about("Field, pad or facility it hangs under; null = none")
    )
    name = _line("Name; also the name of the well's asset", required=True)
    identifiers = fields.List(
        Whole(IdentifierSchema),
        validate=validate.Length(max=50),
        metadata=_about("Numbers regulators gave the well; a list sent replaces the one stored"),
    )
    aliases = fields.List(
        Whole(AliasSchema),
        validate=validate.Length(max=50),
        metadata=_about("Other names; a list sent replaces the one stored"),
    )
    country = fields.String(
        allow_none=True,
        validate=validate.Regexp(r"[A-Z]{2}\Z", error="Must be two capitals, ISO 3166-1: US, NO."),
        metadata=_about("ISO 3166-1 alpha-2 code; new wells get the plugin's default_country"),
    )
    field = _optional_line("Oil or gas field")
    operator = _optional_line("Operating company")
    status = _choice(WellStatus, "WITSML well status; a new well without one is proposed")
    status_effective_at = sdk.Instant(
        load_only=True,
        metadata=_about("When the status sent took effect; now if left out"),
    )
    status_remark = fields.String(
        load_only=True,
        validate=[validate.Length(1, 1000), _prose],
        metadata=_about("Why the status sent is so; goes to the history"),
    )
    well_type = _choice(WellType, "Which way fluid flows", allow_none=True)
    purpose = _choice(WellPurpose, "Why it was drilled", allow_none=True)
    fluid = _choice(WellFluid, "What it mainly moves", allow_none=True)
    spud_date = fields.Date(allow_none=True, metadata=_about("Day drilling began, local"))
    latitude = _number(-90, 90, "Degrees north, WGS84", allow_none=True)
    longitude = _number(-180, 180, "Degrees east, WGS84", allow_none=True)
    source_crs = _optional_line("Reference system the location came in: EPSG:23031, NAD27 …")
    source_x = fields.Float(allow_none=True, metadata=_about("Easting, in the unit of source_crs"))
    source_y = fields.Float(allow_none=True, metadata=_about("Northing, in the unit of source_crs"))
    ground_elevation = _length(
        -15_000,
        30_000,
        "Ground or sea floor above mean sea level, in elevation_unit",
        "elevation_unit",
        allow_none=True,
    )
    elevation_unit = _choice(LengthUnit, "Unit of ground_elevation: m or ft", allow_none=True)
    datums = fields.List(
        Whole(DatumSchema),
        validate=validate.Length(max=len(DATUMS)),
        metadata=_about("Points depths are measured from; a list sent replaces the one stored"),
    )
    depth_datum = _choice(
        DATUMS, "Datum of this well's depths unless they name another", allow_none=True
    )
    created_at = sdk.Instant(dump_only=True, metadata=_about("When it was entered, UTC"))
    updated_at = sdk.Instant(dump_only=True, metadata=_about("When it was last changed, UTC"))


class StatusChangeSchema(sdk.Schema):
    id = fields.UUID(dump_only=True, metadata=_about("The change"))
    from_status = fields.String(
        dump_only=True, allow_none=True, metadata=_about("Status before; null for the first")
    )
    to_status = _choice(WellStatus, "Status from effective_at on", data_key="status", required=True)
    effective_at = sdk.Instant(metadata=_about("When it became so in the field; now if left out"))
    remark = fields.String(
        allow_none=True, validate=[validate.Length(1, 1000), _prose], metadata=_about("Why")
    )
    changed_by = fields.String(
        dump_only=True, allow_none=True, metadata=_about("E-mail of the user; null = the system")
    )
    recorded_at = sdk.Instant(
        dump_only=True, attribute="created_at", metadata=_about("When it was entered")
    )


class WellboreSchema(sdk.Schema):
    id = fields.UUID(dump_only=True, metadata=_about("The wellbore"))
    well_id = fields.UUID(dump_only=True, metadata=_about("The well it belongs to"))
    asset_id = fields.UUID(
        dump_only=True, metadata=_about("The wellbore's node of the plant tree, under the well's")
    )
    name = _line("Name, unique in the well", required=True)
    number = _optional_line("Operator's number of the wellbore")
    wellbore_type = _choice(WellboreType, "How it came to be; unknown if left out")
    parent_id = fields.UUID(
        allow_none=True, metadata=_about("Wellbore of the same well that it leaves")
    )
    kickoff_md = _depth("Measured depth at which it leaves its parent")
    status = _choice(WellStatus, "WITSML status; a new wellbore without one is proposed")
    md = _depth("Total measured depth")
    tvd = _depth("Total true vertical depth")
    depth_unit = _choice(LengthUnit, "Unit of the depths: m or ft", allow_none=True)
    depth_datum = _choice(
        DATUMS, "Datum of the depths; the well's depth_datum if left out", allow_none=True
    )
    tvd_subsea = sdk.Measured(
        unit_field="depth_unit",
        quantity="length",
        dump_only=True,
        allow_none=True,
        metadata=_about("TVD below mean sea level, in depth_unit; null if not known"),
    )
    identifiers = fields.List(
        Whole(IdentifierSchema),
        validate=validate.Length(max=50),
        metadata=_about("Numbers of the wellbore, like the 12-digit US form of a sidetrack"),
    )
    created_at = sdk.Instant(dump_only=True, metadata=_about("When it was entered, UTC"))
    updated_at = sdk.Instant(dump_only=True, metadata=_about("When it was last changed, UTC"))


class LiveAssetSchema(sdk.Schema):
    id = fields.UUID(metadata=_about("Node of the plant tree"))
    kind = fields.String(metadata=_about("Kind of the node: well, wellbore, equipment …"))
    name = fields.String(metadata=_about("Its name"))


class LiveValueSchema(sdk.Schema):
    tag = fields.Integer(metadata=_about("Id of the tag"))
    name = fields.String(metadata=_about("Name of the tag"))
    asset = fields.Nested(LiveAssetSchema, metadata=_about("The well or what is beneath it"))
    value = sdk.Measured(
        unit_field="unit",
        quantity_field="quantity",
        allow_none=True,
        metadata=_about("In unit; null before the first reading, and where there is text"),
    )
    text = fields.String(
        allow_none=True, metadata=_about("What it says, where readings are no numbers")
    )
    state = fields.String(allow_none=True, metadata=_about("Name of the value, where it has one"))
    unit = fields.String(allow_none=True, metadata=_about("Of value"))
    quantity = fields.String(
        allow_none=True, metadata=_about("As the tag says it; null = the unit's usual one")
    )
    quality = fields.Integer(metadata=_about("OPC code: 192 good, 64 uncertain, 0 bad, sub-codes"))
    quality_name = fields.String(metadata=_about("The quality in words"))
    time = sdk.Instant(allow_none=True, metadata=_about("Of the reading, UTC"))
    reason = fields.String(allow_none=True, metadata=_about("Why the quality is what it is"))


class MapQuerySchema(sdk.Schema):
    status = _choice(WellStatus, "Only wells with this status")
    field = _line("Only wells of this field")


class PropertiesSchema(sdk.Schema):
    name = fields.String(metadata=_about("Name of the well"))
    status = fields.String(metadata=_about("WITSML well status"))
    field = fields.String(allow_none=True, metadata=_about("Oil or gas field"))
    operator = fields.String(allow_none=True, metadata=_about("Operating company"))
    well_type = fields.String(allow_none=True, metadata=_about("Which way fluid flows"))
    fluid = fields.String(allow_none=True, metadata=_about("What it mainly moves"))


class FeatureSchema(sdk.Schema):
    """A well as a GeoJSON feature (RFC 7946); id is the well's."""

    type = fields.Constant("Feature", metadata=_about("Always Feature"))
    id = fields.UUID(metadata=_about("The well"))
    geometry = fields.Function(
        lambda well: {"type": "Point", "coordinates": [well.longitude, well.latitude]},
        metadata={
            "description": "Point [longitude, latitude], degrees, WGS84",
            "type": "object",
        },
    )
    properties = fields.Function(
        PropertiesSchema().dump,
        metadata={
            "description": "The well's name, status, field, operator, well_type and fluid",
            "type": "object",
        },
    )


class MapSchema(sdk.Schema):
    """A GeoJSON FeatureCollection (RFC 7946)."""

    type = fields.Constant("FeatureCollection", metadata=_about("Always FeatureCollection"))
    features = fields.List(
        fields.Nested(FeatureSchema), metadata=_about("The wells with a location, by name")
    )
