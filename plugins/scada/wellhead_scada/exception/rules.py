"""What a tag's exception settings may be."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from marshmallow import ValidationError, fields, validate

MAX_INTERVAL_S = 600.0
_TESTS = ("deadband", "deadband_percent", "swinging_door")


@dataclass(frozen=True, slots=True)
class Rule:
    """Which readings of a tag pass; exactly one of the first three is not None.

    deadband: those further than this from the last that was stored, in the tag's unit
    deadband_percent: those further than this share of the last stored value, in percent of it
    swinging_door: those without which a straight line would miss others by more than this, in the
        tag's unit
    max_interval_s: seconds after which one is stored whatever it is
    """

    deadband: float | None = None
    deadband_percent: float | None = None
    swinging_door: float | None = None
    max_interval_s: float = MAX_INTERVAL_S


def exception_field() -> fields.Dict:
    """Exception settings in the API and in files."""
    return fields.Dict(
        keys=fields.String(validate=validate.OneOf([*_TESTS, "max_interval_s"])),
        values=fields.Float(validate=validate.Range(0, 1e300)),
        allow_none=True,
        load_default=None,
        validate=_check,
        metadata={
            "description": "Report by exception: one of deadband and swinging_door, in the tag's "
            "unit, and deadband_percent, of the last stored value; max_interval_s, 600 where it is "
            "left out. null = every reading is stored",
            "example": {"deadband": 0.5, "max_interval_s": 300},
        },
    )


def _check(given: Mapping[str, Any]) -> None:
    if sum(name in given for name in _TESTS) != 1:
        raise ValidationError(f"Must have exactly one of {', '.join(_TESTS)}.")
    if not 1 <= given.get("max_interval_s", MAX_INTERVAL_S) <= 86_400:
        raise ValidationError("max_interval_s must be from 1 to 86,400.")
