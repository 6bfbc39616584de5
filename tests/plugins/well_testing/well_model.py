"""A well in an infinite homogeneous layer, with storage and skin: what its analyses must recover.

The Laplace-space solution of Agarwal, Al-Hussainy, Ramey, Soc. Pet. Eng. J. 10 (1970) 279, as in
Horne, Modern Well Test Analysis (1995), appendix B, inverted by Stehfest, Comm. ACM 13 (1970) 47.
Nothing here is shared with the code that is tested, but the record of the layer.
"""

from dataclasses import dataclass
from math import factorial

import numpy as np
from scipy.special import kv

from wellhead.sdk import Array
from wellhead_well_testing.calc.superposition import RateHistory
from wellhead_well_testing.calc.transient import Formation, liquid_term

_TERMS = 12


def _weights() -> Array:
    half = _TERMS // 2
    found = []
    for i in range(1, _TERMS + 1):
        terms = (
            k**half
            * factorial(2 * k)
            / (
                factorial(half - k)
                * factorial(k)
                * factorial(k - 1)
                * factorial(i - k)
                * factorial(2 * k - i)
            )
            for k in range((i + 1) // 2, min(i, half) + 1)
        )
        found.append((-1) ** (i + half) * sum(terms))
    return np.array(found)


_WEIGHTS = _weights()


@dataclass(frozen=True)
class Well:
    """permeability: mD; skin; storage: bbl/psi; initial_pressure: psia"""

    permeability: float = 80.0
    skin: float = 5.0
    storage: float = 0.01
    initial_pressure: float = 4_000.0
    volume_factor: float = 1.25
    viscosity: float = 0.8

    @property
    def formation(self) -> Formation:
        term = liquid_term(self.volume_factor, self.viscosity)
        return Formation(50.0, 0.2, self.viscosity, 1.5e-5, 0.3, term)

    @property
    def end_of_storage(self) -> float:
        """Hours after which storage no longer hides radial flow: t_D = C_D·(60 + 3.5·s)
        (Agarwal and others 1970)."""
        dimensionless = 0.8936 * self.storage / self.formation.storage * (60 + 3.5 * self.skin)
        return dimensionless / self._time_of_an_hour

    @property
    def _time_of_an_hour(self) -> float:
        """t_D after one hour."""
        layer = self.formation
        diffusing = layer.porosity * layer.viscosity * layer.total_compressibility
        return 0.0002637 * self.permeability / (diffusing * layer.wellbore_radius**2)

    def drop_of_unit_rate(self, hours: Array) -> Array:
        """psi of 1 STB/d after so many hours, float64[n]."""
        layer = self.formation
        time = hours * self._time_of_an_hour
        storage = 0.8936 * self.storage / layer.storage
        u = np.log(2) * np.arange(1, _TERMS + 1) / time[:, np.newaxis]
        root = np.sqrt(u)
        resistance = kv(0, root) + self.skin * root * kv(1, root)
        solution = resistance / (u * (root * kv(1, root) + storage * u * resistance))
        dimensionless = np.log(2) / time * (solution @ _WEIGHTS)
        flow = 141.2 * self.volume_factor * self.viscosity
        return np.asarray(flow / (self.permeability * layer.thickness) * dimensionless)

    def pressure(self, hours: Array, history: RateHistory) -> Array:
        """psia at times on the history's clock, by superposition."""
        found = np.full(hours.shape, self.initial_pressure)
        before = 0.0
        for start, rate in zip(history.starts, history.rates, strict=True):
            after = hours > start
            found[after] -= (rate - before) * self.drop_of_unit_rate(hours[after] - start)
            before = rate
        return found
