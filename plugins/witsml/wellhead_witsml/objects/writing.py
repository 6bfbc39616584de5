"""Objects as documents for AddToStore and UpdateInStore, in the order of the schemas."""

from collections.abc import Callable, Mapping
from typing import Any

from wellhead_witsml.objects.common import WitsmlObject
from wellhead_witsml.objects.documents import Element, plural, to_document
from wellhead_witsml.objects.logs import Log
from wellhead_witsml.objects.mud_logs import GeologyInterval, MudLog
from wellhead_witsml.objects.operations import BhaRun, Message, Risk
from wellhead_witsml.objects.reading import kind_name
from wellhead_witsml.objects.trajectories import Station, Trajectory
from wellhead_witsml.objects.tubulars import Tubular
from wellhead_witsml.objects.wells import Well, Wellbore
from wellhead_witsml.objects.writing_logs import write_log


def write_object(of: WitsmlObject, version: str) -> str:
    """The plural document with this one object in it. What the version lacks is left out."""
    kind = kind_name(type(of))
    root, writer = plural(kind, version)
    pointers = {"uidWell": of.uid_well, "uidWellbore": of.uid_wellbore, "uid": of.uid}
    one = writer.empty(kind, **{name: value for name, value in pointers.items() if value})
    _WRITERS[type(of)](one, of)
    one.common(of)
    return to_document(root)


def _well(to: Element, of: Well) -> None:
    to.text("name", of.name or None)
    to.text("nameLegal", of.legal_name)
    to.text("numLicense", of.licence)
    to.text("numGovt", of.government_number)
    to.time("dTimLicense", of.licence_time)
    to.text("field", of.field)
    to.text("country", of.country)
    to.text("state", of.state)
    to.text("county", of.county)
    to.text("region", of.region)
    to.text("district", of.district)
    to.text("block", of.block)
    to.text("timeZone", of.time_zone)
    to.text("operator", of.operator)
    to.text("numAPI", of.api_number)
    to.text("statusWell", of.status)
    to.text("purposeWell", of.purpose)
    to.text("fluidWell", of.fluid)
    to.text("directionWell", of.direction)
    to.time("dTimSpud", of.spud_time)
    to.time("dTimPa", of.plugged_time)
    to.measure("wellheadElevation", of.wellhead_elevation)
    for datum in of.datums:
        inner = to.empty("wellDatum", uid=datum.uid)
        inner.text("name", datum.name)
        inner.text("code", datum.code)
        inner.measure("elevation", datum.elevation)
    to.measure("groundElevation", of.ground_elevation)
    to.measure("waterDepth", of.water_depth)
    for place in of.locations:
        inner = to.empty("wellLocation", uid=place.uid)
        inner.text("wellCRS", place.crs)
        for name, degrees in (("latitude", place.latitude), ("longitude", place.longitude)):
            inner.text(name, degrees, uom="dega")
        inner.measure("easting", place.easting)
        inner.measure("northing", place.northing)
        inner.text("description", place.description)


def _wellbore(to: Element, of: Wellbore) -> None:
    to.names(of)
    if of.parent_uid or of.parent_name:
        to.text("parentWellbore", of.parent_name or "", uidRef=of.parent_uid)
    to.text("number", of.number)
    to.text("suffixAPI", of.api_suffix)
    to.text("numGovt", of.government_number)
    to.text("statusWellbore", of.status)
    if to.version == "1.4.1.1":
        to.text("isActive", of.active)
    to.text("purposeWellbore", of.purpose)
    to.text("typeWellbore", of.type)
    to.text("shape", of.shape)
    to.time("dTimKickoff", of.kickoff_time)
    older = {"md": "mdCurrent", "tvd": "tvdCurrent"} if to.version == "1.3.1.1" else {}
    to.measures({older.get(name, name): depth for name, depth in of.depths.items()})


def _trajectory(to: Element, of: Trajectory) -> None:
    to.names(of)
    if to.version == "1.4.1.1":
        to.text("objectGrowing", of.growing)
    to.time("dTimTrajStart", of.start_time)
    to.time("dTimTrajEnd", of.end_time)
    to.measure("mdMn", of.start_md)
    to.measure("mdMx", of.end_md)
    to.text("serviceCompany", of.service_company)
    to.measure("magDeclUsed", of.declination)
    to.measure("gridCorUsed", of.grid_correction)
    to.measure("aziVertSect", of.section_azimuth)
    to.text("definitive", of.definitive)
    to.text("memory", of.memory)
    to.text("finalTraj", of.final)
    to.text("aziRef", of.azimuth_reference)
    for station in of.stations:
        _station(to.empty("trajectoryStation", uid=station.uid), station)


