"""What is still readable of a damaged spool file, carried into a new one."""

import json
import sqlite3
import uuid
from collections.abc import Iterator, Sequence
from typing import Any

import structlog

from wellhead import sdk
from wellhead_historian.scans import batches_of
from wellhead_historian.spool.file import Row, SpoolFile
from wellhead_historian.spool.packs import unpack

UNREADABLE = "the spool's file was damaged: nobody knows how many readings of this time are lost"
_FORWARDS = "SELECT id, data, {} FROM batch ORDER BY id"
_BACKWARDS = "SELECT id, data, {} FROM batch WHERE id > ? ORDER BY id DESC"
_OTHERS = {
    "gap": ("id, source, begins, ends, readings, reason", (int, int, int, int, int, str)),
    "quarantine": ("id, at, reason, readings, data", (int, int, str, int, bytes)),
}
log = structlog.get_logger(__name__)


class Salvage:
    """One rescue from `old` into `fresh`, inside the caller's transaction on `fresh`. now:
    microseconds UTC"""

    def __init__(self, old: sqlite3.Connection, fresh: SpoolFile, now: int) -> None:
        self._old = old
        self._fresh = fresh
        self._now = now
        self._last = 0
        self._unreadable = False
        self._hole: tuple[int, int] | None = None

    def batches(self, recent: Sequence[Row], highest: int | None) -> None:
        """The rows with a good checksum; those with another are set aside. What no row can be read
        of is a gap, from the newest reading before it to the oldest after it.

        recent: rows that are known without the file, in order; highest: id given, if it is known
        """
        columns = [row[1] for row in self._rows("PRAGMA table_info(batch)")]
        column = "class" if "class" in columns else "NULL"  # version 1 has none
        self._unreadable = False
        _, reached, before, _ = self._carry(self._rows(_FORWARDS.format(column)))
        unreadable = self._unreadable
        # What lies behind a damaged page is reached from the other end.
        beyond = self._rows(_BACKWARDS.format(column), (reached,))
        first, _, _, after = self._carry(beyond)
        lost = (row[:3] for row in recent if not self._fresh.has(row[0]))
        again, _, _, oldest = self._carry(lost)
        first, after = _least(first, again), _least(after, oldest)
        for (given,) in self._rows("SELECT seq FROM sqlite_sequence WHERE name = 'batch'"):
            highest = max(highest or 0, given)
        self._last = max(self._last, highest or 0)
        whole = reached == highest if first is None else first == reached + 1
        if unreadable and not whole:
            ends = self._now if after is None else after
            self._hole = (ends if before is None else min(before, ends), ends)

    def rest(self, identity: uuid.UUID | None) -> None:
        """Gap records, what was set aside, documents, and the identity where it is not known; then
        the gap that `batches` found."""
        for table, (columns, kinds) in _OTHERS.items():
            for row in self._rows(f"SELECT {columns} FROM {table}"):  # noqa: S608
                if all(isinstance(value, kind) for value, kind in zip(row, kinds, strict=True)):
                    self._fresh.put(table, row)
        for name, body in self._rows("SELECT name, body FROM document"):
            if _is_json(body):
                self._fresh.save(name, body)
        if identity is None:
            identity = _identity(list(self._rows("SELECT id FROM spool")))
        if identity is not None:
            # No gap record may get the number of one that was told before: the time is above all.
            self._fresh.adopt(identity, self._last, gaps=self._now)
        if self._hole is not None:
            self._fresh.add_gap(0, *self._hole, 0, UNREADABLE)

    def _carry(
        self, rows: Iterator[tuple[Any, ...]]
    ) -> tuple[int | None, int, int | None, int | None]:
        """(first id, last id, newest time, oldest time) of what is carried over."""
        first = newest = oldest = None
        last = 0
        for entry, data, name in rows:
            last = max(last, entry)
            try:
                batches = batches_of([unpack(data)])
            except (sdk.WellheadError, TypeError):
                if isinstance(data, bytes):
                    self._fresh.quarantine(entry, "checksum does not match", 0, data)
                batches = []
            first = _least(first, entry - max(len(batches) - 1, 0))
            if batches and not self._fresh.has(entry):  # a damaged tree may lead to a row twice
                known = name if isinstance(name, str) else None
                self._fresh.add([(entry, data, known, len(batches))])
            for batch in filter(len, batches):
                newest = max(newest or int(batch.times.max()), int(batch.times.max()))
                oldest = _least(oldest, int(batch.times.min()))
        self._last = max(self._last, last)
        return first, last, newest, oldest

    def _rows(self, query: str, parameters: tuple[int, ...] = ()) -> Iterator[tuple[Any, ...]]:
        try:
            yield from self._old.execute(query, parameters)
        except (sqlite3.Error, OverflowError) as error:
            self._unreadable = True
            log.warning(
                "spool: part of the damaged file is unreadable", query=query, error=str(error)
            )


def _least(one: int | None, other: int | None) -> int | None:
    return min((number for number in (one, other) if number is not None), default=None)


def _identity(rows: list[tuple[Any, ...]]) -> uuid.UUID | None:
    try:
        return uuid.UUID(rows[0][0]) if rows else None
    except (ValueError, TypeError, AttributeError):
        return None


def _is_json(body: Any) -> bool:
    try:
        json.loads(body)
    except (ValueError, TypeError):
        return False
    return True
