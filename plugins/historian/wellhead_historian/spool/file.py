"""The spool's SQLite file: its tables and every statement on them.

`batch` holds what is acknowledged and not yet stored: a row is `batches` batches whose ids end with
its own, so that what is committed together is few rows. `quarantine` holds what PostgreSQL refused,
`gap` what was lost, `document` small JSON texts such as the gateway's last good
configuration, `spool` the file's identity. The file is in WAL mode with synchronous=FULL: a commit
that returned is on disk. SQLite before 3.51.3 has a race between a writer and a checkpoint on
another connection, so there is one connection, and it belongs to one thread.
"""

import sqlite3
import time
import uuid
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from wellhead_historian.spool.types import SpoolError

_APPLICATION_ID = 0x57485350  # "WHSP"
_VERSION = 3
_SCHEMA = """
CREATE TABLE IF NOT EXISTS spool (id TEXT NOT NULL, clean INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS batch (
    id INTEGER PRIMARY KEY AUTOINCREMENT, data BLOB NOT NULL, class TEXT,
    batches INTEGER NOT NULL DEFAULT 1);
CREATE TABLE IF NOT EXISTS quarantine (
    id INTEGER PRIMARY KEY, at INTEGER NOT NULL, reason TEXT NOT NULL,
    readings INTEGER NOT NULL, data BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS gap (
    id INTEGER PRIMARY KEY AUTOINCREMENT, source INTEGER NOT NULL, begins INTEGER NOT NULL,
    ends INTEGER NOT NULL, readings INTEGER NOT NULL, reason TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS document (name TEXT PRIMARY KEY, body TEXT NOT NULL);
"""
_LATER_COLUMNS = {"class": "TEXT", "batches": "INTEGER NOT NULL DEFAULT 1"}  # of versions 2 and 3
# Apart from the schema, since a file of version 1 gets the column first. The default class is null.
_INDEX = "CREATE INDEX IF NOT EXISTS batch_class ON batch (class) WHERE class IS NOT NULL"
_MAX_ROWS = 1024
_PAGE_BYTES = 32768
_CACHE_KIB = 16384  # more than a commit is, so that its pages are written once
STORED = "spool.stored"
"""Document: up to which id all is stored, at the latest a minute behind."""
LOG_BYTES = 64 << 20
"""To which the log grows before it is moved into the file."""
_INSERT = "INSERT INTO batch (id, data, class, batches) VALUES (?, ?, ?, ?)"
_VALUES = 4
_TOTALS = "SELECT coalesce(sum(batches), 0), coalesce(sum(length(data)), 0), count(*) FROM batch"
_TOTALS_BETWEEN = _TOTALS + " WHERE id BETWEEN ? AND ?"
_COUNT = "SELECT coalesce(sum(batches), 0) FROM batch"
_COUNT_BEFORE_3 = "SELECT count(*) FROM batch"
# Said in two ways so that the index, which knows no null, serves.
_OLDEST = (
    "SELECT id, data FROM batch WHERE class = ? AND id > ? AND id - batches >= ? "
    "ORDER BY id LIMIT ?"
)
_OLDEST_UNNAMED = _OLDEST.replace("class =", "class IS")
_CLASSES = "SELECT DISTINCT class FROM batch WHERE class IS NOT NULL"
_DELETE = "DELETE FROM batch WHERE class = ? AND id BETWEEN ? AND ?"
_DELETE_UNNAMED = _DELETE.replace("class =", "class IS")
Row = tuple[int, bytes | bytearray, str | None, int]
"""(id, data, class, batches): of the last of so many batches."""
ROW_OVERHEAD = 64
"""Bytes counted for a row beyond its data: row header, tree and page slack."""


class Damage(sqlite3.DatabaseError):
    """The file is not a whole spool."""


@dataclass(frozen=True, slots=True)
class Gap:
    """Readings of one source that the spool lost. begins, ends: of their own times, microseconds
    UTC; `id` is the spool's. Of a damaged file nobody knows the readings: 0, of source 0."""

    id: int
    source: int
    begins: int
    ends: int
    readings: int
    reason: str


