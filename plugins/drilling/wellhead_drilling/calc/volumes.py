"""Volumes of a length of pipe or annulus.

Source: Bourgoyne et al., Applied Drilling Engineering (SPE 1986), section 4.1; bbl/ft = D²/1,029.4.
"""

import numpy as np

from wellhead.sdk import Array, Numbers, within
from wellhead_drilling.calc.hydraulics import annulus_area


def pipe_capacity(inner: Numbers) -> Array:
    """m³/m inside a pipe: π/4·d². inner: diameter in m, 0 to 3."""
    return np.pi / 4 * within("inner_diameter", inner, 0, 3, "m") ** 2


def cement_volume(
    hole: Numbers, casing: Numbers, length: Numbers, excess: Numbers, shoe_track: Numbers = 0.0
) -> Array:
    """m³ of slurry: annulus · length · (1 + excess) + what stays in the shoe track.

    hole, casing: diameters in m, casing < hole; length: m of annulus to fill, 0 to 15,000; excess:
    fraction of the annulus, for washed-out hole, 0 to 5; shoe_track: m³ inside the casing
    """
    filled = annulus_area(hole, casing) * within("length", length, 0, 15_000, "m")
    more = 1 + within("excess", excess, 0, 5, "fraction")
    return filled * more + within("shoe_track", shoe_track, 0, 100, "m3")
