"""A spool file that is damaged is set aside, and a new one takes over."""

import sqlite3
import time
import uuid
from collections.abc import Sequence
from pathlib import Path

import structlog

from wellhead_historian.spool.file import Damage, Row, SpoolFile
from wellhead_historian.spool.salvage import Salvage

log = structlog.get_logger(__name__)
_SIDE_FILES = ("-wal", "-shm")


def open_or_rescue(path: Path) -> SpoolFile:
    """The file at `path`, made when it is absent. A damaged one is set aside as
    `<name>.corrupt-<time>` and all that can be read from it goes into a new one."""
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


def rescue(
    path: Path,
    reason: str,
    known: tuple[uuid.UUID, int] | None = None,
    recent: Sequence[Row] = (),
) -> SpoolFile:
    """Set the file at `path` aside and open a new one with what is still readable of it, and with a
    gap record where that is not all.

    known: identity and highest id of the file, when it was open until now
    recent: its newest rows, as far as they are known without it
    """
    now = time.time_ns() // 1000
    aside = path.with_name(f"{path.name}.corrupt-{now}")
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
        salvage = Salvage(old, fresh, now)
        salvage.batches(recent, known[1] if known else None)
        salvage.rest(known[0] if known else None)
        fresh.commit()
    except BaseException:
        fresh.close(clean=False)
        raise
    finally:
        old.close()
    batches, _, last = fresh.totals()
    log.warning("spool: saved from the damaged file", batches=batches, last=last)
    return fresh
