"""Totals of a rate over production days or hours: what flowed, and how much of it was measured.

A stretch lies between two readings that follow each other. Of a step tag the first of them holds
through it, but not longer than `max_age`; otherwise the value goes in a straight line, and a gap of
over `max_age` counts not at all. What was not measured is not made up: the total is of what was
covered, and uncertain when that is too little of the period.
"""

import datetime as dt
import zoneinfo
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from wellhead import sdk
from wellhead_historian.query.calendar import day_edges, edges
from wellhead_historian.query.intervals import Interval, Unit
from wellhead_historian.store.interface import Readings

_SECOND = 1_000_000
_HOUR = Interval(3600, Unit.SECOND)


@dataclass(frozen=True, slots=True)
class Total:
    """factor: from rate x seconds to the total's unit; least_share: of a period that good readings
    must cover"""

    factor: float
    hours: bool
    zone: zoneinfo.ZoneInfo
    day_start: dt.time
    step: bool
    least_share: float

    def periods(self, begin: int, end: int) -> npt.NDArray[np.int64]:
        """Edges of the periods that share an instant with begin <= time <= end."""
        if self.hours:
            return edges(_HOUR, begin, end + 1, self.zone)
        return day_edges(begin, end + 1, self.zone, self.day_start)

    def of(self, readings: Readings, begin: int, end: int, max_age: int) -> tuple[float, int]:
        """(value, quality) of the period begin <= time < end.

        readings: those of the period, with the last before it and the first after it
        max_age: microseconds
        """
        amount, good, covered = integral(readings, begin, end, self.step, max_age)
        if covered == 0:
            return np.nan, sdk.quality.BAD_NOT_CONNECTED
        if not np.isfinite(amount):
            return np.nan, sdk.quality.BAD_CONFIGURATION
        last = int(readings.times[-1])
        known = min(end, last) - begin  # a period that goes on is judged by what is over of it
        enough = good >= self.least_share * known
        quality = sdk.quality.GOOD if enough else sdk.quality.UNCERTAIN
        return amount * self.factor, quality


def integral(
    readings: Readings, begin: int, end: int, step: bool, max_age: int
) -> tuple[float, int, int]:
    """(value x seconds, microseconds covered by good readings, by usable ones) of
    begin <= time < end."""
    times, values = readings.times, readings.values
    usable = np.isfinite(values) & (readings.qualities & sdk.quality.STATUS_MASK != 0)
    good = usable & sdk.quality.is_good(readings.qualities)
    left, right = times[:-1], times[1:]
    if step:
        right = np.minimum(right, left + max_age)
        counts, well = usable[:-1], good[:-1]
    else:
        near = right - left <= max_age
        counts, well = near & usable[:-1] & usable[1:], near & good[:-1] & good[1:]
    starts, ends = np.clip(left, begin, end), np.clip(right, begin, end)
    lengths = np.where(counts, ends - starts, 0)
    if step:
        heights = values[:-1]
    else:
        # of a straight line over a part of its stretch, the mean is the value in the part's middle
        middle = (starts - left + (ends - starts) / 2) / np.maximum(times[1:] - left, 1)
        heights = values[:-1] + (values[1:] - values[:-1]) * middle
    heights = np.where(counts, heights, 0.0)
    amount = float(np.sum(heights * (lengths / _SECOND)))
    return amount, int(np.sum(lengths[well])), int(np.sum(lengths))
