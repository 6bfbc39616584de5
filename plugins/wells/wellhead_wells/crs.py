"""Coordinates of other reference systems as WGS84, with how far to trust them.

By PROJ and what it knows without a network: where a grid file would give a better answer and is not
installed, the answer says so. Pure: no database, no Flask.
"""

import math
import re
import warnings
from dataclasses import dataclass
from functools import cache, lru_cache
from textwrap import shorten
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from wellhead.sdk import WellheadError

if TYPE_CHECKING:  # the library is large, and most processes never need it
    from pyproj import CRS, Geod
    from pyproj._crs import CoordinateOperation
    from pyproj.transformer import Transformer, TransformerGroup

WGS84 = "EPSG:4326"
MARGIN_DEG = 2.0
"""How far outside the area that a system is made for a well may lie."""
_CODE = re.compile(r"[A-Za-z]{2,10}:\w+\Z")
_NO_NAME = re.compile(r"[=\[\]{}:]|\A\+")
_REMEDY = 'Give its EPSG code ("EPSG:32038") or its name there ("NAD27 / Texas North Central")'


@dataclass(frozen=True, slots=True)
class Place:
    """longitude, latitude: degrees, WGS84; accuracy_m: of the operation by EPSG, None = not known

    operation: EPSG's name of it; caveat: what would be more accurate, and why it was not taken
    """

    longitude: float
    latitude: float
    accuracy_m: float | None
    operation: str
    caveat: str | None


def to_wgs84(crs: str, x: float, y: float) -> Place:
    """The place of coordinates in a named system.

    crs: a code (EPSG:32038) or EPSG's name, case and blanks aside; x: easting or longitude; y:
        northing or latitude, in the unit of the system (`unit_of`)
    Raises WellheadError for an unknown system, and for coordinates far outside its area.
    """
    system = _system(crs)
    group = _operations(system)
    longitude, latitude = group.transformers[0].transform(x, y)
    _refuse_outside(system, x, y, longitude, latitude)
    fitting = [one for one in group.transformers if _is_for(one, longitude, latitude)]
    best = min(fitting or group.transformers, key=_accuracy)  # the first of equals, as PROJ does
    longitude, latitude = best.transform(x, y)
    caveat = _better_than(group, _accuracy(best), longitude, latitude)
    accuracy = best.accuracy if best.accuracy >= 0 else None
    return Place(longitude, latitude, accuracy, best.description, caveat)


def unit_of(crs: str) -> str | None:
    """The unit of a system's coordinates, as EPSG calls it; None for an unknown system."""
    try:
        return str(_system(crs).axis_info[0].unit_name)
    except WellheadError:
        return None


def check_crs(crs: str) -> None:
    """Raises WellheadError for a system that is not known, or that gives no place on a map."""
    _system(crs)


def distance_m(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Metres along the ellipsoid between two (longitude, latitude)."""
    return float(_ellipsoid().inv(*one, *other)[2])


def distances_m(
    place: tuple[float, float], longitudes: NDArray[np.float64], latitudes: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Metres along the ellipsoid from (longitude, latitude) to each of the others."""
    here = np.full(len(longitudes), place[0]), np.full(len(longitudes), place[1])
    return np.asarray(_ellipsoid().inv(*here, longitudes, latitudes)[2], np.float64)


@cache
def _ellipsoid() -> "Geod":
    from pyproj import Geod

    return Geod(ellps="WGS84")


@lru_cache(maxsize=256)
def _system(name: str) -> "CRS":
    from pyproj import CRS
    from pyproj.exceptions import CRSError

    text = name.strip()
    text = f"EPSG:{text}" if text.isdigit() else text
    try:
        if not _CODE.match(text) and _NO_NAME.search(text):
            raise CRSError("no code and no name")  # PROJ would take files and pipelines too
        system = CRS.from_user_input(text)
    except CRSError as error:
        raise WellheadError(
            "is no reference system that is known", field="source_crs", value=name, remedy=_REMEDY
        ) from error
    if system.is_compound:
        system = system.sub_crs_list[0]
    if not (system.is_projected or system.is_geographic):
        raise WellheadError(
            f"{system.name} is a {system.type_name}, which gives no place on a map",
            field="source_crs",
            value=name,
            remedy="Name a projected or geographic system",
        )
    return system.to_2d()


def _refuse_outside(system: "CRS", x: float, y: float, longitude: float, latitude: float) -> None:
    if math.isfinite(longitude) and math.isfinite(latitude):
        area = system.area_of_use
        if area is None or _within(area.bounds, longitude, latitude, MARGIN_DEG):
            return
    where = f" ({shorten(system.area_of_use.name, 80)})" if system.area_of_use else ""
    raise WellheadError(
        f"source_x and source_y are far outside the area that {system.name} is for{where}",
        field="source_x",
        value=f"{x:g}, {y:g}",
        remedy=f"source_x is the easting or longitude, source_y the northing or latitude, both in "
        f"{system.axis_info[0].unit_name}",
    )


def _within(
    bounds: tuple[float, ...], longitude: float, latitude: float, margin: float = 0.0
) -> bool:
    west, south, east, north = bounds
    if not south - margin <= latitude <= north + margin:
        return False
    width = (east - west) % 360 or 360
    return (longitude - west + margin) % 360 <= min(width + 2 * margin, 360)


def _is_for(operation: "Transformer | CoordinateOperation", lon: float, lat: float) -> bool:
    area = operation.area_of_use
    return area is not None and _within(area.bounds, lon, lat)


def _accuracy(operation: "Transformer | CoordinateOperation") -> float:
    return operation.accuracy if operation.accuracy >= 0 else math.inf


def _better_than(
    group: "TransformerGroup", accuracy: float, longitude: float, latitude: float
) -> str | None:
    missing = [one for one in group.unavailable_operations if _is_for(one, longitude, latitude)]
    best = min(missing, key=_accuracy, default=None)
    if best is None or _accuracy(best) >= accuracy:
        return None
    grids = ", ".join(grid.short_name for grid in best.grids if not grid.available)
    return (
        f"{best.name} ({best.accuracy:g} m) would be more accurate: it needs {grids}, which is not "
        "installed here"
    )


@lru_cache(maxsize=64)
def _operations(system: "CRS") -> "TransformerGroup":
    from pyproj import network
    from pyproj.transformer import TransformerGroup

    network.set_network_enabled(False)  # type: ignore[attr-defined]  # a rig has none: no waiting
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that the best one is missing is in the answer
        return TransformerGroup(system, WGS84, always_xy=True)
