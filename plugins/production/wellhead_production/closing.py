"""The one gate that every writer of daily numbers passes: what is closed does not change.

Daily records, facility volumes, tickets, meter totals and downtime, entered one by one, many at
once or by a file, are written only after `require_open` has held their facility and looked at their
days. It tells people what is wrong. Behind it stands the database, where triggers refuse the same
of whoever does not come through here (`migrations.guards`).

A correction of a meter is no number of a day: it may concern closed days, which then are adjusted.
"""

import datetime as dt
import uuid
from collections.abc import Collection

from sqlalchemy import select

from wellhead import sdk
from wellhead_production.models import ClosedMonth, Facility


def closed_among(facility_id: uuid.UUID, days: Collection[dt.date]) -> set[dt.date]:
    """Which of these production days of the facility lie in a closed month, as it is now."""
    months = {day.replace(day=1) for day in days}
    asked = select(ClosedMonth.month).where(
        ClosedMonth.facility_id == facility_id, ClosedMonth.month.in_(months)
    )
    closed = set(sdk.db.session.scalars(asked))
    return {day for day in days if day.replace(day=1) in closed}


def closed_days(facility_id: uuid.UUID, days: Collection[dt.date]) -> set[dt.date]:
    """As `closed_among`; the facility is held to the end of the transaction, so that no month of it
    is closed in between."""
    held = select(Facility.id).where(Facility.id == facility_id)
    sdk.db.session.execute(held.with_for_update(read=True))
    return closed_among(facility_id, days)


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
