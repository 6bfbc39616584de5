"""The data of a log: delimited rows of text, made into columns.

Stores differ in nearly everything here, and each difference below was met in practice: the order of
the columns, what stands for no value, rows that are longer or shorter than the list of mnemonics,
rows that come twice. Nothing is dropped in silence: what no column can hold is a `RowProblem`.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import tzinfo
from itertools import zip_longest

import numpy as np
import numpy.typing as npt

from wellhead_witsml.objects.common import Reader
from wellhead_witsml.objects.times import microseconds, read_time
from wellhead_witsml.protocol.errors import ReplyError

Index = npt.NDArray[np.int64] | npt.NDArray[np.float64]
"""Microseconds since 1970-01-01 UTC of a log by time, else numbers in the index's unit"""
Values = npt.NDArray[np.float64]
_NULLS = ("", "none", "null", "nan")
_TEXT_TYPES = ("string", "string40", "string16", "date time")
_MAX_PROBLEMS = 1000
MAX_COLUMNS = 10_000
MAX_CELLS = 8_000_000
"""Rows times columns of one block"""


@dataclass(frozen=True, slots=True)
class Column:
    """One column as the header describes it. type: typeLogData"""

    mnemonic: str
    unit: str | None = None
    null_value: str | None = None
    type: str | None = None


@dataclass(frozen=True, slots=True)
class Shape:
    """What of a log's header decides how its data is read.

    index: mnemonic of the index, compared without case
    columns: in the order of the values where the data names none itself (1.3.1.1)
    """

    index: str
    by_time: bool
    columns: tuple[Column, ...] = ()
    null_value: str | None = None
    delimiter: str = ","


NO_SHAPE = Shape("", by_time=False)
"""Of a log whose header is not known"""


@dataclass(frozen=True, slots=True)
class RowProblem:
    """A row, or a value of it, that no column holds. row: its place in the block, from 1"""

    row: int
    text: str
    reason: str


@dataclass(frozen=True, slots=True, eq=False)
class LogData:
    """One block of data, in the order of the store. The index is no column of its own.

    index: int64[n], microseconds since 1970-01-01 UTC, of a log by time;
        float64[n], in index_unit, of any other
    values: float64[k, n], one row a mnemonic; NaN where there is none, or a text
    texts: of the columns that are text, by their place in mnemonics, one a row
    duplicates: rows with the index of an earlier one; of each curve the last value was taken
    """

    mnemonics: tuple[str, ...]
    units: tuple[str | None, ...]
    index: Index
    index_unit: str | None
    values: npt.NDArray[np.float64]
    texts: Mapping[int, tuple[str | None, ...]]
    problems: tuple[RowProblem, ...] = ()
    duplicates: int = 0


class _Problems(list[RowProblem]):
    """The first thousand, and how many more there are: a store that is wrong is wrong in every
    row."""

    more = 0

    def note(self, row: int, text: str, reason: str) -> None:
        if len(self) < _MAX_PROBLEMS:
            self.append(RowProblem(row, text[:200], reason))
        else:
            self.more += 1

    def told(self) -> tuple[RowProblem, ...]:
        if not self.more:
            return tuple(self)
        return (*self, RowProblem(0, "", f"and {self.more} more values that no column holds"))


def read_log_data(of: Reader, shape: Shape) -> LogData:
    """One `logData`."""
    listed = of.text("mnemonicList")
    if listed is not None and listed.count(",") >= MAX_COLUMNS:
        raise ReplyError(f"has more than {MAX_COLUMNS} columns", field="mnemonicList")
    units = of.text("unitList")
    return to_columns(of.texts("data"), _layout(shape, listed, units), shape, of.zone)


def _layout(shape: Shape, listed: str | None, units: str | None) -> tuple[Column, ...]:
    """Columns of the values: as the data lists them, else as the header has them."""
    if listed is None:
        return shape.columns
    known = {column.mnemonic.lower(): column for column in shape.columns}
    names = numbered([name.strip() for name in listed.split(",")])
    spelled = [unit.strip() or None for unit in (units or "").split(",")]
    columns = []
    for name, unit in zip_longest(names, spelled[: len(names)]):
        header = known.get(name.lower(), Column(name))
        columns.append(replace(header, unit=unit or header.unit))
    return tuple(columns)


def numbered(names: Sequence[str]) -> list[str]:
    """The mnemonics, of which the second of a name is `GR:2`: some stores repeat themselves."""
    seen: dict[str, int] = {}
    made = []
    for name in names:
        seen[name.lower()] = seen.get(name.lower(), 0) + 1
        count = seen[name.lower()]
        made.append(name if count == 1 else f"{name}:{count}")
    return made


