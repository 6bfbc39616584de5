"""The way in: one row a scan with native arrays, as readings come, for packing to take away."""

from collections.abc import Sequence
from typing import Any

import psycopg
from psycopg.copy import LibpqWriter, QueuedLibpqWriter

from wellhead import sdk
from wellhead_historian.store import wire
from wellhead_historian.store.copy_stream import COPY_HOT, END, START, copy_rows
from wellhead_historian.store.latest import LatestWriter, newest, newest_rows
from wellhead_historian.store.layouts import Layouts
from wellhead_historian.store.scans import Rows, arrange
from wellhead_historian.store.texts import MOST_TEXTS, TextNumbers

_PART = 100_000  # readings of one piece of a COPY


class HotStore:
    """`interface.Writer` into the hot table of the tenant that `connection` belongs to.
    most_texts: see TextNumbers; last: see Layouts"""

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
        tagged, last = self._copy(batches)
        self._layouts.note_tags(tagged)
        self._latest.write(newest(last), latest_time)
        return batches

    def _copy(self, batches: Sequence[sdk.Batch]) -> tuple[list[Rows], list[Rows]]:
        """COPY `batches` part by part, so that the server takes one while the next is built, in
        the memory of the one before. The rows that carry tags, and those with newest readings."""
        layouts = [self._layouts.find(batch) for batch in batches]  # asks: not possible meanwhile
        tagged: list[Rows] = []
        last: list[Rows] = []
        parts = _parts(batches)
        if not parts:
            return tagged, last
        with self._connection.cursor() as cursor:
            writer = QueuedLibpqWriter(cursor) if len(parts) > 1 else LibpqWriter(cursor)
            with cursor.copy(COPY_HOT, writer=writer) as copy:
                copy.write(START)
                for part in parts:
                    groups = arrange(batches[part], layouts[part])
                    copy.write(copy_rows(groups))
                    tagged += [rows for rows in groups if rows.tags is not None]
                    last += newest_rows(groups, self._layouts.tags_of)
                copy.write(END)
        return tagged, last

    def forget(self) -> None:
        self._texts.forget()
        self._layouts.forget()
        self._latest.forget()


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
