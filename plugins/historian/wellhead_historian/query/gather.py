"""Readings and summaries of a range from a store, in pieces that fit in memory.

The widest roll-up that fits the intervals is asked for the middle of the range; what is cut off at
its ends comes from narrower ones, and the last minutes from the readings themselves. So a range
that begins and ends anywhere is summarised exactly; where readings are gone, its whole minutes are.
"""

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from wellhead_historian.query.buckets import of_readings
from wellhead_historian.query.past import Past
from wellhead_historian.store.interface import Buckets, Level, Reader, Readings
from wellhead_historian.store.rollups.summary import (
    combine_edges,
    concatenated,
    first_of_each,
    taken,
)

PIECE = 200_000
"""Readings that are in memory at once."""
_NEAR = 16
"""Buckets between two of which narrower ones are read that are read with them: one question costs
more than so many."""
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
) -> Buckets:
    """One bucket for each interval between `edges` that has a reading, from roll-ups no wider than
    `level`; None = from readings."""
    start, end = int(edges[0]), int(edges[-1])
    found = [combine_edges(each, edges) for each in parts(reader, tag, start, end, level)]
    return combine_edges(concatenated(found), edges)


def parts(
    reader: Reader,
    tag: int,
    start: int,
    end: int,
    level: Level | None,
) -> Iterator[Buckets]:
    """Buckets that make up start <= time < end, in order of time: those of `level` in the middle,
    narrower ones at both ends, and one a reading where no roll-up fits."""
    if level is None:
        for piece in pieces(reader, tag, start, end):
            yield of_readings(piece)
        return
    first, last = -(-start // level) * level, end // level * level
    narrower = _NARROWER[level]
    if first >= last:
        yield from parts(reader, tag, start, end, narrower)
        return
    if start < first:
        yield from parts(reader, tag, start, first, narrower)
    for at in range(first, last, PIECE * level):
        yield reader.summarise(tag, level, at, min(at + PIECE * level, last))
    if last < end:
        yield from parts(reader, tag, last, end, narrower)


def good_summaries(
    reader: Reader, tag: int, edges: npt.NDArray[np.int64], level: Level | None
) -> tuple[Buckets, Level | None]:
    """(as `summaries`, of good readings alone, the narrowest roll-up that it was made of). Only
    readings tell good and uncertain ones apart: where both may be, they are read, and of what is
    gone no value of a bucket with both counts. level: the widest that fits"""
    start, end = int(edges[0]), int(edges[-1])
    found: list[Buckets] = []
    left = start
    if not len(reader.before(tag, start).times):
        past = Past(reader, tag, estimates=False)
        left = max(min(past.end, end), start)
        for kept, widths in past.buckets(start, left) if level else ():
            first = np.searchsorted(edges, kept.starts, "right")
            whole = first == np.searchsorted(edges, kept.starts + widths)
            found.append(combine_edges(_of_good(taken(kept, whole)), edges))
    of_gone = Level.MINUTE if any(map(len, found)) else None
    found.extend(combine_edges(each, edges) for each in _good_parts(reader, tag, left, end, level))
    return combine_edges(concatenated(found), edges), of_gone


def _good_parts(
    reader: Reader, tag: int, start: int, end: int, level: Level | None
) -> Iterator[Buckets]:
    """As `parts`, of good readings alone: for buckets that are `mixed` narrower ones, and at last
    the readings."""
    for found in parts(reader, tag, start, end, level):
        for run, is_mixed in _runs(mixed(found)):
            some = taken(found, run)
            if is_mixed:
                assert level is not None  # a reading alone is no mixture
                first, last = int(some.first_time[0]), int(some.last_time[-1])
                yield from _good_parts(reader, tag, first, last + 1, _NARROWER[level])
            else:
                yield _of_good(some)


def mixed(buckets: Buckets) -> npt.NDArray[np.bool_]:
    """bool[n]: has good readings and others, some of which may be uncertain ones that have values:
    as many good ones as usable ones say nothing, since a good one may be no number."""
    return (buckets.good > 0) & (buckets.good < buckets.count) & (buckets.usable > 0)


def _runs(flags: npt.NDArray[np.bool_]) -> Iterator[tuple[slice, bool]]:
    """Runs of equal flags, in order; the unset between two that are set and near count as set."""
    joined = flags.copy()
    places = np.flatnonzero(flags)
    for place in np.flatnonzero(np.diff(places) <= _NEAR).tolist():
        joined[places[place] : places[place + 1]] = True
    for begin, finish in pairwise([*first_of_each(joined).tolist(), len(joined)]):
        yield slice(begin, finish), bool(joined[begin])


def _of_good(buckets: Buckets) -> Buckets:
    """The same; those with uncertain readings have no values."""
    poor = (buckets.good < buckets.count) & (buckets.good != buckets.usable)
    values = {
        name: np.where(poor, np.nan, getattr(buckets, name))
        for name in ("minimum", "maximum", "total", "first", "last")
    }
    sums = {
        name: np.where(poor, 0.0, getattr(buckets, name))
        for name in ("step", "step_covered", "linear", "linear_covered")
    }
    return replace(
        buckets,
        **values,
        **sums,
        usable=np.where(poor, 0, buckets.usable),
        first_usable=buckets.first_usable & ~poor,
        last_usable=buckets.last_usable & ~poor,
    )
