"""The log data of a LAS file as columns.

lasio reads data too, and is what the tests compare this with; but it makes a Python object of every
value, so that a file of 60 MB takes gigabytes, replaces what runs together by NaN without a word,
and names no line. Here numpy reads a few thousand lines at a time, and lines that it does not take
go by themselves.
"""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from itertools import islice

import numpy as np
from lasio import reader

from wellhead import sdk
from wellhead_well_logs.cells import Column
from wellhead_well_logs.las.header import Header
from wellhead_well_logs.notes import Notes, broken

_LINES = 2_000
_RUN_ON = re.compile(r"(\d)-(?=\d)")
_quoted = reader.define_line_splitter("SPACE")

Record = tuple[int, list[str]]
"""A row of cells and the line that it begins in."""


def read_data(
    text: str, header: Header, columns: Sequence[Column], most: int, notes: Notes
) -> None:
    """Fill the columns, the index first. most: values that are taken.

    Raises WellheadError naming the line of what cannot be read.
    """
    first, last = header.data
    lines = io.StringIO(text)
    body = islice(lines, first - 1, last)
    number, rows = first, 0
    carried: list[Record] = []
    while piece := list(islice(body, _LINES)):
        count = 0 if header.wrapped else _fast(piece, header, columns)
        if not count:
            records, carried = _records(piece, number, header, len(columns), carried, notes)
            _fill(columns, records, notes)
            count = len(records)
        number += len(piece)
        rows += count
        if rows * len(columns) > most:
            raise sdk.WellheadError(
                f"holds more than {most:,} values",
                field="body",
                remedy="Send it as several logs, or raise max_values of the plugin",
            )
    if carried:
        raise broken(
            carried[0][0],
            f"the last row has fewer values than the {len(columns)} curves",
            " ".join(carried[0][1]),
            "Send the whole file, with all curves in its curve section",
        )


def _fast(piece: list[str], header: Header, columns: Sequence[Column]) -> int:
    """Rows that numpy took of lines that all are rows of numbers; 0 where they are not."""
    if any(column.is_text for column in columns) or any(line[:1] in "#\n" for line in piece):
        return 0
    comma = "," if header.delimiter == "COMMA" else None
    try:
        table = np.loadtxt(piece, np.float64, comments=None, delimiter=comma, ndmin=2)
    except ValueError:
        return 0
    if table.shape != (len(piece), len(columns)):
        return 0
    for column, values in zip(columns, table.T, strict=True):
        column.add_numbers(values)
    return len(table)


def _records(
    piece: list[str], number: int, header: Header, width: int, carried: list[Record], notes: Notes
) -> tuple[list[Record], list[Record]]:
    """(rows, what is left of a wrapped row that goes on in the next lines)."""
    found: list[Record] = []
    waiting = carried[0] if carried else None
    for line_number, raw in enumerate(piece, number):
        line = raw.rstrip("\n").replace("\x1a", "")
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        cells = _cells(line, header.delimiter, line_number)
        if not header.wrapped:
            if len(cells) != width:
                cells = _repaired(line, cells, width, line_number, notes)
            found.append((line_number, cells))
            continue
        waiting = (line_number, cells) if waiting is None else (waiting[0], waiting[1] + cells)
        if len(waiting[1]) > width:
            raise broken(
                line_number,
                f"a wrapped row has more values than the {width} curves",
                line.strip(),
                "Begin each row with its index on a line of its own",
            )
        if len(waiting[1]) == width:
            found.append(waiting)
            waiting = None
    return found, [] if waiting is None else [waiting]


def _cells(line: str, delimiter: str, number: int) -> list[str]:
    if delimiter == "COMMA":
        if '"' not in line:
            return [cell.strip() for cell in line.split(",")]
        try:
            return [cell.strip() for cell in next(csv.reader([line], skipinitialspace=True))]
        except csv.Error as error:
            raise broken(number, f"is no row of CSV: {error}", line, "Close its quotes") from error
    if delimiter == "TAB":
        return [cell.strip() for cell in line.strip("\n").split("\t")]
    if '"' not in line:
        return line.split()
    return ["".join(parts) for parts in _quoted(line)]


def _repaired(line: str, cells: list[str], width: int, number: int, notes: Notes) -> list[str]:
    """The cells of a line that has too few or too many, where there is one way to read it."""
    if len(cells) == width + 1 and not cells[-1]:
        return cells[:-1]  # a delimiter at the end
    by_comma = [cell.strip() for cell in line.split(",")]
    if len(by_comma) == width:
        notes.count("data", "values are read as separated by commas", number, line.strip())
        return by_comma
    apart = _RUN_ON.sub(r"\1 -", line).split()
    if len(apart) == width:
        notes.count("data", "values that ran together are taken apart", number, line.strip())
        return apart
    raise broken(
        number,
        f"has {len(cells)} values, the curve section has {width} curves",
        line.strip(),
        "Correct the line, or WRAP where rows go over several lines",
    )


def _fill(columns: Sequence[Column], records: list[Record], notes: Notes) -> None:
    if not records:
        return
    lines = [number for number, _ in records]
    cells: Iterator[tuple[str, ...]] = zip(*[row for _, row in records], strict=True)
    for column, values in zip(columns, cells, strict=True):
        column.add(values, lines, notes)
