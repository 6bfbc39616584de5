"""Days against depth of a well: how deep the hole was when, and when it was to be.

All depths are told in one unit from one datum, so that reports of two rigs, or a plan from the
ground, can be compared.
"""

import datetime as dt
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import Select, select

from wellhead import sdk
from wellhead_drilling.depths import Depth, below
from wellhead_drilling.models import Activity, CasingString, DailyReport, Section
from wellhead_drilling.reports.vocabulary import MAKES_HOLE
from wellhead_wells.depths import from_metres
from wellhead_wells.models import Well, Wellbore

_Asked = Select[*tuple[Any, ...]]
Point = tuple[uuid.UUID, dt.datetime, Depth]
"""(wellbore, time, depth of the hole)."""


@dataclass(frozen=True, slots=True)
class Curve:
    """days: float64[n], d, rising; depths: float64[n], measured"""

    wellbore_id: uuid.UUID
    name: str
    days: npt.NDArray[np.float64]
    depths: npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Shoe:
    """A casing string that was set; depth: measured, of its shoe"""

    wellbore_id: uuid.UUID
    name: str
    day: float
    depth: float


@dataclass(frozen=True, slots=True)
class Progress:
    """day_zero: what days are counted from: the beginning of the report day the well was spudded
    on, else of its first report; None while it has none

    depth_unit, depth_datum: of all depths; None while there is none
    drilled, planned: a curve for each wellbore that has points, in the order of wellbores
    casing: in the order in which it was set
    """

    day_zero: dt.datetime | None
    depth_unit: str | None
    depth_datum: str | None
    drilled: list[Curve]
    planned: list[Curve]
    casing: list[Shoe]


def progress_of(well: Well, system: sdk.units.System | None = None) -> Progress:
    """From all reports of the well's wellbores, whatever their state, its planned sections and the
    casing that was set.

    system: units of the depths; None = those of the first report. Raises WellheadError when depths
    are from different datums and the well does not know their elevations.
    """
    begins = sdk.db.session.execute(
        _of_well(
            select(DailyReport.begins_at, DailyReport.report_date), DailyReport, well.id
        ).order_by(DailyReport.begins_at)
    ).all()
    if not begins:
        return Progress(None, None, None, [], [], [])
    zero, first_day = next((row for row in begins if row.report_date == well.spud_date), begins[0])
    drilled = sorted(_drilled(well.id), key=lambda point: point[1])
    planned = list(_planned(well.id, zero, first_day))
    first = next(iter(drilled + planned), None)
    if first is None:
        return Progress(zero, None, None, [], [], [])
    unit, datum = first[2].unit, first[2].datum
    if system is not None:
        unit = sdk.units.shown_in(unit, "length", system) or unit
    reference = Depth(0.0, unit, datum)
    return Progress(
        zero,
        unit,
        datum,
        _curves(well, drilled, zero, reference),
        _curves(well, planned, zero, reference),
        list(_casing(well, zero, reference)),
    )


def _curves(
    well: Well, points: Iterable[Point], zero: dt.datetime, reference: Depth
) -> list[Curve]:
    found: dict[uuid.UUID, list[tuple[float, float]]] = {}
    for bore_id, time, depth in points:
        place = _days(time, zero), _told(well, depth, reference)
        found.setdefault(bore_id, []).append(place)
    names = sdk.db.session.execute(
        select(Wellbore.id, Wellbore.name)
        .where(Wellbore.well_id == well.id)
        .order_by(Wellbore.created_at)
    ).all()
    return [
        Curve(row.id, row.name, *np.array(found[row.id], np.float64).T)
        for row in names
        if row.id in found
    ]


def _casing(well: Well, zero: dt.datetime, reference: Depth) -> Iterator[Shoe]:
    strings = _of_well(
        select(CasingString).where(
            CasingString.set_at.is_not(None), CasingString.shoe_md.is_not(None)
        ),
        CasingString,
        well.id,
    )
    for string in sdk.db.session.scalars(strings.order_by(CasingString.set_at)):
        depth = Depth(string.shoe_md, string.depth_unit, string.depth_datum)
        name = string.name or f"{string.size.value:g} {string.size.unit} {string.string_type}"
        place = _days(string.set_at, zero), _told(well, depth, reference)
        yield Shoe(string.wellbore_id, name, *place)


def _days(time: dt.datetime, zero: dt.datetime) -> float:
    return (time - zero) / dt.timedelta(days=1)


def _told(well: Well, depth: Depth, reference: Depth) -> float:
    """The depth in the unit and from the datum of the reference. Raises WellheadError."""
    metres = below(well, depth, reference)
    if metres is None:
        raise sdk.WellheadError(
            f"the well does not know how {depth.datum} and {reference.datum} lie to each other",
            field="depth_datum",
            value=depth.datum,
            remedy="Give the well's datums their elevations, or the depths one datum",
        )
    return from_metres(metres, reference.unit)


def _drilled(well_id: uuid.UUID) -> Iterator[Point]:
    """The hole at both ends of each report day and of each activity that makes hole."""
    unit = (DailyReport.depth_unit, DailyReport.depth_datum)
    ends = (
        (DailyReport.begins_at, DailyReport.depth_start),
        (DailyReport.ends_at, DailyReport.depth_end),
    )
    for time, depth in ends:
        asked = select(DailyReport.wellbore_id, time, depth, *unit).where(depth.is_not(None))
        yield from _points(_of_well(asked, DailyReport, well_id))
    for time, depth in (
        (Activity.start_at, Activity.depth_from),
        (Activity.end_at, Activity.depth_to),
    ):
        asked = (
            select(DailyReport.wellbore_id, time, depth, *unit)
            .join(Activity, Activity.report_id == DailyReport.id)
            .where(depth.is_not(None), Activity.code.in_(MAKES_HOLE))
        )
        yield from _points(_of_well(asked, DailyReport, well_id))


def _planned(well_id: uuid.UUID, zero: dt.datetime, first_day: dt.date) -> Iterator[Point]:
    """Top and bottom of each section whose days are planned, at the time of day of `zero`, which is
    in the report day `first_day`: the bottom at the end of the last day."""
    sections = sdk.db.session.scalars(
        _of_well(select(Section), Section, well_id).order_by(Section.number)
    )
    for section in sections:
        for date, depth, days in (
            (section.planned_start, section.planned_top_md, 0),
            (section.planned_end, section.planned_bottom_md, 1),
        ):
            if date is not None and depth is not None:
                time = zero + (date - first_day + dt.timedelta(days=days))
                yield (
                    section.wellbore_id,
                    time,
                    Depth(depth, section.depth_unit, section.depth_datum),
                )


def _points(asked: _Asked) -> Iterator[Point]:
    for bore_id, time, depth, unit, datum in sdk.db.session.execute(asked):
        yield bore_id, time, Depth(depth, unit, datum)


def _of_well(asked: _Asked, model: type[Any], well_id: uuid.UUID) -> _Asked:
    return asked.join(Wellbore, Wellbore.id == model.wellbore_id).where(Wellbore.well_id == well_id)
