"""Where days, weeks and months begin, in a time zone and with a production day's own start.

Local time is turned into instants a date at a time by `wellhead.calendar`, so days of 23 and 25
hours, zones of half-hour offsets and days that a zone left out come out as the calendar has them.
"""

import datetime as dt
import zoneinfo
from collections.abc import Callable
from functools import cache
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from wellhead import sdk
from wellhead_historian.query.intervals import Interval, Unit

MIDNIGHT = dt.time()
Edges = npt.NDArray[np.int64]

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_MICROSECOND = dt.timedelta(microseconds=1)
_MONDAY = dt.date(1970, 1, 5).toordinal()
_FIRST_DAY = dt.date(1970, 1, 1).toordinal()


def day_edges(
    start: int, end: int, zone: zoneinfo.ZoneInfo, day_start: dt.time = MIDNIGHT
) -> Edges:
    """int64[m+1], microseconds UTC: the beginnings of the m days of `zone` that share an instant
    with start <= time < end, and the end of the last. A day begins at `day_start`, local time, and
    is called by the date on which it begins. Raises WellheadError outside the years 1 to 9999."""
    return edges(Interval(1, Unit.DAY), start, end, zone, day_start)


def edges(
    interval: Interval,
    start: int,
    end: int,
    zone: zoneinfo.ZoneInfo,
    day_start: dt.time = MIDNIGHT,
) -> Edges:
    """int64[m+1], microseconds UTC: as `day_edges`, of intervals of any width.

    Those of seconds begin anew with each day, so the last of a day may be shorter; several days
    are counted from 1970-01-01, weeks from a Monday, months from January.
    """
    if interval.unit is Unit.SECOND:
        days = day_edges(start, end, zone, day_start)
        width = interval.count * 1_000_000
        inner = [np.arange(a, b, width) for a, b in pairwise(days)]
        found = np.concatenate([*inner, days[-1:]])
    else:
        found = _date_edges(interval, start, end, zone, day_start)
    first = int(np.searchsorted(found, start, "right")) - 1
    last = int(np.searchsorted(found, end, "left"))
    return found[first : last + 1]


def labels(instants: Edges, zone: zoneinfo.ZoneInfo) -> list[str]:
    """Local times with their offsets, as `2026-03-29T00:00:00+01:00`."""
    return [
        (_EPOCH + micros * _MICROSECOND).astimezone(zone).isoformat()
        for micros in instants.tolist()
    ]


def _date_edges(
    interval: Interval, start: int, end: int, zone: zoneinfo.ZoneInfo, day_start: dt.time
) -> Edges:
    """Beginnings, in order and each once, that reach from `start` or before to `end` or after."""
    date_at = _dates(interval)
    instant = cache(lambda number: _instant(date_at(number), zone, day_start))
    try:
        local = (_EPOCH + start * _MICROSECOND).astimezone(zone)
        number = _number(interval, local.date())
        while instant(number) > start:
            number -= 1
        found = [instant(number)]
        while found[-1] < end:
            number += 1
            found.append(instant(number))
    except (ValueError, OverflowError):
        raise sdk.WellheadError(
            "the calendar ends there: an interval begins or ends outside the years 1 to 9999",
            field="from",
            remedy="Name times between the years 2 and 9998, or shorter intervals",
        ) from None
    return np.unique(np.array(found, np.int64))


def _dates(interval: Interval) -> Callable[[int], dt.date]:
    """The date on which the interval of a number begins."""
    count = interval.count
    if interval.unit is Unit.MONTH:
        return lambda number: dt.date(number * count // 12, number * count % 12 + 1, 1)
    begun, days = (_MONDAY, 7 * count) if interval.unit is Unit.WEEK else (_FIRST_DAY, count)
    return lambda number: dt.date.fromordinal(begun + number * days)


def _number(interval: Interval, date: dt.date) -> int:
    """Which interval has the date."""
    if interval.unit is Unit.MONTH:
        return (date.year * 12 + date.month - 1) // interval.count
    if interval.unit is Unit.WEEK:
        return (date.toordinal() - _MONDAY) // (7 * interval.count)
    return (date.toordinal() - _FIRST_DAY) // interval.count


def _instant(date: dt.date, zone: zoneinfo.ZoneInfo, day_start: dt.time) -> int:
    return (sdk.day_begins(date, zone, day_start) - _EPOCH) // _MICROSECOND
