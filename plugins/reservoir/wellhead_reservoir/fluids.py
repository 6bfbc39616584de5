"""Fluid properties for volumes and balances: from the reservoir's table, at stated conditions.

A table is at 60 °F and 14.696 psia; volumes in place are wanted at the conditions that an engineer
names. Here is where the two meet.
"""

import uuid

import numpy as np

from wellhead import sdk
from wellhead_reservoir.calc.constants import CUBIC_FEET_PER_BARREL
from wellhead_reservoir.models import Reservoir
from wellhead_reservoir.pvt.inputs import FIELD_CONDITIONS
from wellhead_reservoir.pvt.tables import Properties, lookup
from wellhead_reservoir.pvt.versions import properties_of, table_for

OIL_DENSITY = 850.0
"""kg/m³ at 60 °F, of stock tank oil that is stated at other conditions: between 15 °C and 60 °F
oils of 700 to 950 differ by less than 0.02 %."""


def properties_at(
    reservoir: Reservoir, key: uuid.UUID | None, pressure: sdk.Array
) -> tuple[Properties, str]:
    """(properties at these pressures, psia, at FIELD_CONDITIONS; the table in words).

    key: of the reservoir's table, None = its newest. Raises WellheadError when there is none, and
    for a pressure outside of it.
    """
    table = table_for(reservoir, key, "inputs.pvt_table_id")
    words = f"fluid table {table.name}, version {table.version}"
    return lookup(properties_of(table), pressure), words


def volume_factor(
    reservoir: Reservoir, key: uuid.UUID | None, column: str, conditions: str
) -> tuple[float, str]:
    """(Bo in bbl/STB or Bg in ft³/scf, at the reservoir's initial pressure; where it is from, in
    words), of a volume at `conditions`. Raises WellheadError as `properties_at`, and when the
    initial pressure is not known."""
    if reservoir.initial_pressure is None:
        raise sdk.WellheadError(
            "the reservoir has no initial pressure to take the volume factor at",
            field="initial_pressure",
            remedy="Enter it with the reservoir, or send the volume factor",
        )
    pressure = np.array([reservoir.initial_pressure.to("psia")])
    found, words = properties_at(reservoir, key, pressure)
    value = float(getattr(found, column)[0])
    if column == "bg":
        value *= CUBIC_FEET_PER_BARREL / gas_factor(FIELD_CONDITIONS, conditions)
    else:
        value /= oil_factor(FIELD_CONDITIONS, conditions)
    return value, f"{column} {value:.6g} of {words} at {pressure[0]:g} psia"


def gas_factor(stated: str, asked: str) -> float:
    """Volume of gas at the conditions `asked` of one at `stated`."""
    return sdk.units.gas_volume_factor(stated, asked)


def oil_factor(stated: str, asked: str) -> float:
    """Volume of stock tank oil at the conditions `asked` of one at `stated`. Water is taken as it
    is: it changes by less than 0.1 %."""
    return sdk.units.oil_volume_factor(stated, asked, OIL_DENSITY)
