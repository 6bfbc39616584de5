"""Water that flows into a reservoir from its aquifer, by four models.

An influx is a strength times a shape: We = U·S(t, p). The shape follows from the pressures at the
contact and from how fast the aquifer answers; the strength from its size. So a strength can be
calculated from the aquifer's properties, held by the engineer, or found by regression.

Sources: Schilthuis (1936), Trans. AIME 118, 33-52, steady state; van Everdingen and Hurst (1949),
Trans. AIME 186, 305-324, unsteady state; Carter and Tracy (1960), Trans. AIME 219, 415-417;
Fetkovich (1971), JPT 23, 814-828; written as in Dake, Fundamentals of Reservoir Engineering (1978),
chapter 9. Hurst's dimensionless influx and pressure are inverted from their Laplace transforms by
Stehfest (1970), Comm. ACM 13, 47-49, instead of being read from tables.
"""

from math import factorial

import numpy as np

from wellhead import sdk
from wellhead_reservoir.calc.constants import CUBIC_FEET_PER_BARREL

INFINITE = float("inf")
"""Ratio of radii of an aquifer that nothing ends."""

MOST_STEPS = 500
"""Of a superposition, whose work grows with their square."""

_TD = (0.0, 1e8, "1")
_TERMS = 12


def _stehfest_weights(terms: int) -> sdk.Array:
    half = terms // 2
    weights = []
    for i in range(1, terms + 1):
        total = sum(
            k**half
            * factorial(2 * k)
            / (
                factorial(half - k)
                * factorial(k)
                * factorial(k - 1)
                * factorial(i - k)
                * factorial(2 * k - i)
            )
            for k in range((i + 1) // 2, min(i, half) + 1)
        )
        weights.append((-1) ** (i + half) * total)
    return np.array(weights)


_WEIGHTS = _stehfest_weights(_TERMS)


def _radial(s: sdk.Array, red: float) -> tuple[sdk.Array, sdk.Array]:
    """(flow, pressure) of the radial equation at the inner radius, of Laplace's s: their quotient
    is the rate at unit pressure. Scaled Bessel functions, so that no exponential overflows."""
    from scipy.special import i0e, i1e, k0e, k1e

    x = np.sqrt(s)
    if np.isinf(red):
        return k1e(x), k0e(x)
    y = red * x
    decay = np.exp(-2 * (y - x))
    flow = i1e(y) * k1e(x) - decay * k1e(y) * i1e(x)
    pressure = i1e(y) * k0e(x) + decay * k1e(y) * i0e(x)
    return flow, pressure


def _inverted(td: sdk.Array, red: float, kind: str) -> sdk.Array:
    out = np.zeros_like(td)
    later = td > 0
    step = np.log(2) / td[later]
    s = step[..., None] * np.arange(1, _TERMS + 1)
    flow, pressure = _radial(s, red)
    if kind == "influx":
        transform = flow / (s**1.5 * pressure)
    elif kind == "pressure":
        transform = pressure / (s**1.5 * flow)
    else:
        transform = pressure / (s**0.5 * flow)
    out[later] = step * (transform @ _WEIGHTS)
    return out


def _checked(td: sdk.Numbers, red: float) -> sdk.Array:
    if not np.isinf(red):
        sdk.within("radius_ratio", red, 1.05, 1e4, "1")
    return np.atleast_1d(sdk.within("td", td, *_TD))


def dimensionless_influx(td: sdk.Numbers, red: float = INFINITE) -> sdk.Array:
    """WD of van Everdingen and Hurst, constant terminal pressure, a radial aquifer.

    td: dimensionless times, 0 to 1e8; red: outer over inner radius, 1.05 to 1e4, or INFINITE.
    Of a bounded aquifer it ends at (red² − 1)/2.
    """
    return _inverted(_checked(td, red), red, "influx")


def dimensionless_pressure(td: sdk.Numbers, red: float = INFINITE) -> tuple[sdk.Array, sdk.Array]:
    """(pD, dpD/dtD), constant terminal rate, of the same aquifer as `dimensionless_influx`."""
    times = _checked(td, red)
    return _inverted(times, red, "pressure"), _inverted(times, red, "slope")


def schilthuis_shape(days: sdk.Array, pressure: sdk.Array) -> sdk.Array:
    """psi·d: ∫(pi − p)dt by trapezoids; its strength is rb/(d·psi).

    days: float64[n], from 0, rising; pressure: at the contact, psia, the first is the initial one
    """
    _check_steps(days)
    drop = pressure[0] - pressure
    return np.concatenate([[0.0], np.cumsum(np.diff(days) * (drop[1:] + drop[:-1]) / 2)])


def hurst_shape(
    days: sdk.Array, pressure: sdk.Array, td_per_day: float, red: float = INFINITE
) -> sdk.Array:
    """psi: ΣΔp·WD(tD − tDj), superposition of van Everdingen and Hurst; its strength is rb/psi.

    Between two times the mean of their pressures is taken to hold (Dake, eq. 9.11).
    days, pressure: as `schilthuis_shape`; td_per_day: dimensionless time of a day; red: as
    `dimensionless_influx`
    """
    _check_steps(days)
    means = np.concatenate([pressure[:1], (pressure[1:] + pressure[:-1]) / 2])
    drops = means[:-1] - means[1:]
    since = np.maximum(days[1:, None] - days[None, :-1], 0.0) * td_per_day
    influx = dimensionless_influx(since.ravel(), red).reshape(since.shape)
    return np.concatenate([[0.0], influx @ drops])


def carter_tracy_shape(
    days: sdk.Array, pressure: sdk.Array, td_per_day: float, red: float = INFINITE
) -> sdk.Array:
    """psi: Carter and Tracy's approximation of `hurst_shape`, which needs no superposition: each
    step at a constant rate. Within about a tenth of it, more while the first steps are long."""
    _check_steps(days)
    td = days * td_per_day
    pd, slope = dimensionless_pressure(td, red)
    shape = np.zeros_like(td)
    for n in range(1, len(td)):
        rate = (pressure[0] - pressure[n] - shape[n - 1] * slope[n]) / (
            pd[n] - td[n - 1] * slope[n]
        )
        shape[n] = shape[n - 1] + (td[n] - td[n - 1]) * rate
    return shape


def fetkovich_shape(days: sdk.Array, pressure: sdk.Array, time_constant: float) -> sdk.Array:
    """psi that the aquifer's own mean pressure has fallen; its strength is Wei/pi, rb/psi.

    days, pressure: as `schilthuis_shape`; time_constant: days, Wei/(J·pi), above 0
    """
    _check_steps(days)
    sdk.within("time_constant", time_constant, 0, 1e7, "d", above=True)
    fallen = np.zeros_like(days)
    answered = -np.expm1(-np.diff(days) / time_constant)
    for n in range(1, len(days)):
        mean = (pressure[n] + pressure[n - 1]) / 2
        fallen[n] = fallen[n - 1] + (pressure[0] - fallen[n - 1] - mean) * answered[n - 1]
    return fallen


def _check_steps(days: sdk.Array) -> None:
    if days[0] != 0 or not (np.diff(days) > 0).all():
        raise sdk.WellheadError(
            "must begin at the initial pressure and rise",
            field="date",
            remedy="Give each date once, the first with the initial pressure",
        )
    if len(days) > MOST_STEPS:
        raise sdk.WellheadError(
            f"an aquifer is followed over {MOST_STEPS} steps at most",
            field="points",
            value=len(days),
            remedy="Take quarters or years instead of months",
        )


def hurst_strength(
    porosity: float, compressibility: float, thickness: float, radius: float, angle: float
) -> float:
    """U, rb/psi: 1.119·f·φ·ct·h·ro².

    porosity: fraction; compressibility: cw + cf, 1/psi; thickness, radius: of the reservoir, ft;
    angle: of encroachment, degrees, above 0 to 360
    """
    return float(
        2 * np.pi / CUBIC_FEET_PER_BARREL * _storage(porosity, compressibility, thickness, angle)
        * sdk.within("radius", radius, 0, 1e6, "ft", above=True) ** 2
    )  # fmt: skip


def td_per_day(
    permeability: float, porosity: float, viscosity: float, compressibility: float, radius: float
) -> float:
    """Dimensionless time of a day: 0.006328·k/(φ·μ·ct·ro²). permeability: mD, above 0 to 1e5;
    viscosity: of water, cP, 0.05 to 10; others as `hurst_strength`."""
    pores = sdk.within("porosity", porosity, 0, 0.6, "fraction", above=True)
    stiff = sdk.within("compressibility", compressibility, 0, 1e-2, "1/psi", above=True)
    thick = sdk.within("viscosity", viscosity, 0.05, 10, "cP")
    inner = sdk.within("radius", radius, 0, 1e6, "ft", above=True)
    flows = sdk.within("permeability", permeability, 0, 1e5, "mD", above=True)
    return float(24 * 2.637e-4 * flows / (pores * thick * stiff * inner**2))


def fetkovich_strength(
    porosity: float,
    compressibility: float,
    thickness: float,
    radius: float,
    angle: float,
    red: float,
) -> float:
    """Wei/pi, rb/psi: π·(ra² − ro²)·h·φ·ct·f/5.615. Arguments as `hurst_strength`; red: 1.05 to
    1e4, the aquifer has an end."""
    wide = sdk.within("radius_ratio", red, 1.05, 1e4, "1") ** 2 - 1
    inner = sdk.within("radius", radius, 0, 1e6, "ft", above=True)
    stored = _storage(porosity, compressibility, thickness, angle)
    return float(np.pi * wide * inner**2 * stored / CUBIC_FEET_PER_BARREL)


def fetkovich_index(
    permeability: float, thickness: float, viscosity: float, angle: float, red: float
) -> float:
    """J, rb/(d·psi), pseudo-steady radial flow: 0.00708·f·k·h/(μ·(ln(ra/ro) − 3/4)).

    Arguments as `hurst_strength` and `td_per_day`; red: 2.2 to 1e4, since below it the formula
    nears a pole at 2.117.
    """
    flows = sdk.within("permeability", permeability, 0, 1e5, "mD", above=True)
    thick = sdk.within("viscosity", viscosity, 0.05, 10, "cP")
    wide = np.log(sdk.within("radius_ratio", red, 2.2, 1e4, "1")) - 0.75
    return float(0.00708 * _share(angle) * flows * thickness / (thick * wide))


def _storage(porosity: float, compressibility: float, thickness: float, angle: float) -> float:
    pores = sdk.within("porosity", porosity, 0, 0.6, "fraction", above=True)
    stiff = sdk.within("compressibility", compressibility, 0, 1e-2, "1/psi", above=True)
    high = sdk.within("thickness", thickness, 0, 10_000, "ft", above=True)
    return float(pores * stiff * high * _share(angle))


def _share(angle: float) -> float:
    return float(sdk.within("angle", angle, 0, 360, "degrees", above=True)) / 360
