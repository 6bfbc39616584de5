"""What makes one simulated well differ from another, drawn from the field's seed."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from wellhead_simulator.physics import reservoir

Lift = Literal["esp", "rod"]
OIL_DENSITY = 860.0
"""kg/m3 at stock tank"""
WATER_DENSITY = 1030.0
"""kg/m3, formation brine"""


@dataclass(frozen=True, slots=True)
class WellParameters:
    """One well and its battery.

    lift: `esp`, a centrifugal pump (shut_off_gain bar at 50 Hz, curvature bar/(m3/d)2), or `rod`, a
        displacement pump (displacement m3/d at 50 Hz, slippage m3/d a bar)
    reservoir_pressure: bar. max_rate: Vogel's, m3/d. depth, pump_depth: m, true vertical
    water_cut: 0 to 1 of the liquid. gor: m3 of gas a m3 of oil
    gas_share: of the mixture's volume in the tubing. friction: bar/(m3/d)2
    choke_bore: of the open choke, 1/64 in. choke_shut: opening in % below which nothing passes
    storage: of the wellbore, m3/bar
    reservoir_temperature, ambient: degC
    motor_volt: at 50 Hz. motor_rating: A. pump_efficiency: 0 to 1 at the best point
    line_pressure: of the flowline at the separator, bar
    oil_tank, water_tank: cross sections m2. tank_height: m. transfer_rate: m3/d of each tank's pump
    """

    lift: Lift
    reservoir_pressure: float
    max_rate: float
    depth: float
    pump_depth: float
    water_cut: float
    gor: float
    shut_off_gain: float
    curvature: float
    displacement: float
    slippage: float
    motor_volt: float
    motor_rating: float
    gas_share: float = 0.08
    friction: float = 6e-5
    choke_bore: float = 64.0
    choke_shut: float = 5.0
    storage: float = 0.003
    reservoir_temperature: float = 85.0
    ambient: float = 12.0
    pump_efficiency: float = 0.6
    line_pressure: float = 8.0
    oil_tank: float = 12.0
    water_tank: float = 12.0
    tank_height: float = 6.0
    transfer_rate: float = 1500.0

    @property
    def mixture_density(self) -> float:
        """kg/m3 of what stands in the tubing."""
        liquid = (1 - self.water_cut) * OIL_DENSITY + self.water_cut * WATER_DENSITY
        return liquid * (1 - self.gas_share)

    @property
    def gas_liquid_ratio(self) -> float:
        """m3 of gas a m3 of liquid."""
        return self.gor * (1 - self.water_cut)


def make_well(seed: int, number: int) -> WellParameters:
    """Well `number` (from 1) of the field of this seed: always the same one.

    All are open in one reservoir: their pressures differ by depth, and a little by what their
    neighbours take; their oil holds the same gas. Every third well is rod-pumped. None flows
    without its pump: the static column and the line weigh more than the reservoir's pressure.
    """
    draw = np.random.default_rng([seed, number]).uniform
    rod = number % 3 == 0
    depth = float(draw(1900.0, 2200.0))
    about = reservoir.PRESSURE + reservoir.GRADIENT * (depth - reservoir.DATUM_DEPTH)
    return WellParameters(
        lift="rod" if rod else "esp",
        reservoir_pressure=about + float(draw(-0.3, 0.3)),
        max_rate=float(draw(120.0, 170.0) if rod else draw(380.0, 520.0)),
        depth=depth,
        pump_depth=depth - float(draw(100.0, 200.0)),
        water_cut=float(draw(0.25, 0.65)),
        gor=float(draw(77.0, 85.0)),
        shut_off_gain=float(draw(165.0, 190.0)),
        curvature=float(draw(7e-4, 9e-4)),
        displacement=float(draw(165.0, 190.0)),
        slippage=float(draw(0.5, 0.7)),
        motor_volt=460.0 if rod else 2300.0,
        motor_rating=60.0 if rod else 45.0,
        ambient=float(draw(8.0, 16.0)),
    )
