"""Blocks of an hour, read for merging and written anew, with the time columns that they share."""

import struct
from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import psycopg

from wellhead import sdk
from wellhead_historian.store import codec, wire
from wellhead_historian.store.block_data import join_columns, split_columns
from wellhead_historian.store.copy_stream import END, START
from wellhead_historian.store.packing.panels import PACKED, Panel

_READ = """
SELECT b.tag_id, b.n, b.axis_id, a.ts, b.data || b.rest
FROM historian_block b LEFT JOIN historian_axis a ON a.id = b.axis_id
WHERE b.tag_id = ANY(%s) AND b.hour = (%s)[1]
"""
_COPY = "COPY historian_block (tag_id, hour, n, axis_id, data, rest) FROM STDIN (FORMAT BINARY)"
_DROP_AXES = """
DELETE FROM historian_axis a
WHERE id = ANY(%s::int8[]) AND NOT EXISTS (SELECT FROM historian_block b WHERE b.axis_id = a.id)
"""
_FIXED = struct.Struct(">hiiiqii")  # six fields; tag; hour; n


_PAGE, _ROW = 8160, 40
"""Bytes of a page of rows, and what a row has there at most beside what it has in a COPY."""
Row = tuple[int, bytes]
"""What of a row's bytes in a COPY lies in its page, and these"""


class PackingError(RuntimeError):
    """What was encoded is not what was read: nothing may be deleted."""


class HourBlocks:
    """The blocks of one hour, in the caller's transaction. hour: microseconds since 1970 UTC"""

    def __init__(self, connection: psycopg.Connection[Any], hour: int) -> None:
        self._connection = connection
        self._hour = hour
        self._when = wire.times(np.array([hour], np.int64))
        self._axes: dict[bytes, int] = {}
        self._left: set[int] = set()

    def read(self, tags: npt.NDArray[np.int32]) -> list[Panel]:
        """What is packed of these tags. Raises codec.CodecError for a damaged block."""
        rows = self._connection.execute(_READ, (wire.int4s(tags), self._when), binary=True)
        groups: dict[tuple[int | None, int, bytes], list[Any]] = defaultdict(list)
        for tag, n, axis, shared, data in rows:
            value, quality, own = split_columns(data)
            times = (own if axis is None else shared) or b""
            # Even times of another number have the same bytes.
            groups[axis, n, times].append((tag, value, quality))
        return [self._panel(*key, found) for key, found in groups.items()]

    def _panel(self, axis: int | None, n: int, data: bytes, rows: Sequence[Any]) -> Panel:
        times = codec.decode_times(data, n)
        if axis is not None:
            self._axes[times.tobytes()] = axis
            self._left.add(axis)
        qualities = None
        if any(quality is not None for *_, quality in rows):
            qualities = np.full((len(rows), n), sdk.quality.GOOD, np.int16)
            for place, (*_, quality) in enumerate(rows):
                if quality is not None:
                    qualities[place] = codec.decode_ints(quality, n)
        return Panel(
            np.array([row[0] for row in rows], np.int32),
            times,
            np.full(n, PACKED, np.int64),
            np.stack([codec.decode_floats(row[1], n) for row in rows]),
            qualities,
        )

    def replace(self, panels: Sequence[Panel]) -> int:
        """Put these in the place of what was packed of their tags; how many bytes they have.
        Raises PackingError when what was encoded would not be read as it is."""
        users: Counter[bytes] = Counter()
        for panel in panels:
            users[panel.times.tobytes()] += len(panel.tags)
        rows: list[Row] = []
        for panel in panels:
            times = panel.times.tobytes()
            own = users[times] == 1 and times not in self._axes
            rows += self._rows(panel, None if own else self._axis(panel.times))
        tags = np.concatenate([panel.tags for panel in panels])
        self._connection.execute(
            "DELETE FROM historian_block WHERE tag_id = ANY(%s) AND hour = (%s)[1]",
            (wire.int4s(tags), self._when),
        )
        stream = b"".join((START, *_filling_pages(rows), END))
        with self._connection.cursor() as cursor, cursor.copy(_COPY) as copy:
            copy.write(stream)
        return len(stream)

    def drop_axes(self) -> None:
        """Delete the axes that were read and that no block uses any more."""
        if self._left:
            self._connection.execute(_DROP_AXES, (sorted(self._left),))

    def _axis(self, times: npt.NDArray[np.int64]) -> int:
        key = times.tobytes()
        known = self._axes.get(key)
        if known is not None:
            return known
        data = _checked_times(times)
        row = self._connection.execute(
            "INSERT INTO historian_axis (hour, n, ts) VALUES ((%s)[1], %s::int4, %s) RETURNING id",
            (self._when, len(times), data),
        ).fetchone()
        assert row is not None
        self._axes[key] = row[0]
        return int(row[0])

    def _rows(self, panel: Panel, axis: int | None) -> list[Row]:
        n = len(panel.times)
        own = _checked_times(panel.times) if axis is None else None
        axis_field = _field(None if axis is None else struct.pack(">q", axis))
        found = []
        for place, value in enumerate(codec.encode_columns(panel.values)):
            if codec.decode_floats(value, n).tobytes() != panel.values[place].tobytes():
                raise PackingError(f"values of tag {panel.tags[place]} do not survive the codec")
            quality = None if panel.qualities is None else _quality(panel.qualities[place])
            head = _FIXED.pack(6, 4, panel.tags[place], 8, self._hour - wire.EPOCH_2000, 4, n)
            data, rest = join_columns(value, quality, own)
            row = b"".join((head, axis_field, _field(data), _field(rest)))
            found.append((len(row) - len(rest), row))
        return found


def _filling_pages(rows: Sequence[Row]) -> list[bytes]:
    """In an order in which they fill pages: COPY begins another page where a row does not fit, and
    rows of a fifth of a page would leave a tenth of it empty (first-fit decreasing bin packing)."""
    free = np.full(len(rows), _PAGE)
    pages: list[list[bytes]] = [[] for _ in rows]
    for length, row in sorted(rows, reverse=True):
        size = length + _ROW
        page = int(np.argmax(free >= size))
        free[page] -= size
        pages[page].append(row)
    return [row for page in pages for row in page]


def _checked_times(times: npt.NDArray[np.int64]) -> bytes:
    data = codec.encode_times(times)
    if not np.array_equal(codec.decode_times(data, len(times)), times):
        raise PackingError("times do not survive the codec")
    return data


def _quality(qualities: npt.NDArray[np.int16]) -> bytes | None:
    if (qualities == sdk.quality.GOOD).all():
        return None
    data = codec.encode_ints(qualities.astype(np.int64))
    if not np.array_equal(codec.decode_ints(data, len(qualities)), qualities):
        raise PackingError("qualities do not survive the codec")
    return data


def _field(value: bytes | None) -> bytes:
    """A field of binary COPY."""
    return b"\xff\xff\xff\xff" if value is None else struct.pack(">i", len(value)) + value
