"""Depths in other units and from other datums.

A depth means nothing without its unit and its datum: the same casing shoe is at 3,000 ft from the
kelly bushing and 2,978 ft from the ground. Pure functions over numbers or arrays; elevations count
up from mean sea level, depths down from their datum.
"""

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from wellhead_wells.vocabulary import LengthUnit

Length = TypeVar("Length", float, NDArray[np.float64])

METRES_PER_FOOT = 0.3048
"""The international foot, exact since 1959."""


def to_metres(length: Length, unit: str) -> Length:
    """A length of `unit` (m or ft) in metres."""
    return length * METRES_PER_FOOT if unit == LengthUnit.FOOT else length


def from_metres(length: Length, unit: str) -> Length:
    """A length in metres in `unit` (m or ft)."""
    return length / METRES_PER_FOOT if unit == LengthUnit.FOOT else length


def convert(length: Length, unit: str, to_unit: str) -> Length:
    """A length of `unit` in `to_unit`; the same number when they are the same."""
    return length if unit == to_unit else from_metres(to_metres(length, unit), to_unit)


def shift(depth_m: Length, elevation_m: float, to_elevation_m: float) -> Length:
    """A depth in metres below a datum at `elevation_m`, counted from one at `to_elevation_m`.

    It holds for MD as for TVD while both datums lie on the vertical part of the hole, which they
    do: they are within the rig and the ground.
    """
    return depth_m - elevation_m + to_elevation_m


def subsea(tvd_m: float, elevation_m: float) -> float:
    """TVDSS in metres: depth below mean sea level of a TVD from a datum at `elevation_m`.

    Positive below sea level, negative above it.
    """
    return shift(tvd_m, elevation_m, 0.0)
