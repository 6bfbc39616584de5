"""The roll-ups of an hour, written by the transaction that packs the hour.

Whatever made the hour's readings what they are (late, duplicate, restated), its minutes are made
of them anew, the hour is put in its place in the day's row, and the day, of its hours, in the row
of days. So the roll-ups are those of what is packed, without anybody having to remember what
changed. Callers hold the lock of packing: two writers of one row would lose the work of one.

Readings of an hour never become fewer but by retention, and roll-ups outlive them. So where the
kept hour counts more than there are, those are late ones of an hour that is past its time, and what
is kept stays.
"""

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import psycopg

from wellhead_historian.store import wire
from wellhead_historian.store.interface import Buckets, Level
from wellhead_historian.store.rollups import rows
from wellhead_historian.store.rollups.summary import (
    Int64s,
    concatenated,
    first_of_each,
    joined,
    summarise,
    taken,
)

Int32s = npt.NDArray[np.int32]

_SELECT = """
SELECT tag_id, data FROM historian_rollup
WHERE tag_id = ANY(%s) AND level = %s::int2 AND begins = (%s)[1]
"""
_UPSERT = """
INSERT INTO historian_rollup (tag_id, level, begins, data)
SELECT tag_id, %s::int2, (%s)[1], data FROM unnest(%s::int4[], %s::bytea[]) AS new (tag_id, data)
ON CONFLICT (tag_id, level, begins) DO UPDATE SET data = excluded.data
"""


class SharedAxis(Protocol):
    """All readings of some tags in an hour, at the same times. tags: int32[k]; times: int64[n],
    ascending, each once, microseconds since 1970 UTC; values: float64[k,n]; qualities: int16[k,n],
    None = all good"""

    @property
    def tags(self) -> Int32s: ...
    @property
    def times(self) -> Int64s: ...
    @property
    def values(self) -> npt.NDArray[np.float64]: ...
    @property
    def qualities(self) -> npt.NDArray[np.int16] | None: ...


class _Owned:
    """Buckets of one level and the tag of each, int32[n]; those of a tag stand together."""

    def __init__(self, tags: Int32s, buckets: Buckets) -> None:
        self.tags, self.buckets = tags, buckets

    def coarser(self, start: int) -> "_Owned":
        """All buckets of each tag as one that begins at `start`."""
        at = first_of_each(self.tags)
        return _Owned(self.tags[at], joined(self.buckets, at, np.full(len(at), start)))

    def of(self, tags: Int32s) -> "_Owned":
        """Those of these tags."""
        chosen = np.isin(self.tags, tags)
        return _Owned(self.tags[chosen], taken(self.buckets, chosen))

    def replacing(self, old: "_Owned", start: int) -> "_Owned":
        """The buckets of `old` with these in the place of those that begin at `start`."""
        others = old.buckets.starts != start
        tags = np.append(old.tags[others], self.tags)
        both = concatenated([taken(old.buckets, others), self.buckets])
        order = np.lexsort((both.starts, tags))
        return _Owned(tags[order], taken(both, order))


def put(connection: psycopg.Connection[Any], hour: int, panels: Sequence[SharedAxis]) -> None:
    """Make the roll-ups of `hour`, in microseconds since 1970 UTC, of all its readings, in the
    caller's transaction. A tag is in one panel."""
    wire.register_columns(connection)
    minutes = _minutes(panels)
    day, span = (rows.row_of(level, hour) for level in (Level.HOUR, Level.DAY))
    hours = minutes.coarser(hour)
    kept = _read(connection, Level.HOUR, day, hours.tags)
    same = kept.buckets.starts == hour
    before = dict(zip(kept.tags[same].tolist(), kept.buckets.count[same].tolist(), strict=True))
    least = np.array([before.get(tag, 0) for tag in hours.tags.tolist()], np.int64)
    changed = hours.tags[hours.buckets.count >= least]
    hours = hours.of(changed).replacing(kept.of(changed), hour)
    kept = _read(connection, Level.DAY, span, changed)
    days = hours.coarser(day).replacing(kept, day)
    _write(connection, Level.MINUTE, hour, minutes.of(changed))
    _write(connection, Level.HOUR, day, hours)
    _write(connection, Level.DAY, span, days)


def _minutes(panels: Sequence[SharedAxis]) -> _Owned:
    found, tags = [], [np.empty(0, np.int32)]
    for panel in panels:
        buckets = summarise(panel.times, panel.values, panel.qualities, Level.MINUTE)
        found.append(buckets)
        tags.append(np.repeat(panel.tags, len(buckets) // max(len(panel.tags), 1)))
    return _Owned(np.concatenate(tags), concatenated(found))


def _read(connection: psycopg.Connection[Any], level: Level, begins: int, tags: Int32s) -> _Owned:
    cursor = connection.execute(
        _SELECT, (wire.int4s(tags), rows.NUMBERS[level], _time(begins)), binary=True
    )
    found = cursor.fetchall()
    owners = np.array([row[0] for row in found], np.int32)
    buckets, sizes = rows.decode(level, np.full(len(found), begins), [row[1] for row in found])
    return _Owned(np.repeat(owners, sizes), buckets)


def _write(connection: psycopg.Connection[Any], level: Level, begins: int, new: _Owned) -> None:
    at = first_of_each(new.tags)
    data = rows.encode(level, np.full(len(at), begins), at, new.buckets)
    parameters = (rows.NUMBERS[level], _time(begins), wire.int4s(new.tags[at]), data)
    connection.execute(_UPSERT, parameters, binary=True)


def _time(time: int) -> wire.Times:
    return wire.times(np.array([time], np.int64))
