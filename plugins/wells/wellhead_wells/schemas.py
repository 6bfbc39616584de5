"""What the API takes and gives for wells and wellbores, each quantity with its unit."""

from typing import Any

from marshmallow import fields, validate

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


def length_field(
    low: float, high: float, about: str, unit_field: str, **options: Any
) -> sdk.Measured:
    """A length from `low` to `high` in the unit that `unit_field` names."""
    return sdk.Measured(
        unit_field=unit_field,
        quantity="length",
        validate=validate.Range(low, high),
        metadata=sdk.about(about),
        **options,
    )


def _coordinate(about: str) -> fields.Float:
    return fields.Float(
        allow_none=True,
        allow_nan=False,
        metadata=sdk.about(about) | {"x-unit-field": "source_unit"},
    )


def _depth(about: str) -> sdk.Measured:
    return length_field(
        0, MAX_DEPTH, f"{about}, in depth_unit from depth_datum", "depth_unit", allow_none=True
    )


class IdentifierSchema(sdk.Schema):
    kind = sdk.choice_field(IdentifierKind, "Who issued it, and so how it is read", required=True)
    value = fields.String(
        required=True,
        validate=validate.Length(1, MAX_LENGTH),
        metadata=sdk.about("As entered: a string, leading zeros matter"),
    )
    normalised = fields.String(
        dump_only=True,
        allow_none=True,
        metadata=sdk.about("Spelling-free form (US: 14 digits padded with 0); null when malformed"),
    )
    warning = fields.String(
        dump_only=True,
        allow_none=True,
        metadata=sdk.about("Why an imported value could not be normalised"),
    )


class AliasSchema(sdk.Schema):
    name = sdk.line_field("Another name the well goes by", required=True)
    system = sdk.line_field(
        "Whose name it is: lease, regulator, former operator …", allow_none=True
    )


class DatumSchema(sdk.Schema):
    code = sdk.choice_field(
        DATUMS, "KB kelly bushing, RT rotary table, DF derrick floor …", required=True
    )
    elevation = length_field(
        -15_000, 30_000, "Above mean sea level, in unit", "unit", required=True
    )
    unit = sdk.choice_field(LengthUnit, "Unit of elevation: m or ft", required=True)


class WellSchema(sdk.Schema):
    id = fields.UUID(dump_only=True, metadata=sdk.about("The well"))
    asset_id = fields.UUID(dump_only=True, metadata=sdk.about("The well's node of the plant tree"))
    parent_asset_id = sdk.ParentAsset(
        allow_none=True, metadata=sdk.about("Field, pad or facility it hangs under; null = none")
    )
    name = sdk.line_field("Name; also the name of the well's asset", required=True)
    identifiers = fields.List(
        sdk.Whole(IdentifierSchema),
        validate=validate.Length(max=50),
        metadata=sdk.about("Numbers regulators gave the well; a list sent replaces the one stored"),
    )
    aliases = fields.List(
        sdk.Whole(AliasSchema),
        validate=validate.Length(max=50),
        metadata=sdk.about("Other names; a list sent replaces the one stored"),
    )
    country = fields.String(
        allow_none=True,
        validate=validate.Regexp(r"[A-Z]{2}\Z", error="Must be two capitals, ISO 3166-1: US, NO."),
        metadata=sdk.about("ISO 3166-1 alpha-2 code; new wells get the plugin's default_country"),
    )
    field = sdk.line_field("Oil or gas field", allow_none=True)
    operator = sdk.line_field("Operating company", allow_none=True)
    status = sdk.choice_field(WellStatus, "WITSML well status; a new well without one is proposed")
    status_effective_at = sdk.Instant(
        load_only=True,
        metadata=sdk.about("When the status sent took effect; now if left out"),
    )
    status_remark = sdk.prose_field(
        "Why the status sent is so; goes to the history", load_only=True, allow_none=False
    )
    well_type = sdk.choice_field(WellType, "Which way fluid flows", allow_none=True)
    purpose = sdk.choice_field(WellPurpose, "Why it was drilled", allow_none=True)
    fluid = sdk.choice_field(WellFluid, "What it mainly moves", allow_none=True)
    spud_date = fields.Date(allow_none=True, metadata=sdk.about("Day drilling began, local"))
    latitude = sdk.number_field(-90, 90, "Degrees north, WGS84", unit="deg", allow_none=True)
    longitude = sdk.number_field(-180, 180, "Degrees east, WGS84", unit="deg", allow_none=True)
    source_crs = sdk.line_field(
        "Reference system the location came in: EPSG:23031, NAD27 / Texas North Central …",
        allow_none=True,
    )
    source_x = _coordinate("Easting or longitude, in source_unit")
    source_y = _coordinate("Northing or latitude, in source_unit")
    source_unit = fields.String(
        dump_only=True,
        allow_none=True,
        metadata=sdk.about("Unit of source_x and source_y, which source_crs has: US survey foot …"),
    )
    location_operation = fields.String(
        dump_only=True,
        allow_none=True,
        metadata=sdk.about(
            "How latitude and longitude were converted from source_x and source_y, by EPSG's "
            "name; null: they were entered"
        ),
    )
    location_accuracy = fields.Float(
        dump_only=True,
        allow_none=True,
        metadata=sdk.about("Accuracy of that by EPSG; null: not known, or entered")
        | {"x-unit": "m"},
    )
    location_warning = fields.String(
        dump_only=True,
        allow_none=True,
        metadata=sdk.about("What is to be known about the location: a conversion that failed, …"),
    )
    ground_elevation = length_field(
        -15_000,
        30_000,
        "Ground or sea floor above mean sea level, in elevation_unit",
        "elevation_unit",
        allow_none=True,
    )
    elevation_unit = sdk.choice_field(
        LengthUnit, "Unit of ground_elevation: m or ft", allow_none=True
    )
    datums = fields.List(
        sdk.Whole(DatumSchema),
        validate=validate.Length(max=len(DATUMS)),
        metadata=sdk.about("Points depths are measured from; a list sent replaces the one stored"),
    )
    depth_datum = sdk.choice_field(
        DATUMS, "Datum of this well's depths unless they name another", allow_none=True
    )
    created_at = sdk.Instant(dump_only=True, metadata=sdk.about("When it was entered, UTC"))
    updated_at = sdk.Instant(dump_only=True, metadata=sdk.about("When it was last changed, UTC"))


