"""The gas of a fluid table: z by the chosen correlation, and what follows from it."""

from collections.abc import Callable, Mapping

import numpy as np

from wellhead.sdk import Array, Numbers, WellheadError
from wellhead_reservoir.calc import gas, viscosity, z_factor
from wellhead_reservoir.calc.constants import RANKINE
from wellhead_reservoir.pvt.given import Choices, Given

_PSEUDO_CRITICAL = {
    "sutton": gas.sutton,
    "standing": gas.standing,
    "standing_condensate": gas.standing_condensate,
}
_Z = {
    "dranchuk_abou_kassem": z_factor.dranchuk_abou_kassem,
    "hall_yarborough": z_factor.hall_yarborough,
}


class GasModel:
    """The gas of a table: its pseudo-critical point, and z as a function of the pressure."""

    def __init__(self, given: Given, choices: Choices) -> None:
        gravity = given.gas
        assert gravity is not None  # the caller has looked
        self.temperature = given.temperature
        self.gravity = gravity
        mixture = given.composition
        self.impurities = {
            "carbon_dioxide": given.carbon_dioxide * 100,
            "hydrogen_sulfide": given.hydrogen_sulfide * 100,
        }
        self.mass = float(gas.molar_mass(gravity))
        self.critical_temperature, self.critical_pressure = gas.with_impurities(
            _PSEUDO_CRITICAL[choices["pseudo_critical"]],
            gravity,
            given.nitrogen,
            given.carbon_dioxide,
            given.hydrogen_sulfide,
        )
        self.reduced_temperature = (given.temperature + RANKINE) / self.critical_temperature
        self.z: Callable[[Array], Array]
        self.by_chart = choices["z_factor"] in _Z
        if self.by_chart:
            by_chart = _Z[choices["z_factor"]]
            self.z = lambda p: by_chart(p / self.critical_pressure, self.reduced_temperature)
        elif mixture is None:
            raise WellheadError(
                "needs the composition of the gas",
                field="composition",
                remedy="Name a sample with its gas_composition, or choose another z_factor",
            )
        else:
            gerg = choices["z_factor"] == "gerg_2008"
            self.z = lambda p: z_factor.aga8(p, self.temperature, mixture, gerg=gerg)

    def columns(self, p: Array) -> dict[str, Array]:
        z = self.z(p)
        density = gas.density(z, self.temperature, p, self.mass)
        return {
            "z": z,
            "bg": gas.volume_factor(z, self.temperature, p),
            "gas_density": density,
            "gas_compressibility": gas.compressibility(self.z, p),
            "gas_viscosity": viscosity.lee_gonzalez_eakin(density, self.temperature, self.mass),
        }

    def used(self, common: Mapping[str, Numbers]) -> dict[str, dict[str, Numbers]]:
        """What each correlation of the gas was used at, for `warnings_of`; the pseudo-critical
        point only where z is by it.

        common: temperature in °F and pressure in psia
        """
        numbers = dict(common) | self.impurities
        numbers["gas_gravity"] = self.gravity
        numbers["reduced_pressure"] = np.asarray(common["pressure"]) / self.critical_pressure
        numbers["reduced_temperature"] = self.reduced_temperature
        names = ("pseudo_critical", "z_factor", "gas_viscosity")
        return dict.fromkeys(names if self.by_chart else names[1:], numbers)
