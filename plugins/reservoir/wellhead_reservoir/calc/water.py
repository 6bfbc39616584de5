"""Formation water: volume, gas in solution, density, compressibility, viscosity.

Sources: McCain (1991), Reservoir Engineering 6(2), 266-272 (SPE 18571), which are the equations of
McCain (1990), The Properties of Petroleum Fluids; compressibility by Osif (1988), SPE Reservoir
Engineering 3(1), 175-181. Salinity is in % of the mass of the brine.
"""

import numpy as np

from wellhead.sdk import Array, Numbers, within


def volume_factor(pressure: Numbers, temperature: Numbers) -> Array:
    """Bw in bbl/STB: (1 + ΔVwT)·(1 + ΔVwp). pressure: psia; temperature: °F."""
    p, t = _within(pressure, temperature)
    warm = -1.0001e-2 + 1.33391e-4 * t + 5.50654e-7 * t**2
    pressed = -1.95301e-9 * p * t - 1.72834e-13 * p**2 * t - 3.58922e-7 * p - 2.25341e-10 * p**2
    return (1 + warm) * (1 + pressed)


def rsw(pressure: Numbers, temperature: Numbers, salinity: Numbers) -> Array:
    """scf/STB of methane in solution in brine: that of pure water, times
    10^(−0.0840655·S·T^−0.285854).

    pressure: psia; temperature: °F; salinity: %
    """
    p, t = _within(pressure, temperature)
    s = within("salinity", salinity, 0, 35, "%")
    a = 8.15839 - 6.12265e-2 * t + 1.91663e-4 * t**2 - 2.1654e-7 * t**3
    b = 1.01021e-2 - 7.44241e-5 * t + 3.05553e-7 * t**2 - 2.94883e-10 * t**3
    c = -1e-7 * (9.02505 - 0.130237 * t + 8.53425e-4 * t**2 - 2.34122e-6 * t**3 + 2.37049e-9 * t**4)
    return (a + b * p + c * p**2) * 10 ** (-0.0840655 * s * t**-0.285854)


def standard_density(salinity: Numbers) -> Array:
    """lb/ft³ of brine at 60 °F and 14.696 psia: 62.368 + 0.438603·S + 1.60074e-3·S²."""
    s = within("salinity", salinity, 0, 35, "%")
    return 62.368 + 0.438603 * s + 1.60074e-3 * s**2


def density(bw: Numbers, salinity: Numbers) -> Array:
    """lb/ft³ in the reservoir: that at standard conditions over Bw. bw: bbl/STB."""
    return standard_density(salinity) / np.asarray(bw, np.float64)


def viscosity(pressure: Numbers, temperature: Numbers, salinity: Numbers) -> Array:
    """cP: A·T^B·(0.9994 + 4.0295e-5·p + 3.1062e-9·p²), A and B by the salinity.

    pressure: psia; temperature: °F; salinity: %
    """
    p, t = _within(pressure, temperature)
    s = within("salinity", salinity, 0, 35, "%")
    a = 109.574 - 8.40564 * s + 0.313314 * s**2 + 8.72213e-3 * s**3
    b = -1.12166 + 2.63951e-2 * s - 6.79461e-4 * s**2 - 5.47119e-5 * s**3 + 1.55586e-6 * s**4
    return a * t**b * (0.9994 + 4.0295e-5 * p + 3.1062e-9 * p**2)


def compressibility(pressure: Numbers, temperature: Numbers, salinity: Numbers) -> Array:
    """1/psi of brine without free gas (Osif 1988): 1/(7.033·p + 541.5·C − 537·T + 403,300), C the
    salt in g/L.

    pressure: psia; temperature: °F; salinity: %
    """
    p, t = _within(pressure, temperature)
    s = within("salinity", salinity, 0, 35, "%")
    grams = s / 100 * standard_density(s) * _GRAMS_PER_LITRE
    return 1 / (7.033 * p + 541.5 * grams - 537.0 * t + 403_300)


_GRAMS_PER_LITRE = 16.018463
"""g/L of a lb/ft³."""


def _within(pressure: Numbers, temperature: Numbers) -> tuple[Array, Array]:
    p = within("pressure", pressure, 0, 30_000, "psia")
    return p, within("temperature", temperature, 32, 500, "degF")
