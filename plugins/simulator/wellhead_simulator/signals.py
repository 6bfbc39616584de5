"""What is measured at every simulated well: 40 signals, their registers' datatypes and scaling.

A register holds raw = (value - offset) / scale; an integer rounds it, so scale is its resolution.
"""

from collections.abc import Callable
from dataclasses import dataclass

from wellhead_simulator.physics.well import Well

_HOUR = 3600.0
HIGH_TANK = 0.9
"""Fill of the oil tank that raises the high-level alarm"""


@dataclass(frozen=True, slots=True)
class Signal:
    """One signal of a well.

    name: after the well's, `W01.WHP`
    scale, offset: value = raw * scale + offset
    noise: standard deviation of the instrument, in the unit
    command: the well's set point that a written value becomes; None = read only
    measure: the true value in the unit
    quantity: what is measured, where the unit alone does not say it
    """

    name: str
    description: str
    unit: str | None
    datatype: str
    measure: Callable[[Well], float]
    scale: float = 1.0
    offset: float = 0.0
    noise: float = 0.0
    command: str | None = None
    quantity: str | None = None


def _real(
    name: str, description: str, unit: str, measure: Callable[[Well], float], noise: float = 0.0
) -> Signal:
    return Signal(name, description, unit, "float32", measure, noise=noise)


def _scaled(
    name: str,
    description: str,
    unit: str,
    measure: Callable[[Well], float],
    scale: float,
    noise: float = 0.0,
    command: str | None = None,
) -> Signal:
    return Signal(name, description, unit, "uint16", measure, scale, noise=noise, command=command)


def _heat(name: str, description: str, measure: Callable[[Well], float]) -> Signal:
    return Signal(name, description, "degC", "int16", measure, 0.1, noise=0.05)


def _bit(name: str, description: str, measure: Callable[[Well], float]) -> Signal:
    return Signal(name, description, None, "bool", measure)


def _load(well: Well) -> float:
    return 100.0 * well.current / well.parameters.motor_rating


def _shaking(well: Well) -> float:
    """g: grows with the square of the speed, and when the pump runs far from its best rate."""
    if not well.running:
        return 0.0
    strain = 1.0 + 2.0 * (well.parameters.pump_efficiency - well.efficiency)
    return 0.15 * (well.frequency / 50.0) ** 2 * strain


SIGNALS: tuple[Signal, ...] = (
    _real("WHP", "Wellhead pressure", "bar", lambda w: w.whp, 0.02),
    _heat("WHT", "Wellhead temperature", lambda w: w.wellhead_temperature),
    _scaled("CHP", "Casing-head pressure", "bar", lambda w: w.casing, 0.01, 0.01),
    _real("FLP", "Flowline pressure", "bar", lambda w: w.line, 0.01),
    _heat("FLT", "Flowline temperature", lambda w: 0.9 * w.wellhead_temperature),
    _scaled("CHOKE_SP", "Choke set point", "%", lambda w: w.commands.choke, 0.01, command="choke"),
    _scaled("CHOKE_POS", "Choke position", "%", lambda w: w.choke, 0.01),
    _real("BHP", "Flowing bottom-hole pressure", "bar", lambda w: w.pwf, 0.02),
    _real("PIP", "Pump intake pressure", "bar", lambda w: w.intake, 0.02),
    _real("PDP", "Pump discharge pressure", "bar", lambda w: w.discharge, 0.03),
    _heat("PIT", "Pump intake temperature", lambda w: w.parameters.reservoir_temperature),
    _heat("MOT_TEMP", "Motor winding temperature", lambda w: w.motor_temperature),
    _scaled(
        "FREQ_SP",
        "Drive frequency set point",
        "Hz",
        lambda w: w.commands.frequency,
        0.01,
        command="frequency",
    ),
    _scaled("FREQ", "Drive frequency", "Hz", lambda w: w.frequency, 0.01),
    _scaled("MOT_AMP", "Motor current", "A", lambda w: w.current, 0.01, 0.05),
    _scaled("MOT_VOLT", "Motor voltage", "V", lambda w: w.volt, 0.1, 1.0),
    _real("MOT_KW", "Motor power", "kW", lambda w: w.power, 0.05),
    _scaled("MOT_LOAD", "Motor load", "%", _load, 0.1, 0.1),
    _scaled("PUMP_EFF", "Pump efficiency", "%", lambda w: 100.0 * w.efficiency, 0.1),
    _scaled("VIB_X", "Pump vibration, radial", "gn", _shaking, 0.001, 0.01),
    _scaled("VIB_Y", "Pump vibration, axial", "gn", lambda w: 0.7 * _shaking(w), 0.001, 0.01),
    _scaled("LEAK_MA", "Cable leakage current", "mA", lambda w: 0.2 + w.volt / 5e3, 0.001, 0.005),
    _real("LIQ_RATE", "Liquid rate", "m3/d", lambda w: w.rate),
    _real("OIL_RATE", "Oil rate", "m3/d", lambda w: w.battery.oil_rate),
    _real("WATER_RATE", "Water rate", "m3/d", lambda w: w.battery.water_rate),
    Signal(
        "GAS_RATE",
        "Gas rate, standard conditions",
        "Sm3/d",
        "float32",
        lambda w: w.battery.gas,
        quantity="gas_rate",
    ),
    _scaled("WCUT", "Water cut", "%", lambda w: 100.0 * w.parameters.water_cut, 0.01, 0.1),
    _real("GOR", "Gas-oil ratio", "m3/m3", lambda w: w.parameters.gor, 0.2),
    _real("FLUID_LEVEL", "Annulus fluid level, depth", "m", lambda w: w.fluid_level, 0.5),
    _real("SEP_P", "Separator pressure", "bar", lambda w: w.battery.pressure, 0.01),
    _heat("SEP_T", "Separator temperature", lambda w: 0.85 * w.wellhead_temperature),
    _scaled("SEP_LVL", "Separator liquid level", "%", lambda w: w.battery.liquid_level, 0.1, 0.2),
    _real("OIL_TANK", "Oil tank level", "m", lambda w: w.battery.oil.level),
    _real("WATER_TANK", "Water tank level", "m", lambda w: w.battery.water.level),
    Signal(
        "OIL_TOTAL",
        "Oil produced since start",
        "m3",
        "uint32",
        lambda w: w.battery.oil.received,
        0.001,
    ),
    Signal("RUN_HOURS", "Pump running time", "h", "uint32", lambda w: w.run_seconds / _HOUR, 0.001),
    _bit("RUN", "Pump running", lambda w: w.running),
    _bit("TRIP", "Alarm: pump tripped", lambda w: w.commands.tripped),
    _bit("TANK_HIGH", "Alarm: oil tank high", lambda w: w.battery.oil.fill >= HIGH_TANK),
    _bit("TRANSFER", "Oil transfer pump running", lambda w: w.battery.oil.pumping),
)
NUMBERS = {signal.name: number for number, signal in enumerate(SIGNALS)}


def well_name(number: int) -> str:
    """Name of well `number`, from 1."""
    return f"W{number:02d}"


def tag_name(well: str, signal: Signal) -> str:
    return f"{well}.{signal.name}"
