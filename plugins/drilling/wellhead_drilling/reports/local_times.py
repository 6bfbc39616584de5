"""Times as people on a rig write them: with an offset, or by the rig's clock.

A clock that is set back shows an hour twice, and one that is set forward skips one. Which of two
instants was meant is not ours to guess, so such a time asks for its offset.
"""

import datetime as dt
import zoneinfo
from typing import Any

from marshmallow import fields

from wellhead import sdk


def instant_of(time: dt.datetime, zone: zoneinfo.ZoneInfo, field: str) -> dt.datetime:
    """The instant in UTC of a time with an offset, or without one by the clock of `zone`.

    Raises WellheadError for a local time that the clock shows twice or never, naming the instants
    it may be, and for one outside the calendar.
    """
    try:
        if time.tzinfo is not None:
            return time.astimezone(dt.UTC)
        first = time.replace(tzinfo=zone, fold=0)
        second = time.replace(tzinfo=zone, fold=1)
        if first.utcoffset() == second.utcoffset():
            return first.astimezone(dt.UTC)
        instants = sorted(one.astimezone(dt.UTC) for one in (first, second))
    except (OverflowError, ValueError):
        raise sdk.WellheadError(
            "lies outside the calendar", field=field, value=str(time), remedy="Correct the year"
        ) from None
    twice = (first.utcoffset() or dt.timedelta()) > (second.utcoffset() or dt.timedelta())
    raise sdk.WellheadError(
        f"the clock of {zone.key} shows this time {'twice' if twice else 'never'} that day",
        field=field,
        value=time.isoformat(),
        remedy="Give it with its offset: " + " or ".join(local_of(one, zone) for one in instants),
    )


def local_of(instant: dt.datetime, zone: zoneinfo.ZoneInfo) -> str:
    """The time by the clock of `zone`, with its offset: `2026-03-29T06:00:00+02:00`."""
    return instant.astimezone(zone).isoformat()


class LocalTime(fields.DateTime):
    """A time with its offset (RFC 3339), or without one by the clock of the rig; in UTC with Z on
    the way out."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        return sdk.Instant()._serialize(value, attr, obj, **kwargs)
