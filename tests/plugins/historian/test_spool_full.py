"""R4, fast form: a full spool or disk gives way as configured, and every reading is counted."""

import subprocess
import sys
from pathlib import Path
from threading import Event
from types import SimpleNamespace

import numpy as np
import pytest

from wellhead.testing import wait_until
from wellhead_historian.spool import admission
from wellhead_historian.spool.file import SpoolFile
from wellhead_historian.spool.spool import Policy, Receipt, Spool, SpoolFull
from wellhead_historian.testing import BASE, kept, scan, settled

TAGS = np.arange(1, 101, dtype=np.int32)
COUNT = 400
LIMIT = 300_000


def fill(spool: Spool, count: int = COUNT) -> list[Receipt]:
    futures = [spool.append(scan(1, BASE + step, TAGS)) for step in range(count)]
    settled(futures, 30)
    return futures


def accepted(futures: list[Receipt]) -> list[int]:
    """Steps that were acknowledged; all others must have been refused as SpoolFull."""
    good = []
    for step, future in enumerate(futures):
        error = future.exception(timeout=10)
        assert error is None or isinstance(error, SpoolFull)
        if error is None:
            good.append(step)
    return good


def stored(spool: Spool) -> list[int]:
    return [int(batch.times[0]) - BASE for batch in kept(spool).values()]


def check_books(spool: Spool, futures: list[Receipt]) -> None:
    counters = spool.counters
    assert counters.offered_batches == len(futures)
    assert counters.offered_batches == counters.acknowledged_batches + counters.refused_batches
    assert counters.acknowledged_batches == len(accepted(futures))
    assert counters.acknowledged_readings == len(accepted(futures)) * len(TAGS)
    assert spool.backlog[0] == counters.acknowledged_batches - counters.dropped_batches
    lost = counters.refused_readings + counters.dropped_readings
    wait_until(
        lambda: sum(gap.readings for gap in spool.gaps()) == lost, what="gap records of all losses"
    )


def test_r4_refuse_newest_keeps_everything_acknowledged(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "spool.db", max_bytes=LIMIT)
    futures = fill(spool)
    assert 0 < len(accepted(futures)) < COUNT
    assert stored(spool) == accepted(futures)
    assert spool.backlog[1] <= LIMIT
    check_books(spool, futures)
    (gap,) = spool.gaps()
    refused = [step for step in range(COUNT) if step not in accepted(futures)]
    assert (gap.begins, gap.ends) == (BASE + refused[0], BASE + refused[-1])
    with pytest.raises(SpoolFull, match="raise max_bytes"):
        spool.append(scan(1, BASE, TAGS)).result(10)
    spool.remove(spool.read(0)[-1].id)
    spool.append(scan(1, BASE, TAGS)).result(10)
    spool.close()


@pytest.mark.parametrize("rows", [4096, 20], ids=["a batch a row", "shared rows"])
def test_r4_drop_oldest_acknowledges_all_and_counts_what_went(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rows: int
) -> None:
    monkeypatch.setattr(admission, "_ROWS", rows)
    spool = Spool(tmp_path / "spool.db", max_bytes=LIMIT, policy=Policy.DROP_OLDEST)
    futures = fill(spool)
    assert accepted(futures) == list(range(COUNT))
    found = stored(spool)
    assert found == list(range(COUNT - len(found), COUNT))
    assert spool.counters.dropped_batches == COUNT - len(found) > 0
    assert spool.backlog[1] <= LIMIT
    check_books(spool, futures)
    spool.close()


def test_what_is_on_its_way_is_not_dropped(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "spool.db", max_bytes=LIMIT, policy=Policy.DROP_OLDEST)
    first = fill(spool, 20)
    on_its_way = [entry.id for entry in spool.read(0)]
    futures = first + fill(spool)
    check_books(spool, futures)
    assert spool.counters.dropped_batches > 0
    assert [entry.id for entry in spool.read(0)][: len(on_its_way)] == on_its_way
    spool.close()


def test_r4_what_is_on_its_way_leaves_half_of_the_smallest_spool_to_give_way(
    tmp_path: Path,
) -> None:
    spool = Spool(tmp_path / "spool.db", max_bytes=16 << 20, policy=Policy.DROP_OLDEST)
    wide = np.arange(1, 20_001, dtype=np.int32)
    futures = [spool.append(scan(1, BASE + step, wide)) for step in range(65)]
    settled(futures, 30)
    assert sum(entry.count for entry in spool.read(0)) < 40
    futures += [spool.append(scan(1, BASE + step, wide)) for step in range(65, 100)]
    assert len(accepted(futures)) == 100
    assert spool.counters.dropped_batches > 0
    spool.close()


def test_after_a_restart_what_may_have_been_on_its_way_is_kept(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "spool.db", max_bytes=LIMIT, policy=Policy.DROP_OLDEST)
    fill(spool, 50)
    before = [entry.id for entry in spool.read(0)]
    spool.close()
    spool = Spool(tmp_path / "spool.db", max_bytes=LIMIT, policy=Policy.DROP_OLDEST)
    fill(spool)
    assert [entry.id for entry in spool.read(0)][: len(before)] == before
    spool.close()