class StatusChangeSchema(sdk.Schema):
    id = fields.UUID(dump_only=True, metadata=sdk.about("The change"))
    from_status = fields.String(
        dump_only=True, allow_none=True, metadata=sdk.about("Status before; null for the first")
    )
    to_status = sdk.choice_field(
        WellStatus, "Status from effective_at on", data_key="status", required=True
    )
    effective_at = sdk.Instant(
        metadata=sdk.about("When it became so in the field; now if left out")
    )
    remark = sdk.prose_field("Why")
    changed_by = fields.String(
        dump_only=True, allow_none=True, metadata=sdk.about("E-mail of the user; null = the system")
    )
    recorded_at = sdk.Instant(
        dump_only=True, attribute="created_at", metadata=sdk.about("When it was entered")
    )


class WellboreSchema(sdk.Schema):
    id = fields.UUID(dump_only=True, metadata=sdk.about("The wellbore"))
    well_id = fields.UUID(dump_only=True, metadata=sdk.about("The well it belongs to"))
    asset_id = fields.UUID(
        dump_only=True,
        metadata=sdk.about("The wellbore's node of the plant tree, under the well's"),
    )
    name = sdk.line_field("Name, unique in the well", required=True)
    number = sdk.line_field("Operator's number of the wellbore", allow_none=True)
    wellbore_type = sdk.choice_field(WellboreType, "How it came to be; unknown if left out")
    parent_id = fields.UUID(
        allow_none=True, metadata=sdk.about("Wellbore of the same well that it leaves")
    )
    kickoff_md = _depth("Measured depth at which it leaves its parent")
    status = sdk.choice_field(WellStatus, "WITSML status; a new wellbore without one is proposed")
    md = _depth("Total measured depth")
    tvd = _depth("Total true vertical depth")
    depth_unit = sdk.choice_field(LengthUnit, "Unit of the depths: m or ft", allow_none=True)
    depth_datum = sdk.choice_field(
        DATUMS, "Datum of the depths; the well's depth_datum if left out", allow_none=True
    )
    tvd_subsea = sdk.Measured(
        unit_field="depth_unit",
        quantity="length",
        dump_only=True,
        allow_none=True,
        metadata=sdk.about("TVD below mean sea level, in depth_unit; null if not known"),
    )
    identifiers = fields.List(
        sdk.Whole(IdentifierSchema),
        validate=validate.Length(max=50),
        metadata=sdk.about("Numbers of the wellbore, like the 12-digit US form of a sidetrack"),
    )
    created_at = sdk.Instant(dump_only=True, metadata=sdk.about("When it was entered, UTC"))
    updated_at = sdk.Instant(dump_only=True, metadata=sdk.about("When it was last changed, UTC"))


class LiveAssetSchema(sdk.Schema):
    id = fields.UUID(metadata=sdk.about("Node of the plant tree"))
    kind = fields.String(metadata=sdk.about("Kind of the node: well, wellbore, equipment …"))
    name = fields.String(metadata=sdk.about("Its name"))


class LiveValueSchema(sdk.Schema):
    tag = fields.Integer(metadata=sdk.about("Id of the tag") | {"x-unit": "1"})
    name = fields.String(metadata=sdk.about("Name of the tag"))
    asset = fields.Nested(LiveAssetSchema, metadata=sdk.about("The well or what is beneath it"))
    value = sdk.Measured(
        unit_field="unit",
        quantity_field="quantity",
        allow_none=True,
        metadata=sdk.about("In unit; null before the first reading, and where there is text"),
    )
    text = fields.String(
        allow_none=True, metadata=sdk.about("What it says, where readings are no numbers")
    )
    state = fields.String(
        allow_none=True, metadata=sdk.about("Name of the value, where it has one")
    )
    unit = fields.String(allow_none=True, metadata=sdk.about("Of value"))
    quantity = fields.String(
        allow_none=True, metadata=sdk.about("As the tag says it; null = the unit's usual one")
    )
    quality = fields.Integer(
        metadata=sdk.about("OPC code: 192 good, 64 uncertain, 0 bad, sub-codes") | {"x-unit": "1"}
    )
    quality_name = fields.String(metadata=sdk.about("The quality in words"))
    time = sdk.Instant(allow_none=True, metadata=sdk.about("Of the reading, UTC"))
    reason = fields.String(allow_none=True, metadata=sdk.about("Why the quality is what it is"))
