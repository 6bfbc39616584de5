"""Viscosity of oil without gas, with it, and above the bubble point; and of gas.

Sources: Beal (1946), Trans. AIME 165, 94-115, in the equations of Standing (1977); Beggs and
Robinson (1975), JPT 27(9), 1140-1141; Vasquez and Beggs (1980), JPT 32(6), 968-970; Lee, Gonzalez
and Eakin (1966), JPT 18(8), 997-1000.
"""

import numpy as np

from wellhead.sdk import Array, Numbers, within
from wellhead_reservoir.calc.constants import RANKINE


def beal_dead_oil(api: Numbers, temperature: Numbers) -> Array:
    """cP without gas: (0.32 + 1.8e7/API^4.53)·(360/(T + 200))^a, a = 10^(0.42 + 8.33/API).

    api: above 0; temperature: °F
    """
    degrees = within("oil_gravity", api, 0, 80, "degAPI", above=True)
    warm = within("temperature", temperature, 32, 500, "degF")
    power = 10 ** (0.42 + 8.33 / degrees)
    return (0.32 + 1.8e7 / degrees**4.53) * (360 / (warm + 200)) ** power


def beggs_robinson_dead_oil(api: Numbers, temperature: Numbers) -> Array:
    """cP without gas: 10^x − 1, x = 10^(3.0324 − 0.02023·API)·T^−1.163. temperature: °F."""
    degrees = within("oil_gravity", api, 0, 80, "degAPI")
    warm = within("temperature", temperature, 32, 500, "degF")
    return 10 ** (10 ** (3.0324 - 0.02023 * degrees) * warm**-1.163) - 1


def beggs_robinson_saturated(dead: Numbers, rs: Numbers) -> Array:
    """cP with gas in solution: 10.715·(Rs + 100)^−0.515·μod^b, b = 5.44·(Rs + 150)^−0.338.

    dead: cP without gas, above 0; rs: scf/STB
    """
    viscosity = within("dead_oil_viscosity", dead, 0, 1e7, "cP", above=True)
    dissolved = within("rs", rs, 0, 10_000, "scf/STB")
    power = 5.44 * (dissolved + 150) ** -0.338
    return 10.715 * (dissolved + 100) ** -0.515 * viscosity**power


def vasquez_beggs_undersaturated(
    saturated: Numbers, pressure: Numbers, bubble_point: Numbers
) -> Array:
    """cP above the bubble point: μob·(p/pb)^m, m = 2.6·p^1.187·exp(−11.513 − 8.98e-5·p).

    saturated: cP at the bubble point; pressure, bubble_point: psia, pressure ≥ bubble_point
    """
    p = within("pressure", pressure, 0, 30_000, "psia", above=True)
    ratio = within("pressure / bubble_point", p / np.asarray(bubble_point), 1, 1e4, "")
    power = 2.6 * p**1.187 * np.exp(-11.513 - 8.98e-5 * p)
    return np.asarray(saturated, np.float64) * ratio**power


def beal_undersaturated(saturated: Numbers, pressure: Numbers, bubble_point: Numbers) -> Array:
    """cP above the bubble point: μob + 0.001·(p − pb)·(0.024·μob^1.6 + 0.038·μob^0.56).

    saturated: cP at the bubble point; pressure, bubble_point: psia, pressure ≥ bubble_point
    """
    viscosity = within("oil_viscosity", saturated, 0, 1e7, "cP", above=True)
    above = within("pressure - bubble_point", pressure - np.asarray(bubble_point), 0, 3e4, "psi")
    return viscosity + 0.001 * above * (0.024 * viscosity**1.6 + 0.038 * viscosity**0.56)


def lee_gonzalez_eakin(density: Numbers, temperature: Numbers, molar_mass: Numbers) -> Array:
    """cP of gas: 1e-4·K·exp(X·ρ^Y), ρ in g/cm³, K = (9.4 + 0.02·M)·T^1.5/(209 + 19·M + T),
    X = 3.5 + 986/T + 0.01·M, Y = 2.4 − 0.2·X, T in °R.

    density: lb/ft³; temperature: °F; molar_mass: lb/lb-mol
    """
    heavy = within("gas_density", density, 0, 60, "lb/ft3") / 62.428
    absolute = within("temperature", temperature, 32, 500, "degF") + RANKINE
    mass = within("molar_mass", molar_mass, 10, 100, "lb/lb-mol")
    k = (9.4 + 0.02 * mass) * absolute**1.5 / (209 + 19 * mass + absolute)
    x = 3.5 + 986 / absolute + 0.01 * mass
    return 1e-4 * k * np.exp(x * heavy ** (2.4 - 0.2 * x))
