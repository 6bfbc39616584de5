"""Values at given times, from the readings around them.

After OPC UA Part 13 (Aggregates), section 5.4.3.5, with one difference: a value never runs across
a bad reading, while OPC would go from good to good and call that uncertain. Between a reading and
the next the value holds (step) or goes in a straight line; after the last one of all it is held as
uncertain (68, last usable value); before the first there is none.
"""

import numpy as np
import numpy.typing as npt

from wellhead import sdk
from wellhead_historian.query.buckets import Floats, Ints, usable
from wellhead_historian.store.interface import Readings


def interpolated(
    times: Ints, readings: Readings, *, step: bool, good_only: bool = False
) -> tuple[Floats, npt.NDArray[np.int16]]:
    """(values, qualities) at `times`, int64[n] in any order: NaN and bad where there is no value.

    readings: all there are from the last one at or before the earliest of `times` to the first one
        at or after the latest
    """
    count = len(readings.times)
    if not count:
        return np.full(len(times), np.nan), np.full(len(times), sdk.quality.BAD, np.int16)
    fit = usable(readings, good_only)
    after = np.searchsorted(readings.times, times, "right")
    here = np.maximum(after - 1, 0)
    next_one = np.minimum(after, count - 1)
    exact = readings.times[here] == times
    past = after == count
    holds = step | exact | past
    known = (after > 0) & fit[here] & (holds | fit[next_one])
    values = np.where(known, readings.values[here], np.nan)
    between = known & ~holds
    span = np.maximum(readings.times[next_one] - readings.times[here], 1)
    share = np.where(between, (times - readings.times[here]) / span, 0.0)
    ends = np.where(between, readings.values[next_one], 0.0)
    values = np.where(between, values * (1.0 - share) + ends * share, values)
    return values, _qualities(readings, fit, here, next_one, known, between, past & ~exact, after)


def _qualities(
    readings: Readings,
    fit: npt.NDArray[np.bool_],
    here: Ints,
    next_one: Ints,
    known: npt.NDArray[np.bool_],
    between: npt.NDArray[np.bool_],
    past: npt.NDArray[np.bool_],
    after: Ints,
) -> npt.NDArray[np.int16]:
    """A reading's own where it stands or holds; in a line between two good ones good, else
    uncertain; where there is no value that of the reading that is to blame."""
    codes = readings.qualities[here]
    good = sdk.quality.is_good(readings.qualities)
    line = np.where(good[here] & good[next_one], sdk.quality.GOOD, sdk.quality.UNCERTAIN)
    codes = np.where(between, line, codes)
    codes = np.where(known & past, sdk.quality.UNCERTAIN_LAST_USABLE, codes)
    blamed = np.where(fit[here], readings.qualities[next_one], codes)
    not_bad = (blamed & sdk.quality.STATUS_MASK) != sdk.quality.BAD  # NaN, or unwanted uncertain
    blamed = np.where((after == 0) | not_bad, sdk.quality.BAD, blamed)
    return np.where(known, codes, blamed).astype(np.int16)
