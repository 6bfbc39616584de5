"""The spool: where a reading is safe before anybody is told that it is.

`append` may be called from any thread and never blocks; one thread owns the file and commits
whatever came in during its last commit (group commit), so the disk sets the pace and no timer does.
A receipt is told after the commit, so what it acknowledged survives kill -9 and power loss.

The spool is bounded. At the bound it refuses the newest (default: nothing acknowledged is ever
lost, and the source may keep what it was not told is safe) or drops the oldest that is not already
on its way. Both are counted exactly and leave a gap record, drops in the very commit that drops.
"""

import json
import threading
import time
import uuid
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any

from wellhead import sdk
from wellhead_historian.forwarding.future import flag_future
from wellhead_historian.spool.admission import Admission, Append
from wellhead_historian.spool.books import Books
from wellhead_historian.spool.classes import DEFAULT, Classes, SpoolClass
from wellhead_historian.spool.file import Gap, SpoolFile
from wellhead_historian.spool.keeper import Call, Group, Keeper, Outcome
from wellhead_historian.spool.lock import lock
from wellhead_historian.spool.receipt import Receipt, all_of
from wellhead_historian.spool.types import (
    Counters,
    Entry,
    Losses,
    Policy,
    SpoolError,
    SpoolFull,
    Tail,
    after_id,
    entry_of,
)

__all__ = [
    "Counters",
    "Entry",
    "Policy",
    "Receipt",
    "Spool",
    "SpoolClass",
    "SpoolError",
    "SpoolFull",
]

TOO_SLOW = "the disk does not keep up"
_READ_BYTES = 16 << 20
"""What one read hands out, about, but no more than half of the spool: as much of the oldest is
never dropped, since the transaction that stores it may already be committed."""
_READ_ROWS = 20_000
_TAIL_BYTES = 32 << 20
_QUEUE_BYTES = 64 << 20  # what may wait for the disk
_GROUP_BYTES = 2 << 20  # appends of one commit
_LAZY_SECONDS = 1.0  # what nobody waits for waits this long for a commit to share


