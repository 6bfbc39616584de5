"""What happens on the rig: BHA runs, messages and risks."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from wellhead_witsml.objects.common import Measure, Reader, WitsmlObject


@dataclass(frozen=True, slots=True)
class DrillingParameters:
    """Parameters over a part of a run. measures: `wobAv`, `rpmMx` … by WITSML's name"""

    uid: str
    measures: Mapping[str, Measure]
    comments: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BhaRun(WitsmlObject):
    """One run of a bottom-hole assembly. measures: `planDogleg`, `actDogleg`, `actDoglegMx`"""

    tubular_uid: str | None = None
    tubular_name: str | None = None
    start_time: datetime | None = None
    stop_time: datetime | None = None
    drilling_start_time: datetime | None = None
    drilling_stop_time: datetime | None = None
    status: str | None = None
    bit_run_number: str | None = None
    string_run_number: str | None = None
    reason_for_trip: str | None = None
    objective: str | None = None
    measures: Mapping[str, Measure] = field(default_factory=dict)
    parameters: tuple[DrillingParameters, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Message(WitsmlObject):
    """A message from the rig. type: alarm, event, informational, user, warning"""

    time: datetime | None = None
    type: str | None = None
    activity: str | None = None
    severity: str | None = None
    text: str = ""
    md: Measure | None = None
    bit_md: Measure | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Risk(WitsmlObject):
    """A risk, an event or a near miss. severity, probability: from 1 to 5 (WITSML LevelIntCode)"""

    type: str | None = None
    category: str | None = None
    subcategories: tuple[str, ...] = ()
    extended_category: str | None = None
    affected: tuple[str, ...] = ()
    start_time: datetime | None = None
    end_time: datetime | None = None
    start_md: Measure | None = None
    end_md: Measure | None = None
    severity: int | None = None
    probability: int | None = None
    summary: str | None = None
    details: str | None = None
    identification: str | None = None
    contingency: str | None = None
    mitigations: tuple[str, ...] = ()
    measures: Mapping[str, Measure] = field(default_factory=dict)


def read_bha_run(of: Reader) -> BhaRun:
    """A `bhaRun` of either version."""
    tubular = of.first("tubular")
    return BhaRun(
        tubular_uid=None if tubular is None else tubular.attribute("uidRef"),
        tubular_name=None if tubular is None else tubular.content or None,
        start_time=of.time("dTimStart"),
        stop_time=of.time("dTimStop"),
        drilling_start_time=of.time("dTimStartDrilling"),
        drilling_stop_time=of.time("dTimStopDrilling"),
        status=of.text("statusBha"),
        bit_run_number=of.text("numBitRun"),
        string_run_number=of.text("numStringRun"),
        reason_for_trip=of.text("reasonTrip"),
        objective=of.text("objectiveBha"),
        parameters=tuple(_parameters(part) for part in of.inner("drillingParams")),
        measures=of.measures(),
        **of.identity(),
    )


def read_message(of: Reader) -> Message:
    """A `message` of either version."""
    return Message(
        time=of.time("dTim"),
        type=of.text("typeMessage"),
        activity=of.text("activityCode"),
        severity=of.text("severity"),
        text=of.text("messageText") or "",
        md=of.measure("md"),
        bit_md=of.measure("mdBit"),
        **of.identity(),
    )


def read_risk(of: Reader) -> Risk:
    """A `risk` of either version."""
    return Risk(
        type=of.text("type"),
        category=of.text("category"),
        subcategories=of.texts("subCategory"),
        extended_category=of.text("extendCategory"),
        affected=of.texts("affectedPersonnel"),
        start_time=of.time("dTimStart"),
        end_time=of.time("dTimEnd"),
        start_md=of.measure("mdHoleStart"),
        end_md=of.measure("mdHoleEnd"),
        severity=of.whole("severityLevel"),
        probability=of.whole("probabilityLevel"),
        summary=of.text("summary"),
        details=of.text("details"),
        identification=of.text("identification"),
        contingency=of.text("contingency", "contigency"),
        mitigations=of.texts("mitigation"),
        measures=of.measures(),
        **of.identity(),
    )


def _parameters(of: Reader) -> DrillingParameters:
    return DrillingParameters(
        uid=of.attribute("uid") or "",
        measures=of.measures(),
        comments=of.text("comments"),
    )