def _station(to: Element, of: Station) -> None:
    to.time("dTimStn", of.time)
    to.text("typeTrajStation", of.type)
    to.measure("md", of.md)
    to.measure("tvd", of.tvd)
    to.measure("incl", of.inclination)
    to.measure("azi", of.azimuth)
    to.measure("dispNs", of.north)
    to.measure("dispEw", of.east)
    to.measure("vertSect", of.vertical_section)
    to.measure("dls", of.dogleg_severity)
    to.text("statusTrajStation", of.status)


def _mud_log(to: Element, of: MudLog) -> None:
    to.names(of)
    if to.version == "1.4.1.1":
        to.text("objectGrowing", of.growing)
    to.time("dTim", of.time)
    to.text("mudLogCompany", of.company)
    to.text("mudLogEngineers", of.engineers)
    to.measure("startMd", of.start_md)
    to.measure("endMd", of.end_md)
    for interval in of.intervals:
        _interval(to.empty("geologyInterval", uid=interval.uid), interval)


def _interval(to: Element, of: GeologyInterval) -> None:
    to.text("typeLithology", of.type)
    to.measure("mdTop", of.top_md)
    to.measure("mdBottom", of.bottom_md)
    to.time("dTim", of.time)
    to.measures(of.measures)
    for rock in of.lithologies:
        inner = to.empty("lithology", uid=rock.uid)
        inner.text("type", rock.type)
        inner.text("codeLith", rock.code)
        inner.text("lithPc", rock.percent, uom="%")
        inner.text("description", rock.description)
    if of.gases:
        to.empty("chromatograph").measures(of.gases)
    to.text("description", of.description)


def _bha_run(to: Element, of: BhaRun) -> None:
    to.names(of)
    if of.tubular_uid or of.tubular_name:
        to.text("tubular", of.tubular_name or "", uidRef=of.tubular_uid)
    to.time("dTimStart", of.start_time)
    to.time("dTimStop", of.stop_time)
    to.time("dTimStartDrilling", of.drilling_start_time)
    to.time("dTimStopDrilling", of.drilling_stop_time)
    to.measures(of.measures)
    to.text("statusBha", of.status)
    to.text("numBitRun", of.bit_run_number)
    to.text("numStringRun", of.string_run_number)
    to.text("reasonTrip", of.reason_for_trip)
    to.text("objectiveBha", of.objective)
    for part in of.parameters:
        inner = to.empty("drillingParams", uid=part.uid)
        inner.measures(part.measures)
        inner.text("comments", part.comments)


def _tubular(to: Element, of: Tubular) -> None:
    to.names(of)
    to.text("typeTubularAssy", of.type)
    to.measure("diaHoleAssy", of.hole_diameter)
    for part in of.components:
        inner = to.empty("tubularComponent", uid=part.uid)
        inner.text("typeTubularComp", part.type)
        inner.text("sequence", part.sequence)
        inner.text("description", part.description)
        inner.measures(part.measures)
        inner.text("vendor", part.vendor)
        inner.text("model", part.model)
        if part.bit is not None:
            bit = inner.empty("bitRecord")
            bit.text("numBit", part.bit.number)
            bit.measures(part.bit.measures)
            bit.text("manufacturer", part.bit.manufacturer)
            bit.text("typeBit", part.bit.type)
            bit.text("codeIADC", part.bit.iadc)
            for name, grade in part.bit.dull.items():
                bit.text(name, grade)
        for place, size in enumerate(part.nozzles, 1):
            nozzle = inner.empty("nozzle", uid=str(place))
            nozzle.text("index", place)
            nozzle.measure("diaNozzle", size)


def _message(to: Element, of: Message) -> None:
    to.names(of)
    to.time("dTim", of.time)
    to.text("activityCode", of.activity)
    to.measure("md", of.md)
    to.measure("mdBit", of.bit_md)
    to.text("typeMessage", of.type)
    to.text("messageText", of.text)
    if to.version == "1.4.1.1":
        to.text("severity", of.severity)


def _risk(to: Element, of: Risk) -> None:
    to.names(of)
    to.text("type", of.type)
    to.text("category", of.category)
    for word in of.subcategories:
        to.text("subCategory", word)
    to.text("extendCategory", of.extended_category)
    for person in of.affected:
        to.text("affectedPersonnel", person)
    to.time("dTimStart", of.start_time)
    to.time("dTimEnd", of.end_time)
    to.measure("mdHoleStart", of.start_md)
    to.measure("mdHoleEnd", of.end_md)
    to.measures(of.measures)
    to.text("severityLevel", of.severity)
    to.text("probabilityLevel", of.probability)
    to.text("summary", of.summary)
    to.text("details", of.details)
    to.text("identification", of.identification)
    to.text("contingency", of.contingency)
    for word in of.mitigations:
        to.text("mitigation", word)


_WRITERS: Mapping[type[WitsmlObject], Callable[[Element, Any], None]] = {
    Well: _well,
    Wellbore: _wellbore,
    Trajectory: _trajectory,
    Log: write_log,
    MudLog: _mud_log,
    BhaRun: _bha_run,
    Tubular: _tubular,
    Message: _message,
    Risk: _risk,
}
