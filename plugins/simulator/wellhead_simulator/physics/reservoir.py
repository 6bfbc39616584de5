"""The rock that all wells of the field are open in: one pressure at one depth, one oil.

Literature: Standing, M.B. (1947), A Pressure-Volume-Temperature Correlation for Mixtures of
California Oils and Gases, Drilling and Production Practice, API, 275-287. Lee, J. (1982), Well
Testing, SPE Textbook 1, equation 1.11: the line source with skin.
"""

import math

DATUM_DEPTH = 2050.0
"""m below the wells' datum"""
PRESSURE, INITIAL_PRESSURE = 140.0, 165.0
"""bar at the datum, now and before the first day, which is the oil's bubble point"""
GRADIENT = 0.075
"""bar/m in the oil"""
GAS_GRAVITY = 0.75
THICKNESS, POROSITY, WATER_SATURATION = 25.0, 0.22, 0.25
"""m of net rock, shares"""
VISCOSITY, VOLUME_FACTOR = 1.2, 1.2
"""cP and m3/Sm3 of what flows"""
TOTAL_COMPRESSIBILITY, ROCK_COMPRESSIBILITY = 2.5e-4, 6e-5
"""1/bar"""
WELLBORE_RADIUS = 0.108
"""m"""
FLOWED_HOURS = 240.0
"""How long a well has flowed when its rate and pressure are those of the permeability and skin"""

_PSI_PER_BAR = 14.503773773
_MILLIDARCY = 9.869233e-16
"""m2"""
_EULER = 0.5772156649


def dissolved_gas(pressure: float, reference: float) -> float:
    """Gas in solution at `pressure` over that at `reference`, both bar and at or below the bubble
    point: by Standing (p/18.2 + 1.4)^(1/0.83), p in psi."""
    one, other = (p * _PSI_PER_BAR / 18.2 + 1.4 for p in (pressure, reference))
    return float((one / other) ** (1.0 / 0.83))


def pressure_unit(rate: float, permeability: float) -> float:
    """Bar of q B mu / (4 pi k h). rate: m3/d at stock tank; permeability: mD."""
    flow = rate / 86_400.0 * VOLUME_FACTOR * VISCOSITY * 1e-3
    return flow / (4.0 * math.pi * permeability * _MILLIDARCY * THICKNESS) / 1e5


def log_time(hours: float, permeability: float) -> float:
    """ln(4 k t / (phi mu ct rw2)) - 0.5772, what the line source's pressure falls by at the wall of
    the well, in units of `pressure_unit`; the approximation holds from minutes on."""
    storage = POROSITY * VISCOSITY * 1e-3 * TOTAL_COMPRESSIBILITY / 1e5
    reached = 4.0 * permeability * _MILLIDARCY * hours * 3_600.0
    return math.log(reached / (storage * WELLBORE_RADIUS**2)) - _EULER


def permeability_of(rate: float, drawdown: float, skin: float) -> float:
    """mD at which `rate` m3/d draws the well down by `drawdown` bar after `FLOWED_HOURS`."""
    found = 50.0
    for _ in range(30):  # it converges by a digit a step or faster: the logarithm hardly changes
        lost = log_time(FLOWED_HOURS, found) + 2.0 * skin
        found = pressure_unit(rate, 1.0) * lost / drawdown
    return found
