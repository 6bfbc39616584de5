"""Columns of a file from the texts of its cells, some thousand lines at a time.

The first cell of a column that is no null says whether it is of numbers or texts, unless the file
does; in a column of numbers every later text is an error that names its line.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

import numpy as np

from wellhead_well_logs.blocks import Texts
from wellhead_well_logs.extremes import Floats
from wellhead_well_logs.notes import Notes, broken
from wellhead_well_logs.nulls import NULL_WORDS, without_nulls


@dataclass(slots=True)
class Column:
    """is_text: None while nothing but nulls has come"""

    name: str
    nulls: Collection[float]
    is_text: bool | None = None
    _numbers: list[Floats] = field(default_factory=list)
    _texts: Texts = field(default_factory=list)
    _length: int = 0

    def add_numbers(self, values: Floats) -> None:
        self._numbers.append(without_nulls(values, self.nulls))
        self._length += len(values)
        self.is_text = False

    def add(self, cells: Sequence[str], lines: Sequence[int], notes: Notes) -> None:
        """Cells with the line of each. Raises WellheadError for a text among numbers."""
        if self.is_text is None:
            self.is_text = self._told_by(cells)
        self._length += len(cells)
        if self.is_text:
            self._texts += [None if cell.lower() in NULL_WORDS else cell for cell in cells]
        elif self.is_text is False:
            self._numbers.append(without_nulls(self._converted(cells, lines, notes), self.nulls))
        else:
            self._numbers.append(np.full(len(cells), np.nan))

    def numbers(self) -> Floats:
        return np.concatenate(self._numbers) if self._numbers else np.empty(0)

    def texts(self) -> Texts:
        return [None] * (self._length - len(self._texts)) + self._texts

    def _told_by(self, cells: Sequence[str]) -> bool | None:
        for cell in cells:
            if cell.lower() not in NULL_WORDS:
                return _number(cell) is None
        return None

    def _converted(self, cells: Sequence[str], lines: Sequence[int], notes: Notes) -> Floats:
        try:
            return np.array(cells, np.str_).astype(np.float64)
        except ValueError:
            pass
        values = np.full(len(cells), np.nan)
        for place, cell in enumerate(cells):
            if cell.lower() in NULL_WORDS:
                continue
            number = _number(cell)
            if number is None:
                raise broken(
                    lines[place],
                    f"is no number, as the others of {self.name} are",
                    cell,
                    "Correct the value, or put the file's null value there",
                )
            if "," in cell:
                notes.count("data", "a comma is read as decimal mark", lines[place], cell)
            values[place] = number
        return values


def _number(cell: str) -> float | None:
    try:
        return float(cell)
    except ValueError:
        pass
    try:
        return float(cell.replace(",", ".", 1))
    except ValueError:
        return None
