"""From the reservoir to the flowline: the laws that tie a well's pressures to its rate.

Every law is monotonic in the liquid rate q, so the rate where inflow, pump, tubing and choke agree
is unique and bisection finds it, whatever the parameters.

Literature: Vogel, J.V. (1968), Inflow Performance Relationships for Solution-Gas Drive Wells, JPT
20(1), 83-92. Gilbert, W.E. (1954), Flowing and Gas-Lift Well Performance, API Drilling and
Production Practice, 126-157. Affinity laws of centrifugal pumps: Takacs, G. (2009), Electrical
Submersible Pumps Manual, section 4.3.2. Slippage of displacement pumps: Takacs, G. (2015),
Sucker-Rod Pumping Handbook, section 3.6. Bisection: Press et al. (2007), Numerical Recipes, 9.1.
"""

import math
from collections.abc import Callable

from wellhead_simulator.physics.parameters import WellParameters

GRAVITY = 9.80665
"""m/s2"""
_BAR_PER_PSI = 0.0689476
_BBL_PER_M3 = 6.28981
_SCF_PER_BBL = 5.61458
"""scf/bbl in 1 m3/m3"""
_BISECTIONS = 60


def vogel_rate(pwf: float, reservoir_pressure: float, max_rate: float) -> float:
    """Inflow in m3/d at flowing bottom-hole pressure `pwf`; 0 at and above reservoir pressure.

    Valid for solution-gas drive below the bubble point (Vogel 1968), 0 <= pwf.
    """
    x = min(max(pwf / reservoir_pressure, 0.0), 1.0)
    return max_rate * (1.0 - 0.2 * x - 0.8 * x * x)


def vogel_pressure(rate: float, reservoir_pressure: float, max_rate: float) -> float:
    """The inverse: bar at which `rate` flows in, 0 <= rate <= max_rate."""
    share = min(max(rate / max_rate, 0.0), 1.0)
    return reservoir_pressure * (-0.2 + math.sqrt(0.04 + 3.2 * (1.0 - share))) / 1.6


def pump_gain(well: WellParameters, rate: float, frequency: float) -> float:
    """Pressure in bar that the pump adds at `rate` and motor `frequency`; falls as the rate rises.

    esp: a quadratic head curve at 50 Hz scaled by the affinity laws (rate by r, head by r2), which
    leaves head(q, r) = shut_off_gain r2 - curvature q2. Stopped, it is a restriction.
    rod: displacement by r less the slippage, which is proportional to the pressure added.
    """
    ratio = frequency / 50.0
    if well.lift == "esp":
        return well.shut_off_gain * ratio * ratio - well.curvature * rate * rate
    return (well.displacement * ratio - rate) / well.slippage


def tubing_loss(well: WellParameters, rate: float) -> float:
    """Bar from the perforations to the wellhead: the column's weight, and friction by q2."""
    return column_weight(well, well.depth) + well.friction * rate * rate


def column_weight(well: WellParameters, height: float) -> float:
    """Bar under `height` m of the well's mixture of oil, water and gas."""
    return well.mixture_density * GRAVITY * height / 1e5


def choke_pressure(
    rate: float, opening: float, gas_liquid_ratio: float, line_pressure: float, bore: float
) -> float:
    """Wellhead pressure in bar that drives `rate` through the choke; rises with the rate, falls
    with the opening.

    opening: % of full bore, > 0. gas_liquid_ratio: m3/m3. bore: full bore in 1/64 in.
    Gilbert's law holds in critical flow, twice the line pressure or more. Below, the two pressures
    are added as squares, which keeps the law monotonic and ends at the line pressure at no flow.
    """
    ratio = gas_liquid_ratio * _SCF_PER_BBL / 1000.0
    size = bore * opening / 100.0
    gilbert = 435.0 * ratio**0.546 * rate * _BBL_PER_M3 / size**1.89 * _BAR_PER_PSI
    return math.hypot(line_pressure, gilbert)


def required_pwf(
    well: WellParameters, rate: float, frequency: float, opening: float, line_pressure: float
) -> float:
    """Bottom-hole pressure in bar that brings `rate` to the flowline; rises with the rate."""
    whp = choke_pressure(rate, opening, well.gas_liquid_ratio, line_pressure, well.choke_bore)
    return whp + tubing_loss(well, rate) - pump_gain(well, rate, frequency)


def bisect(rising: Callable[[float], float], low: float, high: float) -> float:
    """Where the rising function crosses zero in [low, high]; the nearer end when it does not."""
    if rising(low) >= 0.0:
        return low
    if rising(high) <= 0.0:
        return high
    for _ in range(_BISECTIONS):
        middle = 0.5 * (low + high)
        if rising(middle) < 0.0:
            low = middle
        else:
            high = middle
    return 0.5 * (low + high)


def operating_point(
    well: WellParameters, frequency: float, opening: float, line_pressure: float
) -> tuple[float, float]:
    """(rate, flowing bottom-hole pressure) where inflow and outflow agree for good."""
    if opening < well.choke_shut:
        return 0.0, well.reservoir_pressure

    def surplus(rate: float) -> float:
        pwf = required_pwf(well, rate, frequency, opening, line_pressure)
        return pwf - vogel_pressure(rate, well.reservoir_pressure, well.max_rate)

    rate = bisect(surplus, 0.0, well.max_rate)
    return rate, vogel_pressure(rate, well.reservoir_pressure, well.max_rate)


def step_flow(
    well: WellParameters,
    pwf: float,
    frequency: float,
    opening: float,
    line_pressure: float,
    dt: float,
) -> tuple[float, float]:
    """(rate to the surface, bottom-hole pressure) after `dt` s from pressure `pwf`.

    The wellbore stores `storage` m3/bar (van Everdingen and Hurst 1949), so
    storage dpwf/dt = inflow(pwf) - rate. The step is implicit Euler: stable for any dt, and still
    one bisection, since the rate fixes the bottom-hole pressure that drives it.
    """
    gain = dt / 86400.0 / well.storage
    reservoir, best = well.reservoir_pressure, well.max_rate

    def shut_in_excess(pressure: float) -> float:
        return pressure - pwf - gain * vogel_rate(pressure, reservoir, best)

    def excess(rate: float) -> float:
        pressure = required_pwf(well, rate, frequency, opening, line_pressure)
        return pressure - pwf - gain * (vogel_rate(pressure, reservoir, best) - rate)

    if opening < well.choke_shut or excess(0.0) >= 0.0:
        return 0.0, bisect(shut_in_excess, 0.0, reservoir)
    rate = bisect(excess, 0.0, 10.0 * best)
    pressure = required_pwf(well, rate, frequency, opening, line_pressure)
    return rate, max(pressure, 0.0)
