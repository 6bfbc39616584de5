"""What a message says, as a value, a time or a quality: one at a time, however it is written."""

import datetime as dt
import math
import sys
from typing import Any

from wellhead import sdk

TRUE = frozenset({"true", "on", "yes", "1"})
FALSE = frozenset({"false", "off", "no", "0"})

_WORDS = {"good": sdk.quality.GOOD, "uncertain": sdk.quality.UNCERTAIN, "bad": sdk.quality.BAD}
_UNITS = ((1e11, 1_000_000.0), (1e14, 1_000.0), (1e17, 1.0), (1e20, 0.001))
"""(below which number, microseconds of one): seconds, ms, µs, ns. 1e11 s is the year 5138, and 1e11
ms was in 1973, so no time of a device of today has two meanings."""
_GREATEST = sys.float_info.max
_LAST = 253_402_300_800_000_000  # the year 10000
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def to_value(said: Any, datatype: str) -> tuple[float, str | None] | None:
    """(value, text) of a point; of a text the value is NaN. None where what is said is no value of
    this datatype. A number may be written as text, a bool as a number or a word."""
    if datatype == "string":
        return _text(said)
    if isinstance(said, bool):
        return float(said), None
    if isinstance(said, str):
        word = said.strip()
        if datatype == "bool" and word.lower() in TRUE | FALSE:
            return float(word.lower() in TRUE), None
        said = _number(word)
    if not isinstance(said, int | float) or not -_GREATEST <= said <= _GREATEST:
        return None
    return float(said != 0 if datatype == "bool" else said), None


def to_micros(said: Any) -> int:
    """Microseconds UTC of an epoch time (s, ms, µs or ns, by its size) or of an ISO 8601 text, UTC
    where it has no offset; 0 when it is neither."""
    if isinstance(said, str):
        try:
            when = dt.datetime.fromisoformat(said.strip())
        except ValueError:
            said = _number(said.strip())
        else:
            aware = when if when.tzinfo else when.replace(tzinfo=dt.UTC)
            return max((aware - _EPOCH) // dt.timedelta(microseconds=1), 0)
    if isinstance(said, bool) or not isinstance(said, int | float):
        return 0
    for limit, factor in _UNITS:
        if 0 < said < limit:
            exact = said * int(factor) if factor >= 1 and isinstance(said, int) else said * factor
            return min(int(exact), _LAST)
    return 0


def to_quality(said: Any) -> int | None:
    """An OPC quality: its number (0 to 255), good, uncertain or bad, or a bool that says whether
    the value is good. None when it is nothing of that."""
    if isinstance(said, bool):
        return sdk.quality.GOOD if said else sdk.quality.BAD
    if isinstance(said, str):
        word = said.strip().lower()
        if word in _WORDS:
            return _WORDS[word]
        said = _number(word)
    if isinstance(said, int | float) and 0 <= said <= 255 and said == int(said):
        return int(said)
    return None


def _text(said: Any) -> tuple[float, str | None] | None:
    if isinstance(said, str):
        return math.nan, said
    if isinstance(said, bool):
        return math.nan, "true" if said else "false"
    if isinstance(said, int | float):
        return math.nan, repr(said)
    return None


def _number(word: str) -> float | None:
    if "_" in word or len(word) > 100:
        return None
    try:
        return float(word)
    except ValueError:
        return None
