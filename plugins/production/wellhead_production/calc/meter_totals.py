"""What went through a meter in a production day, from the readings of its tag.

A flow meter's rate is integrated over time; a totaliser's count is followed from reading to
reading, which loses nothing in a gap, as long as the counter went on. Both say how much of the day
they know: a total without its coverage looks like a day with little flow.

The integral is that of straight lines between readings, or of values that hold (trapezoids and
rectangles, as API MPMS 21.1 and 21.2 have electronic meters integrate flow); a stretch longer than
the longest gap is not known and adds nothing.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from wellhead import sdk

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
SECOND = 1_000_000
DAY_SECONDS = 86_400.0


@dataclass(frozen=True, slots=True)
class Readings:
    """A tag's readings in order of time: those of the day, the last one before it and the first
    one after it.

    times: int64[n], microseconds UTC; values: float64[n]; qualities: int16[n], of OPC
    """

    times: Ints
    values: Floats
    qualities: npt.NDArray[np.int16]

    @property
    def usable(self) -> Bools:
        """bool[n]: not bad, and a number."""
        fit: Bools = ~sdk.quality.is_bad(self.qualities) & np.isfinite(self.values)
        return fit


@dataclass(frozen=True, slots=True)
class DayTotal:
    """volume: in the unit of the readings (of a rate: in that of its volume)

    covered: seconds of the day that the volume is of; good: those of them with good readings at
        both ends
    bridged: seconds of the day in gaps across which a totaliser's count was spread evenly
    rollovers: how often a totaliser began anew at its capacity; resets: how often it fell for
        another reason, where what went through meanwhile is not known
    """

    volume: float
    covered: float
    good: float
    bridged: float = 0.0
    rollovers: int = 0
    resets: int = 0


def integrate_rate(
    readings: Readings, begin: int, end: int, *, holds: bool, longest_gap: float
) -> DayTotal:
    """The volume of begin <= time < end (microseconds UTC) of a rate a day.

    holds: whether a value holds until the next reading, else it goes there in a straight line
    longest_gap: seconds; two readings further apart say nothing of the time between
    """
    times, values, fit = readings.times, readings.values, readings.usable
    left, right, inside = _clipped(times, begin, end)
    known = inside & fit[:-1] & (np.diff(times) <= longest_gap * SECOND)
    if not holds:
        known &= fit[1:]
    seconds = np.where(known, right - left, 0) / SECOND
    if holds:
        height = values[:-1]
    else:
        middle = (left + right) / 2.0 - times[:-1]
        height = values[:-1] + np.diff(values) * (middle / np.diff(times))
    volume = float(np.sum(np.where(known, height, 0.0) * seconds)) / DAY_SECONDS
    return DayTotal(volume, float(seconds.sum()), float(seconds[_good(readings)].sum()))


def difference_totaliser(
    readings: Readings, begin: int, end: int, *, capacity: float | None, longest_gap: float
) -> DayTotal:
    """The volume of begin <= time < end (microseconds UTC) of a count that only rises.

    capacity: where the count begins anew at 0, in its unit; None: never. A fall by more than half
        of it is a roll-over, any other a reset.
    longest_gap: seconds; a longer stretch that reaches over an end of the day is `bridged`
    """
    fit = readings.usable
    if capacity is not None:
        fit &= (readings.values >= 0.0) & (readings.values < capacity)
    kept = Readings(readings.times[fit], readings.values[fit], readings.qualities[fit])
    left, right, inside = _clipped(kept.times, begin, end)
    steps, spans = np.diff(kept.values), np.diff(kept.times)
    rolled = (steps < -capacity / 2.0) if capacity is not None else np.zeros(len(steps), bool)
    reset = (steps < 0.0) & ~rolled
    steps = steps + np.where(rolled, capacity or 0.0, 0.0)
    known = inside & ~reset
    seconds = np.where(known, right - left, 0) / SECOND
    cut = known & (right - left < spans) & (spans > longest_gap * SECOND)
    share = np.where(known, (right - left) / np.maximum(spans, 1), 0.0)
    return DayTotal(
        float(np.sum(np.where(known, steps, 0.0) * share)),
        float(seconds.sum()),
        float(seconds[_good(kept)].sum()),
        float(seconds[cut].sum()),
        int(np.count_nonzero(rolled & inside)),
        int(np.count_nonzero(reset & inside)),
    )


def _clipped(times: Ints, begin: int, end: int) -> tuple[Ints, Ints, Bools]:
    """Where each stretch between neighbours begins and ends within the day, and whether it has any
    of it; n-1 each."""
    left, right = np.clip(times[:-1], begin, end), np.clip(times[1:], begin, end)
    return left, right, right > left


def _good(readings: Readings) -> Bools:
    good = sdk.quality.is_good(readings.qualities)
    both: Bools = good[:-1] & good[1:]
    return both
