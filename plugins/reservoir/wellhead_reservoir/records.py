"""What all records of a reservoir need: the reservoir itself, and to stay in it."""

import uuid
from collections.abc import Mapping
from typing import Any

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


def set_fields(record: Any, data: Mapping[str, Any], *, fixed: tuple[str, ...]) -> None:
    """Change what `data` names. Raises WellheadError for another value of a `fixed` field: what a
    record belongs to is for good."""
    for name in fixed:
        if data.get(name, getattr(record, name)) != getattr(record, name):
            raise sdk.WellheadError(
                "a record stays where it was made",
                field=name,
                value=str(data[name]),
                remedy="Delete it and make another",
            )
    for name, value in data.items():
        setattr(record, name, value)
