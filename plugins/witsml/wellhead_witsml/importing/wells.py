"""A store's wells as wells."""

import datetime as dt
import re
import uuid
from contextlib import suppress
from typing import Any

from wellhead_wells.identifiers import IdentifierKind
from wellhead_wells.models import Well
from wellhead_wells.records import set_identifiers
from wellhead_wells.service import change_well, create_well
from wellhead_wells.vocabulary import (
    GROUND_DATUM,
    SEA_LEVEL_DATUMS,
    WellFluid,
    WellPurpose,
    WellStatus,
    WellType,
)
from wellhead_witsml.importing.outcome import Outcome
from wellhead_witsml.importing.values import datum, given, length, line, word
from wellhead_witsml.objects import wells as witsml

_COUNTRY = re.compile(r"[A-Z]{2}\Z")
_OFFSET = re.compile(r"([+-])(\d\d):(\d\d)\Z")
_WGS84 = re.compile(r"wgs[ _-]*(19)?84|epsg:+4326|\b4326\b", re.IGNORECASE)
_CANADA = "CA"


def import_well(
    of: witsml.Well, outcome: Outcome, known: Well | None, parent: uuid.UUID | None
) -> Well:
    """The new well, or `known` changed. parent: asset that a new one hangs under. Raises
    WellheadError and ApiError for what cannot be."""
    data = _data(of, outcome)
    identifiers = _identifiers(of, outcome)
    if known is None:
        return create_well(
            {**data, "identifiers": identifiers, "parent_asset_id": parent}, imported=True
        )
    if data.get("status") == known.status:
        del data["status"]
    change_well(known, data)
    set_identifiers(known, identifiers, imported=True)
    return known


def _data(of: witsml.Well, outcome: Outcome) -> dict[str, Any]:
    data = given(
        name=line(outcome, "name", of.name or of.uid),
        field=line(outcome, "field", of.field),
        operator=line(outcome, "operator", of.operator),
        country=_country(of, outcome),
        status=word(outcome, "statusWell", of.status, WellStatus),
        purpose=word(outcome, "purposeWell", of.purpose, WellPurpose),
        fluid=word(outcome, "fluidWell", of.fluid, WellFluid),
        well_type=word(outcome, "directionWell", of.direction, WellType),
        spud_date=_local_day(of.spud_time, of.time_zone),
    )
    return data | _ground(of, outcome) | _datums(of, outcome) | _location(of, outcome)


def _country(of: witsml.Well, outcome: Outcome) -> str | None:
    if of.country is None or _COUNTRY.match(of.country):
        return of.country
    outcome.warn("country", of.country, "is no two-letter code of ISO 3166-1, so it was left out")
    return None


def _local_day(time: dt.datetime | None, zone: str | None) -> dt.date | None:
    """The day in the well's zone, which WITSML writes as an offset."""
    if time is None:
        return None
    match = _OFFSET.match(zone or "")
    if match is None:
        return time.date()
    offset = dt.timedelta(hours=int(match[2]), minutes=int(match[3]))
    with suppress(OverflowError):  # a spud at the end of the calendar has no other day
        time += offset if match[1] == "+" else -offset
    return time.date()


def _identifiers(of: witsml.Well, outcome: Outcome) -> list[dict[str, str]]:
    """What is malformed is kept as it came: `set_identifiers` says so in a warning of its own."""
    numbers = (
        (IdentifierKind.CANADA_UWI if of.country == _CANADA else IdentifierKind.US_WELL_NUMBER,
         "numAPI", of.api_number),
        (IdentifierKind.OTHER, "numGovt", of.government_number),
        (IdentifierKind.OTHER, "numLicense", of.licence),
    )  # fmt: skip
    found: list[dict[str, str]] = []
    for kind, field, value in numbers:
        kept = line(outcome, field, value, most=64)
        if kept is not None and {"kind": kind.value, "value": kept} not in found:
            found.append({"kind": kind.value, "value": kept})
    return found


def _ground(of: witsml.Well, outcome: Outcome) -> dict[str, Any]:
    found = length(outcome, "groundElevation", of.ground_elevation)
    return {} if found is None else {"ground_elevation": found[0], "elevation_unit": found[1]}


def _datums(of: witsml.Well, outcome: Outcome) -> dict[str, Any]:
    rows: dict[str, dict[str, Any]] = {}
    default = None
    for one in of.datums:
        code = datum(outcome, "wellDatum", one.code or one.name)
        if code is None:
            continue
        default = code if one.default or default is None else default
        height = length(outcome, f"wellDatum[{one.uid}]/elevation", one.elevation)
        if height is None or code in rows:
            continue
        if code in SEA_LEVEL_DATUMS and height[0] != 0:
            outcome.warn(
                "wellDatum", code, "is sea level, whose elevation is 0, so it was left out"
            )
        elif code != GROUND_DATUM or of.ground_elevation is None:
            rows[code] = {"code": code, "elevation": height[0], "unit": height[1]}
    data: dict[str, Any] = {"datums": list(rows.values())} if rows else {}
    return data | given(depth_datum=default)


def _location(of: witsml.Well, outcome: Outcome) -> dict[str, Any]:
    """The geographic position where it is WGS84; else the coordinates as they came, with the name
    of their system."""
    for place in of.locations:
        geographic = place.latitude is not None and place.longitude is not None
        if geographic and (place.crs is None or _WGS84.search(place.crs)):
            if place.crs is None:
                outcome.warn("wellLocation", place.uid, "names no system: taken as WGS84")
            return {"latitude": place.latitude, "longitude": place.longitude}
    for place in of.locations:
        crs = line(outcome, "wellCRS", place.crs)
        if crs is None:
            continue
        if place.easting is not None and place.northing is not None:
            x, y = place.easting.value, place.northing.value
        elif place.latitude is not None and place.longitude is not None:
            x, y = place.longitude, place.latitude
        else:
            continue
        return {"source_crs": crs, "source_x": x, "source_y": y}
    return {}


def warn_of_identifiers(outcome: Outcome, record: Any) -> None:
    """Tell of the identifiers that are kept although they are malformed."""
    for row in record.identifiers:
        if row.warning:
            outcome.warn(f"identifiers.{row.kind}", row.value, f"kept as it came: {row.warning}")
