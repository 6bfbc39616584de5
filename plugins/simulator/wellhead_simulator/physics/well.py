"""One well with its pump, choke and battery, stepped through time.

The model obeys two set points, the choke's opening and the motor's frequency, and can be tripped.
All of its state follows from its parameters and what it was told: there is no randomness in it.

Literature: see `hydraulics`. Three-phase motor: P = sqrt(3) U I cos(phi), IEC 60034-1. Volts by
frequency: Takacs (2009), section 4.5.
"""

import math
from dataclasses import dataclass, replace

from wellhead_simulator.physics import hydraulics
from wellhead_simulator.physics.battery import DAY, Battery, steady_line_pressure
from wellhead_simulator.physics.parameters import OIL_DENSITY, WellParameters

CHOKE_RANGE = (0.0, 100.0)
FREQUENCY_RANGE = (30.0, 65.0)
_CHOKE_SPEED = 2.0
"""% a second"""
_SPEED_UP, _COAST_DOWN = 1.0, 8.0
"""Hz a second"""
_POWER_FACTOR = 0.82
_IDLE_POWER = 0.08
"""Share of the motor's rated power that it takes without load, at 50 Hz"""
_CASING_SECONDS, _HEAT_SECONDS, _MOTOR_SECONDS = 600.0, 240.0, 120.0
_WARM_RATE = 45.0
"""m3/d at which half of the reservoir's heat reaches the wellhead"""


@dataclass(slots=True)
class Commands:
    """What the well is told.

    choke: % open. frequency: Hz. tripped: the pump's protection holds it
    """

    choke: float
    frequency: float
    tripped: bool = False


