"""Pressures from a CSV file of a gauge: columns of texts as columns of numbers, with what is wrong
with each row.

Gauges give elapsed time or dates; a million rows are read a few thousand at a time, so that few
objects live at once.
"""

import csv
import io
import zoneinfo
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import numpy as np

from wellhead import sdk
from wellhead_historian.imports.times import TimeForm, read_times
from wellhead_historian.imports.values import read_numbers, read_qualities
from wellhead_well_testing.blocks import Times
from wellhead_well_testing.series import Pressures

ELAPSED = {"d": 86_400_000_000, "h": 3_600_000_000, "min": 60_000_000, "s": 1_000_000}
"""Units of elapsed time, in microseconds."""
MOST_PROBLEMS = 1_000
_ROWS = 4_096
_MOST_SECONDS = 1e10
"""Of elapsed time; some three hundred years, and still microseconds of an int64."""
_REMEDY = "Correct the row, leave it out, or import with on_error=skip"
_HEADER = "Begin with a row of names, the time first and the pressure second: t,p"


@dataclass(frozen=True, slots=True)
class Form:
    """How a file is written.

    time, pressure, quality: names of its columns; None: the first, the second, and the one called
        `quality` if there is one
    elapsed: unit of elapsed times, one of ELAPSED; None: they are dates of RFC 3339
    least: pressure that none is below: of a vacuum, in the unit of the file
    begins: what elapsed time counts from, microseconds since 1970 UTC
    zone: of dates that name no offset; None: those are wrong
    """

    elapsed: str | None
    begins: int
    least: float
    zone: zoneinfo.ZoneInfo | None = None
    time: str | None = None
    pressure: str | None = None
    quality: str | None = None


@dataclass(slots=True)
class Rows:
    """What is wrong: how many rows, and of the first the problems by row, from 0."""

    failed: int = 0
    problems: dict[int, list[dict[str, Any]]] = field(default_factory=dict)

    def add(self, row: int, column: str, cell: str, message: str) -> None:
        if len(self.problems) < MOST_PROBLEMS or row in self.problems:
            told = {"field": column, "value": cell[:100], "message": message, "remedy": _REMEDY}
            self.problems.setdefault(row, []).append(told)


def read_csv(data: bytes, form: Form, most: int) -> tuple[Pressures, Rows]:
    """(the sound rows in order of time, what is wrong with the others).

    Raises WellheadError for what is no CSV with these columns, and for more than `most` rows.
    """
    wrong = Rows()
    columns: list[tuple[Any, ...]] = []
    count = 0
    for first, cells in _pieces(data, form, wrong):
        count += len(cells[0])
        if count > most:
            raise sdk.WellheadError(
                f"has more than {most:,} rows",
                field="body",
                remedy="Raise max_points of [plugins.well_testing], or thin the file",
            )
        columns.append(_read(first, cells, form, wrong))
    if not columns:
        return Pressures(np.empty(0, np.int64), np.empty(0), np.empty(0, np.int16)), wrong
    parts = [np.concatenate(column) for column in zip(*columns, strict=True)]
    return _in_order(parts, wrong), wrong


def _pieces(
    data: bytes, form: Form, wrong: Rows
) -> Iterator[tuple[Sequence[int], tuple[Sequence[str], ...]]]:
    """(numbers of the rows, their cells of time, pressure and quality), some thousand at a time."""
    try:
        reader = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True)
        header = [name.strip() for name in next((cells for cells in reader if cells), [])]
        places = _places(header, form)
        row = 0
        while lines := list(islice(reader, _ROWS)):
            numbers: Sequence[int] = range(row, row + len(lines))
            row += len(lines)
            if any(len(cells) != len(header) for cells in lines):
                numbers, lines = _whole(numbers, lines, len(header), wrong)
            if lines:
                table = list(zip(*lines, strict=True))
                yield numbers, tuple(table[place] for place in places)
    except (UnicodeDecodeError, csv.Error) as error:
        raise sdk.WellheadError(
            f"is no CSV in UTF-8: {error}", field="body", remedy=_HEADER
        ) from error


