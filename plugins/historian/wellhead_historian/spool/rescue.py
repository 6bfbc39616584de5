"""A spool file that is damaged is set aside, and a new one takes over.

What can be read of it is first carried into a file beside it, and only when that is whole and
closed does it take the place. So a full disk or a kill on the way costs nothing: the damaged file
is still there, or the new one is complete, and the next try goes on from that.
"""

import errno
import os
import sqlite3
import time
import uuid
from collections.abc import Sequence
from pathlib import Path

import structlog

from wellhead_historian.spool.file import Damage, Row, SpoolFile
from wellhead_historian.spool.salvage import Salvage

log = structlog.get_logger(__name__)
_FILES = ("", "-wal", "-shm")
_SAVING = ".saving"
"""Ends the name of a file into which something is carried; once that is all there, _SAVED does."""
_SAVED = ".saved"


def open_or_rescue(path: Path) -> SpoolFile:
    """The file at `path`, made when it is absent. A damaged one is set aside as
    `<name>.corrupt-<time>` and all that can be read from it goes into a new one."""
    if _beside(path, _SAVED).exists():  # a rescue before was ended between its last steps
        return take_over(path)
    try:
        return SpoolFile(path)
    except sqlite3.DatabaseError as error:
        if not is_damage(error):
            raise
        carry_over(path, str(error))
        return take_over(path)


def is_damage(error: sqlite3.Error) -> bool:
    """True when the file's content is at fault, not its disk, its rights or another process."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    return isinstance(error, Damage) or code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def carry_over(
    path: Path,
    reason: str,
    known: tuple[uuid.UUID, int] | None = None,
    recent: Sequence[Row] = (),
) -> None:
    """Write what is still readable of the file at `path` beside it, for `take_over`, and a gap
    record where that is not all. Raises sqlite3.Error or OSError when it cannot be written; then
    nothing has changed.

    known: identity and highest id of the file, when it was open until now
    recent: its newest rows, as far as they are known without it
    """
    log.error("spool: the file is damaged", path=str(path), reason=reason)
    saving = _beside(path, _SAVING)
    _delete(saving)
    try:
        _carry(path, saving, known, recent)
    except BaseException:
        _delete(saving)  # the disk may need the room
        raise
    saving.rename(_beside(path, _SAVED))


def take_over(path: Path) -> SpoolFile:
    """Set the file at `path`, which nobody has open, aside, and open what `carry_over` wrote in its
    place."""
    aside = path.with_name(f"{path.name}.corrupt-{time.time_ns() // 1000}")
    for suffix in _FILES:
        source = _beside(path, suffix)
        if source.exists():
            source.rename(_beside(aside, suffix))
    _beside(path, _SAVED).rename(path)
    fresh = SpoolFile(path)
    batches, _, last = fresh.totals()
    log.warning(
        "spool: the damaged file was set aside, what could be read of it goes on in a new one",
        path=str(path),
        aside=str(aside),
        batches=batches,
        last=last,
    )
    return fresh


def _carry(
    path: Path, saving: Path, known: tuple[uuid.UUID, int] | None, recent: Sequence[Row]
) -> None:
    fresh = SpoolFile(saving)
    try:
        old = sqlite3.connect(path, isolation_level=None)
        try:
            fresh.begin()
            salvage = Salvage(old, fresh, time.time_ns() // 1000)
            salvage.batches(recent, known[1] if known else None)
            salvage.rest(known[0] if known else None)
            fresh.commit()
        finally:
            old.close()
    except BaseException:
        fresh.close(clean=False)
        raise
    fresh.close()
    if any(_beside(saving, suffix).exists() for suffix in _FILES[1:]):
        # SQLite says nothing where the log finds no room in its file as that is closed.
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(saving))


def _beside(path: Path, suffix: str) -> Path:
    return path.with_name(path.name + suffix)


def _delete(path: Path) -> None:
    for suffix in _FILES:
        _beside(path, suffix).unlink(missing_ok=True)
