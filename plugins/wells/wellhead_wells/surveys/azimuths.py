"""Azimuths between true, grid and magnetic north.

The navigator's convention, east positive for both angles: true = magnetic + declination, and grid =
true − convergence. Pure functions; angles in degrees.
"""

from enum import StrEnum

from wellhead import sdk
from wellhead_wells.surveys.calc import Floats, around


class North(StrEnum):
    """What azimuths are counted from (WITSML AziRef)."""

    TRUE = "true"
    GRID = "grid"
    MAGNETIC = "magnetic"


def convert_azimuth(
    azimuth: Floats,
    north: str,
    to: str,
    declination: float | None,
    convergence: float | None,
    *,
    of: str = "the survey",
) -> Floats:
    """Azimuths, 0 to 360, counted from another north; unchanged when it is the same.

    declination: of magnetic north from true north; convergence: of grid north from true north;
    both at the wellhead, east positive, None where it is not known
    of: whose azimuths these are, for the error
    Raises WellheadError when the conversion needs one that is not known.
    """
    if north == to:
        return azimuth
    turn = _from_true(north, declination, convergence, of)
    turn -= _from_true(to, declination, convergence, of)
    return around(azimuth + turn)


def _from_true(north: str, declination: float | None, convergence: float | None, of: str) -> float:
    """How far east of true north this north is."""
    if north == North.TRUE:
        return 0.0
    name, value = (
        ("magnetic_declination", declination)
        if north == North.MAGNETIC
        else ("grid_convergence", convergence)
    )
    if value is None:
        raise sdk.WellheadError(
            f"{north} north cannot be related to another without it in {of}",
            field=name,
            remedy=f"Enter a version of it that gives {name}, or ask for another north",
        )
    return value
