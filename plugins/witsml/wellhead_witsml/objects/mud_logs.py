"""Mud logs: what the cuttings say, interval by interval."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from wellhead_witsml.objects.common import Measure, Reader, WitsmlObject


@dataclass(frozen=True, slots=True)
class Lithology:
    """A rock and its share of the cuttings. percent: of the volume, % (0 to 100)"""

    uid: str
    type: str | None
    code: str | None
    percent: float | None
    description: str | None


@dataclass(frozen=True, slots=True)
class GeologyInterval:
    """A depth interval of a mud log.

    type: interpreted, cuttings, core
    measures: `ropAv`, `wobAv`, `bulkDensity`, `calcite` … by WITSML's name
    gases: of the chromatograph, `methAv`, `ethMx` …
    show: its `showRating` and `showFluorescence` words, in that order
    """

    uid: str
    type: str | None
    top_md: Measure | None
    bottom_md: Measure | None
    time: datetime | None
    description: str | None
    lithologies: tuple[Lithology, ...]
    measures: Mapping[str, Measure]
    gases: Mapping[str, Measure]
    show: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MudLog(WitsmlObject):
    """A mud log. growing: the store still adds intervals; None in 1.3.1.1"""

    growing: bool | None = None
    time: datetime | None = None
    company: str | None = None
    engineers: str | None = None
    start_md: Measure | None = None
    end_md: Measure | None = None
    intervals: tuple[GeologyInterval, ...] = ()


def read_mud_log(of: Reader) -> MudLog:
    """A `mudLog` of either version."""
    return MudLog(
        growing=of.flag("objectGrowing"),
        time=of.time("dTim"),
        company=of.text("mudLogCompany"),
        engineers=of.text("mudLogEngineers"),
        start_md=of.measure("startMd"),
        end_md=of.measure("endMd"),
        intervals=tuple(_interval(part) for part in of.inner("geologyInterval")),
        **of.identity(),
    )


def _interval(of: Reader) -> GeologyInterval:
    shown = of.first("show")
    words = [] if shown is None else [shown.text("showRating"), shown.text("showFluorescence")]
    chromatograph = of.first("chromatograph")
    return GeologyInterval(
        uid=of.attribute("uid") or "",
        type=of.text("typeLithology"),
        top_md=of.measure("mdTop"),
        bottom_md=of.measure("mdBottom"),
        time=of.time("dTim"),
        description=of.text("description"),
        lithologies=tuple(_lithology(part) for part in of.inner("lithology")),
        measures=of.measures(),
        gases={} if chromatograph is None else chromatograph.measures(),
        show=", ".join(word for word in words if word) or None,
    )


def _lithology(of: Reader) -> Lithology:
    return Lithology(
        uid=of.attribute("uid") or "",
        type=of.text("type"),
        code=of.text("codeLith"),
        percent=of.number("lithPc"),
        description=of.text("description"),
    )
