"""A reader that does everything a reading at a time, to compare with."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

import numpy as np

from wellhead_historian.store.interface import Buckets, Level, Readings

_WHOLE = ("starts", "count", "good", "usable", "first_time", "last_time")
_FLAGS = ("first_usable", "last_usable")
_COLUMNS: dict[str, Any] = {
    field.name: np.int64 if field.name in _WHOLE else np.bool_ if field.name in _FLAGS else float
    for field in fields(Buckets)
}
Row = tuple[int, float, int]
"""(time, value, quality)"""


def readings_of(rows: Sequence[Row], go_on: int | None = None) -> Readings:
    columns = list(zip(*rows, strict=True)) or [(), (), ()]
    return Readings(
        np.array(columns[0], np.int64),
        np.array(columns[1], np.float64),
        np.array(columns[2], np.int16),
        go_on,
    )


def fit(row: Row) -> bool:
    return row[2] & 0xC0 != 0 and math.isfinite(row[1])


LONG_AGO = -(2**62)


class SlowReader:
    """Readings of one tag, whatever tag is named. rows: in order of time, each time once; of those
    before `gone` only summaries are left, of each level those that begin at `kept` or later"""

    def __init__(
        self, rows: Sequence[Row], gone: int = LONG_AGO, kept: Mapping[Level, int] | None = None
    ) -> None:
        self._all = list(rows)
        self._kept = kept or {}
        self.rows = [row for row in rows if row[0] >= gone]
        self.levels: list[Level] = []

    def read(self, tag: int, start: int, end: int, limit: int) -> Readings:
        found = [row for row in self.rows if start <= row[0] < end]
        go_on = found[limit][0] if len(found) > limit else None
        return readings_of(found[:limit], go_on)

    def before(self, tag: int, time: int) -> Readings:
        return readings_of([row for row in self.rows if row[0] <= time][-1:])

    def after(self, tag: int, time: int) -> Readings:
        return readings_of([row for row in self.rows if row[0] >= time][:1])

    def summarise(self, tag: int, level: Level, start: int, end: int) -> Buckets:
        self.levels.append(level)
        groups: dict[int, list[Row]] = {}
        start = max(start, self._kept.get(level, LONG_AGO))
        for row in self._all:
            begin = row[0] // level * level
            if start <= begin < end:
                groups.setdefault(begin, []).append(row)
        made = [_bucket(begin, group) for begin, group in groups.items()]
        columns = {name: [one[name] for one in made] for name in _COLUMNS}
        return Buckets(**{name: np.array(columns[name], _COLUMNS[name]) for name in _COLUMNS})


def _bucket(begin: int, rows: list[Row]) -> dict[str, float]:
    values = [row[1] for row in rows if fit(row)]
    step, step_covered = area(rows, begin, 2**62, step=True, held=rows[-1][0])
    linear, linear_covered = area(rows, begin, 2**62, step=False, held=rows[-1][0])
    return {
        "starts": begin,
        "count": len(rows),
        "good": sum(row[2] & 0xC0 == 0xC0 for row in rows),
        "usable": len(values),
        "minimum": min(values, default=math.nan),
        "maximum": max(values, default=math.nan),
        "total": sum(values) if values else math.nan,
        "first": values[0] if values else math.nan,
        "last": values[-1] if values else math.nan,
        "first_time": rows[0][0],
        "last_time": rows[-1][0],
        "first_usable": fit(rows[0]),
        "last_usable": fit(rows[-1]),
        "step": step,
        "step_covered": step_covered,
        "linear": linear,
        "linear_covered": linear_covered,
    }


def area(
    rows: Sequence[Row], begin: int, end: int, *, step: bool, held: int
) -> tuple[float, float]:
    """(integral in value x seconds, seconds covered) between two times. held: how long the last
    reading of all holds, with `step`"""
    total = covered = 0.0
    following = [*rows[1:], (max(held, rows[-1][0]), math.nan, 0)] if rows else []
    for one, other in zip(rows, following, strict=True):
        first, last = max(one[0], begin), min(other[0], end)
        if last <= first or not fit(one) or not (step or fit(other)):
            continue
        seconds = (last - first) / 1e6
        height = one[1]
        if not step:
            middle = ((first - one[0]) + (last - one[0])) / 2 / (other[0] - one[0])
            height = one[1] * (1 - middle) + other[1] * middle
        total += height * seconds
        covered += seconds
    return total, covered


def summed(
    rows: Sequence[Row], everything: Sequence[Row], begin: int, end: int, step: bool, held: int
) -> dict[str, float]:
    """Every aggregate of an interval. rows: those that count; everything: what is known of the
    value over time"""
    mine = [row for row in rows if begin <= row[0] < end]
    values = [row[1] for row in mine if fit(row)]
    good = sum(row[2] & 0xC0 == 0xC0 for row in mine)
    total, covered = area(everything, begin, end, step=step, held=held)
    none = math.nan
    return {
        "count": len(mine),
        "good": good,
        "good_share": good / len(mine) if mine else none,
        "min": min(values, default=none),
        "max": max(values, default=none),
        "range": max(values) - min(values) if values else none,
        "sum": sum(values) if values else none,
        "mean": sum(values) / len(values) if values else none,
        "first": values[0] if values else none,
        "last": values[-1] if values else none,
        "time_weighted_mean": total / covered if covered else none,
        "integral": total if covered else none,
    }


def close(found: float, expected: float) -> bool:
    if math.isnan(expected):
        return math.isnan(found)
    return math.isclose(found, expected, rel_tol=1e-9, abs_tol=1e-4)


def value_at(rows: Sequence[Row], time: int, step: bool) -> tuple[float, int]:
    """(value, quality) at a time"""
    before = [row for row in rows if row[0] <= time]
    after = [row for row in rows if row[0] > time]
    if not before:
        return math.nan, 0
    one = before[-1]
    if not fit(one):
        return math.nan, one[2]
    if one[0] == time:
        return one[1], one[2]
    if not after:
        return one[1], 68
    if step:
        return one[1], one[2]
    other = after[0]
    if not fit(other):
        return math.nan, other[2]
    share = (time - one[0]) / (other[0] - one[0])
    both = one[2] == other[2] == 192
    return one[1] + (other[1] - one[1]) * share, 192 if both else 64
