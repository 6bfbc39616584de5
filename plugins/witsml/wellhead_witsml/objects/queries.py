"""Queries: templates of what is asked for, which GetFromStore fills in.

1.4.1.1 lets OptionsIn say how much; 1.3.1.1 returns the elements that the template names, so every
element that is read is named in it.
"""

from datetime import datetime, tzinfo

from wellhead_witsml.objects.common import Measure, WitsmlObject
from wellhead_witsml.objects.documents import Element, index_time, plural, to_document
from wellhead_witsml.objects.logs import Log
from wellhead_witsml.objects.reading import kind_name
from wellhead_witsml.protocol.options import Options, ReturnElements

ALL = Options(ReturnElements.ALL)
IDS = Options(ReturnElements.ID_ONLY)
REQUESTED = Options(ReturnElements.REQUESTED)
DATA_ONLY = Options(ReturnElements.DATA_ONLY)

_UP = {"well": (), "wellbore": ("nameWell",)}
_TEMPLATES = {
    "well": "nameLegal numLicense numGovt dTimLicense field country state county region district "
    "block timeZone operator numAPI statusWell purposeWell fluidWell directionWell dTimSpud dTimPa "
    "wellheadElevation wellDatum groundElevation waterDepth wellLocation wellCRS",
    "wellbore": "parentWellbore number suffixAPI numGovt statusWellbore purposeWellbore "
    "typeWellbore shape dTimKickoff mdCurrent tvdCurrent mdKickoff tvdKickoff mdPlanned tvdPlanned",
    "trajectory": "dTimTrajStart dTimTrajEnd mdMn mdMx serviceCompany magDeclUsed gridCorUsed "
    "aziVertSect definitive memory finalTraj aziRef trajectoryStation",
    "log": "serviceCompany runNumber creationDate description indexType startIndex endIndex "
    "stepIncrement startDateTimeIndex endDateTimeIndex direction indexCurve nullValue logCurveInfo",
    "mudLog": "dTim mudLogCompany mudLogEngineers startMd endMd geologyInterval",
    "bhaRun": "tubular dTimStart dTimStop dTimStartDrilling dTimStopDrilling planDogleg actDogleg "
    "actDoglegMx statusBha numBitRun numStringRun reasonTrip objectiveBha drillingParams",
    "tubular": "typeTubularAssy diaHoleAssy tubularComponent",
    "message": "dTim activityCode md mdBit typeMessage messageText",
    "risk": "type category subCategory extendCategory affectedPersonnel dTimStart dTimEnd "
    "mdHoleStart mdHoleEnd tvdHoleStart tvdHoleEnd mdBitStart mdBitEnd diaHole severityLevel "
    "probabilityLevel summary details identification contingency mitigation",
}
_RANGES = {"trajectory": "mdMn", "mudLog": "startMd"}
_ONLY_141 = {"log": "objectGrowing dataDelimiter", "trajectory": "objectGrowing"}


def objects_query(
    kind: type[WitsmlObject],
    version: str,
    start: Measure | None = None,
    /,
    *,
    uid_well: str = "",
    uid_wellbore: str = "",
    uid: str = "",
) -> str:
    """Objects of a kind, those of one well or wellbore where it is given; ask with ALL or IDS.

    Logs come without their data when asked with REQUESTED: their header.
    start: of a trajectory's stations or a mud log's intervals, those from this measured depth on
    """
    name = kind_name(kind)
    root, writer = plural(name, version)
    one = _selected(writer, name, uid_well, uid_wellbore, uid)
    names = f"{_TEMPLATES[name]} {_ONLY_141.get(name, '') if version == '1.4.1.1' else ''}"
    for part in (*_UP.get(name, ("nameWell", "nameWellbore")), "name", *names.split()):
        if start is not None and part == _RANGES.get(name):
            one.measure(part, start)
        else:
            one.empty(part)
    one.empty("commonData")
    return to_document(root)


def growing_query(version: str) -> str:
    """Names of all logs that grow; ask with REQUESTED. Of 1.3.1.1, which does not say so, of all
    logs."""
    root, writer = plural("log", version)
    one = _selected(writer, "log", "", "", "")
    for part in ("nameWell", "nameWellbore", "name"):
        one.empty(part)
    if version == "1.4.1.1":
        one.text("objectGrowing", True)
    return to_document(root)


def identity_query(
    kind: type[WitsmlObject],
    version: str,
    *,
    uid_well: str = "",
    uid_wellbore: str = "",
    uid: str = "",
) -> str:
    """One object by its identifiers and nothing else: what DeleteFromStore deletes whole."""
    name = kind_name(kind)
    root, writer = plural(name, version)
    _selected(writer, name, uid_well, uid_wellbore, uid)
    return to_document(root)


def data_query(
    header: Log,
    version: str,
    start: datetime | float | None,
    end: datetime | float | None = None,
    zone: tzinfo | None = None,
) -> str:
    """Rows of a log from `start` on, that row included; ask with DATA_ONLY.

    start, end: a time of a log by time, else a number in the log's index unit; None = no bound
    zone: of the store, which 1.3.1.1 wants times in
    """
    root, writer = plural("log", version)
    one = _selected(writer, "log", header.uid_well, header.uid_wellbore, header.uid)
    for name, bound in (("start", start), ("end", end)):
        if isinstance(bound, datetime):
            one.text(f"{name}DateTimeIndex", index_time(bound, version, zone))
        elif bound is not None:
            one.text(f"{name}Index", repr(float(bound)), uom=header.index_unit)
    if version == "1.3.1.1":
        for curve in header.curves:
            asked = one.empty("logCurveInfo")
            asked.text("mnemonic", curve.mnemonic)
            asked.empty("columnIndex")
        one.empty("logData").empty("data")
    return to_document(root)


def _selected(writer: Element, kind: str, uid_well: str, uid_wellbore: str, uid: str) -> Element:
    """The object with the uids that select it; an empty one selects all."""
    pointers = {"uidWell": uid_well, "uidWellbore": uid_wellbore}
    if kind == "well":
        pointers = {}
    elif kind == "wellbore":
        del pointers["uidWellbore"]
    return writer.empty(kind, **pointers, uid=uid)
