"""What all records of a reservoir need: the reservoir itself, and to stay in it."""

import uuid

from sqlalchemy import select

from wellhead import sdk
from wellhead_reservoir.models import Reservoir


def require_reservoir(key: uuid.UUID) -> Reservoir:
    """The reservoir that a body names by `reservoir_id`. Raises WellheadError, alike for one that
    is not there and one that the caller may not see."""
    found: Reservoir = sdk.require_record(
        Reservoir, key, "reservoir_id", what="reservoir", listed="GET /api/v1/reservoirs"
    )
    return found


def held_reservoir(key: uuid.UUID) -> Reservoir:
    """The reservoir, held to the end of the transaction: what its records say together (versions
    that count up, times that do not overlap) is checked by one transaction at a time."""
    found = require_reservoir(key)
    sdk.db.session.execute(select(Reservoir.id).where(Reservoir.id == key).with_for_update())
    return found
