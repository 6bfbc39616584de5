"""The spool's one thread at work: a group of wishes in, one SQLite transaction, an outcome out."""

import sqlite3
import time
import uuid
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import structlog

from wellhead_historian.spool.admission import FULL, Admission, Append
from wellhead_historian.spool.file import ROW_OVERHEAD, STORED, Gap, Row, SpoolFile
from wellhead_historian.spool.rescue import carry_over, is_damage, open_or_rescue, take_over
from wellhead_historian.spool.rows import row_of, rows_of
from wellhead_historian.spool.types import (
    Entry,
    Losses,
    SpoolError,
)

_NOTE_SECONDS = 60.0  # from one note of how far all is stored to the next: each costs a page
log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Call:
    """A question or a change; `run` gets the file, inside the transaction when it `writes`."""

    run: Callable[[SpoolFile], Any]
    future: "Future[Any]"
    writes: bool


@dataclass(slots=True)
class Group:
    """Everything that came in during the last commit. Entries up to `removable` are stored."""

    appends: list[Append]
    calls: list[Call]
    removable: int
    losses: Losses


@dataclass(slots=True)
class Outcome:
    """What became of a group; `resolve` tells those who wait."""

    last: int
    totals: tuple[int, int]
    accepted: list[Append] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    refused: list[Append] = field(default_factory=list)
    reason: str = FULL
    roomy: bool = False
    dropped: dict[str | None, tuple[int, int]] = field(default_factory=dict)
    answers: list[tuple[Call, Any]] = field(default_factory=list)
    unwritten: Losses = field(default_factory=Losses)

    def resolve(self) -> None:
        first = self.last - len(self.accepted) + 1
        for number, append in enumerate(self.accepted, first):
            append.receipt.tell(number)
        for append in self.refused:
            append.refuse(self.reason)
        for call, answer in self.answers:
            if isinstance(answer, sqlite3.Error):
                error = SpoolError(f"the spool's file: {answer}", field="spool")
                error.__cause__ = answer
                call.future.set_exception(error)
            elif isinstance(answer, Exception):
                call.future.set_exception(answer)
            else:
                call.future.set_result(answer)


