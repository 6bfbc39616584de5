"""Gas initially in place from pressures: the straight line of p/z against gas produced.

Sources: Dake, Fundamentals of Reservoir Engineering (1978), section 1.7; Ramagost and Farshad, P/Z
abnormal pressured gas reservoirs, SPE 10125 (1981), for rock and water that expand.
"""

from dataclasses import dataclass

import numpy as np

from wellhead import sdk
from wellhead_reservoir.calc.straight_lines import LinearFit, least_squares

OVERPRESSURED = 0.5
"""psi/ft from which a reservoir counts as overpressured; water is 0.433 to 0.465."""

_CURVED = 0.99
"""Confidence at which points are said to lie on a curve."""


@dataclass(frozen=True, slots=True)
class GasLine:
    """initial: p/z at Gp 0, psia; slope: psia per scf, negative; gas_in_place: scf; low, high: its
    interval, None where the points do not bound it; fit: the regression behind it;
    curvature: "up" or "down" where the points lie on a curve, None where they may lie on a line"""

    initial: float
    slope: float
    gas_in_place: float
    low: float | None
    high: float | None
    fit: LinearFit
    curvature: str | None


def pore_compressibility(cf: float, cw: float, water_saturation: float) -> float:
    """1/psi by which the space of hydrocarbons shrinks: (cf + cw·Sw)/(1 − Sw).

    cf, cw: of rock and water, 1/psi, 0 to 1e-3; water_saturation: fraction, 0 to 0.95
    """
    rock = float(sdk.within("rock_compressibility", cf, 0, 1e-3, "1/psi"))
    water = float(sdk.within("water_compressibility", cw, 0, 1e-3, "1/psi"))
    saturation = float(sdk.within("water_saturation", water_saturation, 0, 0.95, "fraction"))
    return (rock + water * saturation) / (1 - saturation)


def p_over_z(pressure: sdk.Numbers, z: sdk.Numbers) -> sdk.Array:
    """psia: p/z. pressure: psia, above 0 to 30,000; z: 0.1 to 5."""
    return sdk.within("pressure", pressure, 0, 30_000, "psia", above=True) / sdk.within(
        "z", z, 0.1, 5, "1"
    )


def corrected(
    ratio: sdk.Array, pressure: sdk.Array, initial: float, compressibility: float
) -> sdk.Array:
    """psia: p/z·(1 − ce·(pi − p)), straight where rock and water expand (Ramagost and Farshad).

    ratio: p/z, psia; pressure, initial: psia; compressibility: of `pore_compressibility`, 1/psi
    """
    return ratio * (1 - compressibility * (initial - pressure))


def line(
    ratio: sdk.Array, produced: sdk.Array, confidence: float, initial: float | None = None
) -> GasLine:
    """The line p/z = (p/z)i·(1 − Gp/G).

    ratio: float64[n], psia, as `p_over_z` or `corrected`; produced: float64[n], scf
    initial: (p/z)i to hold the line at; None = found by the regression
    Raises WellheadError for too few points and for a line that does not fall.
    """
    if initial is None:
        fit = least_squares(np.column_stack([np.ones_like(produced), -produced]), ratio)
        start, fall = fit.coefficients
        bounds = fit.ratio_interval(0, 1, confidence) if fit.freedom else None
    else:
        moved = produced > 0
        fit = least_squares(-produced[moved, None], ratio[moved] - initial)
        start, fall = initial, fit.coefficients[0]
        least, most = fit.interval(0, confidence)
        bounds = (start / most, start / least) if least > 0 else None
    if not fall > 0:
        raise sdk.WellheadError(
            "p/z does not fall as gas is produced: no line leads to a volume of gas",
            field="points",
            remedy="Correct the pressures, or leave out those that are not at equilibrium",
        )
    low, high = bounds if bounds is not None else (None, None)
    return GasLine(
        float(start), float(-fall), float(start / fall), low, high, fit, _curvature(ratio, produced)
    )


def _curvature(ratio: sdk.Array, produced: sdk.Array) -> str | None:
    if len(produced) < 5:
        return None
    x = produced / produced.max()
    bent = least_squares(np.column_stack([np.ones_like(x), x, x**2]), ratio)
    low, high = bent.interval(2, _CURVED)
    return "up" if low > 0 else "down" if high < 0 else None


def recovery_at(line: GasLine, ratio: float) -> tuple[float, float]:
    """(gas produced, scf; fraction of the gas in place) when p/z has fallen to `ratio`, psia."""
    fraction = 1 - ratio / line.initial
    return line.gas_in_place * fraction, fraction
