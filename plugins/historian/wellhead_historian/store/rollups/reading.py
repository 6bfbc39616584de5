"""Buckets of a tag as all its readings make them: kept ones, and those of what is not packed yet.

Three questions, in this order: in which hours the tag has hot readings, what is kept of the others,
and all readings of the former. Between them an hour may be packed. It is then among the former
still, and read again whole, so nothing is missed and nothing counted twice; no snapshot is needed.

A kept bucket that counts more readings than there are is of a time whose readings are past their
time, as in keeping.py: it stays.
"""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import psycopg

from wellhead_historian.store import wire
from wellhead_historian.store.interface import Buckets, Level, Readings
from wellhead_historian.store.rollups import rows
from wellhead_historian.store.rollups.summary import (
    Int64s,
    combine,
    concatenated,
    fullest,
    summarise,
    taken,
)

# From hour to hour of each source by its index, since an hour has thousands of rows. One of them
# with the tag is enough, and of scans the first one has it.
_HOT_HOURS = """
WITH RECURSIVE layout AS MATERIALIZED (
    SELECT coalesce(array_agg(l.id), '{}') AS ids
    FROM historian_layout l JOIN historian_tag_source s USING (source_id)
    WHERE s.tag_id = %(tag)s AND %(tag)s = ANY(l.tags)
), hour AS (
    SELECT source_id, (%(bounds)s)[1] AS begins, (%(bounds)s)[1] AS ends
    FROM historian_tag_source WHERE tag_id = %(tag)s
    UNION ALL
    SELECT hour.source_id, next.begins, next.begins + interval '1 hour'
    FROM hour, LATERAL (
        SELECT date_bin('1 hour', h.ts, 'epoch') AS begins FROM historian_hot h
        WHERE h.source_id = hour.source_id AND h.ts >= hour.ends AND h.ts < (%(bounds)s)[2]
        ORDER BY h.ts LIMIT 1) next
)
SELECT array_send(array_agg(DISTINCT begins)) FROM hour
WHERE ends > begins AND EXISTS (
    SELECT FROM historian_hot h
    WHERE h.source_id = hour.source_id AND h.ts >= begins AND h.ts < ends
      AND (h.layout_id = ANY((SELECT ids FROM layout)::int4[]) OR %(tag)s = ANY(h.tags)))
"""
_KEPT = """
SELECT int8(extract(epoch FROM begins)) * 1000000, data FROM historian_rollup
WHERE tag_id = %(tag)s::int4 AND level = %(level)s::int2
  AND begins >= (%(bounds)s)[1] AND begins < (%(bounds)s)[2]
ORDER BY begins
"""

_END = np.iinfo(np.int64).max // Level.DAY * Level.DAY

Read = Callable[[int, int], Readings]
"""All readings of the tag with start <= time < end, packed or not."""


def read_summaries(
    connection: psycopg.Connection[Any], tag: int, level: Level, start: int, end: int, read: Read
) -> Buckets:
    """`Reader.summarise` of the packed store."""
    wire.register_columns(connection)
    first, last = (
        min(-(-max(time, wire.TIME_MIN) // level) * level, _END) for time in (start, end)
    )
    hot = _hot_hours(connection, tag, first, last)
    return _summaries(connection, tag, level, first, last, hot, read)


def _next(time: int, level: Level) -> int:
    """When the first bucket begins from `time` on."""
    return min(-(-time // level) * level, _END)


def _summaries(
    connection: psycopg.Connection[Any],
    tag: int,
    level: Level,
    first: int,
    last: int,
    hot: Int64s,
    read: Read,
) -> Buckets:
    """The buckets from `first` to before `last`. hot: hours of that time whose kept buckets
    may be out of date"""
    kept = kept_buckets(connection, tag, level, first, last)
    wide = max(level, Level.HOUR)
    stale = np.unique(hot // wide * wide)
    parts = [kept]
    for begins, ends in _runs(stale, wide):
        if level == Level.DAY:
            inside = hot[(hot >= begins) & (hot < ends)]
            hours = _summaries(connection, tag, Level.HOUR, begins, ends, inside, read)
            parts.append(combine(hours, level))
        else:
            found = read(begins, ends)
            values, qualities = found.values[None], found.qualities[None]
            parts.append(summarise(found.times, values, qualities, level))
    both = concatenated(parts)
    _, both = fullest(np.full(len(both), tag, np.int32), both)
    return taken(both, (both.starts >= first) & (both.starts < last))


def kept_buckets(
    connection: psycopg.Connection[Any], tag: int, level: Level, first: int, last: int
) -> Buckets:
    """Those of the rows that have the buckets from `first` to before `last`: some begin outside.
    Needs `wire.register_columns`."""
    if last <= first:
        return concatenated([])
    bounds = np.array([rows.row_of(level, first), last], np.int64)
    asked = {"tag": tag, "level": rows.NUMBERS[level], "bounds": wire.times(bounds)}
    found = connection.execute(_KEPT, asked, binary=True).fetchall()
    begins = np.array([row[0] for row in found], np.int64)
    return rows.decode(level, begins, [row[1] for row in found])[0]


def _hot_hours(connection: psycopg.Connection[Any], tag: int, first: int, last: int) -> Int64s:
    bounds = np.array([first // Level.HOUR * Level.HOUR, last], np.int64)
    cursor = connection.execute(_HOT_HOURS, {"tag": tag, "bounds": wire.times(bounds)}, binary=True)
    row = cursor.fetchone()
    assert row is not None
    return wire.parse_array(wire.TIMESTAMPTZ, row[0] or b"") + wire.EPOCH_2000


def _runs(starts: Int64s, width: int) -> Iterator[tuple[int, int]]:
    """From where to where neighbours of this width reach."""
    for run in np.split(starts, np.flatnonzero(np.diff(starts) != width) + 1):
        if len(run):
            yield int(run[0]), int(run[-1]) + width
