"""Reading the hypertable, and summaries: from the continuous aggregates where they are up to date.

TimescaleDB knows which spans they do not show yet: it notes them in the transaction that stores.
Those are asked for first, then what is kept of the rest, then the readings of those spans. A
refresh in between makes some of what is read from readings unnecessary and nothing wrong.

Roll-ups of readings that are past their time are asked for last: what is removed meanwhile has been
seen, or is there by then. One that counts more readings than there are stays, as in the packed
store.
"""

from typing import Any, LiteralString

import numpy as np
import numpy.typing as npt
import psycopg
from psycopg import sql

from wellhead_historian.store import wire
from wellhead_historian.store.interface import Buckets, Level, Readings
from wellhead_historian.store.rollups.reading import kept_buckets
from wellhead_historian.store.rollups.summary import (
    combine,
    concatenated,
    empty,
    fullest,
    summarise,
    taken,
)
from wellhead_historian.store.timescale.schema import TIME_MAX, VIEWS

_PIECE = 5_000_000
_BELOW = {Level.DAY: Level.HOUR, Level.HOUR: Level.MINUTE}
_COLUMNS = (
    "SELECT array_send(array_agg(ts)), array_send(array_agg(value)), "
    "array_send(array_agg(quality)) FROM (SELECT ts, value, quality FROM historian_reading "
)
_READ = _COLUMNS + (
    "WHERE tag_id = %s::int4 AND ts >= (%s)[1] AND ts < (%s)[1] ORDER BY ts LIMIT %s) found"
)
_BEFORE = _COLUMNS + "WHERE tag_id = %s::int4 AND ts <= (%s)[1] ORDER BY ts DESC LIMIT 1) found"
_PENDING = """
WITH aggregate AS (
    SELECT raw_hypertable_id AS raw, mat_hypertable_id AS kept
    FROM _timescaledb_catalog.continuous_agg
    WHERE user_view_schema = current_schema() AND user_view_name = ANY(%s)
)
SELECT lowest_modified_value, greatest_modified_value
FROM _timescaledb_catalog.continuous_aggs_hypertable_invalidation_log
WHERE hypertable_id IN (SELECT raw FROM aggregate)
UNION SELECT lowest_modified_value, greatest_modified_value
FROM _timescaledb_catalog.continuous_aggs_materialization_invalidation_log
WHERE materialization_id IN (SELECT kept FROM aggregate)
UNION SELECT lowest_modified_value, greatest_modified_value
FROM _timescaledb_catalog.continuous_aggs_materialization_ranges
WHERE materialization_id IN (SELECT kept FROM aggregate)
ORDER BY 1
"""
_TIMES = ("starts", "first_time", "last_time")
_COUNTS = ("count", "good", "usable", "first_usable", "last_usable")
_KEPT = sql.SQL("""
SELECT array_send(array_agg(bucket)), array_send(array_agg(first_time)),
       array_send(array_agg(last_time)),
       array_send(array_agg(count)), array_send(array_agg(good)), array_send(array_agg(usable)),
       array_send(array_agg(first_usable::int::int8)),
       array_send(array_agg(last_usable::int::int8)),
       array_send(array_agg(coalesce(minimum, 'NaN'))),
       array_send(array_agg(coalesce(maximum, 'NaN'))),
       array_send(array_agg(coalesce(total, 'NaN'))),
       array_send(array_agg(coalesce(first, 'NaN'))), array_send(array_agg(coalesce(last, 'NaN'))),
       array_send(array_agg(integrals[1])), array_send(array_agg(integrals[2])),
       array_send(array_agg(integrals[3])), array_send(array_agg(integrals[4]))
FROM (SELECT * FROM {} WHERE tag_id = %s::int4 AND bucket >= (%s)[1] AND bucket < (%s)[1]
      ORDER BY bucket) kept
""")
_NUMBERS = (
    *("minimum", "maximum", "total", "first", "last"),
    *("step", "step_covered", "linear", "linear_covered"),
)


