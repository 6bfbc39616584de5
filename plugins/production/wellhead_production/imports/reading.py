"""Cells as values: each column by the field of the schema that one record is entered with.

Wells, facilities, dates and words are few in a file of a decade, so each text is understood once.
Numbers are checked by column.
"""

import uuid
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from marshmallow import ValidationError, fields, validate

from wellhead import sdk
from wellhead_production.facilities import facility_named
from wellhead_production.imports.cells import Piece
from wellhead_production.imports.problems import CORRECT, Problems
from wellhead_production.models import Facility
from wellhead_production.records import require_facility, require_well
from wellhead_production.schemas.daily import DailyRecordSchema
from wellhead_wells.models import Well
from wellhead_wells.search import find_named

_FIELDS = DailyRecordSchema().fields
IGNORED = tuple(name for name, field in _FIELDS.items() if field.dump_only)
"""Columns of the list as CSV that are only read."""
NUMBERS = tuple(
    name
    for name, field in _FIELDS.items()
    if isinstance(field, fields.Float) and not field.dump_only
)
_REFERENCES = ("well", "well_id", "facility", "facility_id")
WORDS = tuple(name for name in _FIELDS if name not in (*NUMBERS, *IGNORED, *_REFERENCES))
KNOWN = (*_REFERENCES, *WORDS, *NUMBERS)
"""Columns that a file may have."""
_NUMBER = "Write it like 12.5, or leave it empty"
_REMEDIES = {"production_date": "Write it like 2026-03-29"}


class Reader:
    """Reads the pieces of one file; what was understood once is remembered. Runs inside a tenant,
    and finds what the caller may see."""

    def __init__(self, problems: Problems) -> None:
        self._problems = problems
        self.facilities: dict[uuid.UUID, Facility] = {}
        self._assets: dict[uuid.UUID, uuid.UUID] = {}
        self._seen: dict[str, dict[str, Any]] = {}

    def read(self, piece: Piece) -> dict[str, Any]:
        """The piece's columns: ids and words as lists, numbers as float64 with
        NaN where a cell is empty. A value of a row with an error may be anything."""
        found: dict[str, Any] = {}
        for name, cells in piece.columns.items():
            if name in NUMBERS:
                found[name] = self._numbers(name, cells, piece)
            else:
                key = f"{name}_id" if name in ("well", "facility") else name
                found[key] = self._words(name, cells, piece)
        found["asset_id"] = [self._assets.get(key) for key in found["well_id"]]
        return found

    def _words(self, name: str, cells: Sequence[str], piece: Piece) -> list[Any]:
        known = self._seen.setdefault(name, {})
        for text in set(cells) - known.keys():
            known[text] = self._understood(name, text)
        values = [known[text] for text in cells]
        for place, value in enumerate(values):
            if isinstance(value, _Wrong):
                row, line = piece.rows[place], piece.lines[place]
                self._problems.error(row, line, name, cells[place], value.message, value.remedy)
        return values

    def _understood(self, name: str, text: str) -> Any:
        if text == "":
            needed = name in _REFERENCES or _FIELDS[name].required
            return _Wrong("Missing data for required field.", "Fill it in") if needed else None
        if "\0" in text:  # which PostgreSQL cannot be asked for
            return _Wrong("Must be printable text.", CORRECT)
        try:
            return self._value(name, sdk.csv_text(text))
        except ValidationError as error:
            return _Wrong(str(error.messages[0]), _REMEDIES.get(name, CORRECT))
        except sdk.WellheadError as error:
            return _Wrong(error.message, error.remedy or CORRECT)

    def _value(self, name: str, text: str) -> Any:
        if name == "well":
            return self._well(find_named(text, name))
        if name == "facility":
            return self._facility(facility_named(text))
        value = _FIELDS[name].deserialize(text)
        if name == "well_id":
            return self._well(require_well(value))
        if name == "facility_id":
            return self._facility(require_facility(value))
        return value

    def _well(self, well: Well) -> uuid.UUID:
        self._assets[well.id] = well.asset_id
        return well.id

    def _facility(self, facility: Facility) -> uuid.UUID:
        self.facilities[facility.id] = facility
        return facility.id

    def _numbers(self, name: str, cells: Sequence[str], piece: Piece) -> npt.NDArray[np.float64]:
        values = np.full(len(cells), np.nan)
        for place, cell in enumerate(cells):
            if cell == "":
                continue
            if sdk.is_number(cell):
                values[place] = float(cell)
            else:
                row, line = piece.rows[place], piece.lines[place]
                self._problems.error(row, line, name, cell, "Not a valid number.", _NUMBER)
        low, high = _BOUNDS[name]
        for place in np.flatnonzero((values < low) | (values > high)).tolist():
            row, line = piece.rows[place], piece.lines[place]
            message = f"Must be {low:g} to {high:g}."
            self._problems.error(row, line, name, cells[place], message, "Correct it, or its unit")
        return values


class _Wrong:
    """A text that cannot be understood."""

    def __init__(self, message: str, remedy: str) -> None:
        self.message = message
        self.remedy = remedy


def _bounds(field: Any) -> tuple[float, float]:
    (one,) = (rule for rule in field.validators if isinstance(rule, validate.Range))
    return float(one.min), float(one.max)


_BOUNDS = {name: _bounds(_FIELDS[name]) for name in NUMBERS}
