"""The hot table: one row a scan with native arrays, as readings come."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import psycopg
from psycopg.copy import LibpqWriter, QueuedLibpqWriter

from wellhead import sdk
from wellhead_historian.store import wire
from wellhead_historian.store.copy_stream import COPY_HOT, END, START, copy_rows
from wellhead_historian.store.interface import Buckets, Level, Readings
from wellhead_historian.store.latest import LatestWriter, newest, newest_rows
from wellhead_historian.store.layouts import Layouts
from wellhead_historian.store.rollups.summary import summarise
from wellhead_historian.store.scans import Rows, arrange
from wellhead_historian.store.texts import MOST_TEXTS, TextNumbers

_PART = 100_000  # readings of one piece of a COPY
_POINT = np.dtype([("seq", ">i8"), ("time", ">i8"), ("value", ">f8"), ("quality", ">i2")])
_ALL = 2**31 - 2

# One statement, so one snapshot: a layout that is born between two would hide its first rows.
_READ = """
WITH layout AS MATERIALIZED (
    SELECT coalesce(array_agg(l.id), '{}') AS ids,
           coalesce(array_agg(array_position(l.tags, %(tag)s)), '{}') AS places
    FROM historian_layout l JOIN historian_tag_source s USING (source_id)
    WHERE s.tag_id = %(tag)s AND %(tag)s = ANY(l.tags)
)
SELECT string_agg(
    int8send(found.seq) || timestamptz_send(found.ts) || float8send(found.v) || int2send(found.q),
    ''::bytea)
FROM historian_tag_source s, LATERAL (
    SELECT h.seq, h.ts, h.value[p.i] AS v, coalesce(h.quality[p.i], 192::int2) AS q
    FROM historian_hot h, LATERAL (SELECT coalesce(
        (SELECT places FROM layout)[array_position((SELECT ids FROM layout), h.layout_id)],
        array_position(h.tags, %(tag)s)) AS i) p
    WHERE h.source_id = s.source_id AND p.i IS NOT NULL
      AND h.ts >= (%(bounds)s)[1] AND h.ts < (%(bounds)s)[2]
    ORDER BY h.ts FETCH FIRST %(rows)s ROWS WITH TIES
) found
WHERE s.tag_id = %(tag)s
"""


class HotStore:
    """The hot table of the tenant that `connection` belongs to. most_texts: see TextNumbers; last:
    see Layouts"""

    def __init__(
        self,
        connection: psycopg.Connection[Any],
        most_texts: int = MOST_TEXTS,
        last: dict[int, bytes] | None = None,
    ) -> None:
        wire.register_columns(connection)
        self._connection = connection
        self._layouts = Layouts(connection, last)
        self._latest = LatestWriter(connection)
        self._texts = TextNumbers(connection, most_texts)

    def write(self, batches: Sequence[sdk.Batch], latest_time: int) -> Sequence[sdk.Batch]:
        batches = self._texts.numbered(batches)
        groups = self._copy(batches)
        self._layouts.note_tags(groups)
        fresh = newest(newest_rows(groups, self._layouts.tags_of))
        self._latest.write(fresh, latest_time)
        return batches

    def _copy(self, batches: Sequence[sdk.Batch]) -> list[Rows]:
        """COPY `batches` part by part, so that the server takes one while the next is built."""
        layouts = [self._layouts.find(batch) for batch in batches]  # asks: not possible meanwhile
        parts = _parts(batches)
        if not parts:
            return []
        found: list[Rows] = []
        with self._connection.cursor() as cursor:
            writer = QueuedLibpqWriter(cursor) if len(parts) > 1 else LibpqWriter(cursor)
            with cursor.copy(COPY_HOT, writer=writer) as copy:
                copy.write(START)
                for part in parts:
                    groups = arrange(batches[part], layouts[part])
                    copy.write(copy_rows(groups))
                    found += groups
                copy.write(END)
        return found

    def forget(self) -> None:
        self._texts.forget()
        self._layouts.forget()
        self._latest.forget()

    def read(self, tag: int, start: int, end: int, limit: int) -> Readings:
        return read_hot(self._connection, tag, start, end, limit)


class HotReader:
    """What is hot, of the tenant that `connection` belongs to: `interface.Reader`."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection

    def read(self, tag: int, start: int, end: int, limit: int) -> Readings:
        return read_hot(self._connection, tag, start, end, limit)

    def before(self, tag: int, time: int) -> Readings:
        found = self.read(tag, wire.TIME_MIN, time + 1, _ALL)
        return Readings(found.times[-1:], found.values[-1:], found.qualities[-1:])

    def after(self, tag: int, time: int) -> Readings:
        found = self.read(tag, time, np.iinfo(np.int64).max, 1)
        return Readings(found.times, found.values, found.qualities)

    def summarise(self, tag: int, level: Level, start: int, end: int) -> Buckets:
        first, last = (-(-time // level) * level for time in (start, end))
        found = self.read(tag, first, last, _ALL)
        return summarise(found.times, found.values[None], found.qualities[None], level)


def _parts(batches: Sequence[sdk.Batch]) -> list[slice]:
    """`batches` cut after each _PART readings; those that are empty alone make no part."""
    parts = []
    begin = readings = 0
    for place, batch in enumerate(batches, 1):
        readings += len(batch)
        if readings >= _PART or (readings and place == len(batches)):
            parts.append(slice(begin, place))
            begin, readings = place, 0
    return parts


def read_hot(
    connection: psycopg.Connection[Any], tag: int, start: int, end: int, limit: int
) -> Readings:
    """`Store.read` on a connection that is borrowed for this one question."""
    wire.register_columns(connection)
    bounds = np.array([max(start, wire.TIME_MIN), max(end, wire.TIME_MIN)], np.int64)
    with connection.cursor(binary=True) as cursor:
        cursor.execute(_READ, {"tag": tag, "bounds": wire.times(bounds), "rows": limit + 1})
        row = cursor.fetchone()
    assert row is not None
    points = np.frombuffer(row[0] or b"", _POINT)
    times = points["time"].astype(np.int64) + wire.EPOCH_2000
    order = np.lexsort((points["seq"].astype(np.int64), times))
    last = np.ones(len(order), np.bool_)
    last[:-1] = times[order][1:] != times[order][:-1]
    keep = order[last]
    more: int | None = None
    if len(keep) > limit:
        more = int(times[keep[limit]])
        keep = keep[:limit]
    elif len(order) > limit:  # many readings of few times: the rows ended there, not the readings
        more = int(times[keep[-1]]) + 1
    return Readings(
        times[keep],
        points["value"][keep].astype(np.float64),
        points["quality"][keep].astype(np.int16),
        more,
    )
