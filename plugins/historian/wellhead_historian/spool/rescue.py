"""What can be saved from a spool file that is damaged."""

import json
import sqlite3
import time
import uuid
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import structlog

from wellhead import sdk
from wellhead_historian.spool.file import Damage, Row, SpoolFile
from wellhead_historian.spool.packs import unpack

log = structlog.get_logger(__name__)
_FORWARDS = "SELECT id, data, {} FROM batch ORDER BY id"
_BACKWARDS = "SELECT id, data, {} FROM batch WHERE id > ? ORDER BY id DESC"
_SIDE_FILES = ("-wal", "-shm")


def open_or_rescue(path: Path) -> SpoolFile:
    """The file at `path`, made when it is absent. A damaged one is set aside as
    `<name>.corrupt-<time>` and all batches that can be read from it go into a new one."""
    try:
        return SpoolFile(path)
    except sqlite3.DatabaseError as error:
        if not is_damage(error):
            raise
        return rescue(path, str(error))


def is_damage(error: sqlite3.Error) -> bool:
    """True when the file's content is at fault, not its disk, its rights or another process."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    return isinstance(error, Damage) or code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def rescue(path: Path, reason: str, known: tuple[uuid.UUID, int] | None = None) -> SpoolFile:
    """Set the file at `path` aside and open a new one with what is still readable of it.

    known: identity and highest id of the file, when it was open until now
    """
    aside = path.with_name(f"{path.name}.corrupt-{time.time_ns() // 1000}")
    for suffix in ("", *_SIDE_FILES):
        source = path.with_name(path.name + suffix)
        if source.exists():
            source.rename(aside.with_name(aside.name + suffix))
    log.error(
        "spool: the file is damaged and was set aside; a new one takes over",
        path=str(path),
        aside=str(aside),
        reason=reason,
    )
    fresh = SpoolFile(path)
    old = sqlite3.connect(aside, isolation_level=None)
    try:
        fresh.begin()
        _salvage(old, fresh)
        if known is not None:
            fresh.adopt(*known)
        fresh.commit()
    except BaseException:
        fresh.close(clean=False)
        raise
    finally:
        old.close()
    batches, _, last = fresh.totals()
    log.warning("spool: saved from the damaged file", batches=batches, last=last)
    return fresh


def _salvage(old: sqlite3.Connection, fresh: SpoolFile) -> None:
    """Carry over identity, batches with a good checksum and documents, as far as they are there."""
    last = 0

    def good(rows: Iterable[tuple[Any, ...]]) -> Iterator[Row]:
        nonlocal last
        for entry, data, name in rows:
            last = max(last, entry)
            if batches := _whole(data):
                yield entry, data, name if isinstance(name, str) else None, batches

    columns = [row[1] for row in _rows(old, "PRAGMA table_info(batch)")]
    column = "class" if "class" in columns else "NULL"  # version 1 has none
    fresh.add(good(_rows(old, _FORWARDS.format(column))))
    # What lies behind a damaged page is reached from the other end.
    fresh.add(good(_rows(old, _BACKWARDS.format(column), (last,))))
    for (highest,) in _rows(old, "SELECT seq FROM sqlite_sequence WHERE name = 'batch'"):
        last = max(last, highest)
    identity = _identity(list(_rows(old, "SELECT id FROM spool")))
    if identity is not None:
        fresh.adopt(identity, last)
    for name, body in _rows(old, "SELECT name, body FROM document"):
        if _is_json(body):
            fresh.save(name, body)


def _rows(
    database: sqlite3.Connection, query: str, parameters: tuple[int, ...] = ()
) -> Iterator[tuple[Any, ...]]:
    try:
        yield from database.execute(query, parameters)
    except (sqlite3.Error, OverflowError) as error:
        log.warning("spool: part of the damaged file is unreadable", query=query, error=str(error))


def _identity(rows: list[tuple[Any, ...]]) -> uuid.UUID | None:
    try:
        return uuid.UUID(rows[0][0]) if rows else None
    except (ValueError, TypeError, AttributeError):
        return None


def _whole(data: Any) -> int:
    """How many batches there are in a row, 0 when it is damaged."""
    try:
        return len(unpack(data))
    except (sdk.WellheadError, TypeError):
        return 0


def _is_json(body: Any) -> bool:
    try:
        json.loads(body)
    except (ValueError, TypeError):
        return False
    return True
