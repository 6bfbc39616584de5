"""Where a well is: what came in, in its own reference system, and WGS84 beside it.

What came is kept. WGS84 is converted from it unless it is given too; then both must say the same.
"""

from collections.abc import Mapping
from typing import Any

from wellhead import sdk
from wellhead_wells.crs import Place, check_crs, distance_m, to_wgs84
from wellhead_wells.models import Well

TOLERANCE_M = 25.0
"""How far apart the two may be, on top of the accuracy of the conversion: a wrong datum is further
off in most places, the rounding of seconds of arc is not."""
_UNKNOWN_M = 25.0
_FIELDS = {"latitude", "longitude", "source_crs", "source_x", "source_y"}


def locate(well: Well, sent: Mapping[str, Any], *, imported: bool) -> None:
    """Work out the location of a well whose attributes are as `sent`, where that touches it.

    imported: what cannot be converted, or contradicts, is kept with a warning
    Raises WellheadError for an unknown system, coordinates far outside of it, and a contradiction.
    """
    if not _FIELDS & sent.keys():
        return
    entered = sent.get("latitude") is not None or (
        well.location_operation is None and well.latitude is not None
    )
    well.location_operation = well.location_accuracy = well.location_warning = None
    try:
        if well.source_x is None or well.source_y is None or well.source_crs is None:
            if well.source_crs is not None:
                check_crs(well.source_crs)
            return
        place = to_wgs84(well.source_crs, well.source_x, well.source_y)
        if entered:
            _refuse_contradiction(well, place)
            return
    except sdk.WellheadError as error:
        if not imported:
            raise
        well.location_warning = str(error)
        return
    well.longitude, well.latitude = place.longitude, place.latitude
    well.location_operation = place.operation
    well.location_accuracy = place.accuracy_m
    well.location_warning = place.caveat


def _refuse_contradiction(well: Well, place: Place) -> None:
    assert well.longitude is not None
    assert well.latitude is not None
    apart = distance_m((well.longitude, well.latitude), (place.longitude, place.latitude))
    allowed = TOLERANCE_M + (_UNKNOWN_M if place.accuracy_m is None else place.accuracy_m)
    if apart > allowed:
        raise sdk.WellheadError(
            f"is {apart:,.0f} m from where source_x and source_y are: latitude "
            f"{place.latitude:.6f}, longitude {place.longitude:.6f}",
            field="latitude",
            value=f"{well.latitude:.6f}, {well.longitude:.6f}",
            remedy=f"Correct one of them (up to {allowed:.0f} m is taken for rounding), or leave "
            "latitude and longitude out (null) to have them converted",
        )
