"""Room in the spool: how much there is, and which of the batches that came in get it."""

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from wellhead import sdk
from wellhead_historian.spool.classes import Classes
from wellhead_historian.spool.codec import all_good, encode, scan_size
from wellhead_historian.spool.file import LOG_BYTES, ROW_OVERHEAD, SpoolFile
from wellhead_historian.spool.receipt import Receipt
from wellhead_historian.spool.types import Losses, SpoolFull, entry_of

FULL = "the spool is full"
RESERVE = "the disk has no room beyond its reserve"
_DROP_ROWS = 1000
_ROW_BYTES = 256 << 10
_ROWS = 4096  # at least, of a full spool
_COMMIT_BYTES = 8 << 20  # of the log, for a commit: without them a full spool could not even delete


@dataclass(slots=True)
class Append:
    """A batch somebody waits for. data: its bytes, None for a scan, whose bytes depend on its
    neighbours; good: all its readings are; size: bytes it counts for, which a scan has alone"""

    batch: sdk.Batch
    receipt: Receipt
    tag_class: str | None = None
    data: bytes | None = field(init=False, default=None)
    good: bool = field(init=False)
    size: int = field(init=False)
    readings: int = field(init=False)

    def __post_init__(self) -> None:
        batch = self.batch
        self.readings = len(batch)
        self.good = all_good(batch)
        if batch.one_time and not batch.texts:
            self.size = scan_size(self.readings, self.good) + ROW_OVERHEAD
        else:
            self.data = encode(batch)
            self.size = len(self.data) + ROW_OVERHEAD

    def refuse(self, reason: str) -> None:
        self.receipt.tell(
            SpoolFull(
                f"the batch was refused: {reason}",
                field="spool",
                remedy="Bring the database back, free disk space, or raise max_bytes",
            )
        )


@dataclass(slots=True)
class Admitted:
    """accepted, refused: of what came in, in order of arrival; reason: why there was no more room;
    lost: what was refused or dropped; dropped: (batches, readings) by class; freed: bytes of those,
    as the file counts them; roomy: there is room left, and not just what a drop freed too much"""

    accepted: list[Append]
    refused: list[Append] = field(default_factory=list)
    reason: str = FULL
    lost: Losses = field(default_factory=Losses)
    dropped: dict[str | None, tuple[int, int]] = field(default_factory=dict)
    freed: int = 0
    roomy: bool = False


class Admission:
    """Who gets the room of the file at `path`.

    max_bytes: of batches kept; reserve: bytes of the disk that the spool leaves to others;
    row_bytes: of a row of several batches, since what gives way is whole rows
    short: the disk has so little room that the log is to be moved into the file at each commit
    """

    def __init__(self, path: Path, max_bytes: int, reserve: int, classes: Classes) -> None:
        self.row_bytes = min(_ROW_BYTES, max_bytes // _ROWS)
        self._folder = path.parent
        self._max_bytes = max_bytes
        self._ample = min(_COMMIT_BYTES, max_bytes // 16)
        self._reserve = reserve + _COMMIT_BYTES
        self._classes = classes
        self.short = False

    def admit(
        self,
        file: SpoolFile,
        size: int,
        appends: Sequence[Append],
        protect: Callable[[], int],
    ) -> Admitted:
        """Which of `appends` get in beside `size` bytes; what gives way to them is deleted.

        protect: gives the entry up to which nothing may be dropped; asked before anything is
        """
        limit, reason = self._limit(file, size)
        room = limit - size
        left = room - sum(append.size for append in appends)
        if not appends or left >= 0:
            return Admitted(list(appends), roomy=left >= self._ample)
        result = Admitted([], reason=reason)
        chosen = set()
        names = {append.tag_class for append in appends}
        for name in sorted(names, key=self._classes.rank, reverse=True):
            mine = [append for append in appends if append.tag_class == name]
            need = sum(append.size for append in mine) - room
            for giving in self._classes.give_way(name):
                if need <= 0:
                    break
                freed = self._drop(file, giving, need, protect(), result)
                room, need = room + freed, need - freed
            for append in mine:
                if append.size <= room:
                    room -= append.size
                    chosen.add(id(append))
                else:
                    result.lost.add(append.batch, _reason(reason, name))
        for append in appends:
            (result.accepted if id(append) in chosen else result.refused).append(append)
        return result

    def _limit(self, file: SpoolFile, size: int) -> tuple[int, str]:
        """Bytes the batches may have, and why not more. At the disk's reserve the file does not
        grow: what it holds and what is free inside it is all there is. What is in the log and not
        yet in the file has its room twice, once in each."""
        room = shutil.disk_usage(self._folder).free - self._reserve
        self.short = room < 2 * LOG_BYTES
        if room < self._max_bytes - size + 2 * LOG_BYTES:
            room -= file.unmoved_bytes()
            limit = size + max(0, room) + file.free_bytes()
            if limit < self._max_bytes:
                return limit, RESERVE
        return self._max_bytes, FULL

    def _drop(
        self, file: SpoolFile, name: str | None, need: int, protected: int, result: Admitted
    ) -> int:
        """Drop the oldest of a class that may be dropped until `need` bytes are free; how many
        became free."""
        after, freed = protected, 0
        batches, readings = result.dropped.get(name, (0, 0))
        while freed < need:
            rows = file.oldest(name, after, need - freed, _DROP_ROWS)
            if not rows:
                break
            for row in rows:
                if freed >= need:
                    break
                after = row[0]
                entry = entry_of(row)
                for batch in entry.batches():
                    reason = f"{result.reason}: the oldest was dropped"
                    result.lost.add(batch, _reason(reason, name))
                    readings += len(batch)
                freed += len(row[1]) + ROW_OVERHEAD
                batches += entry.count
            file.delete_class(name, rows[0][0], after)
        if batches:
            result.dropped[name] = (batches, readings)
        result.freed += freed
        return freed


def _reason(reason: str, name: str | None) -> str:
    return reason if name is None else f"{reason} (class {name})"
