"""What units measure, and the unit a quantity is shown in: metric or oilfield.

A unit alone does not say it all: 100 m3/d may be oil, shown as bbl/d, or gas, shown as Mscf/d. So a
tag can name its quantity; where nothing is named, the unit's usual one is taken.
"""

from dataclasses import dataclass
from enum import StrEnum

from wellhead.errors import WellheadError
from wellhead.settings.checking import did_you_mean


class System(StrEnum):
    """What a reader wants to see units of."""

    METRIC = "metric"
    OILFIELD = "oilfield"


@dataclass(frozen=True, slots=True)
class Quantity:
    """name: as tags name it; metric, oilfield: the unit it is shown in

    spellings: units that mean this quantity wherever they stand, whatever else has their dimension
    """

    name: str
    title: str
    metric: str
    oilfield: str
    spellings: tuple[str, ...] = ()

    def unit(self, system: System) -> str:
        return self.metric if system is System.METRIC else self.oilfield


_RATIOS = ("m3/m3", "Sm3/Sm3", "sm3/sm3", "scf/STB", "scf/stb", "scf/bbl", "Mscf/bbl")

QUANTITIES: dict[str, Quantity] = {
    quantity.name: quantity
    for quantity in (
        # the first of a dimension is what a unit of it means when nothing else is said
        Quantity("length", "Length or depth", "m", "ft"),
        Quantity("diameter", "Diameter", "mm", "in", ("mm", "in", "inch")),
        Quantity("area", "Area", "m2", "ft2"),
        Quantity("flow_area", "Area that is flowed through", "mm2", "in2", ("mm2", "in2")),
        Quantity("linear_capacity", "Volume of a length", "L/m", "bbl/ft", ("L/m", "bbl/ft")),
        Quantity("liquid_volume", "Volume of liquid", "m3", "bbl"),
        Quantity(
            "oil_volume", "Volume of oil at standard conditions", "Sm3", "STB", ("Sm3", "STB")
        ),
        Quantity("stock_tank_volume", "Volume of liquid at standard conditions", "Sm3", "STB"),
        Quantity(
            "gas_volume",
            "Volume of gas at standard conditions",
            "Sm3",
            "Mscf",
            ("scf", "Mscf", "Mcf", "MMscf", "MMcf", "kSm3", "MSm3", "e3m3", "e6m3"),
        ),
        Quantity("liquid_rate", "Rate of liquid", "m3/d", "bbl/d"),
        Quantity("stock_tank_rate", "Rate of liquid at standard conditions", "Sm3/d", "STB/d"),
        Quantity(
            "oil_rate", "Rate of oil at standard conditions", "Sm3/d", "STB/d", ("Sm3/d", "STB/d")
        ),
        Quantity(
            "gas_rate",
            "Rate of gas at standard conditions",
            "Sm3/d",
            "Mscf/d",
            ("scf/d", "Mscf/d", "Mcf/d", "MMscf/d", "MMcf/d", "kSm3/d", "MSm3/d", "e3m3/d"),
        ),
        Quantity("pump_rate", "Rate of a mud pump", "L/min", "gpm", ("L/min", "gpm")),
        Quantity("gas_oil_ratio", "Gas-oil ratio", "Sm3/Sm3", "scf/STB", _RATIOS),
        Quantity(
            "formation_volume_factor", "Volume of liquid in the reservoir a volume at surface",
            "m3/Sm3", "bbl/STB", ("m3/Sm3", "bbl/STB"),
        ),
        Quantity(
            "gas_formation_volume_factor", "Volume of gas in the reservoir a volume at surface",
            "m3/Sm3", "bbl/Mscf", ("bbl/Mscf", "bbl/scf", "ft3/scf"),
        ),
        Quantity("pressure", "Pressure", "bar", "psi"),
        Quantity(
            "absolute_pressure", "Absolute pressure", "bara", "psia",
            ("bara", "psia", "kPaa", "MPaa"),
        ),
        Quantity("gauge_pressure", "Gauge pressure", "barg", "psig"),
        Quantity("yield_stress", "Yield point, gel strength", "Pa", "lbf_100ft2", ("lbf_100ft2",)),
        Quantity("pressure_gradient", "Pressure gradient", "kPa/m", "psi/ft"),
        Quantity("compressibility", "Compressibility", "1/bar", "1/psi"),
        Quantity("productivity_index", "Productivity index", "m3/d/bar", "bbl/d/psi"),
        Quantity(
            "oil_productivity_index", "Productivity index of oil at standard conditions",
            "Sm3/d/bar", "STB/d/psi", ("Sm3/d/bar", "STB/d/psi"),
        ),
        Quantity("temperature", "Temperature", "degC", "degF"),
        Quantity(
            "temperature_difference", "Temperature difference", "delta_degC", "delta_degF",
            ("delta_degC", "delta_degF"),
        ),
        Quantity("density", "Density", "kg/m3", "lb/ft3"),
        Quantity("oil_gravity", "Gravity of oil", "degAPI", "degAPI"),
        Quantity("mud_density", "Mud density", "g/cm3", "ppg", ("ppg",)),
        Quantity("specific_volume", "Volume of a mass", "m3/kg", "ft3/lb"),
        Quantity("slurry_yield", "Slurry yield of cement", "L/kg", "ft3/sk", ("ft3/sk",)),
        Quantity("mass", "Mass", "kg", "lb"),
        Quantity("linear_mass", "Mass of a length", "kg/m", "lb/ft"),
        Quantity("force", "Force or hook load", "kN", "klbf"),
        Quantity("torque", "Torque", "kN*m", "ft*lbf"),
        Quantity("power", "Power", "kW", "hp"),
        Quantity("velocity", "Velocity", "m/s", "ft/s"),
        Quantity("penetration_rate", "Rate of penetration", "m/h", "ft/h", ("m/h", "ft/h")),
        Quantity("dogleg_severity", "Dogleg severity", "deg_30m", "deg_100ft"),
        Quantity("shot_density", "Density of perforations", "1/m", "spf", ("spf",)),
        Quantity("permeability", "Permeability", "mD", "mD", ("mD", "md", "darcy")),
        Quantity(
            "flow_capacity", "Permeability times thickness", "mD*m", "mD*ft", ("mD*m", "mD*ft")
        ),
        Quantity("wellbore_storage", "Volume that a well stores a pressure", "m3/bar", "bbl/psi"),
        Quantity("pseudo_pressure", "Pseudo-pressure of gas", "bar2/cP", "psi2/cP"),
        Quantity("viscosity", "Dynamic viscosity", "cP", "cP"),
        Quantity("funnel_viscosity", "Funnel viscosity of mud", "s/L", "s/qt"),
        Quantity("gamma_ray", "Natural gamma ray", "gAPI", "gAPI"),
        Quantity("resistivity", "Resistivity of rock", "ohm*m", "ohm*m"),
        Quantity("slowness", "Sonic slowness", "us/m", "us/ft"),
        Quantity("bulk_density", "Bulk density of rock", "g/cm3", "g/cm3"),
    )
}  # fmt: skip
"""All quantities by name. Units of no quantity here are shown as they are in both systems."""


def check_quantity(name: str, field: str = "quantity") -> Quantity:
    """The quantity of this name. Raises WellheadError."""
    if name not in QUANTITIES:
        raise WellheadError(
            "unknown quantity", field=field, value=name, remedy=did_you_mean(name, QUANTITIES)
        )
    return QUANTITIES[name]
