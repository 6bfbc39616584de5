"""What all records of the plugin need: the records that a body names, and fields that stay."""

import uuid

from wellhead import sdk
from wellhead_historian.models import Tag
from wellhead_production.models import Facility, Meter, Tank
from wellhead_wells.models import Well


def require_facility(key: uuid.UUID, field: str = "facility_id") -> Facility:
    """The facility that a body names. Raises WellheadError."""
    listed = "GET /api/v1/production/facilities"
    found: Facility = sdk.require_record(Facility, key, field, what="facility", listed=listed)
    return found


def require_well(key: uuid.UUID, field: str = "well_id") -> Well:
    """The well that a body names. Raises WellheadError."""
    found: Well = sdk.require_record(Well, key, field, what="well", listed="GET /api/v1/wells")
    return found


def require_meter(key: uuid.UUID, field: str = "meter_id") -> Meter:
    """The meter that a body names. Raises WellheadError."""
    listed = "GET /api/v1/production/meters"
    found: Meter = sdk.require_record(Meter, key, field, what="meter", listed=listed)
    return found


def require_tank(key: uuid.UUID, field: str = "tank_id") -> Tank:
    """The tank that a body names. Raises WellheadError."""
    listed = "GET /api/v1/production/tanks"
    found: Tank = sdk.require_record(Tank, key, field, what="tank", listed=listed)
    return found


def require_tag(key: int | None, field: str = "tag_id") -> Tag | None:
    """The historian's tag that a body names, None for none. Raises WellheadError."""
    if key is None:
        return None
    found: Tag = sdk.require_record(Tag, key, field, what="tag", listed="GET /api/v1/tags")
    return found
