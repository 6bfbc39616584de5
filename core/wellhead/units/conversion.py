"""Conversions, by pint with our definitions.

pint is slow to load, and most processes never convert anything, so it is loaded at first use. What
follows from a unit's text is worked out once: texts come from people and are few.
"""

import difflib
import re
from decimal import Decimal
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import numpy.typing as npt

from wellhead.errors import WellheadError
from wellhead.units.definitions import DEFINITIONS
from wellhead.units.quantities import QUANTITIES, Quantity, System

if TYPE_CHECKING:
    import pint

Numbers = TypeVar("Numbers", float, npt.NDArray[np.float64])

_PREFIXED_POWER = re.compile(r"[A-Za-z](square|cubic)_")
"""In pint's long name of a unit. To pint `hm2` is a hundred m2, to everybody else a hectare: what
is meant is among the definitions or, like Mm3, means different things to different people."""
_OF_GAS, _OF_LIQUID = re.compile(r"scf|M?Mcf", re.IGNORECASE), re.compile(r"STB|bbl", re.IGNORECASE)
_LOOKS_LIKE = re.compile(r"[\w°µΩ%·*/^()². ³-]+")
_MAX_LENGTH = 50
_MAX_TEXTS = 4096


@cache
def registry() -> "pint.UnitRegistry[Any]":
    """pint's units and ours; in decimals, so that 100 °C are 212 °F and not nearly so."""
    import pint

    made: pint.UnitRegistry[Any] = pint.UnitRegistry(
        on_redefinition="ignore", autoconvert_offset_to_baseunit=True, non_int_type=Decimal
    )
    made.load_definitions(DEFINITIONS)
    return made


def check_unit(text: str, quantity: str | None = None, field: str = "unit") -> str:
    """The unit as it was written. Raises WellheadError when there is no such unit, or when it is
    none of the quantity that is named: of another dimension, or Mscf/d of a rate of oil."""
    if parsed(text) is None:
        raise WellheadError("unknown unit", field=field, value=text, remedy=_remedy(text))
    if quantity is None:
        return text
    row = QUANTITIES[quantity]
    if not _convertible(text, row.metric) or _of_other_fluid(text, row):
        raise WellheadError(
            f"is no unit of {row.title.lower()}",
            field=field,
            value=text,
            remedy=f"Use {row.metric} or {row.oilfield}, or another quantity",
        )
    return text


def convert(values: Numbers, unit: str, to: str) -> Numbers:
    """Values (a number, or float64[n] of which NaN stays NaN) of `unit` in the unit `to`.

    Raises WellheadError for an unknown unit, or two of different dimensions; gauge and absolute
    pressure are different.
    """
    if unit == to:
        return values
    factor, offset = _line(unit, to)
    with np.errstate(over="ignore"):  # infinity is what is left of a value that is too large
        return values * factor + offset


def shown_in(unit: str | None, quantity: str | None, system: System) -> str | None:
    """The unit that values in `unit` are shown in by this system; the same unit where it is of no
    quantity that has one (or, in records older than this check, is none at all)."""
    if unit is None:
        return None
    found = QUANTITIES[quantity] if quantity in QUANTITIES else usual_quantity(unit)
    if found is None or not _convertible(unit, found.unit(system)):
        return unit
    return found.unit(system)


@lru_cache(_MAX_TEXTS)
def usual_quantity(unit: str) -> Quantity | None:
    """What a unit means when nothing more is said: by its spelling, else by its dimension."""
    for quantity in QUANTITIES.values():
        if unit in quantity.spellings:
            return quantity
    found = parsed(unit)
    if found is None or found.dimensionless:
        return None
    for quantity in QUANTITIES.values():
        if _convertible(unit, quantity.metric):
            return quantity
    return None


@lru_cache(_MAX_TEXTS)
def parsed(text: str) -> Any:
    """pint's unit of a text; None when it is none."""
    if not _LOOKS_LIKE.fullmatch(text) or text != text.strip() or len(text) > _MAX_LENGTH:
        return None
    try:
        unit = registry().parse_units(text)
    except Exception:  # isolates: pint's parser raises whatever the text makes Python's raise
        return None
    return None if _PREFIXED_POWER.search(str(unit)) else unit


def _convertible(unit: str, to: str) -> bool:
    one, other = parsed(unit), parsed(to)
    return one is not None and one.dimensionality == other.dimensionality


def _of_other_fluid(unit: str, row: Quantity) -> bool:
    """Whether it is spelled as gas and the quantity is liquid, or the other way."""
    gas, liquid = (
        [bool(spelled.search(text)) for text in (unit, row.oilfield)]
        for spelled in (_OF_GAS, _OF_LIQUID)
    )
    return gas[0] != liquid[0] and gas[1] != liquid[1] and gas[0] != gas[1]


@lru_cache(_MAX_TEXTS)
def _line(unit: str, to: str) -> tuple[float, float]:
    """(factor, offset): value in `to` = value in `unit` · factor + offset."""
    for text in (unit, to):
        check_unit(text)
    if not _convertible(unit, to):
        raise WellheadError(
            f"cannot be converted to {to}",
            field="unit",
            value=unit,
            remedy="Both must measure the same; gauge and absolute pressure do not",
        )
    return line_between(parsed(unit), parsed(to))


@lru_cache(_MAX_TEXTS)
def line_between(unit: "pint.Unit", to: "pint.Unit") -> tuple[float, float]:
    """(factor, offset) between two of pint's units that measure the same."""
    quantity = registry().Quantity
    at_zero = quantity(Decimal(0), unit).to(to).magnitude
    at_one = quantity(Decimal(1), unit).to(to).magnitude
    return float(at_one - at_zero), float(at_zero)


def _remedy(text: str) -> str:
    known = sorted({row.metric for row in QUANTITIES.values()})
    known += [row.oilfield for row in QUANTITIES.values()]
    known += [spelling for row in QUANTITIES.values() for spelling in row.spellings]
    near = difflib.get_close_matches(text, [*known, "%", "degC", "degF", "mA", "Hz"], n=1)
    hint = f'Did you mean "{near[0]}"? ' if near else ""
    return f"{hint}GET /api/v1/units lists what quantities are measured in; leave it out for none"
