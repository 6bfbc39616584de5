"""The data of a log: delimited rows of text, made into columns.

Stores differ in nearly everything here, and each difference below was met in practice: the order of
the columns, what stands for no value, rows that are longer or shorter than the list of mnemonics,
rows that come twice. Nothing is dropped in silence: what no column can hold is a `RowProblem`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import tzinfo
from itertools import zip_longest

import numpy as np
import numpy.typing as npt

from wellhead_witsml.objects.common import Reader
from wellhead_witsml.objects.times import microseconds, read_time

Index = npt.NDArray[np.int64] | npt.NDArray[np.float64]
"""Microseconds since 1970-01-01 UTC of a log by time, else numbers in the index's unit"""
_NULLS = ("", "none", "null", "nan")
_TEXT_TYPES = ("string", "string40", "string16", "date time")
_MAX_PROBLEMS = 1000


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
    """Rows of delimited values, as columns. zone: of times without one"""
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
        clean = _without_nulls(down[number], column.null_value, shape.null_value)
        if (column.type or "") in _TEXT_TYPES or not _to_numbers(clean, values[row]):
            texts[row] = clean
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


def _without_nulls(cells: Sequence[str], *nulls: str | None) -> tuple[str | None, ...]:
    """The cells, None where there is no value: nothing, the literal None, or one of the nulls."""
    empty = set(_NULLS)
    numbers = set()
    for null in nulls:
        if null is not None:
            empty.add(null.lower())
            try:
                numbers.add(float(null))
            except ValueError:
                continue
    return tuple(_value(cell.strip(), empty, numbers) for cell in cells)


def _value(cell: str, empty: set[str], numbers: set[float]) -> str | None:
    """−999.25 and −999.2500 are the same null."""
    if cell.lower() in empty:
        return None
    if numbers and cell[:1] in "-+.0123456789":
        try:
            if float(cell) in numbers:
                return None
        except ValueError:
            return cell
    return cell


def _to_numbers(cells: Sequence[str | None], into: npt.NDArray[np.float64]) -> bool:
    """Write them as numbers; False, and nothing written, when one is none."""
    try:
        into[:] = [np.nan if cell is None else _finite(cell) for cell in cells]
    except ValueError:
        return False
    return True


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
