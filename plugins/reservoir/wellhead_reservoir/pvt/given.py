"""What a fluid table is made from: numbers, correlations, measured points."""

from collections.abc import Mapping
from dataclasses import dataclass

from wellhead.sdk import Array
from wellhead_reservoir.calc import z_factor
from wellhead_reservoir.calc.constants import AIR
from wellhead_reservoir.calc.correlations import CORRELATIONS


@dataclass(frozen=True, slots=True)
class Given:
    """What is known of the fluids; None = not known. Gas at 60 °F and 14.696 psia.

    temperature: °F; oil_gravity: °API; gas_gravity: to air; solution_gor: scf/STB at the bubble
    point; bubble_point: psia; oil_volume: bbl/STB and oil_viscosity: cP, both measured at the
    bubble point; separator_pressure: psia; separator_temperature: °F
    nitrogen, carbon_dioxide, hydrogen_sulfide: mole fractions of the gas; composition: all of them
    salinity: % of the brine's mass
    """

    temperature: float
    oil_gravity: float | None = None
    gas_gravity: float | None = None
    solution_gor: float | None = None
    bubble_point: float | None = None
    oil_volume: float | None = None
    oil_viscosity: float | None = None
    separator_pressure: float | None = None
    separator_temperature: float | None = None
    nitrogen: float = 0.0
    carbon_dioxide: float = 0.0
    hydrogen_sulfide: float = 0.0
    composition: Mapping[str, float] | None = None
    salinity: float = 0.0

    @property
    def gas(self) -> float | None:
        """Gravity of the gas to air: as given, or by its composition; None without either."""
        if self.gas_gravity is None and self.composition is not None:
            return z_factor.mixture_molar_mass(self.composition) / AIR
        return self.gas_gravity


Choices = Mapping[str, str]
"""By property, the name of the correlation; of `CORRELATIONS`."""

DEFAULT_CHOICES: Choices = {gives: next(iter(rows)) for gives, rows in CORRELATIONS.items()}

Points = Mapping[str, tuple[Array, Array]]
"""Measured points of rs, bo or oil_viscosity: (pressures in psia, rising; values as `Properties`
has them)."""
