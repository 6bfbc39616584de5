"""The simulated field: its wells with their instruments and faults, stepped together.

The same seed, commands and faults give the same values, step by step; nothing here reads a clock.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from wellhead import sdk
from wellhead_simulator.physics.parameters import make_well
from wellhead_simulator.physics.wander import Wander
from wellhead_simulator.physics.well import Well
from wellhead_simulator.signals import NUMBERS, SIGNALS, well_name

COMMS_LOSS, STUCK_SENSOR, PUMP_TRIP = "comms_loss", "stuck_sensor", "pump_trip"
FAULTS = (COMMS_LOSS, STUCK_SENSOR, PUMP_TRIP)
START_CHOKE, START_FREQUENCY, START_FILL = 50.0, 50.0, 0.5
"""%, Hz, share of the tanks: how the field is found"""
_SCALES = np.array([signal.scale for signal in SIGNALS])
_OFFSETS = np.array([signal.offset for signal in SIGNALS])
_NOISE = np.array([signal.noise for signal in SIGNALS])


@dataclass(frozen=True, slots=True)
class Fault:
    """One switch. active: on or off. signal: of a stuck sensor, its name without the well's."""

    well: str
    fault: str
    active: bool = True
    signal: str | None = None


def check_fault(fault: Fault, wells: int) -> None:
    """Raises WellheadError naming field, value and remedy for one that a field of `wells` wells
    cannot have."""
    names = [well_name(number) for number in range(1, wells + 1)]
    if fault.well not in names:
        raise _unknown("well", fault.well, names)
    if fault.fault not in FAULTS:
        raise _unknown("fault", fault.fault, FAULTS)
    if fault.fault == STUCK_SENSOR:
        if fault.signal not in NUMBERS:
            raise _unknown("signal", fault.signal, tuple(NUMBERS))
    elif fault.signal is not None:
        raise sdk.WellheadError(
            f"{fault.fault} is a fault of the whole well",
            field="signal",
            value=fault.signal,
            remedy=f"Leave it out, or use {STUCK_SENSOR}",
        )


class FieldWell:
    """One well as its transmitter shows it.

    values: float64[len(SIGNALS)], measured at the last step, in the signals' units
    silent: its communication is lost
    """

    def __init__(self, seed: int, number: int) -> None:
        self.name = well_name(number)
        self._mean = make_well(seed, number)
        self._wander = Wander(seed, number)
        self._time = 0.0
        self.well = Well(self._mean, START_CHOKE, START_FREQUENCY, START_FILL)
        self.silent = False
        self._stuck: dict[int, float] = {}
        self._replayed: Mapping[int, float] = {}
        self._random = np.random.default_rng([seed, number, 1])
        self.values = self._measure()

    def step(self, dt: float) -> None:
        """Go on by `dt` s and measure."""
        self._time += dt
        self._wander.apply(self.well, self._mean, self._time)
        self.well.step(dt)
        self.values = self._measure()

    def replay(self, values: Mapping[int, float]) -> None:
        """Show these recorded values, by signal number, instead of the model's from now on."""
        self._replayed = values
        self.values = self._overridden(self.values)

    def raw(self) -> dict[int, float]:
        """What the registers hold, by signal number."""
        return dict(enumerate(((self.values - _OFFSETS) / _SCALES).tolist()))

    def command(self, number: int, raw: float) -> None:
        """A client wrote a register; writing to one that is no set point changes nothing."""
        signal = SIGNALS[number]
        value = raw * signal.scale + signal.offset
        if signal.command is not None and math.isfinite(value):
            self.well.command(**{signal.command: value})

    def switch(self, fault: Fault) -> None:
        """Put a checked fault on or off."""
        if fault.fault == COMMS_LOSS:
            self.silent = fault.active
        elif fault.fault == PUMP_TRIP:
            self.well.commands.tripped = fault.active
        elif fault.signal is not None:
            number = NUMBERS[fault.signal]
            if fault.active:
                self._stuck.setdefault(number, float(self.values[number]))
            else:
                self._stuck.pop(number, None)

    def _measure(self) -> npt.NDArray[np.float64]:
        true = np.array([float(signal.measure(self.well)) for signal in SIGNALS])
        noise = _NOISE * self._random.standard_normal(len(SIGNALS))
        return self._overridden(true + noise)

    def _overridden(self, values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        for number, value in (*self._replayed.items(), *self._stuck.items()):
            values[number] = value
        return values


class Field:
    """wells: by name, in order"""

    def __init__(self, seed: int, wells: int) -> None:
        every = [FieldWell(seed, number) for number in range(1, wells + 1)]
        self.wells = {one.name: one for one in every}

    def step(self, dt: float) -> None:
        """Go on by `dt` s."""
        for one in self.wells.values():
            one.step(dt)

    def switch(self, fault: Fault) -> None:
        """Raises WellheadError for a fault that this field cannot have."""
        check_fault(fault, len(self.wells))
        self.wells[fault.well].switch(fault)


def _unknown(field: str, value: str | None, known: "tuple[str, ...] | list[str]") -> Exception:
    return sdk.WellheadError(
        f"no {field} of this name is simulated",
        field=field,
        value=value,
        remedy=sdk.did_you_mean(value or "", known),
    )
