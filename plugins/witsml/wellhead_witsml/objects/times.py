"""Times as WITSML writes them: with `Z`, with an offset, and, in 1.3.1.1, with neither."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, tzinfo

import numpy as np
import numpy.typing as npt

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def read_time(text: str, zone: tzinfo | None) -> datetime:
    """A time in UTC, to the microsecond.

    zone: of a time that is written without one. Raises ValueError, saying what is wrong.
    """
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        raise ValueError("is no date with a time of day (2026-05-01T12:00:00Z)") from None
    if found.tzinfo is None:
        if zone is None:
            raise ValueError("has no time zone, and none is configured for the store")
        found = found.replace(tzinfo=zone)
    try:
        return found.astimezone(UTC)
    except OverflowError:
        raise ValueError("lies outside of the calendar") from None


def read_times(texts: Sequence[str], zone: tzinfo | None) -> npt.NDArray[np.int64]:
    """int64[n], microseconds since 1970-01-01 UTC. Raises ValueError as `read_time`."""
    return np.fromiter(
        (microseconds(read_time(text, zone)) for text in texts), np.int64, len(texts)
    )


def microseconds(time: datetime) -> int:
    """Since 1970-01-01 UTC."""
    return (time - _EPOCH) // _MICROSECOND


def write_time(time: datetime) -> str:
    """In UTC with `Z` and milliseconds, or microseconds where there are any."""
    utc = time.astimezone(UTC).replace(tzinfo=None)
    spec = "microseconds" if utc.microsecond % 1000 else "milliseconds"
    return f"{utc.isoformat(timespec=spec)}Z"
