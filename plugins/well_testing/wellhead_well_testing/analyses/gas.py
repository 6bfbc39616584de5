"""The gas table that people enter, as pseudo-pressures."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from wellhead_well_testing.calc.pseudo_pressure import PseudoPressure


def pseudo_pressure_of(rows: Sequence[Mapping[str, Any]]) -> PseudoPressure:
    """rows: as `GasTableRowSchema` loads them. Raises WellheadError for a table that is none."""
    return PseudoPressure(
        np.array([row["pressure"].to("psia") for row in rows]),
        np.array([row["viscosity"].to("cP") for row in rows]),
        np.array([row["z"] for row in rows]),
    )
