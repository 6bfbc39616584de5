"""Rows into the hypertable: one binary COPY, and an upsert where readings are there already.

Nearly all readings are newer than what is stored. So a COPY is tried in a savepoint, and only when
the key of tag and time refuses it are the same rows merged, so that the last that arrived counts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import psycopg

from wellhead import sdk
from wellhead_historian.scans import Arrived, batches_of
from wellhead_historian.store import wire
from wellhead_historian.store.copy_stream import END, START
from wellhead_historian.store.latest import LatestWriter, newest
from wellhead_historian.store.layouts import Layouts
from wellhead_historian.store.rows import NO_LAYOUT, Rows
from wellhead_historian.store.texts import MOST_TEXTS, TextNumbers
from wellhead_historian.store.timescale.schema import TIME_MAX

_COPY = "COPY historian_reading (tag_id, ts, value, quality) FROM STDIN (FORMAT BINARY)"
_MERGE = (
    "INSERT INTO historian_reading (tag_id, ts, value, quality) "
    "SELECT * FROM unnest(%s, %s, %s, %s) "
    "ON CONFLICT (tag_id, ts) DO UPDATE SET value = excluded.value, quality = excluded.quality"
)
NO_LIMIT = (
    "SELECT set_config('timescaledb.max_tuples_decompressed_per_dml_transaction', '0', false)"
)
"""For a connection that changes what is compressed: late readings of many tags open more rows than
the default allows, however often the same readings are tried."""
_ROW = np.dtype(
    [
        ("fields", ">i2"),
        ("tag_size", ">i4"),
        ("tag", ">i4"),
        ("ts_size", ">i4"),
        ("ts", ">i8"),
        ("value_size", ">i4"),
        ("value", ">f8"),
        ("quality_size", ">i4"),
        ("quality", ">i2"),
    ]
)


@dataclass(frozen=True, slots=True)
class _Columns:
    """Readings; sources: int32[n], of which each is"""

    sources: npt.NDArray[np.int32]
    tags: npt.NDArray[np.int32]
    times: npt.NDArray[np.int64]
    values: npt.NDArray[np.float64]
    qualities: npt.NDArray[np.int16]

    def take(self, which: npt.NDArray[np.intp]) -> "_Columns":
        return _Columns(
            self.sources[which],
            self.tags[which],
            self.times[which],
            self.values[which],
            self.qualities[which],
        )


class TimescaleWriter:
    """The hypertable of the tenant that `connection` belongs to: `interface.Writer`. most_texts:
    see TextNumbers"""

    def __init__(self, connection: psycopg.Connection[Any], most_texts: int = MOST_TEXTS) -> None:
        wire.register_columns(connection)
        connection.execute(NO_LIMIT)
        self._connection = connection
        self._layouts = Layouts(connection)
        self._latest = LatestWriter(connection)
        self._texts = TextNumbers(connection, most_texts)

    def write(self, arrived: Sequence[Arrived], latest_time: int) -> Sequence[Arrived]:
        batches = batches_of(self._texts.numbered(arrived))
        filled = [batch for batch in batches if len(batch)]
        if not filled:
            return batches
        columns = _columns(filled)
        rows = [_as_rows(columns)]
        self._layouts.note_tags(rows)
        self._store(_last_of_each(columns))
        self._latest.write(newest(rows), latest_time)
        return batches

    def forget(self) -> None:
        self._texts.forget()
        self._layouts.forget()
        self._latest.forget()

    def _store(self, found: _Columns) -> None:
        stream = _stream(found)
        try:
            with (
                self._connection.transaction(),
                self._connection.cursor() as cursor,
                cursor.copy(_COPY) as copy,
            ):
                copy.write(stream)
        except psycopg.errors.UniqueViolation:
            columns = (
                wire.int4s(found.tags),
                wire.times(found.times),
                wire.float8s(found.values),
                wire.int2s(found.qualities),
            )
            self._connection.execute(_MERGE, columns)


def _columns(batches: Sequence[sdk.Batch]) -> _Columns:
    """Readings in order of arrival. Raises sdk.BatchError for a time that cannot be stored."""
    lengths = [len(batch) for batch in batches]
    found = _Columns(
        np.repeat(np.array([batch.source for batch in batches], np.int32), lengths),
        np.concatenate([batch.tags for batch in batches]),
        np.concatenate([batch.times for batch in batches]),
        np.concatenate([batch.values for batch in batches]),
        np.concatenate([batch.qualities for batch in batches]),
    )
    if (found.times < wire.TIME_MIN).any():
        raise sdk.BatchError(
            "lies before what PostgreSQL can hold", field="times", value=int(found.times.min())
        )
    if (found.times > TIME_MAX).any():
        raise sdk.BatchError(
            "lies after what a hypertable can hold", field="times", value=int(found.times.max())
        )
    return found


def _last_of_each(arrived: _Columns) -> _Columns:
    """Each tag's readings in order of time, of several at one time the last: one order for all
    writers, so that two never wait for each other, and the cheapest for the key."""
    order = np.lexsort((arrived.times, arrived.tags))  # stable: equals stay in order of arrival
    tags, times = arrived.tags[order], arrived.times[order]
    last = np.ones(len(order), np.bool_)
    last[:-1] = (tags[1:] != tags[:-1]) | (times[1:] != times[:-1])
    return arrived.take(order[last])


def _as_rows(arrived: _Columns) -> Rows:
    """One row a reading."""
    return Rows(
        ranks=np.arange(len(arrived.tags)),
        sources=arrived.sources,
        layouts=np.full(len(arrived.tags), NO_LAYOUT, np.int32),
        times=arrived.times,
        tags=arrived.tags[:, None],
        values=arrived.values[:, None],
        qualities=arrived.qualities[:, None],
    )


def _stream(found: _Columns) -> bytes:
    """All rows for COPY; see copy_stream.py for the format."""
    rows = np.empty(len(found.tags), _ROW)
    rows["fields"] = 4
    rows["tag_size"], rows["tag"] = 4, found.tags
    rows["ts_size"], rows["ts"] = 8, found.times - wire.EPOCH_2000
    rows["value_size"], rows["value"] = 8, found.values
    rows["quality_size"], rows["quality"] = 2, found.qualities
    return b"".join((START, rows.tobytes(), END))
