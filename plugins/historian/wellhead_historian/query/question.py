"""What is asked of readings: the options of a request, checked against each other.

Four questions: the readings themselves, a picture in N points, aggregates of intervals, values at
times. An option that belongs to another question is an error that says so, never ignored.
"""

import datetime as dt
import zoneinfo
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from wellhead import sdk
from wellhead_historian.http.times import format_time, parse_time
from wellhead_historian.query import calendar
from wellhead_historian.query.aggregates import AGGREGATES
from wellhead_historian.query.buckets import Ints
from wellhead_historian.query.downsample import FEWEST, Method
from wellhead_historian.query.intervals import Interval, parse_interval

QUALITIES = ("good", "usable", "all")
_CALENDAR = ("tz", "day_start")
_BELONGS = {
    "raw": ("limit",),
    "points": ("points", "method"),
    "interval": ("interval", "agg", *_CALENDAR),
    "at": ("at",),
    "every": ("every", *_CALENDAR),
}


@dataclass(frozen=True, slots=True)
class Raw:
    """Readings of start <= time < end. limit: None = as many as there are
    quality: which of them, `good`, `usable` (not bad) or `all`"""

    start: int
    end: int
    limit: int | None
    quality: str


@dataclass(frozen=True, slots=True)
class Picture:
    """At most `points` of start <= time < end."""

    start: int
    end: int
    points: int
    method: Method
    good_only: bool


@dataclass(frozen=True, slots=True)
class Intervals:
    """Aggregates of the m intervals between `edges`, int64[m+1], of start <= time < end.

    zone: whose calendar they are of; held_until: as of `Surroundings`
    """

    start: int
    end: int
    edges: Ints
    names: tuple[str, ...]
    zone: zoneinfo.ZoneInfo
    held_until: int
    good_only: bool

    @property
    def clipped(self) -> Ints:
        """The edges within the range."""
        return np.clip(self.edges, self.start, self.end)


@dataclass(frozen=True, slots=True)
class Instants:
    """Values at `times`, int64[n]."""

    times: Ints
    good_only: bool


Question = Raw | Picture | Intervals | Instants


def question_of(options: Mapping[str, Any], now: int, most: int) -> Question:
    """The question that a request's options ask. Raises WellheadError.

    options: what was given, by the names of the API; lists as lists
    now: microseconds UTC; most: points of one tag that an answer may hold
    """
    kind = next((name for name in ("points", "interval", "at", "every") if name in options), "raw")
    _check_company(options, kind)
    quality = options.get("quality", "all" if kind == "raw" else "usable")
    if quality == "all" and kind != "raw":
        raise sdk.WellheadError(
            "bad readings have no value to make others of",
            field="quality",
            value=quality,
            remedy=f"With {kind}, use good or usable",
        )
    good = quality == "good"
    if kind == "at":
        return Instants(_times(options["at"], most), good)
    start, end = _range(options, now)
    if kind == "points":
        points = _bounded("points", options["points"], most)
        return Picture(start, end, points, Method(options.get("method", "minmax")), good)
    if kind == "interval":
        interval = parse_interval(options["interval"])
        zone = sdk.zone_of(options.get("tz", "UTC"))
        edges = _edges("interval", interval, options, start, end, most)
        names = _names(options.get("agg", ["mean"]))
        return Intervals(start, end, edges, names, zone, min(end, now), good)
    if kind == "every":
        interval = parse_interval(options["every"], "every")
        edges = _edges("every", interval, options, start, end, most)
        return Instants(edges[(edges >= start) & (edges < end)], good)
    limit = options.get("limit")
    return Raw(start, end, None if limit is None else _bounded("limit", limit, most), quality)


def _check_company(options: Mapping[str, Any], kind: str) -> None:
    """Raises WellheadError for an option of another question than `kind`."""
    mine = (*_BELONGS[kind], *(() if kind == "at" else ("from", "to")))
    owners = {name: owner for owner, names in reversed(_BELONGS.items()) for name in names}
    for name in options:
        if name in mine or name not in (*owners, "from", "to"):
            continue
        if kind == "raw":
            remedy = f"Name {owners[name]} too, or leave {name} out"
            if name in _CALENDAR:
                remedy = f"Name interval or every too, or leave {name} out"
        else:
            remedy = f"Leave out {name} or {kind}"
        value = options[name]
        raise sdk.WellheadError(
            f"does not go with {kind}" if kind != "raw" else "has nothing to say alone",
            field=name,
            value=",".join(map(str, value)) if isinstance(value, list) else value,
            remedy=remedy,
        )


def _range(options: Mapping[str, Any], now: int) -> tuple[int, int]:
    if "from" not in options:
        raise sdk.WellheadError(
            "is required", field="from", remedy="Write it like from=2026-01-31T12:00:00Z"
        )
    start = parse_time(options["from"], "from")
    end = parse_time(options["to"], "to") if "to" in options else now
    if end <= start and "to" not in options:
        raise sdk.WellheadError(
            "lies in the future",
            field="from",
            value=options["from"],
            remedy=f"Name a time before {format_time(now)}, or to as well",
        )
    if end <= start:
        raise sdk.WellheadError(
            "must lie after from",
            field="to",
            value=options["to"],
            remedy=f"Name a time after {options['from']}",
        )
    return start, end


def _bounded(field: str, value: int, most: int) -> int:
    least = FEWEST if field == "points" else 1
    if not least <= value <= most:
        raise sdk.WellheadError(
            f"must be at most {most}" if value > most else f"must be at least {least}",
            field=field,
            value=value,
            remedy=_too_many(field) if value > most else f"Ask for {least} or more",
        )
    return value


def _too_many(field: str) -> str:
    if field == "limit":
        return (
            "Read in pieces: meta.next says where to go on; ask for fewer tags, or raise "
            "max_points in [plugins.historian]"
        )
    return "Ask for fewer points or tags, or raise max_points in [plugins.historian]"


def _edges(
    field: str, interval: Interval, options: Mapping[str, Any], start: int, end: int, most: int
) -> Ints:
    if (end - start) / 1e6 / interval.least_seconds > most:
        raise sdk.WellheadError(
            f"the range has more than {most} of them",
            field=field,
            value=options[field],
            remedy="Name a wider one or a shorter range, or ask for fewer tags",
        )
    zone = sdk.zone_of(options.get("tz", "UTC"))
    day_start = options.get("day_start")
    begins = dt.time() if day_start is None else sdk.parse_day_start(day_start)
    return calendar.edges(interval, start, end, zone, begins)


def _names(given: list[str]) -> tuple[str, ...]:
    for name in given:
        if name not in AGGREGATES:
            raise sdk.WellheadError(
                "there is no such aggregate",
                field="agg",
                value=name,
                remedy=sdk.did_you_mean(name, AGGREGATES),
            )
    return tuple(dict.fromkeys(given)) or ("mean",)


def _times(given: list[str], most: int) -> Ints:
    if not 0 < len(given) <= most:
        raise sdk.WellheadError(
            f"must be 1 to {most} times",
            field="at",
            value=len(given),
            remedy="Ask in pieces",
        )
    return np.array([parse_time(text, "at") for text in given], np.int64)
