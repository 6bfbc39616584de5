"""Reading the packed store: blocks and what is hot, in one snapshot."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import psycopg

from wellhead import sdk
from wellhead_historian.store import codec, wire
from wellhead_historian.store.block_data import split_columns
from wellhead_historian.store.interface import Buckets, Level, Readings
from wellhead_historian.store.rollups.reading import read_summaries

_POINT = np.dtype([("seq", ">i8"), ("time", ">i8"), ("value", ">f8"), ("quality", ">i2")])
_FEW, _MANY = 32, 4096
"""Blocks that a statement brings at most: the first one, and later ones."""
_ALL = 2**31 - 2
_LAST = np.iinfo(np.int64).max

# Each question is one statement, so one snapshot: between two, packing would move rows from where
# the second looks to where the first has looked, and a layout that is born would hide its first
# rows. A block more than is used says where the next statement begins.
_READ = """
WITH block AS MATERIALIZED (
    SELECT b.hour, b.n, a.ts, b.data || b.rest AS data
    FROM historian_block b LEFT JOIN historian_axis a ON a.id = b.axis_id
    WHERE b.tag_id = %(tag)s::int AND b.hour >= (%(bounds)s)[3] AND b.hour < (%(bounds)s)[2]
    ORDER BY b.hour LIMIT %(blocks)s::int + 1
), bound AS MATERIALIZED (
    SELECT coalesce((SELECT hour FROM block ORDER BY hour OFFSET %(blocks)s::int),
                    (%(bounds)s)[2]) AS ends
), layout AS MATERIALIZED (
    SELECT coalesce(array_agg(l.id), '{}') AS ids,
           coalesce(array_agg(array_position(l.tags, %(tag)s::int)), '{}') AS places
    FROM historian_layout l JOIN historian_tag_source s USING (source_id)
    WHERE s.tag_id = %(tag)s::int AND %(tag)s::int = ANY(l.tags)
), hot AS (
    SELECT string_agg(int8send(found.seq) || timestamptz_send(found.ts) || float8send(found.v)
                      || int2send(found.q), ''::bytea) AS points
    FROM (
        SELECT of_source.* FROM historian_tag_source s, LATERAL (
            SELECT h.seq, h.ts, h.value[p.i] AS v, coalesce(h.quality[p.i], 192::int2) AS q
            FROM historian_hot h, LATERAL (SELECT coalesce(
                (SELECT places FROM layout)[array_position((SELECT ids FROM layout), h.layout_id)],
                array_position(h.tags, %(tag)s::int)) AS i) p
            WHERE h.source_id = s.source_id AND p.i IS NOT NULL
              AND h.ts >= (%(bounds)s)[1] AND h.ts < (SELECT ends FROM bound)
            ORDER BY h.ts FETCH FIRST (%(rows)s::int) ROWS WITH TIES
        ) of_source
        WHERE s.tag_id = %(tag)s::int
        ORDER BY of_source.ts FETCH FIRST (%(rows)s::int) ROWS WITH TIES
    ) found
)
SELECT timestamptz_send(hour), n, ts, data FROM block
UNION ALL SELECT NULL, NULL, NULL, points FROM hot
"""
# The hour that `time` lies in may begin after it, so that the block before is needed too.
_BEFORE = """
WITH block AS MATERIALIZED (
    SELECT b.hour, b.n, a.ts, b.data || b.rest AS data
    FROM historian_block b LEFT JOIN historian_axis a ON a.id = b.axis_id
    WHERE b.tag_id = %(tag)s::int AND b.hour < (%(bounds)s)[2]
    ORDER BY b.hour DESC LIMIT 2
), layout AS MATERIALIZED (
    SELECT coalesce(array_agg(l.id), '{}') AS ids,
           coalesce(array_agg(array_position(l.tags, %(tag)s::int)), '{}') AS places
    FROM historian_layout l JOIN historian_tag_source s USING (source_id)
    WHERE s.tag_id = %(tag)s::int AND %(tag)s::int = ANY(l.tags)
), hot AS (
    SELECT string_agg(int8send(found.seq) || timestamptz_send(found.ts) || float8send(found.v)
                      || int2send(found.q), ''::bytea) AS points
    FROM historian_tag_source s, LATERAL (
        SELECT h.seq, h.ts, h.value[p.i] AS v, coalesce(h.quality[p.i], 192::int2) AS q
        FROM historian_hot h, LATERAL (SELECT coalesce(
            (SELECT places FROM layout)[array_position((SELECT ids FROM layout), h.layout_id)],
            array_position(h.tags, %(tag)s::int)) AS i) p
        WHERE h.source_id = s.source_id AND p.i IS NOT NULL AND h.ts < (%(bounds)s)[2]
        ORDER BY h.ts DESC FETCH FIRST 1 ROW WITH TIES
    ) found
    WHERE s.tag_id = %(tag)s::int
)
SELECT timestamptz_send(hour), n, ts, data FROM block
UNION ALL SELECT NULL, NULL, NULL, points FROM hot
"""


class PackedReader:
    """The readings of the tenant that `connection` belongs to: `interface.Reader`. Raises
    psycopg.Error, and codec.CodecError for a damaged block."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        wire.register_columns(connection)
        self._connection = connection

    def read(self, tag: int, start: int, end: int, limit: int) -> Readings:
        parts: list[Readings] = []
        count, blocks = 0, min(_FEW, limit + 1)
        at: int | None = max(start, wire.TIME_MIN)
        while at is not None and count <= limit:
            part, packed = self._piece(tag, at, max(end, at), limit - count, blocks)
            parts.append(part)
            count += len(part.times)
            at = part.next
            blocks = min(_MANY, (limit - count) * packed // max(len(part.times), 1) + 2)
        whole = _joined(parts)
        more = int(whole.times[limit]) if count > limit else at
        return Readings(whole.times[:limit], whole.values[:limit], whole.qualities[:limit], more)

    def before(self, tag: int, time: int) -> Readings:
        end = max(min(time, _LAST - 1) + 1, wire.TIME_MIN)
        packed, points = self._ask(_BEFORE, tag, wire.TIME_MIN, end)
        found = _merged(packed, points, wire.TIME_MIN, end)
        return Readings(found.times[-1:], found.values[-1:], found.qualities[-1:])

    def after(self, tag: int, time: int) -> Readings:
        found = self.read(tag, time, _LAST, 1)
        return Readings(found.times, found.values, found.qualities)

    def summarise(self, tag: int, level: Level, start: int, end: int) -> Buckets:
        def read(start: int, end: int) -> Readings:
            return self.read(tag, start, end, _ALL)

        return read_summaries(self._connection, tag, level, start, end, read)

    def _piece(
        self, tag: int, start: int, end: int, limit: int, blocks: int
    ) -> tuple[Readings, int]:
        """What these many blocks have, with all that is hot until there or `limit` of it, and how
        many blocks there were."""
        packed, points = self._ask(_READ, tag, start, end, blocks=blocks, rows=limit + 1)
        more: int | None = None
        if len(packed) > blocks:
            more = end = packed[blocks][0]
        if len(points) > limit:
            more = end = int(points["time"].max()) + wire.EPOCH_2000 + 1
        return replace(_merged(packed[:blocks], points, start, end), next=more), len(packed)

    def _ask(
        self, statement: str, tag: int, start: int, end: int, **numbers: int
    ) -> tuple[list[Any], npt.NDArray[np.void]]:
        """Blocks in order of their hours (hour, n, times of the axis, data), and hot points."""
        hour = max(start // Level.HOUR * Level.HOUR, wire.TIME_MIN)
        bounds = wire.times(np.array([start, end, hour], np.int64))
        rows = self._connection.execute(
            statement, {"tag": tag, "bounds": bounds, **numbers}, binary=True
        ).fetchall()
        packed = sorted(
            (int.from_bytes(hour, "big", signed=True) + wire.EPOCH_2000, *rest)
            for hour, *rest in rows
            if hour is not None
        )
        points = next(points for hour, _, _, points in rows if hour is None)
        return packed, np.frombuffer(points or b"", _POINT)


def _merged(packed: Sequence[Any], points: npt.NDArray[np.void], start: int, end: int) -> Readings:
    """One series of blocks and hot points with start <= time < end; what is hot arrived later."""
    parts = [_unpacked(*block) for block in packed]
    hot = points[np.argsort(points["seq"])]
    parts.append(
        Readings(
            hot["time"].astype(np.int64) + wire.EPOCH_2000,
            hot["value"].astype(np.float64),
            hot["quality"].astype(np.int16),
        )
    )
    whole = _joined(parts)
    order = np.argsort(whole.times, kind="stable")
    times = whole.times[order]
    last = np.append(times[1:] != times[:-1], True)[: len(times)]
    keep = order[last & (times >= start) & (times < end)]
    return Readings(whole.times[keep], whole.values[keep], whole.qualities[keep])


def _unpacked(hour: int, n: int, shared: bytes | None, data: bytes) -> Readings:
    value, quality, own = split_columns(data)
    times = own or shared or b""
    if quality is None:
        qualities = np.full(n, sdk.quality.GOOD, np.int16)
    else:
        qualities = codec.decode_ints(quality, n).astype(np.int16)
    return Readings(codec.decode_times(times, n), codec.decode_floats(value, n), qualities)


def _joined(parts: Sequence[Readings]) -> Readings:
    return Readings(
        np.concatenate([part.times for part in parts]),
        np.concatenate([part.values for part in parts]),
        np.concatenate([part.qualities for part in parts]),
    )
