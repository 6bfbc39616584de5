"""The way in: one row a scan with native arrays, as readings come, for packing to take away."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

import psycopg
from psycopg.copy import LibpqWriter, QueuedLibpqWriter

from wellhead import sdk
from wellhead_historian.scans import Arrived, Scans, batches_of
from wellhead_historian.store import wire
from wellhead_historian.store.copy_stream import COPY_HOT, END, START, copy_rows
from wellhead_historian.store.latest import LatestWriter, newest, newest_rows, with_tags
from wellhead_historian.store.layouts import Layouts
from wellhead_historian.store.rows import Rows, arrange, arrange_scans
from wellhead_historian.store.texts import MOST_TEXTS, TextNumbers

_PART = 100_000  # readings of batches in one piece of a COPY
_RANKS = 1 << 40  # more than a part has readings


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

    def write(self, arrived: Sequence[Arrived], latest_time: int) -> Sequence[Arrived]:
        arrived = self._texts.numbered(arrived)
        tagged, last = self._copy(arrived)
        self._layouts.note_tags(tagged)
        self._latest.write(newest(last), latest_time)
        return arrived

    def _copy(self, arrived: Sequence[Arrived]) -> tuple[list[Rows], list[Rows]]:
        """COPY all of it part by part, so that the server takes one while the next is built, in
        the memory of the one before. The rows that carry tags, and those with newest readings."""
        parts = list(self._parts(arrived))  # asks: not possible meanwhile
        tagged: list[Rows] = []
        last: list[Rows] = []
        if not parts:
            return tagged, last
        with self._connection.cursor() as cursor:
            writer = QueuedLibpqWriter(cursor) if len(parts) > 1 else LibpqWriter(cursor)
            with cursor.copy(COPY_HOT, writer=writer) as copy:
                copy.write(START)
                for number, part in enumerate(parts):
                    groups = part()
                    copy.write(copy_rows(groups))
                    tagged += [rows for rows in groups if rows.tags is not None]
                    last += newest_rows(groups, number * _RANKS)
                copy.write(END)
        return tagged, with_tags(last, self._layouts.tags_of)

    def _parts(self, arrived: Sequence[Arrived]) -> Iterator[Callable[[], list[Rows]]]:
        """What makes the rows of each part: scans as columns are one each, batches are taken
        together up to _PART readings. Scans of which one has no layout yet are batches."""
        batches: list[sdk.Batch] = []
        layouts: list[int] = []
        readings = 0
        for item in arrived:
            if isinstance(item, Scans) and (known := self._layouts.of(item)) is not None:
                if readings:
                    yield partial(arrange, batches, layouts)
                    batches, layouts, readings = [], [], 0
                yield partial(arrange_scans, item, known)
                continue
            for batch in batches_of([item]):
                batches.append(batch)
                layouts.append(self._layouts.find(batch))
                readings += len(batch)
                if readings >= _PART:
                    yield partial(arrange, batches, layouts)
                    batches, layouts, readings = [], [], 0
        if readings:
            yield partial(arrange, batches, layouts)

    def forget(self) -> None:
        self._texts.forget()
        self._layouts.forget()
        self._latest.forget()
