"""The roll-ups of an hour, written by the transaction that packs the hour, or takes its rows out of
the hypertable.

Whatever made the hour's readings what they are (late, duplicate, restated), its minutes are made
of them anew, the hour is put in its place in the day's row, and the day, of its hours, in the row
of days. So the roll-ups are those of what is packed, without anybody having to remember what
changed. Callers hold the lock of packing: two writers of one row would lose the work of one.

Readings of an hour never become fewer but by retention, and roll-ups outlive them. So a kept bucket
that counts more readings than there are is of a time that is past, to which some came late: it
stays.
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
    Int32s,
    Int64s,
    concatenated,
    first_of_each,
    fullest,
    joined,
    summarise,
    taken,
)

_CHUNK = 1 << 18
"""Readings that are summed up together: what that needs stays small."""


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

    def updated(self, new: "_Owned") -> "_Owned":
        """With those of `new`, each in the place of the one that begins with it, unless that counts
        more readings."""
        both = concatenated([self.buckets, new.buckets])
        return _Owned(*fullest(np.append(self.tags, new.tags), both))


def put(connection: psycopg.Connection[Any], hour: int, panels: Sequence[SharedAxis]) -> None:
    """Make the roll-ups of `hour`, in microseconds since 1970 UTC, of all its readings, in the
    caller's transaction. A tag is in one panel."""
    tags = np.unique(np.concatenate([panel.tags for panel in panels]))
    _put(connection, hour, tags, _minutes(panels))


def put_minutes(
    connection: psycopg.Connection[Any], hour: int, tags: Int32s, minutes: Buckets
) -> None:
    """As `put`, of the minutes that all readings of `hour` make. tags: int32[n], whose each minute
    is; those of a tag stand together and in order of time"""
    _put(connection, hour, np.unique(tags), _Owned(tags, minutes))


def _put(connection: psycopg.Connection[Any], hour: int, tags: Int32s, minutes: _Owned) -> None:
    wire.register_columns(connection)
    day, span = (rows.row_of(level, hour) for level in (Level.HOUR, Level.DAY))
    kept = _read(connection, Level.HOUR, day, tags)
    new = minutes.coarser(hour)
    hours = kept.updated(new)
    days = _read(connection, Level.DAY, span, tags).updated(hours.coarser(day))
    same = kept.buckets.starts == hour
    before = dict(zip(kept.tags[same].tolist(), kept.buckets.count[same].tolist(), strict=True))
    least = np.array([before.get(tag, 0) for tag in new.tags.tolist()], np.int64)
    whole = new.tags[new.buckets.count >= least]
    _write(connection, Level.MINUTE, hour, minutes.of(whole))
    _write(connection, Level.HOUR, day, hours)
    _write(connection, Level.DAY, span, days)


def _minutes(panels: Sequence[SharedAxis]) -> _Owned:
    found, tags = [], [np.empty(0, np.int32)]
    for panel in panels:
        few = max(1, _CHUNK // max(len(panel.times), 1))
        for at in range(0, len(panel.tags), few):
            some = slice(at, at + few)
            qualities = None if panel.qualities is None else panel.qualities[some]
            buckets = summarise(panel.times, panel.values[some], qualities, Level.MINUTE)
            found.append(buckets)
            tags.append(np.repeat(panel.tags[some], len(buckets) // len(panel.tags[some])))
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
