"""A CSV file as pieces of columns, so that memory and a process's patience last.

The file may be as long as a decade of a field. It is read from disk piece by piece: what lives at a
time is one piece, and between two the other requests of the process get their turn.
"""

import csv
import io
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import IO, Any

from wellhead import sdk

MAX_ROWS = 2_000_000
_PIECE_ROWS = 4_000
_NEEDED = (("well", "well_id"), ("facility", "facility_id"), ("production_date",))
"""Columns of which one each has to be there."""
_BEGIN = "Begin with a row of the fields' names, as in the list as CSV"


@dataclass(frozen=True, slots=True)
class Piece:
    """Rows of a file that have as many cells as its header.

    rows, lines: which rows of data they are, from 0, and the lines that they begin in, from 1
    columns: cells by name
    """

    rows: Sequence[int]
    lines: Sequence[int]
    columns: dict[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Ragged:
    """A row with another number of cells than the header."""

    row: int
    line: int
    message: str


def pieces_of(
    file: IO[bytes], known: Sequence[str], ignored: Sequence[str]
) -> Iterator[Piece | Ragged]:
    """The pieces of a CSV file in UTF-8; empty lines are no rows.

    known: names that a column may have; ignored: names of columns that are left unread
    Raises WellheadError for what is no CSV, for a header that cannot be, and for too many rows.
    """
    reader = csv.reader(io.TextIOWrapper(file, "utf-8-sig", newline=""), strict=True)
    try:
        header = next((cells for cells in reader if cells), [])
        check_header(header, known, ignored)
        yield from _pieces(reader, header, set(ignored))
    except (UnicodeDecodeError, csv.Error) as error:
        raise sdk.WellheadError(
            f"is no CSV in UTF-8: {error}", field="body", remedy=_BEGIN
        ) from error


def check_header(header: Sequence[str], known: Sequence[str], ignored: Sequence[str]) -> None:
    """Raises WellheadError for columns that are unknown, there twice, or missing."""
    if not header:
        raise sdk.WellheadError("has no header row", field="body", remedy=_BEGIN)
    for name in header:
        if name not in known and name not in ignored:
            raise sdk.WellheadError(
                "is no field", field="header", value=name, remedy=sdk.did_you_mean(name, known)
            )
        if header.count(name) > 1:
            raise sdk.WellheadError(
                "is there twice", field="header", value=name, remedy="Leave one of them out"
            )
    for names in _NEEDED:
        if not set(names) & set(header):
            words = " or ".join(names)
            raise sdk.WellheadError(f"has no column {words}", field="header", remedy="Add it")
        if len(names) > 1 and set(names) <= set(header):
            words = " and ".join(names)
            raise sdk.WellheadError(
                f"has columns {words}", field="header", remedy="Leave one of them out"
            )


def _pieces(reader: Any, header: list[str], ignored: set[str]) -> Iterator[Piece | Ragged]:
    row, before = 0, reader.line_num
    while True:
        rows: list[int] = []
        begins: list[int] = []
        table: list[list[str]] = []
        ended = True
        for cells in islice(reader, _PIECE_ROWS):
            ended = False
            begin, before = before + 1, reader.line_num
            if not cells:
                continue
            if len(cells) == len(header):
                rows.append(row)
                begins.append(begin)
                table.append(cells)
            else:
                yield Ragged(row, begin, f"has {len(cells)} cells, the header {len(header)}")
            row += 1
        if ended:
            return
        if row > MAX_ROWS:
            raise sdk.WellheadError(
                f"has more than {MAX_ROWS:,} rows", field="body", remedy="Send it in pieces"
            )
        if table:
            columns = dict(zip(header, zip(*table, strict=True), strict=True))
            yield Piece(rows, begins, {key: columns[key] for key in header if key not in ignored})
        time.sleep(0)  # other requests of this process get their turn
