"""Days as people in the field count them: of a time zone, with a start of their own.

A production day or a rig's report day begins at a local time, 06:00 say, and is called by the date
on which it begins. Local time becomes an instant by zoneinfo alone, a date at a time, so days of 23
and 25 hours and zones of half-hour offsets come out as the calendar has them. A time that the clock
skips counts by the offset before, one that it shows twice is the first (PEP 495, fold = 0).
"""

import datetime as dt
import zoneinfo

from wellhead.errors import WellheadError

MIDNIGHT = dt.time()
_ONE_DAY = dt.timedelta(days=1)


def zone_of(name: str, field: str = "tz") -> zoneinfo.ZoneInfo:
    """The zone of that name of the IANA's. Raises WellheadError."""
    try:
        return zoneinfo.ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise WellheadError(
            "there is no such time zone",
            field=field,
            value=name,
            remedy="Name one of the IANA's, like Europe/Oslo or UTC",
        ) from None


def parse_day_start(text: str, field: str = "day_start") -> dt.time:
    """When a day begins, local time, from `06:00`. Raises WellheadError."""
    try:
        return dt.datetime.strptime(text, "%H:%M").time()
    except ValueError:
        raise WellheadError(
            "not a time of day", field=field, value=text, remedy="Write it like 06:00"
        ) from None


def day_begins(
    date: dt.date, zone: zoneinfo.ZoneInfo, day_start: dt.time = MIDNIGHT
) -> dt.datetime:
    """When the day of that date begins, in UTC. Raises ValueError or OverflowError at the ends of
    the calendar."""
    return dt.datetime.combine(date, day_start, zone).astimezone(dt.UTC)


def day_span(
    date: dt.date,
    zone: zoneinfo.ZoneInfo,
    day_start: dt.time = MIDNIGHT,
    field: str = "date",
) -> tuple[dt.datetime, dt.datetime]:
    """(begin, end) in UTC of the day of that date; the end belongs to the next day. Raises
    WellheadError for a day that the zone left out, and at the ends of the calendar."""
    try:
        begin, end = (day_begins(day, zone, day_start) for day in (date, date + _ONE_DAY))
    except (ValueError, OverflowError):
        raise WellheadError(
            "the calendar ends there",
            field=field,
            value=date.isoformat(),
            remedy="Name a day between the years 2 and 9998",
        ) from None
    if begin >= end:
        raise WellheadError(
            f"{zone.key} has no such day",
            field=field,
            value=date.isoformat(),
            remedy="Name the day before or after",
        )
    return begin, end