def to_columns(
    rows: Sequence[str],
    columns: Sequence[Column],
    shape: Shape,
    zone: tzinfo | None,
) -> LogData:
    """Rows of delimited values, as columns. zone: of times without one

    Raises ReplyError for more than MAX_CELLS.
    """
    if len(columns) * max(len(rows), 1) > MAX_CELLS:
        raise ReplyError(
            f"has more than {MAX_CELLS} values",
            field="logData",
            value=len(columns) * len(rows),
            remedy="Ask for fewer rows at once, with maxReturnNodes",
        )
    problems = _Problems()
    names = [column.mnemonic.lower() for column in columns]
    place = names.index(shape.index.lower()) if shape.index.lower() in names else 0
    cells = _cells(rows, len(columns), shape.delimiter, problems)
    kept, index = _index(cells, place, shape.by_time, zone, problems)
    cells = [cells[number] for number in kept]
    numbers = [number for number in range(len(columns)) if number != place]
    values = np.full((len(numbers), len(cells)), np.nan)
    texts: dict[int, tuple[str | None, ...]] = {}
    down = list(zip(*cells, strict=True)) if cells else [()] * len(columns)
    for row, number in enumerate(numbers):
        column = columns[number]
        nulls = (column.null_value, shape.null_value)
        found = None if column.type in _TEXT_TYPES else _numbers(down[number], nulls)
        if found is None:
            texts[row] = _words(down[number], nulls)
        else:
            values[row] = found
    data = LogData(
        mnemonics=tuple(columns[number].mnemonic for number in numbers),
        units=tuple(columns[number].unit for number in numbers),
        index=index,
        index_unit=columns[place].unit if columns else None,
        values=values,
        texts=texts,
        problems=problems.told(),
    )
    return _merged(data)


def _cells(rows: Sequence[str], width: int, delimiter: str, problems: _Problems) -> list[list[str]]:
    """Values of each row, as many as there are columns."""
    cells = []
    for number, row in enumerate(rows, 1):
        found = row.split(delimiter)
        if len(found) > width:
            for extra in found[width:]:
                if extra.strip():
                    problems.note(number, extra, f"is value {width + 1} or later of {width}")
            del found[width:]
        elif len(found) < width:
            problems.note(number, row, f"has {len(found)} values for {width} columns")
            found += [""] * (width - len(found))
        cells.append(found)
    return cells


def _index(
    cells: Sequence[Sequence[str]],
    place: int,
    by_time: bool,
    zone: tzinfo | None,
    problems: _Problems,
) -> tuple[list[int], Index]:
    """Numbers of the rows that have an index, and it."""
    kept, found = [], []
    for number, row in enumerate(cells):
        text = row[place].strip() if row else ""
        try:
            value = microseconds(read_time(text, zone)) if by_time else _finite(text)
        except ValueError as error:
            problems.note(number + 1, text, f"is no index: {error}")
            continue
        kept.append(number)
        found.append(value)
    if by_time:
        return kept, np.array(found, dtype=np.int64)
    return kept, np.array(found, dtype=np.float64)


def _finite(text: str) -> float:
    number = float(text)
    if not np.isfinite(number):
        raise ValueError("is no finite number")
    return number


def _numbers(cells: Sequence[str], nulls: Sequence[str | None]) -> Values | None:
    """float64[n], NaN where there is no value: nothing, `None`, or one of the nulls, of which
    −999.25 and −999.2500 are the same. None when a cell is no number."""
    try:
        found = np.array(cells, dtype=np.float64)
    except ValueError:
        empty = {*_NULLS, *(null.lower() for null in nulls if null is not None)}
        try:
            found = np.array(
                ["nan" if cell.strip().lower() in empty else cell for cell in cells], np.float64
            )
        except ValueError:
            return None
    for null in nulls:
        with suppress(TypeError, ValueError):
            found[found == float(null)] = np.nan  # type: ignore[arg-type]
    return None if np.isinf(found).any() else found


def _words(cells: Sequence[str], nulls: Sequence[str | None]) -> tuple[str | None, ...]:
    """The cells as text, None where there is no value."""
    empty = {*_NULLS, *(null.lower() for null in nulls if null is not None)}
    plain = (cell.strip() for cell in cells)
    return tuple(None if cell.lower() in empty else cell for cell in plain)


def _merged(data: LogData) -> LogData:
    """Rows of equal index as one: of each curve the last value that is there."""
    unique, first, inverse = np.unique(data.index, return_index=True, return_inverse=True)
    if len(unique) == len(data.index):
        return data
    order = np.argsort(first)  # of the store
    place = np.empty_like(order)
    place[order] = np.arange(len(order))
    target = place[inverse]
    values = np.full((len(data.values), len(unique)), np.nan)
    for row, column in enumerate(data.values):
        there = np.isfinite(column)
        values[row, target[there]] = column[there]
    texts: dict[int, tuple[str | None, ...]] = {}
    for row, cells in data.texts.items():
        merged: list[str | None] = [None] * len(unique)
        for number, cell in zip(target.tolist(), cells, strict=True):
            merged[number] = cell if cell is not None else merged[number]
        texts[row] = tuple(merged)
    return replace(
        data,
        index=data.index[np.sort(first)],
        values=values,
        texts=texts,
        duplicates=len(data.index) - len(unique),
    )
