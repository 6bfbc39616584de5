"""Hours of a month that nothing explains: hours on and hours down are the length of the day, and
wells are given their volumes by the hours."""

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import select

from wellhead import sdk
from wellhead_production.downtime import TOLERANCE, well_hours
from wellhead_production.models import DailyRecord, Facility
from wellhead_wells.models import Well


def unexplained(facility: Facility, days: Sequence[dt.date]) -> list[str]:
    """In words, a well each that on some of these days was neither on nor down for hours."""
    known = (
        select(DailyRecord.well_id)
        .where(
            DailyRecord.facility_id == facility.id,
            DailyRecord.production_date.between(days[0], days[-1]),
            DailyRecord.hours_on < DailyRecord.day_hours - TOLERANCE,
        )
        .distinct()
    )
    words = []
    for well in sdk.db.session.scalars(select(Well).where(Well.id.in_(known)).order_by(Well.name)):
        rest = [
            row["unexplained"]
            for row in well_hours(well.id, days[0], days[-1])
            if row["facility_id"] == facility.id and (row["unexplained"] or 0.0) > TOLERANCE
        ]
        if rest:
            days_of_it = f"{len(rest)} day{'' if len(rest) == 1 else 's'}"
            words.append(f"well {well.name}: {sum(rest):.2f} h of {days_of_it} neither on nor down")
    return words
