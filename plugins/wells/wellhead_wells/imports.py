"""Rows of files as wells and wellbores: columns that people have, and what is malformed kept.

A person who types a malformed number can correct it at once, and is told to. A file's author is not
there: the well is worth more than its number, so that is kept as it came, with a warning.
"""

import uuid
from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields, post_load, validate, validates_schema
from sqlalchemy import select

from wellhead import sdk
from wellhead_wells.identifiers import MAX_LENGTH, IdentifierKind
from wellhead_wells.models import Well, Wellbore
from wellhead_wells.schemas import WellboreSchema, WellSchema, length_field
from wellhead_wells.search import find_named
from wellhead_wells.service import new_well
from wellhead_wells.vocabulary import WELL_PARENTS
from wellhead_wells.wellbores import create_wellbore

_NUMBERS: Mapping[str, IdentifierKind] = {
    "us_well_number": IdentifierKind.US_WELL_NUMBER,
    "uwi": IdentifierKind.CANADA_UWI,
    "norway_name": IdentifierKind.NORWAY_NAME,
    "npdid": IdentifierKind.NPDID,
}
"""Columns of one number each; they go to the end of `identifiers`."""


def _number(kind: IdentifierKind) -> fields.String:
    return fields.String(
        load_only=True,
        validate=validate.Length(1, MAX_LENGTH),
        metadata=sdk.about(f"One more of `identifiers`, of kind {kind}"),
    )


class _NumberedSchema(sdk.Schema):
    us_well_number = _number(IdentifierKind.US_WELL_NUMBER)
    uwi = _number(IdentifierKind.CANADA_UWI)
    norway_name = _number(IdentifierKind.NORWAY_NAME)
    npdid = _number(IdentifierKind.NPDID)

    @post_load
    def _one_list(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        added = [
            {"kind": kind.value, "value": data.pop(column)}
            for column, kind in _NUMBERS.items()
            if column in data
        ]
        return data | {"identifiers": [*data.get("identifiers", []), *added]}


class WellRowSchema(_NumberedSchema, WellSchema):
    """A well in a file, with columns for what is a list in a well elsewhere."""

    alias = sdk.line_field("More `aliases`, with ; between them", 1000, load_only=True)
    kb_elevation = length_field(
        -15_000,
        30_000,
        "Kelly bushing above mean sea level, in elevation_unit; one more of `datums`",
        "elevation_unit",
        load_only=True,
    )
    parent = sdk.line_field(
        "Name of the pad, facility or field it hangs under, in place of parent_asset_id",
        load_only=True,
    )

    @validates_schema
    def _one_parent(self, data: dict[str, Any], **_: Any) -> None:
        _refuse_both(data, "parent", "parent_asset_id")
        if "kb_elevation" in data and data.get("elevation_unit") is None:
            raise ValidationError("kb_elevation means nothing without it.", "elevation_unit")

    @post_load
    def _as_lists(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        if "alias" in data:
            names = filter(None, map(str.strip, data.pop("alias").split(";")))
            data["aliases"] = [*data.get("aliases", []), *({"name": name} for name in names)]
        if "kb_elevation" in data:
            kelly = {"code": "KB", "elevation": data.pop("kb_elevation")}
            kelly["unit"] = data["elevation_unit"]
            data["datums"] = [*data.get("datums", []), kelly]
        return data


class WellboreRowSchema(_NumberedSchema, WellboreSchema):
    """A wellbore in a file, which says whose it is."""

    well_id = fields.UUID(metadata=sdk.about("The well it belongs to, unless `well` says it"))
    well = sdk.line_field("Name, alias or number of the well, in place of well_id", load_only=True)
    parent = sdk.line_field(
        "Name of the wellbore that it leaves, in place of parent_id", load_only=True
    )

    @validates_schema
    def _one_well(self, data: dict[str, Any], **_: Any) -> None:
        _refuse_both(data, "well", "well_id")
        _refuse_both(data, "parent", "parent_id")
        if "well" not in data and "well_id" not in data:
            raise ValidationError("Give the well's name, alias, number or id.", "well")


def _refuse_both(data: Mapping[str, Any], one: str, other: str) -> None:
    if one in data and other in data:
        raise ValidationError(f"Give {one} or {other}, not both.", one)


def add_well(data: dict[str, Any], *, imported: bool = False) -> Well:
    """A row of `WellRowSchema` as a new well, not yet in the session. Raises as `create_well`."""
    if (name := data.pop("parent", None)) is not None:
        data["parent_asset_id"] = _parent_asset(name)
    return new_well(data, imported=imported)


def import_well(data: dict[str, Any]) -> Well:
    """As `add_well`, malformed numbers kept."""
    return add_well(data, imported=True)


def add_wellbore(data: dict[str, Any], *, imported: bool = False) -> Wellbore:
    """A row of `WellboreRowSchema` as a new wellbore. Raises as `create_wellbore` does."""
    well = _well(data)
    if (name := data.pop("parent", None)) is not None:
        data["parent_id"] = _wellbore_named(well, name)
    return create_wellbore(well, data, imported=imported)


def import_wellbore(data: dict[str, Any]) -> Wellbore:
    """As `add_wellbore`, malformed numbers kept."""
    return add_wellbore(data, imported=True)


def warnings_of(record: Well | Wellbore) -> list[dict[str, Any]]:
    """What of an imported record was kept without being understood, or is to be known of it."""
    found: list[dict[str, Any]] = [
        {
            "field": f"identifiers.{row.position}.value",
            "value": row.value,
            "message": row.warning,
            "remedy": "It is kept as it came: correct it in the record",
        }
        for row in record.identifiers
        if row.warning is not None
    ]
    if isinstance(record, Well) and record.location_warning is not None:
        found.append(
            {
                "field": "source_crs",
                "value": record.source_crs,
                "message": record.location_warning,
                "remedy": "The coordinates are kept as they came: correct them, or take it so",
            }
        )
    return found


def _well(data: dict[str, Any]) -> Well:
    key = data.pop("well_id", None)
    if key is None:
        return find_named(data.pop("well"), "well")
    listed = "GET /api/v1/wells"
    well: Well = sdk.require_record(Well, key, "well_id", what="well", listed=listed)
    return well


def _wellbore_named(well: Well, name: str) -> uuid.UUID:
    named = select(Wellbore.id).where(Wellbore.well_id == well.id, Wellbore.name == name)
    key = sdk.db.session.scalar(named)
    if key is None:
        raise sdk.WellheadError(
            f"well {well.name} has no wellbore of this name",
            field="parent",
            value=name,
            remedy="Put the row of the parent before it, or correct the name",
        )
    return key


def _parent_asset(name: str) -> uuid.UUID:
    named = select(sdk.Asset.id).where(sdk.Asset.name == name, sdk.Asset.kind.in_(WELL_PARENTS))
    found = sdk.db.session.scalars(sdk.only_visible(named, sdk.Asset.id).limit(2)).all()
    if len(found) != 1:
        raise sdk.WellheadError(
            f"{'several assets have' if found else 'no pad, facility or field has'} this name",
            field="parent",
            value=name,
            remedy="Give parent_asset_id, an id of GET /api/v1/assets",
        )
    return found[0]
