"""Wells and wellbores."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from wellhead_witsml.objects.common import Measure, Reader, WitsmlObject


@dataclass(frozen=True, slots=True)
class WellDatum:
    """A vertical reference of a well: kelly bushing, ground level, mean sea level.

    elevation: above the datum that it names, or above mean sea level
    default: depths of this well refer to it where they name no other
    """

    uid: str
    name: str | None
    code: str | None
    elevation: Measure | None
    default: bool


@dataclass(frozen=True, slots=True)
class Location:
    """A point of a well's surface position, geographic (degrees) or projected (with its unit).

    crs: name of the reference system, as the store gives it
    """

    uid: str
    crs: str | None
    latitude: float | None
    longitude: float | None
    easting: Measure | None
    northing: Measure | None
    description: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Well(WitsmlObject):
    """A well. time_zone: as the store writes it, `-06:00` say"""

    legal_name: str | None = None
    licence: str | None = None
    government_number: str | None = None
    api_number: str | None = None
    field: str | None = None
    country: str | None = None
    state: str | None = None
    county: str | None = None
    region: str | None = None
    district: str | None = None
    block: str | None = None
    time_zone: str | None = None
    operator: str | None = None
    status: str | None = None
    purpose: str | None = None
    fluid: str | None = None
    direction: str | None = None
    licence_time: datetime | None = None
    spud_time: datetime | None = None
    plugged_time: datetime | None = None
    water_depth: Measure | None = None
    ground_elevation: Measure | None = None
    wellhead_elevation: Measure | None = None
    datums: tuple[WellDatum, ...] = ()
    locations: tuple[Location, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Wellbore(WitsmlObject):
    """A wellbore. depths: `md`, `tvd`, `mdKickoff`, `mdPlanned` …, by WITSML's name"""

    parent_uid: str | None = None
    parent_name: str | None = None
    number: str | None = None
    api_suffix: str | None = None
    government_number: str | None = None
    status: str | None = None
    active: bool | None = None
    purpose: str | None = None
    type: str | None = None
    shape: str | None = None
    kickoff_time: datetime | None = None
    depths: Mapping[str, Measure] = field(default_factory=dict)


def read_well(of: Reader) -> Well:
    """A `well` of either version."""
    names = _reference_systems(of)
    return Well(
        legal_name=of.text("nameLegal"),
        licence=of.text("numLicense"),
        government_number=of.text("numGovt"),
        api_number=of.text("numAPI"),
        field=of.text("field"),
        country=of.text("country"),
        state=of.text("state"),
        county=of.text("county"),
        region=of.text("region"),
        district=of.text("district"),
        block=of.text("block"),
        time_zone=of.text("timeZone"),
        operator=of.text("operator"),
        status=of.text("statusWell"),
        purpose=of.text("purposeWell"),
        fluid=of.text("fluidWell"),
        direction=of.text("directionWell"),
        licence_time=of.time("dTimLicense"),
        spud_time=of.time("dTimSpud"),
        plugged_time=of.time("dTimPa"),
        water_depth=of.measure("waterDepth"),
        ground_elevation=of.measure("groundElevation"),
        wellhead_elevation=of.measure("wellheadElevation"),
        datums=tuple(_datum(datum) for datum in of.inner("wellDatum")),
        locations=tuple(_location(place, names) for place in of.inner("wellLocation")),
        **of.identity(),
    )


def read_wellbore(of: Reader) -> Wellbore:
    """A `wellbore` of either version; 1.3.1.1 calls its present depths mdCurrent, tvdCurrent."""
    parent = of.first("parentWellbore")
    present = {"md": of.measure("md", "mdCurrent"), "tvd": of.measure("tvd", "tvdCurrent")}
    known = {name: depth for name, depth in present.items() if depth is not None}
    return Wellbore(
        parent_uid=None if parent is None else parent.attribute("uidRef"),
        parent_name=None if parent is None else parent.content or None,
        number=of.text("number", "numWellbore"),
        api_suffix=of.text("suffixAPI"),
        government_number=of.text("numGovt"),
        status=of.text("statusWellbore"),
        purpose=of.text("purposeWellbore"),
        type=of.text("typeWellbore"),
        shape=of.text("shape"),
        active=of.flag("isActive"),
        kickoff_time=of.time("dTimKickoff"),
        depths={**known, **of.measures()},
        **of.identity(),
    )


def _datum(of: Reader) -> WellDatum:
    return WellDatum(
        uid=of.attribute("uid") or "",
        name=of.text("name"),
        code=of.text("code"),
        elevation=of.measure("elevation"),
        default=of.attribute("defaultElevation") in ("true", "1"),
    )


def _location(of: Reader, names: Mapping[str, str]) -> Location:
    system = of.first("wellCRS")
    crs = None
    if system is not None:
        uid = system.attribute("uidRef")
        crs = system.content or names.get(uid or "") or uid
    return Location(
        uid=of.attribute("uid") or "",
        crs=crs,
        latitude=of.number("latitude"),
        longitude=of.number("longitude"),
        easting=of.measure("easting"),
        northing=of.measure("northing"),
        description=of.text("description"),
    )


def _reference_systems(of: Reader) -> dict[str, str]:
    """Names of the well's own reference systems, by their uid."""
    found = {}
    for system in of.inner("wellCRS"):
        uid, name = system.attribute("uid"), system.text("name")
        if uid is not None and name is not None:
            found[uid] = name
    return found
