"""Pseudo-pressure of real gas: m(p) = 2·∫ p/(μ·z) dp.

Source: Al-Hussainy, Ramey, Crawford, J. Pet. Tech. 18 (1966) 624-636.
"""

import numpy as np

from wellhead.sdk import Array, Numbers, WellheadError, within


class PseudoPressure:
    """m(p) by a table of viscosity and z, p/(μ·z) taken as straight between its pressures and from
    the lowest of them to 0.

    pressures: float64[n], psia, ascending, above 0; viscosities: float64[n], cP; z: float64[n]
    Raises WellheadError for a table that is none.
    """

    def __init__(self, pressures: Array, viscosities: Array, z: Array) -> None:
        within("pressure", pressures, 0, 30_000, "psia", above=True)
        within("viscosity", viscosities, 0, 1, "cP", above=True)
        within("z", z, 0, 5, "1", above=True)
        if pressures.size < 2 or not (np.diff(pressures) > 0).all():
            raise WellheadError(
                "needs at least two pressures that ascend",
                field="pressure",
                value=int(pressures.size),
                remedy="Sort the rows of the gas table, and give each pressure once",
            )
        self._pressures = np.concatenate([[0.0], pressures])
        self._density = np.concatenate([[0.0], pressures / (viscosities * z)])
        strips = np.diff(self._pressures) * (self._density[1:] + self._density[:-1])
        self._integral = np.concatenate([[0.0], np.cumsum(strips)])

    def of(self, pressures: Numbers) -> Array:
        """psia²/cP of pressures in psia, 0 to the table's highest."""
        p = within("pressure", pressures, 0, float(self._pressures[-1]), "psia of the gas table")
        row = np.clip(np.searchsorted(self._pressures, p) - 1, 0, self._pressures.size - 2)
        density = np.interp(p, self._pressures, self._density)
        strip = (p - self._pressures[row]) * (density + self._density[row])
        return np.asarray(self._integral[row] + strip)

    def pressure_of(self, potential: float) -> float:
        """psia that has this pseudo-pressure; NaN for one beyond the table."""
        if not 0 <= potential <= self._integral[-1]:
            return np.nan
        row = int(np.searchsorted(self._integral, potential, side="right")) - 1
        row = min(row, self._pressures.size - 2)
        low, high = self._density[row : row + 2]
        steepness = (high - low) / (self._pressures[row + 1] - self._pressures[row])
        rest = potential - self._integral[row]
        root = np.sqrt(low**2 + steepness * rest)
        return float(self._pressures[row] + (rest / (low + root) if rest > 0 else 0.0))