class SpoolFile:
    """One open file. Not thread-safe; raises sqlite3.Error."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        try:
            self._open()
        except BaseException:
            self._db.close()
            raise

    def _open(self) -> None:
        run = self._db.execute
        run(f"PRAGMA page_size = {_PAGE_BYTES}")
        run("PRAGMA journal_mode = WAL")
        run("PRAGMA synchronous = FULL")
        run(f"PRAGMA cache_size = -{_CACHE_KIB}")
        run(f"PRAGMA wal_autocheckpoint = {LOG_BYTES // _PAGE_BYTES}")
        run(f"PRAGMA journal_size_limit = {LOG_BYTES}")
        run("PRAGMA secure_delete = OFF")  # Debian's default writes zeros over what is delivered
        application, version = run("PRAGMA application_id"), run("PRAGMA user_version")
        mark, found = application.fetchone()[0], version.fetchone()[0]
        if mark not in (0, _APPLICATION_ID):
            raise Damage(f"not a spool: application id {mark:#x}")
        if found > _VERSION:
            raise SpoolError(
                "the file was written by a newer version",
                field="spool",
                value=found,
                remedy="Run that version, which delivers it, or move the file away",
            )
        self._db.executescript(f"BEGIN IMMEDIATE;{_SCHEMA}COMMIT;")
        columns = {column[1] for column in run("PRAGMA table_info(batch)")}
        for name, kind in _LATER_COLUMNS.items():
            if name not in columns:
                run(f"ALTER TABLE batch ADD COLUMN {name} {kind}")
        run(_INDEX)
        run(f"PRAGMA application_id = {_APPLICATION_ID}")
        run(f"PRAGMA user_version = {_VERSION}")
        row = run("SELECT id, clean FROM spool").fetchone()
        if row is None:
            run("INSERT INTO spool VALUES (?, 1)", (str(uuid.uuid4()),))
            row = run("SELECT id, clean FROM spool").fetchone()
        if not row[1]:  # the process was killed, or the power went: look before trusting
            verdict = run("PRAGMA quick_check(1)").fetchone()[0]
            if verdict != "ok":
                raise Damage(f"malformed: {verdict}")
        self.id = uuid.UUID(row[0])
        run("UPDATE spool SET clean = 0")

    def close(self, clean: bool = True) -> None:
        """Close; a `clean` file is not checked when it is next opened."""
        try:
            if clean:
                self._db.execute("UPDATE spool SET clean = 1")
        finally:
            self._db.close()

    # --- transactions -------------------------------------------------------------------------

    def begin(self) -> None:
        self._db.execute("BEGIN IMMEDIATE")

    def commit(self) -> None:
        self._db.execute("COMMIT")

    def rollback(self) -> None:
        if self._db.in_transaction:
            self._db.execute("ROLLBACK")

    def checkpoint(self) -> None:
        """Move the log into the file and cut it: the room a full disk still has."""
        self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()

    # --- batches ------------------------------------------------------------------------------

    def totals(self) -> tuple[int, int, int]:
        """(number of batches, their bytes, the highest id ever given)."""
        count, size, rows = self._db.execute(_TOTALS).fetchone()
        row = self._db.execute("SELECT seq FROM sqlite_sequence WHERE name = 'batch'").fetchone()
        return count, size + rows * ROW_OVERHEAD, row[0] if row else 0

    def add(self, rows: Iterable[Row]) -> None:
        # Many rows a statement: each gives up Python's lock once, and beside a busy thread getting
        # it back costs milliseconds. Powers of two keep the statements few, so they stay prepared.
        source = iter(rows)
        while chunk := list(islice(source, _MAX_ROWS)):
            values = [value for row in chunk for value in row]
            at = 0
            while at < len(values):
                count = 1 << (((len(values) - at) // _VALUES).bit_length() - 1)
                statement = _INSERT + ", (?, ?, ?, ?)" * (count - 1)
                self._db.execute(statement, values[at : at + _VALUES * count])
                at += _VALUES * count

    def has(self, batch: int) -> bool:
        """Whether that batch is here."""
        row = self._db.execute(
            "SELECT id - batches < ? FROM batch WHERE id >= ? ORDER BY id LIMIT 1", (batch, batch)
        ).fetchone()
        return row is not None and bool(row[0])

    def read(self, after: int, max_bytes: int, max_rows: int) -> list[tuple[int, bytes]]:
        """(id, data) of the next rows whose id is above `after`, at least one if there is one."""
        cursor = self._db.execute(
            "SELECT id, data FROM batch WHERE id > ? ORDER BY id LIMIT ?", (after, max_rows)
        )
        return _up_to(cursor, max_bytes)

    def oldest(
        self, name: str | None, after: int, max_bytes: int, max_rows: int
    ) -> list[tuple[int, bytes]]:
        """As `read`, of one class, and only what lies behind `after` as a whole."""
        cursor = self._db.execute(
            _OLDEST if name is not None else _OLDEST_UNNAMED,
            (name, after, after, max_rows),
        )
        return _up_to(cursor, max_bytes)

    def delete_class(self, name: str | None, first: int, last: int) -> None:
        """Those of one class with first ≤ id ≤ last."""
        self._db.execute(_DELETE if name is not None else _DELETE_UNNAMED, (name, first, last))

    def classes(self) -> list[str]:
        """Of what is here, without the default one."""
        return [name for (name,) in self._db.execute(_CLASSES)]

    def free_bytes(self) -> int:
        """In the file, for what comes."""
        pages = self._db.execute("PRAGMA freelist_count").fetchone()[0]
        return int(pages) * _PAGE_BYTES

    def unmoved_bytes(self) -> int:
        """By which the file grows when the log is moved into it."""
        pages = self._db.execute("PRAGMA page_count").fetchone()[0]
        return max(0, int(pages) * _PAGE_BYTES - self._path.stat().st_size)

    def sizes(self, first: int, last: int) -> tuple[int, int]:
        """(number of batches, bytes as counted) of the rows first ≤ id ≤ last."""
        count, size, rows = self._db.execute(_TOTALS_BETWEEN, (first, last)).fetchone()
        return count, size + rows * ROW_OVERHEAD

    def delete(self, first: int, last: int) -> None:
        self._db.execute("DELETE FROM batch WHERE id BETWEEN ? AND ?", (first, last))

    def delete_all(self) -> None:
        """All batches: SQLite frees whole pages then, and looks at no row."""
        self._db.execute("DELETE FROM batch")

    def renew(self) -> uuid.UUID:
        """Give the file a new identity: what it holds from now on is another spool's."""
        self.id = uuid.uuid4()
        self._db.execute("DELETE FROM document WHERE name = ?", (STORED,))
        self._db.execute("UPDATE spool SET id = ?", (str(self.id),))
        return self.id

    def adopt(self, identity: uuid.UUID, last: int, gaps: int) -> None:
        """Carry on another file: its identity, ids above `last`, gap records' above `gaps`."""
        self.id = identity
        self._db.execute("UPDATE spool SET id = ?", (str(identity),))
        for name, number in (("batch", last), ("gap", gaps)):
            self._db.execute("DELETE FROM sqlite_sequence WHERE name = ?", (name,))
            self._db.execute("INSERT INTO sqlite_sequence VALUES (?, ?)", (name, number))

    # --- quarantine, gaps, documents ----------------------------------------------------------

    def quarantine(self, entry: int, reason: str, readings: int, data: bytes) -> None:
        self.put("quarantine", (entry, time.time_ns() // 1000, reason, readings, data))

    def put(self, table: str, row: tuple[Any, ...]) -> None:
        """A row as it stands in a file, in the place of one with the same key."""
        places = ", ".join("?" * len(row))
        self._db.execute(f"INSERT OR REPLACE INTO {table} VALUES ({places})", row)  # noqa: S608

    def quarantined(self) -> list[tuple[int, str, int, bytes]]:
        """(id, reason, readings, data) of every batch set aside, in order."""
        return self._db.execute(
            "SELECT id, reason, readings, data FROM quarantine ORDER BY id"
        ).fetchall()

    def add_gap(self, source: int, begins: int, ends: int, readings: int, reason: str) -> None:
        """Count lost readings, in the gap of that source and reason that is still here: so there is
        one of each at most, however long the database is away."""
        row = self._db.execute(
            "SELECT id FROM gap WHERE source = ? AND reason = ?", (source, reason)
        ).fetchone()
        if row is not None:
            self._db.execute(
                "UPDATE gap SET begins = min(begins, ?), ends = max(ends, ?), "
                "readings = readings + ? WHERE id = ?",
                (begins, ends, readings, row[0]),
            )
        else:
            self._db.execute(
                "INSERT INTO gap (source, begins, ends, readings, reason) VALUES (?, ?, ?, ?, ?)",
                (source, begins, ends, readings, reason),
            )

    def gaps(self) -> list[Gap]:
        rows = self._db.execute(
            "SELECT id, source, begins, ends, readings, reason FROM gap ORDER BY id"
        )
        return [Gap(*row) for row in rows]

    def delete_gaps(self, gaps: Sequence[Gap]) -> None:
        """Delete those that have not grown since they were read."""
        self._db.executemany(
            "DELETE FROM gap WHERE id = ? AND readings = ? AND ends = ?",
            [(gap.id, gap.readings, gap.ends) for gap in gaps],
        )

    def save(self, name: str, body: str) -> None:
        self.put("document", (name, body))

    def load(self, name: str) -> str | None:
        row = self._db.execute("SELECT body FROM document WHERE name = ?", (name,)).fetchone()
        return None if row is None else str(row[0])

    def limit_pages(self, pages: int) -> None:
        """Bound the file itself (`PRAGMA max_page_count`); for tests of a full disk."""
        self._db.execute(f"PRAGMA max_page_count = {int(pages)}")


def count_batches(path: Path) -> int:
    """In a file that nobody need have open. Raises sqlite3.Error."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as file:
        version = file.execute("PRAGMA user_version").fetchone()[0]
        statement = _COUNT_BEFORE_3 if version < 3 else _COUNT
        return int(file.execute(statement).fetchone()[0])


def _up_to(cursor: sqlite3.Cursor, max_bytes: int) -> list[tuple[int, bytes]]:
    """Rows until they have so many bytes, at least one if there is one."""
    found: list[tuple[int, bytes]] = []
    size = 0
    for row in cursor:
        found.append(row)
        size += len(row[1])
        if size >= max_bytes:
            break
    cursor.close()
    return found
