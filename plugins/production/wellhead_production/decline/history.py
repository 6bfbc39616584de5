"""What a well, or the wells of a facility together, made day by day: what a curve is fitted to.

Rates are by the calendar day (volume a day, whatever its hours on) or by the producing day (volume
of 24 hours on). The calendar day's rate has downtime in it, as the coming years will; the producing
day's shows the reservoir better, and its forecast is for the share of time that the well is on.
"""

import datetime as dt
import uuid
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt
from sqlalchemy import select

from wellhead import sdk
from wellhead_production import daily
from wellhead_production.models import DailyRecord
from wellhead_production.vocabulary import Fluid

_EPOCH = dt.date(1970, 1, 1).toordinal()


class RateBasis(StrEnum):
    """Which rate of a day is meant."""

    CALENDAR_DAY = "calendar_day"
    PRODUCING_DAY = "producing_day"


@dataclass(frozen=True, slots=True)
class History:
    """Days on which a volume is known, in order.

    days: int64[n], ordinals (`datetime.date.toordinal`) of production days
    day_hours, hours: float64[n], length of the day, and hours on (NaN = not known; wells together
        have none)
    volume: float64[n], Sm3 of that day at `conditions`
    produced_before: Sm3 made before the first of these days
    """

    days: npt.NDArray[np.int64]
    day_hours: sdk.Array
    hours: sdk.Array
    volume: sdk.Array
    produced_before: float
    conditions: str

    def rates(self, basis: str) -> sdk.Array:
        """float64[n], Sm3/d by this word of RateBasis; NaN where the hours that it would be of are
        not known or 0."""
        if basis == RateBasis.CALENDAR_DAY:
            return self.volume / self.day_hours * 24.0
        hours = np.where(self.hours > 0.0, self.hours, np.nan)
        return self.volume / hours * 24.0


def history_of(
    well_ids: list[uuid.UUID],
    fluid: Fluid,
    first: dt.date | None,
    last: dt.date | None,
    conditions: str | None,
) -> History:
    """The days of one well, or of several together.

    first, last: both included; None = from the first, to the last day known
    conditions: what volumes are to be stated at; None = as all of them are
    Raises WellheadError when there are no days, or when they state several conditions.
    """
    found = daily.columns(well_ids, None, last, conditions=conditions)
    volume = getattr(found, fluid.value)
    known = np.isfinite(volume)
    dates, place = np.unique(found.dates[known], return_inverse=True)
    days = dates.astype(np.int64) + _EPOCH
    inside = days >= (first or dt.date.min).toordinal()
    if not inside.any():
        raise sdk.WellheadError(
            f"no day in this range has a volume of {fluid.value}",
            field="first_day",
            value=None if first is None else first.isoformat(),
            remedy="Choose a range with daily records, GET /api/v1/production/daily-records",
        )
    together, day_hours, hours = (
        np.zeros(len(days)),
        np.zeros(len(days)),
        np.full(len(days), np.nan),
    )
    np.add.at(together, place, volume[known])
    np.maximum.at(day_hours, place, found.day_hours[known])
    if len(well_ids) == 1:
        hours = found.hours[known]
    return History(
        days=days[inside],
        day_hours=day_hours[inside],
        hours=hours[inside],
        volume=together[inside],
        produced_before=float(together[~inside].sum()),
        conditions=found.conditions,
    )


def wells_of(facility_id: uuid.UUID) -> list[uuid.UUID]:
    """The wells that have daily records of this facility."""
    statement = select(DailyRecord.well_id).where(DailyRecord.facility_id == facility_id)
    return list(sdk.db.session.scalars(statement.distinct()))
