"""One import of daily records: a file, checked and stored in one transaction, or not at all."""

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import IO, Any

import numpy as np

from wellhead import sdk
from wellhead_historian.api import driver_connection
from wellhead_production.closing import closed_days
from wellhead_production.downtime import TOLERANCE
from wellhead_production.imports.cells import Piece, Ragged, pieces_of
from wellhead_production.imports.problems import Problems
from wellhead_production.imports.reading import IGNORED, KNOWN, Reader
from wellhead_production.imports.rules import CLOSED, Rules
from wellhead_production.imports.writing import COLUMNS, Key, Stored, Table, sum_up
from wellhead_production.vocabulary import WellDisposition

_WAYS = tuple(way.value for way in WellDisposition)


@dataclass(frozen=True, slots=True)
class Options:
    """dry_run: only say what would become of the rows
    skip: rows that cannot be are left out; False: then none is stored
    existing: what becomes of a row whose day has a record: error, skip, or replace that
    """

    dry_run: bool
    skip: bool
    existing: str


def take(file: IO[bytes], options: Options) -> dict[str, Any]:
    """Store what the CSV file holds, and commit; what is answered.

    Raises WellheadError for a file or header that cannot be, ApiError 422 naming every row that
    cannot be when they are not to be skipped.
    """
    with driver_connection() as connection:
        one = _Import(Table(connection), options)
        for piece in pieces_of(file, KNOWN, IGNORED):
            one.take(piece)
        failed = len(one.problems.failed)
        if failed and not options.skip:
            raise one.problems.refusal(one.rows)
        answer = {
            "created": one.created,
            "replaced": one.replaced,
            "skipped": one.skipped,
            "failed": failed,
            "dry_run": options.dry_run,
        }
        if not options.dry_run:
            first, last = one.period
            sum_up(connection, answer | {"first": first, "last": last})
    if options.dry_run:
        sdk.db.session.rollback()
    else:
        sdk.db.session.commit()
    return answer | {"rows": one.problems.rows}


class _Import:
    """rows: of data read so far; created, replaced, skipped: what became of those that can be
    period: first and last day"""

    def __init__(self, table: Table, options: Options) -> None:
        self.problems = Problems()
        self.rows = self.created = self.replaced = self.skipped = 0
        self.period: tuple[dt.date | None, dt.date | None] = (None, None)
        self._reader = Reader(self.problems)
        self._rules = Rules(self._reader.facilities, self.problems)
        self._table = table
        self._options = options
        self._lines: dict[Key, int] = {}
        self._hours: dict[Key, float] = {}

    def take(self, piece: Piece | Ragged) -> None:
        """Check a piece and store its rows."""
        if isinstance(piece, Ragged):
            self.rows += 1
            remedy = "Quote cells that hold commas or line breaks"
            self.problems.error(piece.row, piece.line, "", None, piece.message, remedy)
            return
        self.rows += len(piece.rows)
        found = self._rules.complete(piece, self._reader.read(piece))
        columns = [_plain(found[name]) for name in COLUMNS]
        table = list(zip(*columns, strict=True))
        fresh, changed = [], {}
        for place, values in enumerate(table):
            row = piece.rows[place]
            if row in self.problems.failed:
                continue
            key = (
                found["well_id"][place],
                found["production_date"][place],
                found["disposition"][place],
            )
            stored = self._place(piece, place, key)
            if row in self.problems.failed:
                continue
            facility = found["facility_id"][place]
            if stored and not self._may_replace(piece, place, key, stored, facility):
                continue
            if not self._fits(piece, place, key, found):
                continue
            if stored is None:
                fresh.append(values)
            else:
                changed[stored.id] = values
                self._warn_of_lost(piece, place, stored, found)
        self._note_period([*fresh, *changed.values()])
        self.created += len(fresh)
        self.replaced += len(changed)
        if not self._options.dry_run:
            self._table.add(fresh)
            self._table.replace(changed)

    def _place(self, piece: Piece, place: int, key: Key) -> Stored | None:
        """What is stored of the row's day; a day that the file has twice is an error."""
        row, line = piece.rows[place], piece.lines[place]
        first = self._lines.setdefault(key, line)
        if first != line:
            message = f"line {first} is of the same well, day and disposition"
            remedy = "Leave one of them out"
            self.problems.error(row, line, "production_date", str(key[1]), message, remedy)
            return None
        return self._table.stored(key)

    def _fits(self, piece: Piece, place: int, key: Key, found: dict[str, Any]) -> bool:
        """Whether the hours of the row, and of what else the well did on the day, are no more than
        the day has."""
        well, date, disposition = key
        on, length = np.nan_to_num(found["hours_on"][place]), found["day_hours"][place]
        self._hours[key] = on
        for way in _WAYS:
            other = (well, date, way)
            if way == disposition or not on:
                continue
            taken = self._hours.get(other)
            if taken is None and (stored := self._table.stored(other)):
                taken = stored.hours_on
            if taken and on + taken > length + TOLERANCE:
                message = f"{taken:g} h of the day's {length:g} h are taken by what it {way}"
                row, line = piece.rows[place], piece.lines[place]
                remedy = "Correct the hours of one of the two"
                self.problems.error(row, line, "hours_on", float(on), message, remedy)
                return False
        return True

    def _warn_of_lost(
        self, piece: Piece, place: int, stored: Stored, found: dict[str, Any]
    ) -> None:
        """A row is the whole record: what it leaves out is not known any more."""
        for name in stored.volumes:
            if np.isnan(found[name][place]):
                row, line = piece.rows[place], piece.lines[place]
                message = f"the record has a volume of {name}, which is not known by this row"
                self.problems.warning(row, line, name, None, message)

    def _may_replace(
        self, piece: Piece, place: int, key: Key, stored: Stored, facility: uuid.UUID
    ) -> bool:
        row, line, date = piece.rows[place], piece.lines[place], str(key[1])
        if self._options.existing == "skip":
            self.skipped += 1
            return False
        if self._options.existing == "error":
            message = f"the well has a record of what it {key[2]} on this day"
            remedy = "Say existing=replace or existing=skip"
            self.problems.error(row, line, "production_date", date, message, remedy)
            return False
        elsewhere = stored.facility != facility  # the row's own facility is asked already
        if elsewhere and closed_days(stored.facility, [key[1]]):
            self.problems.error(row, line, "production_date", date, *CLOSED)
            return False
        return True

    def _note_period(self, stored: list[tuple[Any, ...]]) -> None:
        place = COLUMNS.index("production_date")
        days = [*filter(None, self.period), *(values[place] for values in stored)]
        if days:
            self.period = (min(days), max(days))


def _plain(values: Any) -> list[Any]:
    """A column as Python values, None for what is not known."""
    if not isinstance(values, np.ndarray):
        return list(values)
    return [None if value != value else value for value in values.tolist()]  # NaN
