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
_LONG = {"tag", "time", "value", "quality"}
_EXPORTED = {"t": "time", "v": "value", "q": "quality"}
"""Columns of the files that readings are answered as, and what they are here."""
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
    units: of the values of each row, "" for its tag's own; None: no column says them
    named: `tags` are names, and no ids that look like them
    """

    rows: Sequence[int]
    tags: Sequence[Any] | None
    times: Sequence[Any]
    columns: dict[str, Sequence[Any]]
    qualities: Sequence[Any] | None
    units: Sequence[str] | None = None
    named: bool = False


@dataclass(frozen=True, slots=True)
class _Header:
    """names: of the columns; long: a row is a reading, of the tag that it names or of `tag`"""

    names: list[str]
    long: bool
    tag: str | None


@dataclass(frozen=True, slots=True)
class Ragged:
    """A row that has not as many cells as the header."""

    row: int
    cells: int
    header: int


def csv_pieces(data: bytes, tag: str | None = None) -> Iterator[Piece | Ragged]:
    """The pieces of a CSV file in UTF-8; tag: of all its readings, in a file of one. Raises
    WellheadError for what is none."""
    reader = csv.reader(io.StringIO(_decoded(data), newline=""), strict=True)
    try:
        yield from _pieces(reader, tag)
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


def _pieces(reader: "_csv.Reader", tag: str | None) -> Iterator[Piece | Ragged]:
    header = _checked(next((cells for cells in reader if cells), []), tag)
    names = header.names
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
            yield _piece(header, numbers, lines)


def _checked(header: list[str], tag: str | None) -> _Header:
    names = [name.strip() for name in header]
    exported = "time" not in names and {"t", "v"} <= set(names)
    if exported:
        names = [_EXPORTED.get(name, name) for name in names]
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
    named = "tag" in names or (exported and "name" in names)
    long = named or exported or tag is not None
    others = set(names) - (_LONG | {"name", "unit"} if exported else _LONG)
    if long and ("value" not in names or others):
        raise sdk.WellheadError(
            "has a row a reading, in which there are tag, time, value and quality only",
            field="header",
            value=",".join(header)[:200],
            remedy=_REMEDY,
        )
    if long and named == (tag is not None):
        raise sdk.WellheadError(
            "is given, and a column of the file says it, too"
            if named
            else "is needed: no column of the file says whose readings these are",
            field="tag",
            value=tag,
            remedy="Leave one of them out" if named else "Say it beside the id, like tag=W-01.PT",
        )
    return _Header(names, long, tag)


def _line_numbers(before: int, lines: Sequence[Sequence[str]]) -> list[int]:
    """Where rows begin of which some have line ends within their cells."""
    numbers, number = [], before + 1
    for cells in lines:
        numbers.append(number)
        number += 1 + sum(len(_LINE_END.findall(cell)) for cell in cells)
    return numbers


def _piece(header: _Header, numbers: Sequence[int], lines: list[list[str]]) -> Piece:
    cells = zip(*lines, strict=True)
    columns: dict[str, Sequence[Any]] = dict(zip(header.names, cells, strict=True))
    times = columns.pop("time")
    if not header.long:
        return Piece(numbers, None, times, columns, None)
    named = "name" in columns  # beside ids, which are others' elsewhere
    if header.tag is not None:
        tags: Sequence[Any] = [header.tag] * len(times)
    else:
        tags = columns["name" if named else "tag"]
    values = {"value": columns["value"]}
    quality, unit = columns.get("quality"), columns.get("unit")
    return Piece(numbers, tags, times, values, quality, unit, named)


def json_pieces(data: bytes, tag: str | None = None) -> Iterator[Piece]:
    """The pieces of columns `tag`, `t`, `v` and perhaps `q`, as readings are answered; `tag` may be
    one for all, also beside the body. Raises WellheadError."""
    _refuse_packed(data)
    try:
        body = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise sdk.WellheadError(f"is no JSON: {error}", field="body") from error
    if tag is not None and isinstance(body, dict):
        if "tag" in body:
            raise sdk.WellheadError(
                "is given, and the body says it, too",
                field="tag",
                value=tag,
                remedy="Leave one of them out",
            )
        body["tag"] = tag
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
