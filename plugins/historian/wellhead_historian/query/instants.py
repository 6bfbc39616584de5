"""The readings that values at given times are made of.

A few times are looked up one by one. For many the whole range is read when it has not too many
readings; else the times, when they all stand at minutes, hours or days, are found in what is kept
of those: the last reading of one and the first of the next.
"""

from typing import NamedTuple

import numpy as np

from wellhead import sdk
from wellhead_historian.query.buckets import Ints
from wellhead_historian.query.gather import PIECE, pieces
from wellhead_historian.store.interface import Buckets, Level, Reader, Readings

FEW = 16


class Around(NamedTuple):
    """level: what they were taken from, None = the readings themselves"""

    readings: Readings
    level: Level | None


def around(reader: Reader, tag: int, times: Ints, only_readings: bool = False) -> Around:
    """The last reading at or before each of `times`, int64[n], and the first after it.

    From a roll-up, readings are good where all of their bucket are, else uncertain, or bad where
    they are not usable. only_readings: never from a roll-up
    """
    if len(times) <= FEW:
        each = [
            part
            for time in times.tolist()
            for part in (reader.before(tag, time), reader.after(tag, time + 1))
        ]
        return Around(_together(each), None)
    first, last = int(times.min()), int(times.max())
    ends = [reader.before(tag, first), reader.after(tag, last + 1)]
    found = reader.read(tag, first, last + 1, PIECE)
    if found.next is None and len(found.times):
        return Around(_together([*ends, found]), None)
    level = next((wide for wide in sorted(Level)[::-1] if not (times % wide).any()), None)
    if level is not None and not only_readings:
        kept = reader.summarise(tag, level, first - level, last + level)
        if len(kept):  # they outlive readings
            return Around(_together([_ends_of(kept), *ends]), level)
    order = np.sort(times)
    needed = [_needed(piece, order) for piece in pieces(reader, tag, first, last + 1)]
    return Around(_together([*ends, *needed]), None)


def _needed(piece: Readings, times: Ints) -> Readings:
    """The readings of the piece that stand beside one of `times`, and its ends, which may."""
    after = np.searchsorted(piece.times, times, "right")
    last = len(piece.times) - 1
    beside = np.concatenate([[0, last], np.clip(after, 0, last), np.clip(after - 1, 0, last)])
    keep = np.unique(beside) if last >= 0 else np.empty(0, np.int64)
    return Readings(piece.times[keep], piece.values[keep], piece.qualities[keep])


def _ends_of(buckets: Buckets) -> Readings:
    """The first and the last reading of each bucket."""
    fit = np.stack([buckets.first_usable, buckets.last_usable], 1).ravel()
    values = np.stack([buckets.first, buckets.last], 1).ravel()
    known = np.where(buckets.good == buckets.count, sdk.quality.GOOD, sdk.quality.UNCERTAIN)
    return Readings(
        np.stack([buckets.first_time, buckets.last_time], 1).ravel(),
        np.where(fit, values, np.nan),
        np.where(fit, np.repeat(known, 2), sdk.quality.BAD).astype(np.int16),
    )


def _together(parts: list[Readings]) -> Readings:
    """All of them in order, each time once; of two at one time the later part's."""
    times = np.concatenate([part.times for part in reversed(parts)])
    distinct, place = np.unique(times, return_index=True)
    return Readings(
        distinct,
        np.concatenate([part.values for part in reversed(parts)])[place],
        np.concatenate([part.qualities for part in reversed(parts)])[place],
    )
