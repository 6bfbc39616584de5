"""R4: what gives way by class and at the disk's reserve, counted to the reading."""

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import numpy.typing as npt
import pytest

from wellhead import sdk
from wellhead.testing import wait_until
from wellhead_historian.spool import admission
from wellhead_historian.spool.codec import decode, scan_size
from wellhead_historian.spool.file import ROW_OVERHEAD, count_batches
from wellhead_historian.spool.spool import Policy, Receipt, Spool, SpoolClass, SpoolFull
from wellhead_historian.testing import BASE, scan, settled

TAGS = np.arange(1, 101, dtype=np.int32)
LOW, HIGH, KEPT = (np.array([first, first + 1], np.int32) for first in (1001, 2001, 3001))
CLASSES = {
    "low": SpoolClass(Policy.DROP_OLDEST, -1),
    "high": SpoolClass(Policy.DROP_OLDEST, 1),
    "kept": SpoolClass(Policy.REFUSE_NEWEST, 2),
}
SIZE = 116
"""Bytes that a scan of two good readings counts for: 64, a head of 20, a time, two tags and
values."""


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Callable[..., Spool]]:
    """Makes the spool of these classes for so many scans of two readings."""
    spools: list[Spool] = []

    def of(scans: int) -> Spool:
        spool = Spool(tmp_path / "spool.db", max_bytes=scans * SIZE, classes=CLASSES)
        tags = {"low": LOW, "high": HIGH, "kept": KEPT}
        spool.classify({int(tag): name for name, both in tags.items() for tag in both})
        spools.append(spool)
        return spool

    yield of
    for spool in spools:
        spool.close()


def put(spool: Spool, tags: npt.NDArray[np.int32], *steps: int) -> list[Receipt]:
    """Scans of these steps, each on disk or refused before the next one."""
    futures = []
    for step in steps:
        futures.append(spool.append(scan(1, BASE + step, tags)))
        settled(futures[-1:], 10)
    return futures


def kept(spool: Spool) -> list[sdk.Batch]:
    """Everything in the file. `spool.read` would put it on its way, and then it is not dropped."""
    database = sqlite3.connect(spool.path)
    rows = database.execute("SELECT data FROM batch ORDER BY id").fetchall()
    database.close()
    return [decode(data) for (data,) in rows]


def steps(spool: Spool) -> list[int]:
    return [int(batch.times[0]) - BASE for batch in kept(spool)]


def lost(spool: Spool) -> dict[str, int]:
    """Readings by reason, of the gap records."""
    counters = spool.counters
    count = counters.refused_readings + counters.dropped_readings
    wait_until(lambda: sum(gap.readings for gap in spool.gaps()) == count, what="the gap records")
    found: Counter[str] = Counter()
    for gap in spool.gaps():
        found[gap.reason] += gap.readings
    return found


def test_r4_the_lowest_class_gives_way_first_and_each_is_counted(
    make: Callable[..., Spool],
) -> None:
    spool = make(6)
    put(spool, LOW, 0, 1)
    put(spool, HIGH, 2)
    put(spool, KEPT, 3)
    put(spool, TAGS[:2], 4)  # of no class: refuse_newest, priority 0
    put(spool, LOW, 5)
    assert spool.backlog == (6, 6 * SIZE)
    put(spool, TAGS[:2], 6)  # a lower class gives way to it
    put(spool, HIGH, 7, 8, 9)  # the other two of the lower class, then the oldest of its own
    assert steps(spool) == [3, 4, 6, 7, 8, 9]
    put(spool, KEPT, 10)
    assert spool.shortage == "the spool is full"
    (refused,) = put(spool, LOW, 11)  # nothing gives way to it but what is of its own
    assert isinstance(refused.exception(), SpoolFull)
    put(spool, KEPT, 12, 13)
    (refused,) = put(spool, KEPT, 14)  # what is left may not be dropped
    assert isinstance(refused.exception(), SpoolFull)
    assert steps(spool) == [3, 4, 6, 10, 12, 13]
    books = {
        name: (c.acknowledged_readings, c.refused_readings, c.dropped_readings)
        for name, c in spool.class_counters.items()
    }
    assert books == {
        "low": (6, 2, 6),
        "high": (8, 0, 8),
        "kept": (8, 2, 0),
        "default": (4, 0, 0),
    }
    full, dropped = "the spool is full", "the spool is full: the oldest was dropped"
    assert lost(spool) == {
        f"{dropped} (class low)": 6,
        f"{dropped} (class high)": 8,
        f"{full} (class low)": 2,
        f"{full} (class kept)": 2,
    }
    counters = spool.counters
    assert counters.offered_readings == 30
    assert counters.acknowledged_readings - counters.dropped_readings == 2 * spool.backlog[0] == 12


def test_r4_a_mixed_batch_is_split_and_the_future_tells_of_any_loss(
    make: Callable[..., Spool],
) -> None:
    spool = make(12)  # a group is a quarter of it: the three parts
    put(spool, KEPT, *range(8))
    mixed = np.array([3001, 1, 1001, 2, 3002, 1002], np.int32)
    (whole,) = put(spool, mixed, 0)
    assert whole.result() == 11
    batches = kept(spool)[8:]
    assert [batch.tags.tolist() for batch in batches] == [[1, 2], [1001, 1002], [3001, 3002]]
    assert [batch.values.tolist() for batch in batches] == [[1, 3], [2, 5], [0, 4]]
    (part,) = put(spool, mixed, 1)  # one more fits, and one gives way: nothing for the lowest
    assert isinstance(part.exception(), SpoolFull)
    assert [int(batch.tags[0]) for batch in kept(spool)] == [3001] * 8 + [1, 3001, 1, 3001]
    assert steps(spool)[8:] == [0, 0, 1, 1]
    assert lost(spool) == {
        "the spool is full: the oldest was dropped (class low)": 2,
        "the spool is full (class low)": 2,
    }


