"""The columns of fluid tables: what each is, what it measures, and in which unit."""

from collections.abc import Mapping
from dataclasses import dataclass

from wellhead import sdk


@dataclass(frozen=True, slots=True)
class Column:
    """quantity: of `units.QUANTITIES`, None for plain numbers and shares
    unit: what `pvt.tables.Properties` has it in, or of a plain number, 1 or %
    gas: the power that its values take volumes of gas in, whose conditions matter: 1 of Rs, −1 of
        Bg, 0 of all others
    """

    title: str
    quantity: str | None
    unit: str
    gas: int = 0


_VISCOSITY = "viscosity", "cP"
_DENSITY = "density", "lb/ft3"
_SQUEEZE = "compressibility", "1/psi"
_VOLUME = "formation_volume_factor", "bbl/STB"
_GOR = "gas_oil_ratio", "scf/STB"

PROPERTIES: Mapping[str, Column] = {
    "pressure": Column("Pressure", "absolute_pressure", "psia"),
    "rs": Column("Gas in solution in oil, Rs", *_GOR, gas=1),
    "bo": Column("Formation volume factor of oil, Bo", *_VOLUME),
    "oil_density": Column("Density of oil", *_DENSITY),
    "oil_compressibility": Column("Compressibility of oil", *_SQUEEZE),
    "oil_viscosity": Column("Viscosity of oil", *_VISCOSITY),
    "z": Column("z of gas", None, "1"),
    "bg": Column(
        "Formation volume factor of gas, Bg", "gas_formation_volume_factor", "bbl/scf", gas=-1
    ),
    "gas_density": Column("Density of gas", *_DENSITY),
    "gas_compressibility": Column("Compressibility of gas", *_SQUEEZE),
    "gas_viscosity": Column("Viscosity of gas", *_VISCOSITY),
    "bw": Column("Formation volume factor of water, Bw", *_VOLUME),
    "rsw": Column("Gas in solution in water, Rsw", *_GOR, gas=1),
    "water_density": Column("Density of water", *_DENSITY),
    "water_compressibility": Column("Compressibility of water", *_SQUEEZE),
    "water_viscosity": Column("Viscosity of water", *_VISCOSITY),
}
"""Those of `pvt.tables.Properties`, in their order."""

MEASURED: Mapping[str, Column] = {
    **PROPERTIES,
    "temperature": Column("Temperature", "temperature", "degF"),
    "relative_volume": Column("Volume over that at saturation", None, "1"),
    "gas_gravity": Column("Gravity of gas to air", None, "1"),
    "oil_gravity": Column("Gravity of stock tank oil", "oil_gravity", "degAPI"),
    "liquid_dropout": Column("Liquid, of the volume at the dew point", None, "%"),
    "produced_gas": Column("Gas produced, of that at the dew point", None, "%"),
}
"""What a laboratory reports against pressure."""


def shown_unit(column: Column, unit: str, system: sdk.units.System | None) -> str:
    """The unit that values in `unit` are shown in; None = as they are."""
    if system is None or column.quantity is None:
        return unit
    return sdk.units.shown_in(unit, _shown_as(column, unit), system) or unit


def _shown_as(column: Column, unit: str) -> str | None:
    """Pressures are gauge or absolute by their unit; what else there is goes by the column."""
    return None if column.quantity == "absolute_pressure" else column.quantity
