"""Deadband and swinging door over many tags at once: state in arrays, no object a reading.

Deadband: a reading passes that is further than the band from the last one stored. The reading
before it passes first, with its own time, or a step would be drawn as a ramp (the exception test
of PI does so too). What is dropped lies within the band of the last one stored.

Swinging door (E. H. Bristol, US patent 4,669,097, 1990): from the last one stored two doors swing
to the newest readings' upper and lower limits. Here the newest reading itself must lie between the
doors of those before it; where it does not, the one before it is stored and the doors begin anew
there. So a straight line between two that are stored misses no dropped one by more than the
deviation; the patent's own test, doors past parallel, would let it miss by up to twice that.

Both: a first reading, another quality, and a value that comes or goes always pass, and one is
stored when `max_interval_s` has passed. A reading with the time of the last one takes its place. An
earlier one passes and changes nothing, unless it is earlier by `max_interval_s`: then a clock was
set, and all begins anew there, as it does after a pause as long.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from wellhead_scada.exception.rules import Rule

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Codes = npt.NDArray[np.int16]
Mask = npt.NDArray[np.bool_]
_SECOND = 1e6


@dataclass(frozen=True, slots=True)
class Held:
    """Readings that were held back and are to be stored now: n of the tags at `slots`."""

    slots: npt.NDArray[np.intp]
    times: Ints
    values: Floats
    qualities: Codes


class Doors:
    """The exception tests of m tags, called by their place from 0."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        rows = len(rules)
        self._door = np.array([rule.swinging_door is not None for rule in rules], np.bool_)
        self._percent = np.array([rule.deadband_percent is not None for rule in rules], np.bool_)
        self._width = np.array(
            [rule.deadband or rule.deadband_percent or rule.swinging_door or 0.0 for rule in rules]
        )
        self._longest = np.array([round(rule.max_interval_s * _SECOND) for rule in rules], np.int64)
        self._seen = np.zeros(rows, np.bool_)
        self._time = np.zeros(rows, np.int64)  # of the last one stored
        self._value = np.zeros(rows)
        self._quality = np.zeros(rows, np.int16)  # of the last one offered
        self._holds = np.zeros(rows, np.bool_)
        self._held_time = np.zeros(rows, np.int64)
        self._held_value = np.zeros(rows)
        self._lower = np.full(rows, -np.inf)
        self._upper = np.full(rows, np.inf)

    def offer(
        self,
        slots: npt.NDArray[np.intp],
        times: Ints,
        values: Floats,
        qualities: Codes,
        news: Mask,
    ) -> tuple[Held, Mask, Mask]:
        """(what was held and is to be stored before, which of these are to be stored, which came
        late and changed nothing).

        slots: intp[k], each tag once; news: bool[k], those that pass whatever their value is
        """
        seen, holds = self._seen[slots], self._holds[slots]
        last_time = np.where(holds, self._held_time[slots], self._time[slots])
        last_value = np.where(holds, self._held_value[slots], self._value[slots])
        longest = self._longest[slots]
        apart = np.abs(times - last_time) >= longest
        late = seen & (times < last_time) & ~apart
        replaces = seen & (times == last_time)
        changed = (
            ~seen
            | news
            | apart
            | replaces
            | (qualities != self._quality[slots])
            | (np.isnan(values) != np.isnan(last_value))
        )
        door = self._door[slots]
        outside = np.where(door, self._misses(slots, times, values), self._far(slots, values))
        over = times - self._time[slots] >= longest
        first = holds & ~late & ~replaces & (changed | outside)
        again = door & outside & ~changed  # the doors begin anew at what was held
        passes = changed | (~again & (outside | over))
        out = self._take(slots[first])
        stored = passes & ~late
        self._begin(slots[stored], times[stored], values[stored])
        pivot = again & ~late
        self._begin(slots[pivot], last_time[pivot], last_value[pivot])
        held = ~passes & ~late
        self._hold(slots[held], times[held], values[held])
        on_time = slots[~late]
        self._seen[on_time] = True
        self._quality[on_time] = qualities[~late]
        return out, passes | late, late

    def settle(self, slots: npt.NDArray[np.intp]) -> Held:
        """Hold nothing of these any more: what a door holds is to be stored, and it begins anew
        there; what a deadband holds lies within it and is dropped."""
        mine = slots[self._holds[slots]]
        out = self._take(mine[self._door[mine]])
        self._begin(out.slots, out.times, out.values)
        self._holds[mine] = False
        return out

    def release(self) -> Held:
        """All that is held, to be stored."""
        out = self._take(np.flatnonzero(self._holds))
        self._begin(out.slots, out.times, out.values)
        return out

    def forget(self) -> None:
        """Begin anew with what comes next; nothing may be held."""
        self._seen[:] = False

    def _far(self, slots: npt.NDArray[np.intp], values: Floats) -> Mask:
        kept = self._value[slots]
        width = self._width[slots]
        band = np.where(self._percent[slots], width / 100 * np.abs(kept), width)
        far: Mask = np.abs(values - kept) > band
        return far

    def _slopes(self, slots: npt.NDArray[np.intp], times: Ints, rises: Floats) -> Floats:
        with np.errstate(divide="ignore", invalid="ignore"):
            slopes: Floats = rises / ((times - self._time[slots]) / _SECOND)
        return slopes

    def _misses(self, slots: npt.NDArray[np.intp], times: Ints, values: Floats) -> Mask:
        slopes = self._slopes(slots, times, values - self._value[slots])
        misses: Mask = (slopes > self._upper[slots]) | (slopes < self._lower[slots])
        return misses

    def _take(self, slots: npt.NDArray[np.intp]) -> Held:
        return Held(
            slots, self._held_time[slots], self._held_value[slots], self._quality[slots].copy()
        )

    def _begin(self, slots: npt.NDArray[np.intp], times: Ints, values: Floats) -> None:
        self._time[slots], self._value[slots] = times, values
        self._lower[slots], self._upper[slots] = -np.inf, np.inf
        self._holds[slots] = False

    def _hold(self, slots: npt.NDArray[np.intp], times: Ints, values: Floats) -> None:
        self._holds[slots] = True
        self._held_time[slots], self._held_value[slots] = times, values
        rises, width = values - self._value[slots], self._width[slots]
        upper = self._slopes(slots, times, rises + width)
        lower = self._slopes(slots, times, rises - width)
        self._upper[slots] = np.minimum(self._upper[slots], upper)
        self._lower[slots] = np.maximum(self._lower[slots], lower)