def test_classes_that_lose_in_turn_have_one_gap_record_each(make: Callable[..., Spool]) -> None:
    """Else a full spool would grow by its gap records for as long as the database is away."""
    spool = make(8)
    put(spool, KEPT, *range(8))
    mixed = np.array([1001, 3001], np.int32)
    futures = put(spool, mixed, *range(8, 20))
    assert all(isinstance(future.exception(), SpoolFull) for future in futures)
    full = "the spool is full"
    assert lost(spool) == {f"{full} (class low)": 12, f"{full} (class kept)": 12}
    gaps = [(gap.begins, gap.ends) for gap in spool.gaps()]
    assert gaps == [(BASE + 8, BASE + 19)] * 2


def test_classes_outlive_a_restart_and_a_file_of_version_1_is_taken_over(tmp_path: Path) -> None:
    path = tmp_path / "spool.db"
    spool = Spool(path, classes=CLASSES)
    spool.classify({1001: "low"})
    put(spool, LOW[:1], 0)
    put(spool, TAGS[:2], 1)
    spool.close()

    def classes() -> list[str | None]:
        database = sqlite3.connect(path)
        found = database.execute("SELECT class FROM batch ORDER BY id").fetchall()
        database.close()
        return [name for (name,) in found]

    assert classes() == ["low", None]
    database = sqlite3.connect(path)
    database.executescript(
        "DROP INDEX batch_class; ALTER TABLE batch DROP COLUMN class;"
        "ALTER TABLE batch DROP COLUMN batches; PRAGMA user_version = 1"
    )
    database.close()
    assert count_batches(path) == 2
    spool = Spool(path, classes=CLASSES)
    put(spool, TAGS[:2], 2)
    assert steps(spool) == [0, 1, 2]
    spool.close()
    assert classes() == [None, None, None]


def test_r4_what_is_in_the_log_and_not_yet_in_the_file_has_its_room_before_what_comes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = SimpleNamespace(free=1 << 40)
    monkeypatch.setattr("shutil.disk_usage", lambda _: disk)
    spool = Spool(tmp_path / "spool.db")
    put(spool, np.arange(8000, dtype=np.int32), *range(200))
    assert (tmp_path / "spool.db").stat().st_size < 1 << 20
    disk.free = 24 << 20  # less than a commit's 8 and the 19 that the file will grow by
    (refused,) = put(spool, TAGS, 200)
    assert isinstance(refused.exception(), SpoolFull)
    assert (tmp_path / "spool.db").stat().st_size > 16 << 20
    put(spool, TAGS, 201)
    assert steps(spool)[-1] == 201
    spool.close()


@pytest.mark.parametrize("policy", Policy)
def test_r4_the_disk_keeps_its_reserve_and_the_spool_resumes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, policy: Policy
) -> None:
    disk = SimpleNamespace(free=1 << 40)
    monkeypatch.setattr("shutil.disk_usage", lambda _: disk)
    reserve = 64 << 20
    spool = Spool(tmp_path / "spool.db", reserve_bytes=reserve, policy=policy)
    futures = put(spool, TAGS, *range(100))
    assert spool.counters.refused_readings == 0
    disk.free = reserve
    size = spool.backlog[1]
    pages = (tmp_path / "spool.db").stat().st_size
    futures += put(spool, TAGS, *range(100, 500))
    assert spool.shortage == admission.RESERVE
    assert spool.backlog[1] <= size + (256 << 10)  # what was free in the file
    assert (tmp_path / "spool.db").stat().st_size <= max(pages, 1 << 20)
    acknowledged = [step for step, future in enumerate(futures) if future.exception() is None]
    there = steps(spool)
    if policy is Policy.REFUSE_NEWEST:
        assert there == acknowledged
    else:
        assert len(acknowledged) == 500
        assert there[-1] == 499
    assert len(there) < 500
    counters = spool.counters
    gone = counters.refused_readings + counters.dropped_readings
    assert gone == 100 * (500 - len(there))
    assert sum(lost(spool).values()) == gone
    disk.free = 1 << 40
    put(spool, TAGS, 500)
    wait_until(lambda: spool.shortage is None, what="the end of the shortage")
    assert steps(spool)[-1] == 500
    spool.close()


def test_r4_what_is_of_a_class_that_is_configured_no_more_gives_way_to_the_default_one(
    tmp_path: Path,
) -> None:
    low, kept = TAGS + 1000, TAGS + 2000
    of_scan = scan_size(len(TAGS), True) + ROW_OVERHEAD
    path, most = tmp_path / "spool.db", 8 * of_scan
    spool = Spool(path, max_bytes=most, classes=CLASSES)
    spool.classify(dict.fromkeys(low.tolist(), "low") | dict.fromkeys(kept.tolist(), "kept"))
    put(spool, TAGS, 0, 1, 2, 3, 4)  # on their way at the next opening: never dropped
    put(spool, low, 5)
    put(spool, TAGS, 6)
    put(spool, kept, 7)
    spool.close()
    spool = Spool(path, max_bytes=most, policy=Policy.DROP_OLDEST)
    put(spool, TAGS, 8, 9, 10)
    assert steps(spool) == [0, 1, 2, 3, 4, 8, 9, 10]
    assert spool.counters.dropped_readings == sum(lost(spool).values()) == 3 * len(TAGS)
    spool.close()
