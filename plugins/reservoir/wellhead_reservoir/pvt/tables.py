"""Properties of fluids against pressure, and what they are between the rows of a table."""

from dataclasses import dataclass, fields

import numpy as np

from wellhead import sdk


@dataclass(frozen=True, slots=True)
class Properties:
    """What a reservoir's fluids do at pressures: a float64[n] a property, NaN where there is none
    (an oil's of a dry gas).

    Gas and stock tank oil at 60 °F and 14.696 psia, whatever conditions a table is shown at.
    pressure: psia, rising; temperature is the table's, one for all rows
    rs: gas in solution, scf/STB; bo: formation volume factor of oil, bbl/STB
    oil_density: lb/ft³; oil_compressibility: 1/psi; oil_viscosity: cP
    z: of the gas; bg: formation volume factor of gas, bbl/scf
    gas_density: lb/ft³; gas_compressibility: 1/psi; gas_viscosity: cP
    bw: formation volume factor of water, bbl/STB; rsw: gas in solution in water, scf/STB
    water_density: lb/ft³; water_compressibility: 1/psi; water_viscosity: cP
    """

    pressure: sdk.Array
    rs: sdk.Array
    bo: sdk.Array
    oil_density: sdk.Array
    oil_compressibility: sdk.Array
    oil_viscosity: sdk.Array
    z: sdk.Array
    bg: sdk.Array
    gas_density: sdk.Array
    gas_compressibility: sdk.Array
    gas_viscosity: sdk.Array
    bw: sdk.Array
    rsw: sdk.Array
    water_density: sdk.Array
    water_compressibility: sdk.Array
    water_viscosity: sdk.Array


def lookup(table: Properties, pressure: sdk.Numbers) -> Properties:
    """The properties at other pressures, by straight lines between the table's rows, which a table
    has at the bubble point too. Bg runs along 1/p, since z and not Bg is nearly straight.

    pressure: psia, a number or float64[n] in any order. Raises WellheadError outside the table's
    own pressures: nobody has said what the fluid does there.
    """
    low, high = float(table.pressure[0]), float(table.pressure[-1])
    at = np.atleast_1d(np.asarray(pressure, np.float64))
    wrong = (at < low) | (at > high)
    if np.any(wrong):
        raise sdk.WellheadError(
            f"lies outside the fluid table, {low:g} to {high:g} psia",
            field="pressure",
            value=float(at[wrong][0]),
            remedy="Make a table over a wider range of pressures",
        )
    found = {
        field.name: np.interp(at, table.pressure, getattr(table, field.name))
        for field in fields(Properties)
    }
    found["bg"] = np.interp(at, table.pressure, table.bg * table.pressure) / at
    return Properties(**found)
