"""RFC 3339 to microseconds UTC and back."""

import datetime as dt
import re

import numpy as np

from wellhead import sdk

_RFC_3339 = re.compile(
    r"(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?([Zz]|[+-]\d{2}:\d{2})", re.ASCII
)
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def parse_time(text: str, field: str) -> int:
    """Microseconds since 1970 UTC; digits past the microsecond are cut. Raises WellheadError that
    names `field`, `text` and an example."""
    match = _RFC_3339.fullmatch(text)
    if match:
        date, clock, fraction, zone = match.groups()
        zone = "+00:00" if zone in "Zz" else zone
        try:
            moment = dt.datetime.fromisoformat(f"{date}T{clock}{zone}")
        except ValueError:
            pass
        else:
            return (moment - _EPOCH) // dt.timedelta(microseconds=1) + int(
                (fraction or "")[:6].ljust(6, "0")
            )
    raise sdk.WellheadError(
        "not a time of RFC 3339",
        field=field,
        value=text,
        remedy="Write it like 2026-01-31T12:00:00Z or 2026-01-31T12:00:00.5+01:00 (in a URL, + is "
        "%2B)",
    )


def format_time(micros: int) -> str:
    """RFC 3339 with Z and microseconds where there are any; ISO 8601 beyond the year 9999."""
    text = str(np.datetime_as_string(np.datetime64(micros, "us")))
    return f"{text.removesuffix('.000000')}Z"
