"""Readings and summaries of a range from a store, in pieces that fit in memory.

The widest roll-up that fits the intervals is asked for the middle of the range; what is cut off at
its ends comes from narrower ones, and the last minutes from the readings themselves. So a range
that begins and ends anywhere is summarised exactly.
"""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from wellhead_historian.query.buckets import of_readings, only_good
from wellhead_historian.store.interface import Buckets, Level, Reader, Readings
from wellhead_historian.store.rollups.summary import combine_edges, concatenated

PIECE = 200_000
"""Readings that are in memory at once."""
_NARROWER = {Level.DAY: Level.HOUR, Level.HOUR: Level.MINUTE, Level.MINUTE: None}


def pieces(reader: Reader, tag: int, start: int, end: int, most: int = PIECE) -> Iterator[Readings]:
    """All readings of start <= time < end, at most `most` at a time."""
    at: int | None = start
    while at is not None and at < end:
        found = reader.read(tag, at, end, most)
        at = found.next
        yield found


def widest(edges: npt.NDArray[np.int64]) -> Level | None:
    """The widest roll-up with no bucket across one of the inner edges; None = only readings."""
    inner = edges[1:-1]
    for level in sorted(Level, reverse=True):
        fits = level <= edges[-1] - edges[0]
        if fits and not (inner % level).any():
            return level
    return None


def summaries(
    reader: Reader,
    tag: int,
    edges: npt.NDArray[np.int64],
    level: Level | None,
    good_only: bool = False,
) -> Buckets:
    """One bucket for each interval between `edges` that has a reading, from roll-ups no wider than
    `level`; None = from readings. good_only: uncertain readings count as not
    usable; with level None alone"""
    start, end = int(edges[0]), int(edges[-1])
    found = [
        combine_edges(each, edges) for each in parts(reader, tag, start, end, level, good_only)
    ]
    return combine_edges(concatenated(found), edges)


def parts(
    reader: Reader,
    tag: int,
    start: int,
    end: int,
    level: Level | None,
    good_only: bool = False,
) -> Iterator[Buckets]:
    """Buckets that make up start <= time < end, in order of time: those of `level` in the middle,
    narrower ones at both ends, and one a reading where no roll-up fits."""
    if level is None:
        for piece in pieces(reader, tag, start, end):
            yield of_readings(only_good(piece) if good_only else piece)
        return
    first, last = -(-start // level) * level, end // level * level
    narrower = _NARROWER[level]
    if first >= last:
        yield from parts(reader, tag, start, end, narrower, good_only)
        return
    if start < first:
        yield from parts(reader, tag, start, first, narrower, good_only)
    yield reader.summarise(tag, level, first, last)
    if last < end:
        yield from parts(reader, tag, last, end, narrower, good_only)
