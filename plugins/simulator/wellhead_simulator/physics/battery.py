"""Separator and tanks of one well: what arrives is what is stored or shipped, exactly.

Mass balance: the tanks' volumes are summed from the same rates that the meters show, so level times
cross section is the integral of the flow, less what was shipped.
"""

from collections.abc import Callable
from dataclasses import dataclass

from wellhead_simulator.physics.hydraulics import bisect
from wellhead_simulator.physics.parameters import WellParameters

DAY = 86400.0
_SEPARATOR_SECONDS = 30.0
"""Time constant of the separator's pressure"""
_GAS_BACK_PRESSURE = 1.5e-4
"""Bar of line pressure a m3/d of gas"""


@dataclass(slots=True)
class Tank:
    """A tank with its level, and a transfer pump that starts at `START` and stops at `STOP`.

    area: m2. height: m. volume, received, shipped: m3. pumping: the transfer pump runs
    """

    area: float
    height: float
    volume: float
    received: float = 0.0
    shipped: float = 0.0
    pumping: bool = False

    START = 0.8
    STOP = 0.2

    @property
    def level(self) -> float:
        """m above the tank's floor"""
        return self.volume / self.area

    @property
    def fill(self) -> float:
        """0 to 1"""
        return self.level / self.height

    def step(self, inflow: float, transfer_rate: float, dt: float) -> None:
        """`dt` s with these rates in m3/d."""
        if self.fill >= self.START:
            self.pumping = True
        elif self.fill <= self.STOP:
            self.pumping = False
        received = inflow * dt / DAY
        shipped = min(transfer_rate * dt / DAY, self.volume + received) if self.pumping else 0.0
        self.volume += received - shipped
        self.received += received
        self.shipped += shipped


class Battery:
    """pressure: of the separator, bar; gas: m3/d to the flare or sales line; oil, water: tanks"""

    def __init__(self, well: WellParameters, fill: float) -> None:
        """fill: of both tanks at the start, 0 to 1"""
        self.well = well
        self.pressure = well.line_pressure
        self.gas = 0.0
        self.oil_rate = 0.0
        self.water_rate = 0.0
        self.oil = Tank(well.oil_tank, well.tank_height, fill * well.oil_tank * well.tank_height)
        self.water = Tank(
            well.water_tank, well.tank_height, fill * well.water_tank * well.tank_height
        )

    @property
    def liquid_level(self) -> float:
        """% of the separator; the dump valves hold 50 and let it rise with the rate."""
        return min(50.0 + 0.02 * (self.oil_rate + self.water_rate), 100.0)

    def step(self, liquid: float, dt: float) -> None:
        """`dt` s with `liquid` m3/d from the well."""
        self.water_rate = liquid * self.well.water_cut
        self.oil_rate = liquid - self.water_rate
        self.gas = self.oil_rate * self.well.gor
        goal = self.well.line_pressure + _GAS_BACK_PRESSURE * self.gas
        self.pressure += (goal - self.pressure) * dt / (_SEPARATOR_SECONDS + dt)
        self.oil.step(self.oil_rate, self.well.transfer_rate, dt)
        self.water.step(self.water_rate, self.well.transfer_rate, dt)


def steady_line_pressure(well: WellParameters, rate_at: Callable[[float], float]) -> float:
    """The separator pressure at which the well's gas holds it there.

    rate_at: liquid rate in m3/d at a line pressure in bar, which falls as the pressure rises
    """
    share = (1 - well.water_cut) * well.gor * _GAS_BACK_PRESSURE

    def excess(pressure: float) -> float:
        return pressure - well.line_pressure - share * rate_at(pressure)

    return bisect(excess, well.line_pressure, well.line_pressure + share * well.max_rate)