def _whole(
    numbers: Sequence[int], lines: list[list[str]], width: int, wrong: Rows
) -> tuple[list[int], list[list[str]]]:
    """The rows that have all their cells; empty lines are none."""
    kept: dict[int, list[str]] = {}
    for number, cells in zip(numbers, lines, strict=True):
        if len(cells) == width:
            kept[number] = cells
        elif cells:
            wrong.failed += 1
            message = f"has {len(cells)} cells, the header {width}"
            wrong.add(number, "", ",".join(cells), message)
    return list(kept), list(kept.values())


def _places(header: list[str], form: Form) -> list[int]:
    if len(header) < 2:
        raise sdk.WellheadError("has no header with two columns", field="header", remedy=_HEADER)
    if not read_numbers(header[1:2])[1]:
        raise sdk.WellheadError(
            "is a reading, not names", field="header", value=",".join(header)[:100], remedy=_HEADER
        )
    asked: Mapping[str, tuple[str | None, int | None]] = {
        "time": (form.time, 0),
        "pressure": (form.pressure, 1),
        "quality": (form.quality, header.index("quality") if "quality" in header else None),
    }
    places = []
    for option, (name, usual) in asked.items():
        if name is not None and name not in header:
            raise sdk.WellheadError(
                "is no column of the file",
                field=option,
                value=name,
                remedy=f"One of: {', '.join(header)[:300]}",
            )
        place = usual if name is None else header.index(name)
        if place is not None:
            places.append(place)
    return places


def _read(
    numbers: Sequence[int], cells: tuple[Sequence[str], ...], form: Form, wrong: Rows
) -> tuple[Any, ...]:
    """(rows, times, values, qualities) of the sound rows of a piece."""
    times, bad_times = _times(cells[0], form)
    values, bad_values = read_numbers(cells[1])
    below = dict.fromkeys(np.flatnonzero(values < form.least).tolist(), "is less than a vacuum")
    qualities = np.full(len(times), sdk.quality.GOOD, np.int16)
    bad_qualities: dict[int, str] = {}
    if len(cells) > 2:
        qualities, bad_qualities = read_qualities(cells[2])
    bad = np.zeros(len(times), np.bool_)
    found = {"t": bad_times, "p": bad_values | below, "quality": bad_qualities}
    for column, (name, messages) in zip(cells, found.items(), strict=False):
        for place in sorted(messages):
            bad[place] = True
            wrong.add(numbers[place], name, column[place], messages[place])
    wrong.failed += int(bad.sum())
    rows = np.asarray(numbers, np.int64)
    return rows[~bad], times[~bad], values[~bad], qualities[~bad]


def _times(cells: Sequence[str], form: Form) -> tuple[Times, dict[int, str]]:
    if form.elapsed is None:
        return read_times(cells, TimeForm(zone=form.zone))
    elapsed, wrong = read_numbers(cells)
    unit = ELAPSED[form.elapsed]
    outside = np.abs(elapsed) * (unit / 1e6) > _MOST_SECONDS
    wrong |= dict.fromkeys(np.flatnonzero(outside).tolist(), "is too long a time")
    micros = np.where(np.isfinite(elapsed) & ~outside, elapsed, 0.0) * unit
    return form.begins + np.rint(micros).astype(np.int64), wrong


def _in_order(columns: Sequence[Any], wrong: Rows) -> Pressures:
    """By time, of several at one time the first row alone.

    columns: rows, times, values, qualities
    """
    rows, times, values, qualities = columns
    order = np.argsort(times, kind="stable")
    twice = np.flatnonzero(np.diff(times[order]) == 0) + 1
    for place in order[twice].tolist():
        wrong.failed += 1
        moment = str(np.datetime64(int(times[place]), "us"))
        wrong.add(int(rows[place]), "t", moment, "is the time of an earlier row")
    kept = np.delete(order, twice)
    return Pressures(times[kept], values[kept], qualities[kept])