class Spool:
    """The spool in the file `path`, which only one process may have open.

    max_bytes: of batches kept; policy: what gives way there; future_tolerance: seconds a reading
    may be ahead of this machine's clock and stay good; reserve_bytes: of the disk, which the spool
    leaves to others; classes: by name, `default` being that of all other tags. Raises SpoolError
    when another process has the file. A damaged file is set aside with a log entry, and what can be
    read of it is kept.
    """

    def __init__(
        self,
        path: Path,
        *,
        max_bytes: int = 1 << 30,
        policy: Policy = Policy.REFUSE_NEWEST,
        future_tolerance: float = 60.0,
        reserve_bytes: int = 0,
        classes: Mapping[str, SpoolClass] | None = None,
    ) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self._group_bytes = min(_GROUP_BYTES, max_bytes // 4)
        self._read_bytes = min(_READ_BYTES, max_bytes // 2)
        self._tolerance = int(future_tolerance * 1_000_000)
        self._lock_file = lock(path)
        named = dict(classes or {})
        self._classes = Classes(named.pop(DEFAULT, SpoolClass(policy)), named)
        admission = Admission(path, max_bytes, reserve_bytes, self._classes)
        try:
            self._keeper = Keeper(path, admission, self._protect, self._recent)
        except BaseException:
            self._lock_file.close()
            raise
        self._classes.find(self._keeper.classes)
        self.last = self.opened_at = self._keeper.last
        """The highest id given; opened_at: before this opening."""
        self._removable = 0
        self._tail = Tail(self.last, _TAIL_BYTES)
        self._appends: deque[Append] = deque()
        self._queued = 0
        self._calls: list[Call] = []
        self._losses = Losses()
        self._books = Books()
        self._closing = False
        self._interrupted = False
        self._timer: float | None = None
        self._wanted = 0  # bytes in memory that `gather` waits for
        mutex = threading.Lock()
        self._work = threading.Condition(mutex)
        self._durable = threading.Condition(mutex)
        self._claimed = self._keeper.prefix(self._read_bytes, _READ_ROWS)
        self._totals = self._keeper.totals
        self._thread = threading.Thread(target=self._run, name="spool", daemon=True)
        self._thread.start()

    # --- for whoever has readings ----------------------------------------------------------------

    def append(self, batch: sdk.Batch) -> Receipt:
        """Keep `batch`; the receipt gives its id once it is on disk, or raises SpoolFull.

        Good readings ahead of the clock become UNCERTAIN_FUTURE_TIME, and texts are made fit to be
        stored. A batch with tags of several classes becomes one a class; the receipt of such a one
        raises when any of them was refused. Raises SpoolError when the spool is closed.
        """
        batch = flag_future(batch.with_clean_texts(), time.time_ns() // 1000 + self._tolerance)
        new = [Append(part, Receipt(), name) for name, part in self._classes.split(batch)]
        with self._work:
            if self._closing:
                raise SpoolError("the spool is closed", field=str(self.path))
            self._books.offered(new)
            size = sum(append.size for append in new)
            fits = self._queued + size <= _QUEUE_BYTES
            if fits:
                if not self._appends:  # else its thread knows already that there is something
                    self._work.notify()
                self._appends.extend(new)
                self._queued += size
            else:
                self._books.refused(new)
                self._losses.add(batch, TOO_SLOW)
                self._wake_later()
        if not fits:
            for append in new:
                append.refuse(TOO_SLOW)
        return new[0].receipt if len(new) == 1 else all_of([append.receipt for append in new])

    def save(self, name: str, document: Any) -> "Future[None]":
        """Keep a JSON document by name; the future is done once it is on disk."""
        body = json.dumps(document)
        return self._call(lambda file: file.save(name, body), writes=True)

    def load(self, name: str) -> Any:
        """The document saved by that name, or None."""
        body = self._call(lambda file: file.load(name)).result()
        return None if body is None else json.loads(body)

    # --- for the forwarder -----------------------------------------------------------------------

    @property
    def id(self) -> uuid.UUID:
        """The file's identity, the key of its ledger row."""
        return self._keeper.id

    def read(self, after: int) -> list[Entry]:
        """The next entries after `after`, about _READ_BYTES of them; they are not dropped after."""
        with self._work:
            entries = self._tail.read(after, self._read_bytes)
            if entries is not None:
                self._claimed = max(self._claimed, entries[-1].id if entries else 0)
                return entries

        def run(file: SpoolFile) -> list[tuple[int, bytes]]:
            rows = file.read(after, self._read_bytes, _READ_ROWS)
            with self._work:
                self._claimed = max(self._claimed, rows[-1][0] if rows else 0)
            return rows

        return list(after_id(map(entry_of, self._call(run).result()), after))

    def wait(self, after: int, timeout: float) -> bool:
        """Wait until there is an entry after `after` (True), or `interrupt` or the time-out."""
        with self._durable:
            self._durable.wait_for(lambda: self.last > after or self._interrupted, timeout)
            self._interrupted = False
            return self.last > after

    def gather(self, size: int, timeout: float) -> None:
        """Wait until `size` bytes of entries are in memory, or `interrupt`, or the time-out."""
        with self._durable:
            self._wanted = size
            self._durable.wait_for(lambda: self._tail.size >= size or self._interrupted, timeout)
            self._wanted = 0

    def interrupt(self) -> None:
        """End a `wait` or `gather`."""
        with self._durable:
            self._interrupted = True
            self._durable.notify_all()

    def remove(self, through: int) -> None:
        """Entries up to `through` are stored: delete them, with the next commit."""
        with self._work:
            if through <= self._removable:
                return
            self._removable = through
            self._tail.forget(through)
            self._wake_later()

    def quarantine(self, entry: int, reason: str, readings: int, data: bytes) -> "Future[None]":
        """Set `data` of an entry aside, where it stays; again for the same entry replaces it."""
        return self._call(lambda file: file.quarantine(entry, reason, readings, data), writes=True)

    def renew(self) -> "Future[uuid.UUID]":
        """Give the file a new identity."""
        return self._call(lambda file: file.renew(), writes=True)

    def delete_gaps(self, gaps: Sequence[Gap]) -> "Future[None]":
        """These gap records are stored elsewhere."""
        return self._call(lambda file: file.delete_gaps(gaps), writes=True)

    @property
    def has_gaps(self) -> bool:
        """Whether there may be gap records in the file."""
        return self._keeper.has_gaps

    # --- for people ------------------------------------------------------------------------------

    @property
    def counters(self) -> Counters:
        """A copy of the counters of all classes together."""
        with self._work:
            return self._books.total()

    @property
    def class_counters(self) -> dict[str, Counters]:
        """A copy of the counters of each class that had a batch since the opening."""
        with self._work:
            return self._books.by_class()

    @property
    def shortage(self) -> str | None:
        """Why readings are lost; None when none were, or since there is ample room again."""
        with self._work:
            return self._books.shortage

    def classify(self, tags: Mapping[int, str]) -> None:
        """These tags are of these classes, from now on; all others of the default one."""
        self._classes.assign(tags)

    @property
    def backlog(self) -> tuple[int, int]:
        """(batches, bytes) in the file, those included that are stored but not yet deleted."""
        with self._work:
            return self._totals

    def gaps(self) -> list[Gap]:
        """The gap records that are still here."""
        found: list[Gap] = self._call(lambda _: self._keeper.gaps()).result()
        return found

    def quarantined(self) -> list[tuple[int, str, int, bytes]]:
        """(entry, reason, readings, data) of everything set aside."""
        asked = self._call(lambda file: file.quarantined())
        found: list[tuple[int, str, int, bytes]] = asked.result()
        return found

    def close(self) -> None:
        """Write what waits, then close the file. Safe to call twice."""
        with self._work:
            self._closing = True
            self._work.notify()
        self._thread.join()

    # --- the thread that owns the file -----------------------------------------------------------

    def _call(self, run: Callable[[SpoolFile], Any], writes: bool = False) -> "Future[Any]":
        call = Call(run, Future(), writes)
        with self._work:
            if self._closing:
                raise SpoolError("the spool is closed", field=str(self.path))
            self._calls.append(call)
            self._work.notify()
        return call.future

    def _run(self) -> None:
        closing = False
        while not closing:
            with self._work:
                while not self._due():
                    self._work.wait(
                        None if self._timer is None else max(0.0, self._timer - time.monotonic())
                    )
                group = Group(self._take(), self._calls, self._removable, self._losses)
                self._calls, self._losses = [], Losses()
                self._timer = None
                closing = self._closing and not self._appends
            outcome = self._keeper.write(group)
            with self._work:
                self._settle(outcome)
                if self._tail.size >= self._wanted:
                    self._durable.notify_all()
            outcome.resolve()
        self._keeper.close()
        self._lock_file.close()

    def _due(self) -> bool:
        late = self._timer is not None and time.monotonic() >= self._timer
        return bool(self._appends or self._calls or self._closing or late)

    def _take(self) -> list[Append]:
        """The next appends, no more than fit beside what a drop makes room for; mutex held."""
        taken: list[Append] = []
        size = 0
        while self._appends and (not taken or size + self._appends[0].size <= self._group_bytes):
            taken.append(self._appends.popleft())
            size += taken[-1].size
        self._queued -= size
        return taken

    def _settle(self, outcome: Outcome) -> None:
        """Book what a commit did; the mutex is held."""
        self._tail.extend(outcome.entries)
        self.last, self._totals = outcome.last, outcome.totals
        self._books.settle(outcome)
        if outcome.unwritten.found:
            for (source, reason), loss in outcome.unwritten.found.items():
                self._losses.put(source, reason, loss)
            self._wake_later()

    def _protect(self) -> int:
        """The id up to which nothing may be dropped; what is handed out from now on is read behind
        the drop."""
        with self._work:
            self._tail = Tail(self.last, _TAIL_BYTES)
            return max(self._claimed, self._removable)

    def _recent(self) -> list[Entry]:
        """The newest entries that are known without the file."""
        with self._work:
            return self._tail.entries()

    def _wake_later(self) -> None:
        if self._timer is None:
            self._timer = time.monotonic() + _LAZY_SECONDS
            self._work.notify()
