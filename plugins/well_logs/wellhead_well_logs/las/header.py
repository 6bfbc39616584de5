"""The sections of a LAS file, every value the text that it is.

Lines are read by lasio, which knows how versions differ and what companies write instead. Its items
are made without its conversion to numbers, which takes the leading zeros off licence and well
numbers. Sections that no version knows are kept too, line by line.
"""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lasio import defaults, reader

from wellhead_well_logs.notes import Notes, broken

_MOST_ITEMS = 3_000
_LONGEST = 400
"""Characters of a header line; lasio's patterns take the square of it in the worst case."""
_SAMPLE = "A header line is `MNEM.UNIT  value : description`"


@dataclass(frozen=True, slots=True)
class Item:
    mnemonic: str
    unit: str
    value: str
    description: str
    line: int


@dataclass(frozen=True, slots=True)
class Section:
    """line: that of the title, from 1; items: of sections of the form `MNEM.UNIT value : text`;
    lines: all lines below the title, as they came"""

    title: str
    line: int
    items: list[Item]
    lines: list[str]


@dataclass(frozen=True, slots=True)
class Header:
    """version: 1.2, 2.0 or 3.0 as the file says; data: where its log data begin and end, lines from
    1, the first below the title"""

    version: float
    wrapped: bool
    delimiter: str
    sections: list[Section]
    data: tuple[int, int]

    def section(self, letter: str, las3: str) -> list[Item]:
        """Items of the section that begins with a letter (`W`), in LAS 3 also called `las3`."""
        for section in self.sections:
            name = section.title[1:].upper()
            if name.startswith(las3.upper()) or (name[:1] == letter and "_" not in name):
                return section.items
        return []

    def well(self, *mnemonics: str) -> Item | None:
        """The first item of the well section that has one of these mnemonics and a value."""
        for mnemonic in mnemonics:
            for item in self.section("W", "Well"):
                if item.mnemonic.upper() == mnemonic and item.value:
                    return item
        return None

    def kept(self) -> dict[str, Any]:
        """All of it as JSON."""
        return {
            "version": self.version,
            "sections": [
                {
                    "title": section.title,
                    "items": [
                        {
                            "mnemonic": item.mnemonic,
                            "unit": item.unit,
                            "value": item.value,
                            "description": item.description,
                        }
                        for item in section.items
                    ],
                    "lines": section.lines,
                }
                for section in self.sections
            ],
        }


class _RawParser(reader.SectionParser):
    """lasio's, without its conversion to numbers."""

    def num(self, x: str, default: object = None) -> str:
        return x


def read_header(text: str, notes: Notes) -> Header:
    """Raises WellheadError naming the line of what cannot be read."""
    lines = io.StringIO(text)
    starts = reader.find_sections_in_file(lines)
    if not starts:
        raise broken(1, "there is no section", text[:40], "A LAS file begins with ~Version")
    version, wrapped, delimiter = 2.0, False, "SPACE"
    sections: list[Section] = []
    data: tuple[int, int] | None = None
    left = _MOST_ITEMS
    for place, (position, first, last, title) in enumerate(starts):
        lines.seek(position)
        kind = reader.determine_section_type(title)
        if kind == "Data" and len(title) > 1:
            if data is None:
                data = (first + 2, last + 1)
                continue
            notes.add(
                "sections", "more log data are kept in the header, not read", title, first + 1
            )
        body = [line.rstrip("\r\n") for line in _below(lines, first, last)]
        if place == len(starts) - 1 and body and not body[-1]:
            body.pop()
        items: list[Item] = []
        if kind == "Header items" and len(title) > 1:
            items = list(_items(body, title, version, first + 2, notes))
            left -= len(items)
            if left < 0:
                raise broken(
                    first + 1, f"the header has more than {_MOST_ITEMS} lines", title, _SAMPLE
                )
        sections.append(Section(title, first + 1, items, body))
        for item in items if title[1:2].upper() == "V" else ():
            word = item.value.upper()
            if item.mnemonic.upper() == "VERS":
                version = _version(item)
            elif item.mnemonic.upper() == "WRAP":
                wrapped = word == "YES"
            elif item.mnemonic.upper() == "DLM" and word:
                delimiter = _delimiter(item)
    if data is None:
        raise broken(
            starts[-1][1] + 1,
            "there is no section ~A of log data",
            starts[-1][3],
            "Send the whole file",
        )
    return Header(version, wrapped, delimiter, sections, data)


def _below(lines: io.StringIO, first: int, last: int) -> Iterator[str]:
    """The lines of a section without its title; first, last: of title and end, from 0."""
    lines.readline()
    for _ in range(last - first):
        line = lines.readline()
        if not line:
            return
        yield line


def _items(
    body: list[str], title: str, version: float, number: int, notes: Notes
) -> Iterator[Item]:
    parser = _RawParser(title, version=version)
    if not hasattr(parser, "default_order"):
        parser.default_order, parser.orders = "value:descr", {}
    for line_number, raw in enumerate(body, number):
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        if len(line) > _LONGEST:
            notes.count("header", "a line too long to be read is kept as text", line_number, line)
            continue
        try:
            item = parser(**reader.read_header_line(line, section_name=parser.section_name2))
        except (AttributeError, KeyError):  # what lasio's patterns do not match
            notes.count("header", "a line of no known form is kept as text", line_number, line)
            continue
        yield Item(
            str(item.original_mnemonic),
            str(item.unit),
            str(item.value),
            str(item.descr),
            line_number,
        )


def _version(item: Item) -> float:
    try:
        version = float(item.value)
    except ValueError:
        version = 0.0
    if version not in defaults.ORDER_DEFINITIONS:
        raise broken(
            item.line, "is no version of LAS that is read", item.value, "Use 1.2, 2.0 or 3.0"
        )
    return version


def _delimiter(item: Item) -> str:
    word = item.value.upper()
    if word not in ("SPACE", "COMMA", "TAB"):
        raise broken(item.line, "is no delimiter", item.value, "Use SPACE, COMMA or TAB")
    return word
