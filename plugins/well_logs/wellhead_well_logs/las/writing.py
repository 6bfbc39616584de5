"""A log as a LAS 2.0 file.

The header is the source's own where there was one, with the lines that the data decide written
anew. LAS 2.0 holds numbers alone and lines of at most 256 characters: texts are left out, with a
comment that says so, and rows too long are wrapped.
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import orjson

from wellhead_well_logs.extremes import Floats

NULL = "-999.25"
_LONGEST = 256
_WRAPPED = 80
_ROWS = 4096
_OWN = ("STRT", "STOP", "STEP", "NULL")
_NUMBERED = {"us_well_number": "API", "canada_uwi": "UWI", "norway_name": "UWI"}

Identifier = tuple[str, str]
"""Kind, as the plugin wells names it, and value of a number of the well."""


def las_file(
    *,
    name: str,
    well: str,
    identifiers: Sequence[Identifier],
    index_mnemonic: str,
    index_unit: str,
    index: Floats,
    step: float | None,
    curves: Sequence[tuple[str, str, str]],
    values: Sequence[Floats],
    left_out: Sequence[str],
    header: Mapping[str, Any],
    service_company: str | None,
    logged_on: str | None,
) -> Iterator[bytes]:
    """The file, in pieces.

    index: float64[n] in the order of the file; curves: mnemonic, unit and description of each of
    `values`, float64[n]; left_out: mnemonics of the curves that are no numbers
    header: the source's, as `Header.kept` gives it, or any other
    """
    table = np.column_stack([index, *values])
    lines = _lines(table[:_ROWS])
    wrapped = any(len(line) > _LONGEST for line in lines)
    kept = _kept(header)
    head = ["~Version"]
    head.append(_line("VERS", "", "2.0", "CWLS LOG ASCII STANDARD - VERSION 2.0"))
    head.append(_line("WRAP", "", "YES" if wrapped else "NO", ""))
    if left_out:
        head.append(f"# Left out, since LAS 2.0 holds numbers alone: {', '.join(left_out)}")
    head.append("~Well")
    ends = (index[0], index[-1]) if len(index) else (0.0, 0.0)
    sign = -1 if ends[1] < ends[0] else 1
    head.append(_line("STRT", index_unit, repr(float(ends[0])), "First index"))
    head.append(_line("STOP", index_unit, repr(float(ends[1])), "Last index"))
    head.append(_line("STEP", index_unit, repr(sign * step if step else 0.0), "0 = not regular"))
    head.append(_line("NULL", "", NULL, "Null value"))
    head += _well_lines(kept.get("W", []), well, identifiers, service_company, logged_on)
    head.append("~Curve")
    head.append(_line(index_mnemonic, index_unit, "", "Index"))
    head += [_line(mnemonic, unit, "", text) for mnemonic, unit, text in curves]
    head.append("~Parameter")
    head += [_item(item) for item in kept.get("P", [])]
    head.append("~Other")
    head.append(f"Log {name}, exported by Wellhead")
    head.append("~ASCII")
    yield "".join(f"{line}\n" for line in head).encode()
    for start in range(0, len(table), _ROWS):
        piece = _lines(table[start : start + _ROWS])
        if wrapped:
            piece = [part for line in piece for part in _wrapped(line)]
        yield "".join(f"{line}\n" for line in piece).encode()


def _lines(table: Floats) -> list[str]:
    """Rows as the shortest numbers that read back the same."""
    if not len(table):
        return []
    text = orjson.dumps(np.ascontiguousarray(table), option=orjson.OPT_SERIALIZE_NUMPY).decode()
    return text[2:-2].replace("null", NULL).replace("],[", "\n").replace(",", " ").split("\n")


def _wrapped(line: str) -> Iterator[str]:
    first, *cells = line.split(" ")
    yield first
    part = ""
    for cell in cells:
        if part and len(part) + 1 + len(cell) > _WRAPPED:
            yield part
            part = cell
        else:
            part = f"{part} {cell}" if part else cell
    yield part


def _kept(header: Mapping[str, Any]) -> dict[str, list[Mapping[str, str]]]:
    """Items of the source's well and parameter sections."""
    found: dict[str, list[Mapping[str, str]]] = {}
    for section in header.get("sections", ()):
        title = section["title"][1:].upper()
        letter = "P" if title.startswith("LOG_PARAMETER") else title[:1]
        if letter in ("W", "P") and ("_" not in title or title.startswith("LOG_P")):
            found[letter] = section["items"]
    return found


def _well_lines(
    items: Sequence[Mapping[str, str]],
    well: str,
    identifiers: Sequence[Identifier],
    service_company: str | None,
    logged_on: str | None,
) -> Iterator[str]:
    said = {item["mnemonic"].upper() for item in items if item["value"]}
    yield from (
        _item(item) for item in items if item["value"] and item["mnemonic"].upper() not in _OWN
    )
    own = [("WELL", well, "Well")]
    own += [
        (_NUMBERED[kind], value, "Well number") for kind, value in identifiers if kind in _NUMBERED
    ]
    own += [("SRVC", service_company or "", "Service company"), ("DATE", logged_on or "", "Date")]
    own += [("EXPD", dt.datetime.now(dt.UTC).date().isoformat(), "Date of export")]
    for mnemonic, value, text in own:
        if value and mnemonic not in said:
            said.add(mnemonic)
            yield _line(mnemonic, "", value, text)


def _item(item: Mapping[str, str]) -> str:
    return _line(item["mnemonic"], item["unit"], item["value"], item["description"])


def _line(mnemonic: str, unit: str, value: str, description: str) -> str:
    return f"{_safe(mnemonic)}.{_safe(unit).replace(' ', '')} {_safe(value)} : {_safe(description)}"


def _safe(text: str) -> str:
    """On one line."""
    return " ".join(text.split())
