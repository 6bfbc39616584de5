"""Where on the earth the points of a path are.

North and east are distances on the ground from the wellhead along its true meridian. A geodesic of
that length and direction leads to the point (Karney, J. Geodesy 87, 2013, by pyproj): meridians
converge, so what is north there is not quite north at the wellhead, and no grid scale is involved.
Depth is neglected: 3 km down, distances at the surface are 1 in 2,000 longer.
"""

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from wellhead_wells.surveys.calc import Floats, closure

if TYPE_CHECKING:
    from pyproj import Geod


def locations(
    latitude: float, longitude: float, north_m: Floats, east_m: Floats
) -> tuple[Floats, Floats]:
    """(latitudes, longitudes), WGS84 degrees, float64[n].

    latitude, longitude: of the wellhead; north_m, east_m: metres from it, from true north
    """
    distance, azimuth = closure(north_m, east_m)
    count = len(distance)
    longitudes, latitudes, _ = _ellipsoid().fwd(
        np.full(count, longitude), np.full(count, latitude), azimuth, distance
    )
    return np.asarray(latitudes), np.asarray(longitudes)


@cache
def _ellipsoid() -> "Geod":
    """Of WGS84; pyproj is slow to load, and most processes never ask where a point is."""
    from pyproj import Geod

    return Geod(ellps="WGS84")
