"""One transaction: what is hot of an hour goes into blocks, and exactly that is deleted.

Everything is read in one snapshot (REPEATABLE READ), so it does not matter what is stored
meanwhile: rows that this snapshot does not see stay hot, whatever their numbers. Sources that bring
readings of the same tag in the same hour go together, since of two readings at one time the one
with the higher number counts, and a block does not remember numbers.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import psycopg
from psycopg import IsolationLevel

from wellhead_historian.store import wire
from wellhead_historian.store.interface import Level
from wellhead_historian.store.packing.blocks import HourBlocks, PackingError
from wellhead_historian.store.packing.hot import (
    Span,
    WideLayout,
    read_loose,
    read_scans,
    wide_layouts,
)
from wellhead_historian.store.packing.panels import Loose, Panel, merged, panels_of

MOST_READINGS = 1 << 22
"""Readings that are held in memory together; with what the server makes of them, 300 MB."""

_PACKED_READINGS = 3600
"""What a tag is taken to have in an hour's block already."""

Put = Callable[[psycopg.Connection[Any], int, Sequence[Panel]], None]
"""Called in the transaction with an hour, in microseconds since 1970 UTC, and all readings that it
now has of some tags, each in one panel: `rollups.keeping.put`."""

# Sources that bring readings of tags of these, and have any in this span.
_RELATED = """
SELECT DISTINCT o.source_id
FROM historian_tag_source t JOIN historian_tag_source o USING (tag_id)
WHERE t.source_id = ANY(%(sources)s) AND o.source_id <> ALL(%(sources)s) AND EXISTS (
    SELECT FROM historian_hot h WHERE h.source_id = o.source_id
    AND h.ts >= (%(bounds)s)[1] AND h.ts < (%(bounds)s)[2])
"""
# Rows and loose readings a minute: a value of float8[] is a head of 24 bytes and 8 a reading.
_WEIGHTS = """
SELECT timestamptz_send(date_bin('1 minute', ts, '2000-01-01 00:00+00')),
       sum(CASE WHEN tags IS NULL THEN %(narrow)s ELSE pg_column_size(value) / 8 END)
FROM historian_hot
WHERE source_id = ANY(%(sources)s) AND ts >= (%(bounds)s)[1] AND ts < (%(bounds)s)[2]
GROUP BY 1 ORDER BY 1
"""


@dataclass(frozen=True, slots=True)
class Moved:
    """rows: hot rows that were deleted; readings, size: what the blocks that were written hold,
    with what was packed before, and their bytes"""

    rows: int = 0
    readings: int = 0
    size: int = 0

    def __add__(self, other: "Moved") -> "Moved":
        return Moved(self.rows + other.rows, self.readings + other.readings, self.size + other.size)


def move_hour(
    connection: psycopg.Connection[Any],
    sources: Sequence[int],
    hour: int,
    put: Put,
    most: int = MOST_READINGS,
) -> Moved:
    """Pack what these sources, and those that share tags with them, have hot of this hour, in
    transactions of a bounded size. `connection` is in autocommit mode, its holder has the tenant's
    packing lock. Raises psycopg.Error, codec.CodecError or PackingError; what was committed until
    then is packed, everything else is hot."""
    wire.register_columns(connection)
    connection.isolation_level = IsolationLevel.REPEATABLE_READ
    moved = Moved()
    span = Span(sources, hour, hour + Level.HOUR)
    while span.start < hour + Level.HOUR:
        with connection.transaction():
            related = _with_related(connection, span)
            part = replace(related, end=_end_of_part(connection, related, most))
            moved += _move(connection, part, hour, put, most)
        span = replace(span, start=part.end)
    return moved


def _with_related(connection: psycopg.Connection[Any], span: Span) -> Span:
    while True:
        rows = connection.execute(_RELATED, span.parameters(), binary=True).fetchall()
        if not rows:
            return span
        span = replace(span, sources=[*span.sources, *(source for (source,) in rows)])


def _end_of_part(connection: psycopg.Connection[Any], span: Span, most: int) -> int:
    """Until which minute this transaction goes: the end, unless that is too much."""
    total = 0
    for minute, weight in connection.execute(_WEIGHTS, span.parameters(), binary=True):
        total += int(weight)
        start = int.from_bytes(minute, "big", signed=True) + wire.EPOCH_2000
        if total > most and start > span.start:
            return start
    return span.end


def _move(connection: psycopg.Connection[Any], span: Span, hour: int, put: Put, most: int) -> Moved:
    layouts = wide_layouts(connection, span)
    loose = read_loose(connection, span)
    if not layouts and not len(loose.seqs):
        return Moved()
    seqs = {0: np.unique(loose.seqs)}
    blocks = HourBlocks(connection, hour)
    moved = Moved()
    for tags in _chunks(layouts, loose, most):
        panels = panels_of(_of_tags(loose, tags))
        for layout in layouts:
            panel = read_scans(connection, span, layout, tags)
            if panel is not None:
                panels.append(panel)
                seqs[layout.id] = panel.seqs
        series = merged([*blocks.read(tags), *panels])
        size = blocks.replace(series)
        put(connection, hour, series)
        moved += Moved(0, sum(panel.values.size for panel in series), size)
    blocks.drop_axes()
    return moved + Moved(rows=_delete(connection, np.concatenate(list(seqs.values()))))


def _chunks(
    layouts: Sequence[WideLayout], loose: Loose, most: int
) -> Iterator[npt.NDArray[np.int32]]:
    """All tags, as many at a time as have `most` readings, in the order of the layouts."""
    loose_tags, counts = np.unique(loose.tags, return_counts=True)
    tags = np.concatenate([*(layout.tags for layout in layouts), loose_tags])
    rows = [np.full(len(layout.tags), layout.rows) for layout in layouts]
    found, first, place = np.unique(tags, return_index=True, return_inverse=True)
    weights = np.bincount(place, np.concatenate([*rows, counts])) + _PACKED_READINGS
    order = np.argsort(first)
    number = (np.cumsum(weights[order]) // most).astype(np.int64)
    yield from np.split(found[order], np.flatnonzero(np.diff(number)) + 1)


def _of_tags(loose: Loose, tags: npt.NDArray[np.int32]) -> Loose:
    here = np.isin(loose.tags, tags)
    return Loose(
        loose.tags[here],
        loose.times[here],
        loose.seqs[here],
        loose.values[here],
        loose.qualities[here],
    )


def _delete(connection: psycopg.Connection[Any], seqs: npt.NDArray[np.int64]) -> int:
    cursor = connection.execute(
        "DELETE FROM historian_hot WHERE seq = ANY(%s)", (wire.int8s(seqs),)
    )
    if cursor.rowcount != len(seqs):
        raise PackingError(f"{len(seqs)} rows were read and {cursor.rowcount} are there")
    return len(seqs)
