"""How wide the intervals are that readings are summarised over, and what they are written like.

An interval is a number of seconds, days, weeks or months, since a day has not always 24 hours and
a month not always 30 days: what may be added up in seconds is told apart from what only a
calendar knows. Written as ISO 8601 durations (`PT15M`, `P1D`) or short (`15m`, `1h`, `1d`, `1w`,
`1mo`, `1y`).
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from wellhead import sdk


class Unit(StrEnum):
    SECOND = "second"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"


DAY_SECONDS = 86_400
_SECONDS = {Unit.SECOND: 1, Unit.DAY: 82_800, Unit.WEEK: 601_200, Unit.MONTH: 2_415_600}
_SHORT = re.compile(r"(\d{1,6})(s|m|h|d|w|mo|y)")
_ISO = re.compile(r"P(?:(\d{1,6})([DWMY])|T(?:(\d{1,6})H)?(?:(\d{1,6})M)?(?:(\d{1,6})S)?)")
_WRITTEN = {
    "s": (1, Unit.SECOND),
    "m": (60, Unit.SECOND),
    "h": (3600, Unit.SECOND),
    "d": (1, Unit.DAY),
    "w": (1, Unit.WEEK),
    "mo": (1, Unit.MONTH),
    "y": (12, Unit.MONTH),
}
_ISO_WRITTEN = {"D": "d", "W": "w", "M": "mo", "Y": "y"}


@dataclass(frozen=True, slots=True)
class Interval:
    """count: how many of `unit`; at most a day's worth of seconds"""

    count: int
    unit: Unit

    @property
    def least_seconds(self) -> int:
        """The shortest that one of them can be: a day has 23 hours, a month 28 days."""
        return self.count * _SECONDS[self.unit]


def parse_interval(text: str, field: str = "interval") -> Interval:
    """Raises WellheadError that names `field`, `text` and what would do."""
    count, unit = 0, Unit.SECOND
    if short := _SHORT.fullmatch(text):
        each, unit = _WRITTEN[short[2]]
        count = int(short[1]) * each
    elif iso := _ISO.fullmatch(text):
        if iso[2]:
            each, unit = _WRITTEN[_ISO_WRITTEN[iso[2]]]
            count = int(iso[1]) * each
        else:
            hours, minutes, seconds = (int(part or 0) for part in iso.group(3, 4, 5))
            count = hours * 3600 + minutes * 60 + seconds
    if not count:
        raise sdk.WellheadError(
            "not an interval",
            field=field,
            value=text,
            remedy="Write it like 15m, 1h, 1d, 1w, 1mo, 1y or, after ISO 8601, PT15M or P1D",
        )
    if unit is Unit.SECOND and count > DAY_SECONDS:
        raise sdk.WellheadError(
            "intervals of hours begin anew each day, so none is longer than one",
            field=field,
            value=text,
            remedy="Use whole days: 2d, P2D",
        )
    if unit is not Unit.SECOND and count > 12_000:
        raise sdk.WellheadError(
            "longer than the calendar", field=field, value=text, remedy="Use a shorter one"
        )
    return Interval(count, unit)
