"""Saturated and undersaturated oil: bubble point, gas in solution, volume, compressibility.

Gravities: oil in °API, gas to air. Each correlation has its pressure of saturation and its gas in
solution as exact inverses of each other, so that a table is continuous at the bubble point.
Sources: Standing (1947), Drilling and Production Practice, API, 275-287, in the equations of
Standing (1977), Volumetric and Phase Behavior of Oil Field Hydrocarbon Systems; Vasquez and Beggs
(1980), JPT 32(6), 968-970.
"""

import numpy as np

from wellhead.sdk import Array, Numbers, within
from wellhead_reservoir.calc.constants import CUBIC_FEET_PER_BARREL, RANKINE, WATER_DENSITY

_AIR_DENSITY = 0.0764
"""lb/ft³ of air at 60 °F and 14.696 psia."""


def specific_gravity(api: Numbers) -> Array:
    """Of oil to water at 60 °F: 141.5/(131.5 + °API). api: 0 to 80."""
    return 141.5 / (131.5 + within("oil_gravity", api, 0, 80, "degAPI"))


def standing_bubble_point(
    rs: Numbers, temperature: Numbers, api: Numbers, gas_gravity: Numbers
) -> Array:
    """psia: 18.2·((Rs/γg)^0.83·10^(0.00091·T − 0.0125·API) − 1.4) (Standing 1977).

    rs: scf/STB, above 0; temperature: °F
    """
    rs, gravity = _gas(rs, gas_gravity)
    return 18.2 * ((rs / gravity) ** 0.83 * 10 ** -_standing_exponent(temperature, api) - 1.4)


def standing_rs(
    pressure: Numbers, temperature: Numbers, api: Numbers, gas_gravity: Numbers
) -> Array:
    """scf/STB in solution at saturation: γg·((p/18.2 + 1.4)·10^(0.0125·API − 0.00091·T))^(1/0.83).

    pressure: psia, above 0; temperature: °F
    """
    p = within("pressure", pressure, 0, 30_000, "psia", above=True)
    _, gravity = _gas(1.0, gas_gravity)
    found = (p / 18.2 + 1.4) * 10 ** _standing_exponent(temperature, api)
    return gravity * found ** (1 / 0.83)


def standing_bo(rs: Numbers, temperature: Numbers, api: Numbers, gas_gravity: Numbers) -> Array:
    """bbl/STB at saturation: 0.9759 + 0.00012·(Rs·√(γg/γo) + 1.25·T)^1.2 (Standing 1977).

    rs: scf/STB; temperature: °F
    """
    gravity = within("gas_gravity", gas_gravity, 0.5, 3, "of air")
    dissolved = within("rs", rs, 0, 10_000, "scf/STB") * np.sqrt(gravity / specific_gravity(api))
    return 0.9759 + 0.00012 * (dissolved + 1.25 * _temperature(temperature)) ** 1.2


def _standing_exponent(temperature: Numbers, api: Numbers) -> Array:
    return 0.0125 * np.asarray(api, np.float64) - 0.00091 * _temperature(temperature)


def separator_gas_gravity(
    gas_gravity: Numbers, api: Numbers, pressure: Numbers, temperature: Numbers
) -> Array:
    """The gravity that the gas would have out of a separator at 100 psig (Vasquez-Beggs 1980):
    γg·(1 + 5.912e-5·API·T·log10(p/114.7)).

    pressure: psia of the separator, above 0; temperature: °F of the separator
    """
    p = within("separator_pressure", pressure, 0, 3_000, "psia", above=True)
    t = within("separator_temperature", temperature, 0, 300, "degF")
    factor = 1 + 5.912e-5 * np.asarray(api, np.float64) * t * np.log10(p / 114.7)
    return within("gas_gravity", gas_gravity, 0.5, 3, "of air") * factor


def vasquez_beggs_rs(
    pressure: Numbers, temperature: Numbers, api: Numbers, gas_gravity: Numbers
) -> Array:
    """scf/STB in solution at saturation: C1·γgs·p^C2·exp(C3·API/(T + 460)), C1 0.0362, C2 1.0937
    and C3 25.7240 up to 30 °API, 0.0178, 1.1870 and 23.9310 above.

    pressure: psia, above 0; temperature: °F; gas_gravity: by `separator_gas_gravity`
    """
    p = within("pressure", pressure, 0, 30_000, "psia", above=True)
    coefficient, power = _vasquez_beggs(temperature, api, gas_gravity)
    return coefficient * p**power


def vasquez_beggs_bubble_point(
    rs: Numbers, temperature: Numbers, api: Numbers, gas_gravity: Numbers
) -> Array:
    """psia, the inverse of `vasquez_beggs_rs`. rs: scf/STB, above 0; temperature: °F."""
    dissolved, _ = _gas(rs, gas_gravity)
    coefficient, power = _vasquez_beggs(temperature, api, gas_gravity)
    return (dissolved / coefficient) ** (1 / power)


