"""The mean over time between any edges, exact, with what is carried in from before them."""

import numpy as np

from wellhead import sdk
from wellhead_historian.store.interface import Buckets, Readings
from wellhead_historian.store.rollups.summary import (
    SECOND,
    Bools,
    Float64s,
    Int64s,
    combine_edges,
    microseconds,
)


def time_weighted_mean(
    buckets: Buckets, edges: Int64s, step: bool, before: Readings, after: Readings
) -> tuple[Float64s, Float64s]:
    """(mean over time, seconds that it is of) between each two neighbours of `edges`, float64[m]
    each; the mean is NaN where no second is known.

    From each usable reading the value holds until the next reading or, without `step`, goes there
    in a straight line when that one is usable too; of other stretches nothing is known, nor of what
    lies before the first reading and after the last. An interval gets its part of the stretch that
    begins before it, also when it has no reading at all. This is TimeAverage2 of OPC UA Part 13
    (1.04, 5.4.3.7), but for a line that ends in a bad reading: there the value is held, here
    nothing is known.

    buckets: of one tag, all between edges[0] and edges[-1]
    edges: int64[m+1], ascending, of which none lies inside a bucket
    before, after: all readings that matter before the first of `buckets` and after their last: one
        each, or more where buckets do not have all between the edges; either may be empty
    """
    intervals = combine_edges(buckets, edges)
    size = len(edges) - 1
    within = np.searchsorted(edges, intervals.starts)
    areas, covered = np.zeros(size), np.zeros(size, np.int64)
    areas[within] = intervals.step if step else intervals.linear
    covered[within] = microseconds(intervals.step_covered if step else intervals.linear_covered)

    # The stretches between: left of each a reading or the last one of an interval, right a reading
    # or the first one of an interval.
    outside = _usable(before), _usable(after)
    left_time = np.concatenate([before.times, intervals.last_time, after.times])[:-1]
    right_time = np.concatenate([before.times, intervals.first_time, after.times])[1:]
    leaving = _where(intervals.last_usable, intervals.last)
    entering = _where(intervals.first_usable, intervals.first)
    left = np.concatenate([outside[0], leaving, outside[1]])[:-1]
    right = np.concatenate([outside[0], entering, outside[1]])[1:]
    if len(left):
        # Cut at the edges, so that each piece belongs to one stretch and one interval.
        cuts = np.unique(np.concatenate([edges, left_time, right_time]))
        begins, ends = cuts[:-1], cuts[1:]
        stretch = np.searchsorted(left_time, begins, "right") - 1
        interval = np.searchsorted(edges, begins, "right") - 1
        inside = (stretch >= 0) & (ends <= right_time[stretch])
        inside &= (interval >= 0) & (interval < size)
        begins, ends, stretch, interval = (
            column[inside] for column in (begins, ends, stretch, interval)
        )
        height = left[stretch]
        if not step:
            run = (begins - left_time[stretch]) + (ends - begins) / 2
            whole = right_time[stretch] - left_time[stretch]
            height = height + (right[stretch] - height) * (run / whole)
        known = np.isfinite(height)
        lengths = np.where(known, ends - begins, 0)
        np.add.at(areas, interval, np.where(known, height, 0.0) * (lengths / SECOND))
        np.add.at(covered, interval, lengths)
    seconds = covered / SECOND
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(covered > 0, areas / seconds, np.nan), seconds


def _usable(readings: Readings) -> Float64s:
    return _where(~sdk.quality.is_bad(readings.qualities), readings.values)


def _where(usable: Bools, values: Float64s) -> Float64s:
    return np.where(usable & np.isfinite(values), values, np.nan)
