"""The readings that values at given times are made of.

A few times are looked up one by one. For many the whole range is read when it has not too many
readings; else the times, when they all stand at minutes, hours or days, are found in what is kept
of those: the last reading of one and the first of the next. Where readings are gone, what is kept
answers for any time.
"""

from typing import NamedTuple

import numpy as np

from wellhead_historian.query.buckets import Ints
from wellhead_historian.query.gather import PIECE, pieces
from wellhead_historian.query.past import NOTHING, Past, of_buckets, part, together
from wellhead_historian.store.interface import Level, Reader, Readings

FEW = 16


class Around(NamedTuple):
    """level: the widest roll-up that they were taken from, None = the readings themselves"""

    readings: Readings
    level: Level | None


def around(reader: Reader, tag: int, times: Ints, only_readings: bool = False) -> Around:
    """The last reading at or before each of `times`, int64[n], and the first after it.

    From a roll-up, readings and marks are as `past.of_buckets` has them. only_readings: from
    roll-ups only what is gone
    """
    if not len(times):
        return Around(NOTHING, None)
    first, last = int(times.min()), int(times.max())
    earlier = reader.before(tag, first)
    if not len(earlier.times):
        return _around_past(reader, tag, times, only_readings)
    if len(times) <= FEW:
        each = [
            beside
            for time in times.tolist()
            for beside in (reader.before(tag, time), reader.after(tag, time + 1))
        ]
        return Around(together(each), None)
    ends = [earlier, reader.after(tag, last + 1)]
    found = reader.read(tag, first, last + 1, PIECE)
    if found.next is None:
        return Around(together([*ends, found]), None)
    level = _level_of(times)
    if level is not None and not only_readings:
        kept = reader.summarise(tag, level, first - level, last + level)
        return Around(together([of_buckets(kept, estimates=True), *ends]), level)
    order = np.sort(times)
    needed = [_needed(piece, order) for piece in pieces(reader, tag, first, last + 1)]
    return Around(together([*ends, *needed]), None)


def _around_past(reader: Reader, tag: int, times: Ints, only_readings: bool) -> Around:
    """As `around`, where no reading is left of before the earliest time."""
    past = Past(reader, tag, estimates=True)
    gone, left = times[times < past.end], times[times >= past.end]
    rest = around(reader, tag, left, only_readings) if len(left) else Around(NOTHING, None)
    first, last = int(gone.min()), int(gone.max())
    known = [past.before(first), past.after(last + 1)]
    if len(gone) <= FEW:
        for time in gone.tolist():
            known += [past.before(time), past.after(time + 1)]
    else:
        level = None if only_readings else _level_of(gone)
        order = np.sort(gone)
        inside = past.within(first, last + 1, level or Level.MINUTE)
        known = [*(_needed(piece, order) for piece in inside), *known]
    levels = [level for level in (past.level, rest.level) if level is not None]
    return Around(together([rest.readings, *known]), max(levels, default=None))


def _level_of(times: Ints) -> Level | None:
    """The widest whose beginnings all of `times` are."""
    return next((wide for wide in sorted(Level)[::-1] if not (times % wide).any()), None)


def _needed(piece: Readings, times: Ints) -> Readings:
    """The readings of the piece that stand beside one of `times`, and its ends, which may."""
    after = np.searchsorted(piece.times, times, "right")
    last = len(piece.times) - 1
    beside = np.concatenate([[0, last], np.clip(after, 0, last), np.clip(after - 1, 0, last)])
    return part(piece, np.unique(beside) if last >= 0 else np.empty(0, np.int64))