class TimescaleReader:
    """The hypertable of the tenant that `connection` belongs to: `interface.Reader`."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        wire.register_columns(connection)
        self._connection = connection

    def read(self, tag: int, start: int, end: int, limit: int) -> Readings:
        found = self._readings(_READ, (tag, _time(start), _time(end), limit + 1))
        if len(found.times) <= limit:
            return found
        return Readings(
            found.times[:limit],
            found.values[:limit],
            found.qualities[:limit],
            int(found.times[limit]),
        )

    def before(self, tag: int, time: int) -> Readings:
        return self._readings(_BEFORE, (tag, _time(time)))

    def after(self, tag: int, time: int) -> Readings:
        return self._readings(_READ, (tag, _time(time), _time(TIME_MAX), 1))

    def summarise(self, tag: int, level: Level, start: int, end: int) -> Buckets:
        lowest, highest = (max(min(time, TIME_MAX), wire.TIME_MIN) for time in (start, end))
        first, last = -(-lowest // level) * level, -(-highest // level) * level
        found = self._summaries(tag, level, first, last)
        kept = kept_buckets(self._connection, tag, level, first, last)
        if not len(kept):
            return found
        both = concatenated([found, kept])
        _, both = fullest(np.full(len(both), tag, np.int32), both)
        return taken(both, (both.starts >= first) & (both.starts < last))

    def _summaries(self, tag: int, level: Level, first: int, last: int) -> Buckets:
        """The buckets from `first` to before `last`, both multiples of `level`."""
        parts, at = [], first
        for begins, ends in self._stale(level, first, last):
            parts.append(self._kept(tag, level, at, begins))
            if level is Level.MINUTE:
                parts.append(self._of_readings(tag, level, begins, ends))
            else:
                parts.append(combine(self._summaries(tag, _BELOW[level], begins, ends), level))
            at = ends
        parts.append(self._kept(tag, level, at, last))
        return concatenated(parts)

    def _stale(self, level: Level, first: int, last: int) -> list[tuple[int, int]]:
        """The spans of whole buckets, in order and apart, that the aggregate does not show."""
        names = [VIEWS[below] for below in Level if below <= level]
        spans: list[tuple[int, int]] = []
        for lowest, greatest in self._connection.execute(_PENDING, (names,)):
            begins = max(lowest // level * level, first)
            ends = min((greatest // level + 1) * level, last)
            if spans and begins <= spans[-1][1]:
                spans[-1] = (spans[-1][0], max(ends, spans[-1][1]))
            elif begins < ends:
                spans.append((begins, ends))
        return spans

    def _kept(self, tag: int, level: Level, first: int, last: int) -> Buckets:
        if last <= first:
            return empty()
        query = _KEPT.format(sql.Identifier(VIEWS[level]))
        row = self._connection.execute(
            query, (tag, _time(first), _time(last)), binary=True
        ).fetchone()
        assert row is not None
        data = iter(row)
        if row[0] is None:
            return empty()
        columns: dict[str, npt.NDArray[Any]] = {}
        for name in _TIMES:
            columns[name] = wire.parse_array(wire.TIMESTAMPTZ, next(data)) + wire.EPOCH_2000
        for name in _COUNTS:
            columns[name] = wire.parse_array(wire.INT8, next(data))
        for name in _NUMBERS:
            columns[name] = wire.parse_array(wire.FLOAT8, next(data))
        for name in ("first_usable", "last_usable"):
            columns[name] = columns[name].astype(np.bool_)
        return Buckets(**columns)

    def _of_readings(self, tag: int, level: Level, first: int, last: int) -> Buckets:
        """Made now. Pieces end between buckets, as long as one bucket fits into a piece."""
        parts = []
        at: int | None = first
        while at is not None:
            found = self.read(tag, at, last, _PIECE)
            keep, at = len(found.times), found.next
            if at is not None:
                keep = int(np.searchsorted(found.times, at // level * level)) or keep
                at = int(found.times[keep - 1]) + 1
            parts.append(
                summarise(
                    found.times[:keep],
                    found.values[None, :keep],
                    found.qualities[None, :keep],
                    level,
                )
            )
        return concatenated(parts)

    def _readings(self, query: LiteralString, parameters: tuple[Any, ...]) -> Readings:
        row = self._connection.execute(query, parameters, binary=True).fetchone()
        assert row is not None
        times, values, qualities = (data or b"" for data in row)
        return Readings(
            wire.parse_array(wire.TIMESTAMPTZ, times) + wire.EPOCH_2000,
            wire.parse_array(wire.FLOAT8, values),
            wire.parse_array(wire.INT2, qualities),
        )


def _time(time: int) -> wire.Times:
    return wire.times(np.array([max(min(time, TIME_MAX), wire.TIME_MIN)], np.int64))
