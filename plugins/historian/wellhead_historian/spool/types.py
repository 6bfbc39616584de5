"""The words of the spool: what may happen to a batch in it, and how it is counted."""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from enum import StrEnum

from wellhead import sdk
from wellhead_historian.scans import Arrived, Scans, batches_of
from wellhead_historian.spool.packs import unpack


class Policy(StrEnum):
    """What gives way at a full spool."""

    REFUSE_NEWEST = "refuse_newest"
    DROP_OLDEST = "drop_oldest"


class SpoolError(sdk.WellheadError):
    """The spool cannot be used."""


class SpoolFull(SpoolError):
    """There is no room: the batch was refused, counted, and is not stored."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of the spool: the batches first … id. `content` is None when its bytes fail their
    checksum, and then `data` has them; size: bytes it counts for. tag_class: known of those that
    come from memory only."""

    first: int
    id: int
    content: Arrived | None
    size: int
    data: bytes | bytearray = b""
    tag_class: str | None = None

    @property
    def count(self) -> int:
        """Batches."""
        return self.id - self.first + 1

    @property
    def readings(self) -> int:
        """None of a damaged one."""
        return 0 if self.content is None else len(self.content)

    def batches(self) -> list[sdk.Batch]:
        """None of a damaged one."""
        return [] if self.content is None else batches_of([self.content])

    def split(self) -> list["Entry"]:
        """One entry a batch."""
        size = self.size // self.count
        return [
            Entry(number, number, batch, size, tag_class=self.tag_class)
            for number, batch in enumerate(self.batches(), self.first)
        ]


def entry_of(row: tuple[int, bytes]) -> Entry:
    """The entry of a stored row (id, bytes)."""
    last, data = row
    try:
        content = unpack(data)
    except sdk.BatchError:
        return Entry(last, last, None, len(data), data)
    batches = len(content.places) if isinstance(content, Scans) else 1
    return Entry(last - batches + 1, last, content, len(data))


def after_id(entries: Iterable[Entry], after: int) -> Iterator[Entry]:
    """What of `entries`, which are in order, comes after that id."""
    for entry in entries:
        if entry.first > after:
            yield entry
        elif entry.id > after:
            yield from (part for part in entry.split() if part.id > after)


@dataclass(slots=True)
class Counters:
    """Since the spool was opened. offered = acknowledged + refused + what still waits for the
    disk; what was there at the opening + acknowledged = stored + dropped + what is there now."""

    offered_batches: int = 0
    offered_readings: int = 0
    acknowledged_batches: int = 0
    acknowledged_readings: int = 0
    refused_batches: int = 0
    refused_readings: int = 0
    dropped_batches: int = 0
    dropped_readings: int = 0

    def add(self, other: "Counters") -> None:
        for item in fields(self):
            setattr(self, item.name, getattr(self, item.name) + getattr(other, item.name))


@dataclass(slots=True)
class Loss:
    """Readings of one source lost for one reason, with the range of their own times."""

    begins: int
    ends: int
    readings: int


class Losses:
    """Lost readings, added up until they can be written down."""

    def __init__(self) -> None:
        self.found: dict[tuple[int, str], Loss] = {}

    def add(self, batch: sdk.Batch, reason: str) -> None:
        if len(batch):
            begins, ends = int(batch.times.min()), int(batch.times.max())
            self.put(batch.source, reason, Loss(begins, ends, len(batch)))

    def put(self, source: int, reason: str, loss: Loss) -> None:
        known = self.found.setdefault((source, reason), Loss(loss.begins, loss.ends, 0))
        known.begins = min(known.begins, loss.begins)
        known.ends = max(known.ends, loss.ends)
        known.readings += loss.readings


class Tail:
    """The newest entries, in memory, so that forwarding live data reads no file. size: their
    bytes"""

    def __init__(self, last: int, max_bytes: int) -> None:
        self._entries: deque[Entry] = deque()
        self._max_bytes = max_bytes
        self.size = 0
        self._after = last  # every entry with a greater id is here

    def extend(self, entries: Sequence[Entry]) -> None:
        """The entries that were just written, all of them, in order."""
        self._entries.extend(entries)
        self.size += sum(entry.size for entry in entries)
        while self.size > self._max_bytes:
            self._pop()

    def entries(self) -> list[Entry]:
        """All that are here."""
        return list(self._entries)

    def forget(self, through: int) -> None:
        """Entries up to `through` are not asked for again."""
        while self._entries and self._entries[0].id <= through:
            self._pop()

    def read(self, after: int, max_bytes: int) -> list[Entry] | None:
        """The next entries after `after`; None when only the file knows them all."""
        if after < self._after:
            return None
        found = []
        size = 0
        for entry in after_id(self._entries, after):
            found.append(entry)
            size += entry.size
            if size >= max_bytes:
                break
        return found

    def _pop(self) -> None:
        entry = self._entries.popleft()
        self.size -= entry.size
        self._after = entry.id
