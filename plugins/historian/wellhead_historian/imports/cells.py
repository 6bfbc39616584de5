"""The bodies of an import, cut into pieces of cells, so that memory and a process's patience last.

A CSV file is split by the standard library: it knows quoting, and an object a cell costs about a
microsecond a row as long as few of them live at a time.
"""

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

import orjson

from wellhead import sdk

if TYPE_CHECKING:
    import _csv

MAX_COLUMNS = 10_000
_PIECE_CELLS = 6_000  # what lives at a time is what Python's collector goes through
_LEAST_ROWS = 64
_LINE_END = re.compile(r"\r\n|\r|\n")
_LONG = ("tag", "time", "value")
_PACKED = (
    (b"\x1f\x8b", "compressed by gzip", "Say so: Content-Encoding: gzip; or unpack it by gunzip"),
    (b"PK\x03\x04", "a ZIP file or a workbook", "Unpack it, or save its sheet as CSV UTF-8"),
)
_OTHER_COMMA = re.compile(r"[;\t|]")
_REMEDY = "Begin with tag,time,value[,quality], or with time and a tag a column"


@dataclass(frozen=True, slots=True)
class Piece:
    """Some rows of a body. Cells are texts (CSV) or values of JSON.

    rows: where each is, for people: the line of a file, the place in JSON's columns
    tags: of each row; None: `columns` has a column a tag
    times: of each row
    columns: of cells, by their tag, or the one column of values
    qualities: of each row; None: all are good
    """

    rows: Sequence[int]
    tags: Sequence[Any] | None
    times: Sequence[Any]
    columns: dict[str, Sequence[Any]]
    qualities: Sequence[Any] | None


@dataclass(frozen=True, slots=True)
class Ragged:
    """A row that has not as many cells as the header."""

    row: int
    cells: int
    header: int


def csv_pieces(data: bytes) -> Iterator[Piece | Ragged]:
    """The pieces of a CSV file in UTF-8. Raises WellheadError for what is none."""
    reader = csv.reader(io.StringIO(_decoded(data), newline=""), strict=True)
    try:
        yield from _pieces(reader)
    except csv.Error as error:
        raise sdk.WellheadError(
            f"is no CSV: {error}, at line {reader.line_num}",
            field="body",
            remedy="Put what has commas, quotes or line ends in quotes, and write a quote twice",
        ) from error


def _decoded(data: bytes) -> str:
    _refuse_packed(data)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        wrong = error.object[error.start]
        seen = bytes([wrong]).decode("cp1252", "replace")
        line = error.object.count(b"\n", 0, error.start) + 1
        encoding, what = "WINDOWS-1252", f"the byte {wrong:#04x}, in Latin-1 or Windows-1252 {seen}"
        if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            encoding, what = "UTF-16", "the mark of UTF-16"
        raise sdk.WellheadError(
            f"is not in UTF-8: line {line} has {what}",
            field="body",
            remedy=f"Save it as UTF-8, or convert it: iconv -f {encoding} -t UTF-8",
        ) from error


def _refuse_packed(data: bytes) -> None:
    for mark, what, remedy in _PACKED:
        if data.startswith(mark):
            raise sdk.WellheadError(f"is {what}", field="body", remedy=remedy)


def _pieces(reader: "_csv.Reader") -> Iterator[Piece | Ragged]:
    header: list[str] = next((cells for cells in reader if cells), [])
    names = _checked(header)
    size = max(_LEAST_ROWS, _PIECE_CELLS // len(names))
    while True:
        before = reader.line_num
        lines = list(islice(reader, size))
        if not lines:
            return
        numbers: Sequence[int] = range(before + 1, before + 1 + len(lines))
        if reader.line_num - before != len(lines):
            numbers = _line_numbers(before, lines)
        if any(len(cells) != len(names) for cells in lines):
            pairs = list(zip(numbers, lines, strict=True))
            for number, cells in pairs:
                if cells and len(cells) != len(names):
                    yield Ragged(number, len(cells), len(names))
            pairs = [pair for pair in pairs if len(pair[1]) == len(names)]
            numbers, lines = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
        if lines:
            yield _piece(names, numbers, lines)


def _checked(header: list[str]) -> list[str]:
    names = [name.strip() for name in header]
    if "time" not in names or len(names) < 2:
        other = len(names) == 1 and _OTHER_COMMA.search(names[0])
        raise sdk.WellheadError(
            "has no header with a column `time`",
            field="header",
            value=",".join(header)[:200],
            remedy=f"Separate cells by commas, not by {other[0]!r}" if other else _REMEDY,
        )
    if len(names) > MAX_COLUMNS:
        raise sdk.WellheadError(
            f"has more than {MAX_COLUMNS:,} columns", field="header", remedy="Send it in pieces"
        )
    for name, times in Counter(names).items():
        if times > 1:
            raise sdk.WellheadError(
                "is there twice", field="header", value=name, remedy="Leave one of them out"
            )
        if not name:
            raise sdk.WellheadError(
                "has a column without a name", field="header", remedy="Name its tag"
            )
    if "tag" in names and ("value" not in names or set(names) - {*_LONG, "quality"}):
        raise sdk.WellheadError(
            "has the column `tag`, beside which there are time, value and quality only",
            field="header",
            value=",".join(header)[:200],
            remedy=_REMEDY,
        )
    return names


def _line_numbers(before: int, lines: Sequence[Sequence[str]]) -> list[int]:
    """Where rows begin of which some have line ends within their cells."""
    numbers, number = [], before + 1
    for cells in lines:
        numbers.append(number)
        number += 1 + sum(len(_LINE_END.findall(cell)) for cell in cells)
    return numbers


def _piece(names: list[str], numbers: Sequence[int], lines: list[list[str]]) -> Piece:
    columns: dict[str, Sequence[Any]] = dict(zip(names, zip(*lines, strict=True), strict=True))
    times = columns.pop("time")
    if "tag" not in columns:
        return Piece(numbers, None, times, columns, None)
    quality = columns.get("quality")
    return Piece(numbers, columns["tag"], times, {"value": columns["value"]}, quality)


def json_pieces(data: bytes) -> Iterator[Piece]:
    """The pieces of columns `tag`, `t`, `v` and perhaps `q`, as readings are answered; `tag` may be
    one for all. Raises WellheadError."""
    _refuse_packed(data)
    try:
        body = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise sdk.WellheadError(f"is no JSON: {error}", field="body") from error
    if (
        not isinstance(body, dict)
        or set(body) - {"tag", "t", "v", "q"}
        or {"tag", "t", "v"} - set(body)
    ):
        raise sdk.WellheadError(
            "must be an object with tag, t, v and perhaps q",
            field="body",
            remedy='Write it like {"tag": "W-01.PT", "t": ["2026-01-31T12:00:00Z"], "v": [12.5]}',
        )
    if isinstance(body["tag"], (str, int)) and isinstance(body["t"], list):
        body["tag"] = [body["tag"]] * len(body["t"])
    for name, column in body.items():
        if not isinstance(column, list) or len(column) != len(body["t"]):
            raise sdk.WellheadError(
                "must be a list as long as t", field=name, remedy="One item a reading in each"
            )
    for start in range(0, len(body["t"]), _PIECE_CELLS):
        part = slice(start, start + _PIECE_CELLS)
        times = body["t"][part]
        yield Piece(
            range(start, start + len(times)),
            body["tag"][part],
            times,
            {"value": body["v"][part]},
            body["q"][part] if "q" in body else None,
        )
