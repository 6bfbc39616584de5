"""What a simulated field did before Wellhead met it: the one story that all plugins' records tell.

A field that is shown must agree with itself: the volumes of a day, the test that they are allocated
by, the pressure that falls with them and the oil in place that this makes. So the simulator works
the past out once, and each plugin keeps its own part of it (hook `keep_past`).
"""

import datetime as dt
import uuid
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]


class StopReason(StrEnum):
    """Why a well stood still."""

    PUMP_TRIP = "pump trip"
    PRESSURE_SURVEY = "pressure survey"
    BUILD_UP = "build-up test"


@dataclass(frozen=True, slots=True)
class Stop:
    """A time in which a well did not flow, UTC."""

    start: dt.datetime
    end: dt.datetime
    reason: StopReason


@dataclass(frozen=True, slots=True)
class PastWell:
    """One well, day by day as in `Past.dates`; pressures are absolute, depths true vertical.

    depth: m from the well's depth datum to its perforations
    hours: on production. oil, gas, water: Sm3 of the day
    wellhead_pressure, bottomhole_pressure: bar, while it flows. choke: percent open
    reservoir_pressure: bar, at the perforations, of the rock around the well
    permeability: mD. skin: number
    stops: in order, those that end within the dates
    """

    well_id: uuid.UUID
    name: str
    depth: float
    hours: Numbers
    oil: Numbers
    gas: Numbers
    water: Numbers
    wellhead_pressure: Numbers
    bottomhole_pressure: Numbers
    choke: float
    reservoir_pressure: Numbers
    permeability: float
    skin: float
    stops: tuple[Stop, ...]


@dataclass(frozen=True, slots=True)
class Past:
    """A field up to the last whole production day.

    dates: of the production days, one after the other; they begin at day_start in time_zone
    conditions: standard conditions of all volumes. oil_density: kg/m3, gas_gravity: to air, of both
    temperature: degC. thickness: m, net. porosity, water_saturation: 0 to 1
    rock_compressibility: of the pores, total_compressibility: with the fluids in them, 1/bar
    viscosity: cP, and volume_factor: m3/Sm3, of the liquid in the rock
    datum, elevation: the wells' depth datum, and m that it lies above the sea
    datum_depth: m below the sea, where the wells' pressures are compared; datum_pressure: bar,
        there on each day; initial_pressure: bar, there before the first day. gradient: bar/m
    wellbore_radius: m
    """

    field: str
    time_zone: str
    day_start: str
    conditions: str
    dates: tuple[dt.date, ...]
    wells: tuple[PastWell, ...]
    oil_density: float
    gas_gravity: float
    temperature: float
    thickness: float
    porosity: float
    water_saturation: float
    rock_compressibility: float
    total_compressibility: float
    viscosity: float
    volume_factor: float
    datum: str
    elevation: float
    datum_depth: float
    datum_pressure: Numbers
    initial_pressure: float
    gradient: float
    wellbore_radius: float