def vasquez_beggs_bo(
    rs: Numbers, temperature: Numbers, api: Numbers, gas_gravity: Numbers
) -> Array:
    """bbl/STB at saturation: 1 + C1·Rs + (T − 60)·(API/γgs)·(C2 + C3·Rs), C1 4.677e-4, C2 1.751e-5
    and C3 −1.811e-8 up to 30 °API, 4.670e-4, 1.100e-5 and 1.337e-9 above.

    rs: scf/STB; temperature: °F; gas_gravity: by `separator_gas_gravity`
    """
    dissolved = within("rs", rs, 0, 10_000, "scf/STB")
    gravity = within("gas_gravity", gas_gravity, 0.5, 3, "of air")
    degrees = np.asarray(api, np.float64)
    heavy = degrees <= _HEAVY
    first = np.where(heavy, 4.677e-4, 4.670e-4)
    second = np.where(heavy, 1.751e-5, 1.100e-5)
    third = np.where(heavy, -1.811e-8, 1.337e-9)
    warm = (_temperature(temperature) - 60) * degrees / gravity
    return 1 + first * dissolved + warm * (second + third * dissolved)


_HEAVY = 30.0
"""°API up to which Vasquez and Beggs have one set of coefficients."""


def _vasquez_beggs(temperature: Numbers, api: Numbers, gas_gravity: Numbers) -> tuple[Array, Array]:
    """(coefficient, power) of the pressure in Rs."""
    degrees = within("oil_gravity", api, 0, 80, "degAPI")
    heavy = degrees <= _HEAVY
    first, power = np.where(heavy, 0.0362, 0.0178), np.where(heavy, 1.0937, 1.1870)
    third = np.where(heavy, 25.7240, 23.9310)
    gravity = within("gas_gravity", gas_gravity, 0.5, 3, "of air")
    absolute = _temperature(temperature) + RANKINE
    return first * gravity * np.exp(third * degrees / absolute), power


def vasquez_beggs_compressibility_number(
    rsb: Numbers, temperature: Numbers, api: Numbers, gas_gravity: Numbers
) -> Array:
    """A of an undersaturated oil's compressibility co = A/p in 1/psi (Vasquez-Beggs 1980):
    (−1433 + 5·Rsb + 17.2·T − 1180·γgs + 12.61·API)/1e5.

    rsb: scf/STB at the bubble point; temperature: °F; gas_gravity: by `separator_gas_gravity`.
    Raises WellheadError where it is not above 0: the correlation has no such oil.
    """
    dissolved = within("rs", rsb, 0, 10_000, "scf/STB")
    gravity = within("gas_gravity", gas_gravity, 0.5, 3, "of air")
    degrees = within("oil_gravity", api, 0, 80, "degAPI")
    number = (
        -1433 + 5 * dissolved + 17.2 * _temperature(temperature) - 1180 * gravity + 12.61 * degrees
    )
    return within("oil_compressibility", number / 1e5, 0, 10, "", above=True)


def undersaturated_bo(
    bob: Numbers, pressure: Numbers, bubble_point: Numbers, number: Numbers
) -> Array:
    """bbl/STB above the bubble point, by a compressibility of number/p: Bob·(pb/p)^number.

    bob: bbl/STB at the bubble point; pressure, bubble_point: psia, pressure ≥ bubble_point
    """
    ratio = within("pressure / bubble_point", pressure / np.asarray(bubble_point), 1, 1e4, "")
    return np.asarray(bob, np.float64) * ratio ** -np.asarray(number, np.float64)


def saturated_compressibility(
    bo: Numbers, slope_bo: Numbers, slope_rs: Numbers, bg: Numbers
) -> Array:
    """1/psi at or below the bubble point, where gas comes out: −(dBo/dp − Bg·dRs/dp)/Bo.

    bo: bbl/STB; slope_bo: bbl/STB/psi; slope_rs: scf/STB/psi; bg: bbl/scf
    """
    return -(slope_bo - np.asarray(bg) * slope_rs) / np.asarray(bo, np.float64)


def density(rs: Numbers, bo: Numbers, api: Numbers, gas_gravity: Numbers) -> Array:
    """lb/ft³ of the oil with the gas in it, by mass: (62.37·γo + 0.0136·Rs·γg)/Bo.

    rs: scf/STB; bo: bbl/STB
    """
    gas = _AIR_DENSITY / CUBIC_FEET_PER_BARREL * np.asarray(rs, np.float64) * gas_gravity
    return (WATER_DENSITY * specific_gravity(api) + gas) / np.asarray(bo, np.float64)


def _gas(rs: Numbers, gas_gravity: Numbers) -> tuple[Array, Array]:
    dissolved = within("rs", rs, 0, 10_000, "scf/STB", above=True)
    return dissolved, within("gas_gravity", gas_gravity, 0.5, 3, "of air")


def _temperature(temperature: Numbers) -> Array:
    return within("temperature", temperature, 32, 500, "degF")