class Well:
    """State after the last step; start values are the operating point of the commands.

    rate: liquid to the surface, m3/d. pwf, whp: flowing bottom-hole and wellhead pressure, bar
    choke, frequency: where they are now, % and Hz. casing: casing-head pressure, bar
    wellhead_temperature, motor_temperature: degC. run_seconds: of the pump
    """

    def __init__(self, parameters: WellParameters, choke: float, frequency: float, fill: float):
        """fill: of the tanks, 0 to 1"""
        self.parameters = parameters
        self.commands = Commands(choke, frequency)
        self.choke = choke
        self.frequency = frequency
        self.battery = Battery(parameters, fill)
        self.battery.pressure = steady_line_pressure(
            parameters,
            lambda line: hydraulics.operating_point(parameters, frequency, choke, line)[0],
        )
        self.rate, self.pwf = hydraulics.operating_point(
            parameters, frequency, choke, self.battery.pressure
        )
        self.run_seconds = 0.0
        self.casing = self._casing_goal()
        self.wellhead_temperature = self._heat_goal()
        self.motor_temperature = self._motor_goal()

    def command(self, *, choke: float | None = None, frequency: float | None = None) -> None:
        """New set points; one outside its range becomes the nearest in it."""
        if choke is not None:
            self.commands.choke = _held(choke, CHOKE_RANGE)
        if frequency is not None:
            self.commands.frequency = _held(frequency, FREQUENCY_RANGE)

    def inflow(self, *, max_rate: float, water_cut: float, gor: float) -> None:
        """What the reservoir gives from now on; units as in `WellParameters`."""
        self.parameters = replace(self.parameters, max_rate=max_rate, water_cut=water_cut, gor=gor)
        self.battery.well = self.parameters

    def step(self, dt: float) -> None:
        """Go on by `dt` s, 0 < dt."""
        told = self.commands
        self.choke = _towards(self.choke, told.choke, _CHOKE_SPEED * dt)
        goal = 0.0 if told.tripped else told.frequency
        speed = _COAST_DOWN if goal < self.frequency and told.tripped else _SPEED_UP
        self.frequency = _towards(self.frequency, goal, speed * dt)
        self.rate, self.pwf = hydraulics.step_flow(
            self.parameters, self.pwf, self.frequency, self.choke, self.battery.pressure, dt
        )
        self.battery.step(self.rate, dt)
        if self.running:
            self.run_seconds += dt
        self.casing += (self._casing_goal() - self.casing) * dt / (_CASING_SECONDS + dt)
        self.wellhead_temperature += (self._heat_goal() - self.wellhead_temperature) * (
            dt / (_HEAT_SECONDS + dt)
        )
        self.motor_temperature += (self._motor_goal() - self.motor_temperature) * (
            dt / (_MOTOR_SECONDS + dt)
        )

    @property
    def running(self) -> bool:
        return self.frequency > 1.0 and not self.commands.tripped

    @property
    def whp(self) -> float:
        """Bar. Flowing: what drives the rate through the choke. Shut in: what the column leaves of
        the bottom-hole pressure and the pump's, at least the line's when the choke is open."""
        well = self.parameters
        if self.rate > 0.0:
            return hydraulics.choke_pressure(
                self.rate, self.choke, well.gas_liquid_ratio, self.line, well.choke_bore
            )
        gain = hydraulics.pump_gain(well, 0.0, self.frequency)
        left = self.pwf + gain - hydraulics.column_weight(well, well.depth)
        return max(left, self.line if self.choke >= well.choke_shut else 1.0)

    @property
    def line(self) -> float:
        """Flowline pressure downstream of the choke, bar"""
        return self.battery.pressure

    @property
    def intake(self) -> float:
        """Pump intake pressure, bar"""
        well = self.parameters
        below = hydraulics.column_weight(well, well.depth - well.pump_depth)
        return max(self.pwf - below, 1.0)

    @property
    def discharge(self) -> float:
        """Pump discharge pressure, bar: the wellhead's and what stands and rubs above the pump"""
        well = self.parameters
        above = hydraulics.column_weight(well, well.pump_depth)
        return self.whp + above + well.friction * self.rate * self.rate

    @property
    def fluid_level(self) -> float:
        """Depth of the annulus' fluid level below the surface, m"""
        column = (self.intake - self.casing) * 1e5 / (OIL_DENSITY * hydraulics.GRAVITY)
        return min(max(self.parameters.pump_depth - column, 0.0), self.parameters.pump_depth)

    @property
    def hydraulic_power(self) -> float:
        """kW that the fluid gains in the pump"""
        return max(self.discharge - self.intake, 0.0) * 1e5 * self.rate / DAY / 1000.0

    @property
    def efficiency(self) -> float:
        """Of the pump, 0 to 1: a parabola in the rate over the best rate at this frequency"""
        well = self.parameters
        ratio = max(self.frequency, 1.0) / 50.0
        open_flow = (
            math.sqrt(well.shut_off_gain / well.curvature)
            if well.lift == "esp"
            else well.displacement
        )
        best = 0.6 * open_flow * ratio
        return well.pump_efficiency * max(1.0 - (self.rate / best - 1.0) ** 2, 0.1)

    @property
    def rated_power(self) -> float:
        """kW of the motor at 50 Hz"""
        well = self.parameters
        return math.sqrt(3.0) * well.motor_volt * well.motor_rating * _POWER_FACTOR / 1000.0

    @property
    def power(self) -> float:
        """kW that the motor takes"""
        if not self.running:
            return 0.0
        idle = _IDLE_POWER * self.rated_power * (self.frequency / 50.0) ** 3
        return self.hydraulic_power / self.efficiency + idle

    @property
    def volt(self) -> float:
        return self.parameters.motor_volt * self.frequency / 50.0 if self.running else 0.0

    @property
    def current(self) -> float:
        """A"""
        if not self.running:
            return 0.0
        return self.power * 1000.0 / (math.sqrt(3.0) * self.volt * _POWER_FACTOR)

    def _casing_goal(self) -> float:
        return 5.0 + 0.12 * self.pwf

    def _heat_goal(self) -> float:
        well = self.parameters
        share = self.rate / (self.rate + _WARM_RATE)
        return well.ambient + (0.85 * well.reservoir_temperature - well.ambient) * share

    def _motor_goal(self) -> float:
        return self.parameters.reservoir_temperature + 35.0 * self.power / self.rated_power


def _held(value: float, bounds: tuple[float, float]) -> float:
    return min(max(value, bounds[0]), bounds[1])


def _towards(now: float, goal: float, most: float) -> float:
    return goal if abs(goal - now) <= most else now + math.copysign(most, goal - now)
