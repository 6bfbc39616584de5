"""Pressures of gauges: absolute, or above the atmosphere at the site, which nobody guesses.

A unit like psi says neither, so a gauge run says which it is; a unit that says it too must agree.
"""

from enum import StrEnum

import numpy as np
import numpy.typing as npt

from wellhead import sdk

Floats = npt.NDArray[np.float64]


class PressureKind(StrEnum):
    """What a gauge counts from: the atmosphere around it, or nothing."""

    GAUGE = "gauge"
    ABSOLUTE = "absolute"


_PLAIN = ("psi", "bar", "kPa", "MPa")
_SUFFIX = {PressureKind.GAUGE: "g", PressureKind.ABSOLUTE: "a"}
_QUANTITY = {
    PressureKind.GAUGE: "gauge_pressure",
    PressureKind.ABSOLUTE: "absolute_pressure",
}


def counted_in(unit: str, kind: str, field: str = "pressure_unit") -> str:
    """The unit with its kind in it: psi of a gauge that counts from the atmosphere is psig.

    Raises WellheadError for no unit of pressure, and for one of the other kind.
    """
    kind = PressureKind(kind)
    named = f"{unit}{_SUFFIX[kind]}" if unit in _PLAIN else unit
    try:
        return sdk.units.check_unit(named, _QUANTITY[kind], field)
    except sdk.WellheadError as error:
        raise sdk.WellheadError(
            f"is no unit of {kind} pressure",
            field=field,
            value=unit,
            remedy=f"Use {', '.join(plain + _SUFFIX[kind] for plain in _PLAIN)}, or correct "
            "pressure_kind of the gauge run",
        ) from error


def absolute(
    values: Floats, unit: str, kind: str, atmosphere: sdk.Quantity | None, to: str
) -> Floats:
    """Pressures of `kind` in `unit` as absolute pressures in the unit `to`.

    values: float64[n]; unit: as `counted_in` names it
    atmosphere: at the site, absolute; needed for gauge pressures
    Raises WellheadError without it.
    """
    if kind == PressureKind.ABSOLUTE:
        return sdk.units.convert(values, unit, to)
    if atmosphere is None:
        raise sdk.WellheadError(
            "a gauge pressure is absolute only with the pressure of the atmosphere at the site",
            field="atmospheric_pressure",
            remedy="Give it with the gauge run, 14.696 psia at sea level say",
        )
    above = sdk.units.convert(sdk.units.convert(values, unit, "psig"), "psi", to)
    return above + atmosphere.to(to)


def vacuum(unit: str, kind: str, atmosphere: sdk.Quantity | None) -> float:
    """The least that such a pressure can be, in `unit`: 0, or the atmosphere below it."""
    if kind == PressureKind.ABSOLUTE or atmosphere is None:
        return 0.0
    return sdk.units.convert(-atmosphere.to("psi"), "psig", unit)
