"""What the values of a row must say together, by column: as `daily_records` checks one record."""

import datetime as dt
import uuid
from itertools import groupby
from typing import Any

import numpy as np

from wellhead import sdk
from wellhead_production.closing import closed_days
from wellhead_production.daily_records import DEFAULTS, PRESSURES, UNITS_OF
from wellhead_production.downtime import TOLERANCE, events_of, hours_down
from wellhead_production.facilities import hours_of
from wellhead_production.imports.cells import Piece
from wellhead_production.imports.problems import CORRECT, Problems
from wellhead_production.imports.reading import NUMBERS, WORDS
from wellhead_production.models import Facility
from wellhead_production.vocabulary import CANONICAL_VOLUME, WellDisposition

CLOSED = ("the month of this day is closed", "Book an adjustment in an open month")


class Rules:
    """Completes the columns of pieces and finds what cannot be.

    facilities: by id, growing while the file is read
    """

    def __init__(self, facilities: dict[uuid.UUID, Facility], problems: Problems) -> None:
        self._facilities = facilities
        self._problems = problems
        self._hours: dict[tuple[uuid.UUID, dt.date], float | sdk.WellheadError] = {}
        self._open: dict[tuple[uuid.UUID, dt.date], bool] = {}

    def complete(self, piece: Piece, found: dict[str, Any]) -> dict[str, Any]:
        """All columns of a table of records, of the rows of the piece; rows that cannot be are
        noted, and may hold anything."""
        count = len(piece.rows)
        for name in WORDS:
            default = DEFAULTS.get(name)
            values = found.get(name, [None] * count)
            found[name] = [default if value is None else value for value in values]
        for name in NUMBERS:
            found.setdefault(name, np.full(count, np.nan))
        for place, value in enumerate(found["standard_conditions"]):
            if value is None and (facility := self._facility(found, place)):
                found["standard_conditions"][place] = facility.standard_conditions
        found["day_hours"] = self._day_hours(piece, found)
        for name, unit_field in UNITS_OF.items():
            units = found[unit_field]
            factors = {unit: _factor(unit) for unit in set(units) if isinstance(unit, str)}
            found[f"{name}_sm3"] = found[name] * np.array([factors.get(u, np.nan) for u in units])
        self._check(piece, found)
        return found

    def _facility(self, found: dict[str, Any], place: int) -> Facility | None:
        key = found["facility_id"][place]
        return self._facilities.get(key) if isinstance(key, uuid.UUID) else None

    def _day_hours(self, piece: Piece, found: dict[str, Any]) -> sdk.Array:
        hours = np.full(len(piece.rows), np.nan)
        self._ask_closed(found)
        for place, date in enumerate(found["production_date"]):
            facility = self._facility(found, place)
            if facility is None or not isinstance(date, dt.date):
                continue
            length = self._length(facility, date)
            row, line = piece.rows[place], piece.lines[place]
            if isinstance(length, sdk.WellheadError):
                self._problems.error(
                    row,
                    line,
                    "production_date",
                    str(date),
                    length.message,
                    length.remedy or CORRECT,
                )
            elif not self._open[facility.id, date]:
                self._problems.error(row, line, "production_date", str(date), *CLOSED)
            else:
                hours[place] = length
        return hours

    def _length(self, facility: Facility, date: dt.date) -> float | sdk.WellheadError:
        key = (facility.id, date)
        if key not in self._hours:
            try:
                self._hours[key] = hours_of(facility, date)
            except sdk.WellheadError as error:
                self._hours[key] = error
        return self._hours[key]

    def _ask_closed(self, found: dict[str, Any]) -> None:
        """Of the days that the file has not named yet; they stay open to its end."""
        pairs = zip(found["facility_id"], found["production_date"], strict=True)
        asked: dict[uuid.UUID, set[dt.date]] = {}
        for key, date in set(pairs) - self._open.keys():
            if key in self._facilities and isinstance(date, dt.date):
                asked.setdefault(key, set()).add(date)
        for key, dates in asked.items():
            closed = closed_days(key, dates)
            self._open |= {(key, date): date not in closed for date in dates}

    def _check(self, piece: Piece, found: dict[str, Any]) -> None:
        long = found["hours_on"] > found["day_hours"]
        for place in np.flatnonzero(long).tolist():
            date, length = found["production_date"][place], found["day_hours"][place]
            message = f"the production day {date} has {length:g} h"
            hours = float(found["hours_on"][place])
            self._error(piece, place, "hours_on", hours, message, "Correct the hours or the date")
        self._check_downtime(piece, found)
        injected = np.array([w == WellDisposition.INJECTED for w in found["disposition"]], bool)
        for place in np.flatnonzero(injected & ~np.isnan(found["oil"])).tolist():
            remedy = "Leave it empty, or set disposition to produced"
            oil = float(found["oil"][place])
            self._error(piece, place, "oil", oil, "oil is not injected", remedy)
        for unit_field, names in (("choke_unit", ("choke",)), ("pressure_unit", PRESSURES)):
            given = np.any([~np.isnan(found[name]) for name in names], axis=0)
            none = np.array([unit is None for unit in found[unit_field]], bool)
            for place in np.flatnonzero(given & none).tolist():
                message = f"{' or '.join(names)} means nothing without it"
                self._error(piece, place, unit_field, None, message, "Name the unit")
        idle = (found["hours_on"] == 0) & (_total(found) > 0)
        for place in np.flatnonzero(idle).tolist():
            row, line = piece.rows[place], piece.lines[place]
            message = "the well has volumes without an hour on"
            self._problems.warning(row, line, "hours_on", 0.0, message)

    def _check_downtime(self, piece: Piece, found: dict[str, Any]) -> None:
        """Hours on and hours down by events are no more than the day has."""
        wells = {key for key in found["well_id"] if isinstance(key, uuid.UUID)}
        for well, mine in groupby(events_of(list(wells)), key=lambda event: event.well_id):
            events = list(mine)
            for key, facility in self._facilities.items():
                places = [
                    place
                    for place in np.flatnonzero(~np.isnan(found["day_hours"])).tolist()
                    if (found["well_id"][place], found["facility_id"][place]) == (well, key)
                ]
                days = [found["production_date"][place] for place in places]
                down = hours_down(well, facility, days, events)
                room = found["day_hours"][places] + TOLERANCE - down
                for at in np.flatnonzero(found["hours_on"][places] > room).tolist():
                    place, on = places[at], float(found["hours_on"][places[at]])
                    length = found["day_hours"][place]
                    message = f"{down[at]:.2f} h of the day's {length:g} h are taken by downtime"
                    remedy = "Correct the hours, the date, or the well's downtime"
                    self._error(piece, place, "hours_on", on, message, remedy)

    def _error(
        self, piece: Piece, place: int, field: str, value: Any, message: str, remedy: str
    ) -> None:
        self._problems.error(piece.rows[place], piece.lines[place], field, value, message, remedy)


def _total(found: dict[str, Any]) -> sdk.Array:
    return np.asarray(np.nansum([found[name] for name in UNITS_OF], axis=0))


def _factor(unit: str) -> float:
    return float(sdk.units.convert(1.0, unit, CANONICAL_VOLUME))
