"""The job that totals every meter's tag, so that a month's totals are there without being asked."""

import datetime as dt

import structlog
from sqlalchemy import select

from wellhead import sdk
from wellhead_historian.models import Tag
from wellhead_production.closing import closed_days
from wellhead_production.facilities import day_of
from wellhead_production.meter_totals import LONGEST_GAP, calculate_totals, is_past
from wellhead_production.models import Facility, Meter

log = structlog.get_logger(__name__)
_BACK = 8
"""Days: readings of an outage come late."""


def total_meters() -> None:
    """The production days of the last week that are over and whose readings are kept, of every
    meter with a tag. One whose tag cannot be totalled is logged and holds up no other."""
    asked = select(Meter, Facility).join(Facility, Facility.id == Meter.facility_id)
    for meter, facility in sdk.db.session.execute(asked.where(Meter.tag_id.is_not(None))).all():
        try:
            _total(meter, facility)
        except sdk.WellheadError as error:
            sdk.db.session.rollback()
            log.warning("meter not totalled", meter=meter.name, reason=str(error))
        else:
            sdk.db.session.commit()


def _total(meter: Meter, facility: Facility) -> None:
    now = dt.datetime.now(dt.UTC)
    dates = [now.date() - dt.timedelta(days=back) for back in range(_BACK, 0, -1)]
    over = [day for day in dates if day_of(facility, day)[1] <= now]
    closed = closed_days(facility.id, over)
    tag = sdk.db.session.get_one(Tag, meter.tag_id)
    days = [day for day in over if day not in closed and not is_past(facility, tag, day)]
    calculate_totals(meter, days, LONGEST_GAP)
