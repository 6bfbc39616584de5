"""Gas by its gravity: pseudo-critical point, volume factor, density, compressibility.

Sources: Standing (1977), Volumetric and Phase Behavior of Oil Field Hydrocarbon Systems; Sutton
(1985), SPE 14265; Wichert and Aziz (1972), Hydrocarbon Processing 51(5), 119-122; nitrogen, carbon
dioxide and hydrogen sulfide taken out and mixed back as in Whitson and Brule (2000), Phase
Behavior, section 3.3.
"""

from collections.abc import Callable

import numpy as np

from wellhead.sdk import Array, Numbers, WellheadError, within
from wellhead_reservoir.calc.constants import (
    AIR,
    CUBIC_FEET_PER_BARREL,
    GAS_CONSTANT,
    RANKINE,
    STANDARD_PRESSURE,
    STANDARD_TEMPERATURE,
)

_IMPURITIES = {
    "nitrogen": (0.967, 227.0, 493.0),
    "carbon_dioxide": (1.520, 548.0, 1071.0),
    "hydrogen_sulfide": (1.177, 672.0, 1306.0),
}
"""Gravity to air, critical temperature in °R and critical pressure in psia."""


def sutton(gas_gravity: Numbers) -> tuple[Array, Array]:
    """(Tpc °R, ppc psia) of a hydrocarbon gas (Sutton 1985): 169.2 + 349.5·γ − 74·γ² and
    756.8 − 131.07·γ − 3.6·γ²."""
    gravity = within("gas_gravity", gas_gravity, 0.5, 3, "of air")
    return (
        169.2 + 349.5 * gravity - 74.0 * gravity**2,
        756.8 - 131.07 * gravity - 3.6 * gravity**2,
    )


def standing(gas_gravity: Numbers) -> tuple[Array, Array]:
    """(Tpc °R, ppc psia) of a dry hydrocarbon gas (Standing 1977): 168 + 325·γ − 12.5·γ² and
    677 + 15·γ − 37.5·γ²."""
    gravity = within("gas_gravity", gas_gravity, 0.5, 3, "of air")
    return 168 + 325 * gravity - 12.5 * gravity**2, 677 + 15 * gravity - 37.5 * gravity**2


def standing_condensate(gas_gravity: Numbers) -> tuple[Array, Array]:
    """(Tpc °R, ppc psia) of a condensate's gas (Standing 1977): 187 + 330·γ − 71.5·γ² and
    706 − 51.7·γ − 11.1·γ²."""
    gravity = within("gas_gravity", gas_gravity, 0.5, 3, "of air")
    return 187 + 330 * gravity - 71.5 * gravity**2, 706 - 51.7 * gravity - 11.1 * gravity**2


def with_impurities(
    method: Callable[[Numbers], tuple[Array, Array]],
    gas_gravity: float,
    nitrogen: float = 0.0,
    carbon_dioxide: float = 0.0,
    hydrogen_sulfide: float = 0.0,
) -> tuple[float, float]:
    """(Tpc °R, ppc psia) of a gas with impurities: the hydrocarbons' gravity goes into `method`,
    Kay's rule mixes the impurities in, and Wichert and Aziz correct for the sour ones.

    nitrogen, carbon_dioxide, hydrogen_sulfide: mole fractions, together below 1
    """
    shares = dict(zip(_IMPURITIES, (nitrogen, carbon_dioxide, hydrogen_sulfide), strict=True))
    for name, share in shares.items():
        within(name, share, 0, 1, "mole fraction")
    rest = 1 - sum(shares.values())
    if rest <= 0:
        raise WellheadError(
            "impurities leave no hydrocarbons",
            field="nitrogen",
            value=nitrogen,
            remedy="Nitrogen, carbon dioxide and hydrogen sulfide must make less than 100 %",
        )
    heavy = sum(share * _IMPURITIES[name][0] for name, share in shares.items())
    temperature, pressure = method((gas_gravity - heavy) / rest)
    mixed_temperature, mixed_pressure = rest * float(temperature), rest * float(pressure)
    for name, share in shares.items():
        mixed_temperature += share * _IMPURITIES[name][1]
        mixed_pressure += share * _IMPURITIES[name][2]
    return wichert_aziz(mixed_temperature, mixed_pressure, carbon_dioxide, hydrogen_sulfide)


def wichert_aziz(
    temperature: float, pressure: float, carbon_dioxide: float, hydrogen_sulfide: float
) -> tuple[float, float]:
    """(Tpc °R, ppc psia) corrected for acid gases: ε = 120·(A^0.9 − A^1.6) + 15·(B^0.5 − B^4),
    T' = T − ε, p' = p·T'/(T + B·(1 − B)·ε), A = CO2 + H2S, B = H2S in mole fractions."""
    acid, sour = carbon_dioxide + hydrogen_sulfide, hydrogen_sulfide
    epsilon = 120 * (acid**0.9 - acid**1.6) + 15 * (sour**0.5 - sour**4)
    corrected = temperature - epsilon
    return corrected, pressure * corrected / (temperature + sour * (1 - sour) * epsilon)


def volume_factor(z: Numbers, temperature: Numbers, pressure: Numbers) -> Array:
    """Bg in bbl/scf, by the real gas law: (psc/Tsc)·z·T/p/5.6146, of scf at 60 °F and 14.696 psia.

    temperature: °F; pressure: psia, above 0
    """
    p = within("pressure", pressure, 0, 30_000, "psia", above=True)
    standard = STANDARD_PRESSURE / STANDARD_TEMPERATURE / CUBIC_FEET_PER_BARREL
    return standard * np.asarray(z, np.float64) * (np.asarray(temperature) + RANKINE) / p


def density(z: Numbers, temperature: Numbers, pressure: Numbers, molar_mass: Numbers) -> Array:
    """lb/ft³: p·M/(z·R·T). temperature: °F; pressure: psia; molar_mass: lb/lb-mol."""
    absolute = np.asarray(temperature, np.float64) + RANKINE
    mass = np.asarray(pressure, np.float64) * molar_mass
    return mass / (np.asarray(z, np.float64) * GAS_CONSTANT * absolute)


def compressibility(z: Callable[[Array], Array], pressure: Numbers) -> Array:
    """1/psi: 1/p − (dz/dp)/z, the slope of z by a central difference of 0.01 %.

    z: pressures in psia → z; pressure: psia, above 0
    """
    p = within("pressure", pressure, 0, 30_000, "psia", above=True)
    step = 1e-4 * p
    slope = (z(p + step) - z(p - step)) / (2 * step)
    return 1 / p - slope / z(p)


def molar_mass(gas_gravity: Numbers) -> Array:
    """lb/lb-mol of a gas by its gravity to air."""
    return within("gas_gravity", gas_gravity, 0.5, 3, "of air") * AIR
