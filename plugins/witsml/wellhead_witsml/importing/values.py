"""WITSML's words and measures in those of wells: what cannot be said there is warned about."""

from collections.abc import Iterable
from typing import Any

from wellhead import sdk
from wellhead_wells.schemas import MAX_DEPTH
from wellhead_wells.vocabulary import DATUMS
from wellhead_witsml.importing.outcome import Outcome
from wellhead_witsml.objects.common import Measure
from wellhead_witsml.units import unit_of

_NAMES = {name: code for code, name in DATUMS.items()} | {
    "rotary kelly bushing": "KB",
    "rkb": "KB",
    "kelly bushing": "KB",
    "ground level": "GL",
    "mean sea level": "MSL",
    "seafloor": "SF",
}
_NO_DATUM = ("", "unknown")


def word(outcome: Outcome, field: str, value: str | None, known: Iterable[str]) -> str | None:
    """The word, when it is one of `known`, whatever its capitals."""
    if value is None:
        return None
    words = {one.lower(): one for one in known}
    found = words.get(" ".join(value.lower().split()))
    if found is None:
        outcome.warn(field, value, "is none of WITSML's words for it, so it was left out")
    return found


def line(outcome: Outcome, field: str, value: str | None, most: int = 100) -> str | None:
    """One printable line of at most `most` characters."""
    if value is None:
        return None
    found = "".join(c if c.isprintable() else " " for c in " ".join(value.split())).strip()
    if len(found) > most:
        outcome.warn(field, value[:200], f"is longer than {most} characters and was cut")
        found = found[:most].rstrip()
    return found or None


def prose(value: str | None, most: int = 10_000) -> str | None:
    """Printable text of several lines."""
    if value is None:
        return None
    kept = "".join(c if c.isprintable() or c in "\n\t" else " " for c in value).strip()
    return kept[:most] or None


def length(
    outcome: Outcome, field: str, measure: Measure | None, most: float = MAX_DEPTH
) -> tuple[float, str] | None:
    """(value, unit) in m or ft, converted where it came in another unit of length.

    most: beyond which, up or down, it is left out, with a warning
    """
    if measure is None:
        return None
    unit = unit_of(measure.uom)
    shown = f"{measure.value} {measure.uom or ''}".strip()
    value = measure.value
    if unit not in ("m", "ft"):
        try:
            value, unit = sdk.units.convert(value, unit or "", "m"), "m"
        except sdk.WellheadError:
            outcome.warn(field, shown, "has no unit of length, left out")
            return None
    if abs(value) > most:
        outcome.warn(field, shown, f"is beyond {most:g} {unit}, left out")
        return None
    return value, unit


def datum(outcome: Outcome, field: str, name: str | None) -> str | None:
    """The code of a datum that is given by its code or its name."""
    plain = " ".join((name or "").lower().replace("_", " ").split())
    if plain in _NO_DATUM:
        return None
    if plain.upper() in DATUMS:
        return plain.upper()
    found = _NAMES.get(plain)
    if found is None:
        outcome.warn(field, name, "is no datum that is known")
    return found


def given(**values: Any) -> dict[str, Any]:
    """Those that say something."""
    return {name: value for name, value in values.items() if value is not None}