def test_r4_a_full_disk_refuses_counts_and_resumes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite's own bound on the file: its error is that of a disk with no room."""
    opened = SpoolFile._open

    def small(file: SpoolFile) -> None:
        opened(file)
        file.limit_pages(15)

    monkeypatch.setattr(SpoolFile, "_open", small)
    spool = Spool(tmp_path / "spool.db")
    futures = []
    for step in range(COUNT):  # one by one: a group is refused as a whole
        futures.append(spool.append(scan(1, BASE + step, TAGS)))
        settled(futures[-1:], 10)
    good = accepted(futures)
    assert 0 < len(good) < COUNT
    assert stored(spool) == good
    spool.remove(spool.read(0)[-1].id)
    futures.append(spool.append(scan(1, BASE + COUNT, TAGS)))
    assert futures[-1].result(10) > 0
    assert stored(spool)[-1] == COUNT
    lost = spool.counters.refused_readings
    wait_until(lambda: sum(gap.readings for gap in spool.gaps()) == lost, what="the gap record")
    spool.close()


def test_r4_what_a_disk_that_does_not_keep_up_costs_is_refused_and_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While a commit hangs readings wait in memory, of which there is a bound."""
    commit, arrived, goes_on = SpoolFile.commit, Event(), Event()

    def hang(file: SpoolFile) -> None:
        arrived.set()
        assert goes_on.wait(30)
        commit(file)

    spool = Spool(tmp_path / "spool.db")
    monkeypatch.setattr("wellhead_historian.spool.spool._QUEUE_BYTES", 3000)
    monkeypatch.setattr(SpoolFile, "commit", hang)
    futures = [spool.append(scan(1, BASE, TAGS))]
    assert arrived.wait(10)
    futures += [spool.append(scan(1, BASE + step, TAGS)) for step in (1, 2, 7, 5, 9, 6)]
    for future in futures[3:]:
        with pytest.raises(SpoolFull, match="the disk does not keep up"):
            future.result(10)
    goes_on.set()
    assert accepted(futures) == stored(spool) == [0, 1, 2]
    check_books(spool, futures)
    (gap,) = spool.gaps()
    assert gap.reason == "the disk does not keep up"
    assert (gap.begins, gap.ends, gap.readings) == (BASE + 5, BASE + 9, 400)
    spool.close()


@pytest.mark.parametrize("policy", Policy)
def test_r4_file_and_log_together_leave_the_reserve_of_a_small_disk_and_it_resumes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, policy: Policy
) -> None:
    """What is written goes into the log first, and again into the file: neither may take the room
    that the other needs, or the spool could not even delete what is stored."""
    disk, reserve = 32 << 20, 4 << 20
    wide = np.arange(1, 8001, dtype=np.int32)

    def free() -> int:
        return disk - sum(path.stat().st_size for path in tmp_path.iterdir())

    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=free()))
    spool = Spool(tmp_path / "spool.db", reserve_bytes=reserve, policy=policy)
    futures, least, said = [], disk, []
    for step in range(400):
        futures.append(spool.append(scan(1, BASE + step, wide)))
        if step % 8 == 7:
            settled(futures[-8:], 10)
            least = min(least, free())
            said.append(spool.shortage)
    assert least >= reserve
    full = said.index(admission.RESERVE)
    assert set(said[full:]) == {admission.RESERVE}, "also when a drop freed more than was needed"
    there = stored(spool)
    assert len(there) > 100
    if policy is Policy.REFUSE_NEWEST:
        assert there == accepted(futures)
    else:
        assert there == list(range(400 - len(there), 400))
    spool.remove(max(future.result() for future in futures if future.exception() is None))
    futures = [spool.append(scan(1, BASE, wide)) for _ in range(100)]
    assert len(accepted(futures)) == 100
    assert spool.shortage is None
    spool.close()


_SMALL_FILES = """
import pathlib, resource, sys
import numpy as np
from wellhead_historian.spool.spool import Spool, SpoolFull
from wellhead_historian.testing import BASE, scan
resource.setrlimit(resource.RLIMIT_FSIZE, (500_000, resource.RLIM_INFINITY))
spool = Spool(pathlib.Path(sys.argv[1]))
good = 0
for step in range(400):
    try:
        spool.append(scan(1, BASE + step, np.arange(1, 101, dtype=np.int32))).result(20)
        good += 1
    except SpoolFull:
        pass
counters = spool.counters
assert counters.acknowledged_batches == good and counters.refused_batches == 400 - good, counters
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
spool.append(scan(1, BASE + 400, np.arange(1, 101, dtype=np.int32))).result(20)
spool.close()
print(good + 1)
"""


def test_r4_a_write_that_the_system_refuses(tmp_path: Path) -> None:
    """RLIMIT_FSIZE, in a process of its own: every acknowledged batch is there afterwards."""
    path = tmp_path / "spool.db"
    run = subprocess.run(
        [sys.executable, "-c", _SMALL_FILES, str(path)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert run.returncode == 0, run.stderr[-3000:]
    spool = Spool(path)
    assert len(stored(spool)) == int(run.stdout.splitlines()[-1]) < 401
    spool.close()
