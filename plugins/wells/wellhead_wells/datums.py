"""Depths of a well from its other datums and from mean sea level. Other plugins may call these.

A depth is converted by the elevations of two datums above mean sea level, which the well knows. For
a true vertical depth that always holds; for a measured depth it holds while both datums are on the
vertical part of the hole, which is from the rig down to the ground or the sea floor.
"""

from enum import StrEnum
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from wellhead import sdk
from wellhead_wells.depths import from_metres, shift, to_metres
from wellhead_wells.models import Well
from wellhead_wells.vocabulary import DATUMS, GROUND_DATUM, SEA_LEVEL_DATUMS

Depths = TypeVar("Depths", float, NDArray[np.float64])
_TOLERANCE_M = 0.01


class DepthKind(StrEnum):
    """MD is measured along the hole, TVD straight down."""

    MD = "md"
    TVD = "tvd"


def elevation_m(well: Well, code: str, field: str = "datum") -> float:
    """Elevation of one of the well's datums above mean sea level, in metres.

    Raises WellheadError naming `field` for a code that is none, and for a datum whose elevation the
    well does not know.
    """
    if code not in DATUMS:
        raise sdk.WellheadError(
            "is no depth datum", field=field, value=code, remedy=f"One of: {', '.join(DATUMS)}"
        )
    known = well.elevations()
    if code not in known:
        where = "ground_elevation" if code == GROUND_DATUM else "datums"
        raise sdk.WellheadError(
            f"well {well.name} does not know the elevation of {code} ({DATUMS[code]}) above mean "
            f"sea level; it knows {', '.join(sorted(known))}",
            field=field,
            value=code,
            remedy=f"Add {code} to the well's {where}",
        )
    return known[code]


def convert_depth(
    well: Well, depth: Depths, unit: str, datum: str, to_unit: str, to_datum: str, kind: str = "tvd"
) -> Depths:
    """Depths of `kind` in `unit` from `datum`, in `to_unit` from `to_datum`.

    depth: a number or an array, counted downwards; unit, to_unit: m or ft. A TVD from MSL is the
        TVD subsea, negative above sea level
    Raises WellheadError for a datum whose elevation is not known, and for a measured depth where
    one of the datums is below the ground; see `md_caveat` too.
    """
    metres = to_metres(depth, unit)
    if datum != to_datum:
        if kind == DepthKind.MD:
            for code, field in ((datum, "datum"), (to_datum, "to_datum")):
                _refuse_below_ground(well, code, field)
        metres = shift(metres, elevation_m(well, datum), elevation_m(well, to_datum, "to_datum"))
    return depth if (unit, datum) == (to_unit, to_datum) else from_metres(metres, to_unit)


def md_caveat(well: Well, datum: str, to_datum: str) -> str | None:
    """What a measured depth between these datums takes for granted; None when it is known."""
    below = {datum, to_datum} & set(SEA_LEVEL_DATUMS)
    if datum == to_datum or not below or GROUND_DATUM in well.elevations():
        return None
    return (
        f"The well has no ground_elevation, so it is not known whether {min(below)} is above the "
        "ground: the measured depths hold where the hole is vertical down to it"
    )


def _refuse_below_ground(well: Well, code: str, field: str) -> None:
    ground = well.elevations().get(GROUND_DATUM)
    if ground is not None and elevation_m(well, code, field) < ground - _TOLERANCE_M:
        raise sdk.WellheadError(
            f"{code} is below the ground of well {well.name}, where a hole need not be vertical, "
            "so no measured depth is counted from it",
            field=field,
            value=code,
            remedy="Convert true vertical depths (kind=tvd)",
        )