class Keeper:
    """The open file and what is in it. Everything but the constructor runs in the spool's thread.

    protect: gives the id up to which nothing may be dropped
    recent: gives the newest entries, which a damaged file may have lost
    """

    def __init__(
        self,
        path: Path,
        admission: Admission,
        protect: Callable[[], int],
        recent: Callable[[], list[Entry]],
    ) -> None:
        self._path = path
        self._admission = admission
        self._protect = protect
        self._recent = recent
        self._removed = 0
        self._stored: tuple[uuid.UUID, int] | None = None  # of which identity, through which id
        self._note_after = 0.0
        try:
            self._file = open_or_rescue(path)
            try:
                self._look()
            except sqlite3.DatabaseError as error:
                if not is_damage(error):
                    raise
                self._replace(error)
                self._look()
        except (sqlite3.Error, OSError) as error:
            raise SpoolError(
                f"cannot be opened: {error}",
                field=str(path),
                remedy="Check the rights on its folder and the room on its disk",
            ) from error

    @property
    def id(self) -> uuid.UUID:
        return self._file.id

    @property
    def totals(self) -> tuple[int, int]:
        return self._count, self._size

    def prefix(self, max_bytes: int, max_rows: int) -> int:
        """The last id of the oldest rows that have so many bytes."""
        rows = self._ask(lambda file: file.read(0, max_bytes, max_rows))
        if isinstance(rows, Exception):
            raise rows
        return rows[-1][0] if rows else self.last

    def _look(self) -> None:
        self._count, self._size, self.last = self._file.totals()
        self.has_gaps = bool(self._file.gaps())
        """False only when there is no gap record."""
        self.classes = self._file.classes()
        """Of the batches that were there at the opening, but for the default one."""

    def gaps(self) -> list[Gap]:
        """The gap records in the file."""
        found = self._file.gaps()
        self.has_gaps = bool(found)
        return found

    def close(self) -> None:
        try:
            if self._stored and self._stored[0] == self._file.id:
                self._file.save(STORED, str(self._stored[1]))
            self._file.close()
        except sqlite3.Error as error:  # what counts is committed; the next opening checks the file
            log.warning("spool: not closed cleanly", path=str(self._path), error=str(error))

    def write(self, group: Group) -> Outcome:
        """Do all of it in one transaction, or refuse the appends and say why. Never raises for
        what the disk or the file does."""
        answers = [(call, self._ask(call.run)) for call in group.calls if not call.writes]
        try:
            outcome = self._transaction(group)
        except sqlite3.Error as error:
            try:
                self._repair(error, group.removable)
                outcome = self._transaction(group)
            except (sqlite3.Error, OSError) as final:
                outcome = self._refuse_all(group, final)
        except Exception as error:  # isolates: the spool's thread must outlive any one group
            log.error("spool: a group failed", exc_info=True)
            outcome = self._refuse_all(group, error)
        outcome.answers += answers
        return outcome

    def _ask(self, run: Callable[[SpoolFile], Any]) -> Any:
        try:
            try:
                return run(self._file)
            except sqlite3.Error as error:
                if not is_damage(error):
                    raise
                self._rescue(error)
                return run(self._file)
        except Exception as error:  # isolates: whoever asked gets it; the thread goes on
            return error

    def _transaction(self, group: Group) -> Outcome:
        appends = group.appends
        calls = [call for call in group.calls if call.writes]
        losses = group.losses
        if not (appends or calls or losses.found or group.removable > self._removed):
            return Outcome(self.last, self.totals)
        file = self._file
        outcome = Outcome(self.last, self.totals)
        file.begin()
        try:
            count, size = self._remove(group.removable)
            admitted = self._admission.admit(file, size, appends, self._protect)
            lost = admitted.lost
            outcome.accepted, outcome.refused = admitted.accepted, admitted.refused
            outcome.reason, outcome.dropped = admitted.reason, admitted.dropped
            outcome.roomy = admitted.roomy
            count -= sum(batches for batches, _ in admitted.dropped.values())
            size -= admitted.freed
            rows = list(rows_of(outcome.accepted, self.last, self._admission.row_bytes))
            outcome.entries = [entry for _, entry in rows]
            count += len(outcome.accepted)
            size += sum(entry.size + ROW_OVERHEAD for entry in outcome.entries)
            outcome.last += len(outcome.accepted)
            file.add(row for row, _ in rows)
            for found in (losses.found, lost.found):
                for (source, reason), loss in found.items():
                    file.add_gap(source, loss.begins, loss.ends, loss.readings, reason)
            outcome.answers = [(call, call.run(file)) for call in calls]
            file.commit()
        except BaseException:
            file.rollback()
            raise
        self._removed = max(self._removed, group.removable)
        self._count, self._size, self.last = count, size, outcome.last
        self.has_gaps = self.has_gaps or bool(losses.found or lost.found)
        outcome.totals = (count, size)
        if self._admission.short:
            with suppress(sqlite3.Error):  # the next commit says what is wrong
                file.checkpoint()
        return outcome

    def _remove(self, through: int) -> tuple[int, int]:
        if through <= self._removed:
            return self._count, self._size
        self._stored = self._file.id, through
        if time.monotonic() >= self._note_after:
            self._file.save(STORED, str(through))
            self._note_after = time.monotonic() + _NOTE_SECONDS
        if through >= self.last:
            self._file.delete_all()
            return 0, 0
        count, size = self._file.sizes(self._removed + 1, through)
        self._file.delete(self._removed + 1, through)
        return self._count - count, self._size - size

    def _repair(self, error: sqlite3.Error, removable: int) -> None:
        """Make a second try worth it: replace a damaged file, or free what can be freed."""
        if is_damage(error):
            self._rescue(error)
            return
        self._file.checkpoint()
        if removable > self._removed:
            self._file.begin()
            try:
                count, size = self._remove(removable)
                self._file.commit()
            except BaseException:
                self._file.rollback()
                raise
            self._count, self._size, self._removed = count, size, removable

    def _rescue(self, error: sqlite3.Error) -> None:
        known = (self._file.id, self.last)
        self._replace(error, known, [row_of(entry) for entry in self._recent()])
        self._count, self._size, _ = self._file.totals()
        self.has_gaps = True

    def _replace(
        self,
        error: sqlite3.Error,
        known: tuple[uuid.UUID, int] | None = None,
        recent: Sequence[Row] = (),
    ) -> None:
        """A new file with what the damaged one has, see `carry_over`; else that stays open."""
        carry_over(self._path, str(error), known, recent)
        self._file.close(clean=False)
        self._file = take_over(self._path)

    def _refuse_all(self, group: Group, error: Exception) -> Outcome:
        log.error("spool: cannot write", path=str(self._path), error=str(error))
        outcome = Outcome(self.last, self.totals, refused=group.appends, reason=str(error))
        for append in group.appends:
            group.losses.add(append.batch, "the spool could not be written")
        outcome.unwritten = group.losses
        outcome.answers = [(call, error) for call in group.calls if call.writes]
        return outcome
