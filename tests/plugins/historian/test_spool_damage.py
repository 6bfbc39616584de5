"""A damaged spool file: set aside, said so, and everything in it that is whole is kept."""

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from wellhead.testing import wait_until
from wellhead_historian.spool.salvage import UNREADABLE, Salvage
from wellhead_historian.spool.spool import Spool, SpoolError, SpoolFull
from wellhead_historian.testing import BASE, kept, scan, settled

TAGS = np.arange(1, 200, dtype=np.int32)
COUNT = 60
PAGE = 32768


@pytest.fixture
def original(tmp_path: Path) -> Path:
    """A folder with the spool as a power loss would leave it: file and log, not closed cleanly."""
    folder = tmp_path / "original"
    spool = Spool(folder / "spool.db")
    for step in range(COUNT // 2):
        spool.append(scan(1, BASE + step, TAGS, first=step)).result(10)
    spool.close()
    spool = Spool(folder / "spool.db")
    for step in range(COUNT // 2, COUNT):
        spool.append(scan(1, BASE + step, TAGS, first=step)).result(10)
    spool.save("configuration", {"kept": True}).result(10)
    shutil.copytree(folder, tmp_path / "crashed")
    spool.close()
    return tmp_path / "crashed"


@pytest.fixture
def copy(original: Path, tmp_path: Path) -> Callable[[str], Path]:
    def make(name: str) -> Path:
        return Path(shutil.copytree(original, tmp_path / name)) / "spool.db"

    return make


def steps(spool: Spool) -> list[int]:
    """What is in it, each batch whole or, where its checksum fails, left out."""
    found: list[int] = []
    for batch in kept(spool).values():
        step = int(batch.times[0]) - BASE
        assert batch.values.tolist() == [step + i for i in range(len(TAGS))]
        found.append(step)
    return found


def test_r2_a_crash_alone_loses_nothing(copy: Callable[[str], Path]) -> None:
    spool = Spool(copy("whole"))
    assert steps(spool) == list(range(COUNT))
    assert spool.load("configuration") == {"kept": True}
    spool.close()


def test_r2_torn_logs_recover_a_prefix(copy: Callable[[str], Path]) -> None:
    """The log cut anywhere: what was committed before the cut is all there, in order."""
    seen = set()
    for percent in range(0, 100, 9):
        path = copy(f"torn{percent}")
        log = path.with_name("spool.db-wal")
        size = log.stat().st_size * percent // 100
        with log.open("r+b") as file:
            file.truncate(size)
        spool = Spool(path)
        found = steps(spool)
        spool.close()
        assert found == list(range(len(found)))
        assert len(found) >= COUNT // 2, "what was in the file itself cannot go with the log"
        seen.add(len(found))
    assert len(seen) > 3


def test_r2_flipped_bits_never_crash_and_never_bring_a_wrong_value(
    copy: Callable[[str], Path],
) -> None:
    """One bit flipped in file or log, at many places: a batch is whole or missing."""
    seed = 20251125
    random = np.random.default_rng(seed)
    rescued = 0
    for number in range(64):
        path = copy(f"flip{number}")
        victim = path if number % 2 else path.with_name("spool.db-wal")
        if number % 4 == 1:
            Spool(path).close()  # everything in the file, no log that hides it
        data = bytearray(victim.read_bytes())
        # the first bytes of the file are its most fragile: have some flips there
        at = int(random.integers(100 if number % 8 == 1 else len(data)))
        data[at] ^= 1 << int(random.integers(8))
        victim.write_bytes(data)
        try:
            spool = Spool(path)
        except SpoolError as error:  # the flip was in the version: refused, not touched
            if "newer version" in str(error):
                continue
            raise
        found = steps(spool)
        assert found == sorted(set(found)), f"seed {seed}, flip {number} at {at}"
        spool.append(scan(1, BASE + 1000, TAGS, first=1000)).result(10)
        assert steps(spool)[-1] == 1000
        spool.close()
        rescued += bool(list(path.parent.glob("*.corrupt-*")))
    assert rescued, "some flips must have been noticed by SQLite"


@pytest.mark.parametrize("rubbish", [b"", b"\0" * 50_000, b"not a database at all" * 1000])
def test_rubbish_is_set_aside(tmp_path: Path, rubbish: bytes) -> None:
    path = tmp_path / "spool.db"
    path.write_bytes(rubbish)
    spool = Spool(path)
    spool.append(scan(1, BASE, TAGS)).result(10)
    assert steps(spool) == [0]
    assert [(gap.source, gap.readings, gap.reason) for gap in spool.gaps()] == (
        [(0, 0, UNREADABLE)] if rubbish else []
    )
    spool.close()
    aside = list(tmp_path.glob("spool.db.corrupt-*"))
    assert [file.read_bytes() for file in aside] == ([rubbish] if rubbish else [])


def test_r2_a_page_that_broke_after_a_clean_end_is_found_at_the_first_start(
    tmp_path: Path,
) -> None:
    """Of a file that was closed cleanly nothing is looked through; what is wrong shows in use."""
    original = tmp_path / "spool.db"
    spool = Spool(original)
    for step in range(COUNT):
        spool.append(scan(1, BASE + step, TAGS, first=step)).result(10)
    spool.close()
    pages = original.stat().st_size // PAGE
    assert pages > 5
    aside = 0
    for page in range(1, pages):
        folder = tmp_path / f"page {page}"
        folder.mkdir()
        damaged = Path(shutil.copy(original, folder / "spool.db"))
        with damaged.open("r+b") as file:
            file.seek(page * PAGE)
            file.write(b"\xa5" * PAGE)
        spool = Spool(damaged)
        assert set(steps(spool)) <= set(range(COUNT))
        assert spool.append(scan(1, BASE + COUNT, TAGS, first=COUNT)).result(10) > 0
        spool.close()
        aside += any(folder.glob("*.corrupt-*"))
    assert aside > 0


def test_the_rescued_spool_keeps_its_identity_and_never_repeats_an_id(
    copy: Callable[[str], Path],
) -> None:
    """Else the ledger would store what is stored already, or take new entries for old ones."""
    path = copy("page")
    identity = Spool(copy("look"))
    expected, highest = identity.id, identity.opened_at
    identity.close()
    with sqlite3.connect(path) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (root,) = database.execute("SELECT rootpage FROM sqlite_master WHERE name='gap'").fetchone()
    database.close()
    with path.open("r+b") as file:  # a page that no batch is on
        file.seek((root - 1) * PAGE)
        file.write(b"\xff" * 4096)
    spool = Spool(path)
    assert list(path.parent.glob("*.corrupt-*"))
    assert spool.id == expected
    assert steps(spool) == list(range(COUNT))
    assert spool.load("configuration") == {"kept": True}
    assert spool.append(scan(1, BASE, TAGS)).result(10) > highest
    spool.close()


def spoil(path: Path, table: str, pages: slice) -> None:
    """Overwrite some pages of a table of a file that nobody has open, as after a power loss."""
    with sqlite3.connect(path) as database:
        database.execute("UPDATE spool SET clean = 0")
        database.commit()
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        rows = database.execute("SELECT pageno FROM dbstat WHERE name = ?", (table,)).fetchall()
    database.close()
    with path.open("r+b") as file:
        for (page,) in sorted(rows)[pages]:
            file.seek((page - 1) * PAGE)
            file.write(b"\xff" * 64)


def test_what_no_row_can_be_read_of_is_a_gap_between_its_neighbours(
    copy: Callable[[str], Path],
) -> None:
    path = copy("middle")
    spoil(path, "batch", slice(3, 5))
    spool = Spool(path)
    found = steps(spool)
    missing = sorted(set(range(COUNT)) - set(found))
    assert missing == list(range(missing[0], missing[-1] + 1))
    (gap,) = spool.gaps()
    assert (gap.source, gap.readings, gap.reason) == (0, 0, UNREADABLE)
    assert (gap.begins, gap.ends) == (BASE + missing[0] - 1, BASE + missing[-1] + 1)
    spool.close()


def test_a_rescue_that_saves_all_is_no_gap(copy: Callable[[str], Path]) -> None:
    path = copy("documents")
    spoil(path, "document", slice(None))
    spool = Spool(path)
    assert list(path.parent.glob("*.corrupt-*"))
    assert steps(spool) == list(range(COUNT))
    assert spool.gaps() == []
    spool.close()


def test_gap_records_and_what_was_set_aside_outlive_a_rescue(tmp_path: Path) -> None:
    path = tmp_path / "spool.db"
    spool = Spool(path, max_bytes=20_000)
    futures = [spool.append(scan(1, BASE + step, TAGS)) for step in range(COUNT)]
    settled(futures, 10)
    wait_until(spool.gaps, what="the gap record")
    told = spool.gaps()
    spool.quarantine(3, "because", 7, b"data").result(10)
    spool.close()
    spoil(path, "document", slice(None))
    spool = Spool(path, max_bytes=20_000)
    assert list(tmp_path.glob("*.corrupt-*"))
    assert spool.gaps() == told
    assert spool.quarantined() == [(3, "because", 7, b"data")]
    spool.delete_gaps(told).result(10)
    assert isinstance(spool.append(scan(1, BASE, TAGS)).exception(10), SpoolFull)
    (gap,) = wait_until(spool.gaps, what="the next gap record")
    # the database knows gap records by their numbers: one that was told must not be overwritten
    assert gap.id > max(known.id for known in told)
    spool.close()


def test_no_gap_record_gets_the_number_of_one_that_cannot_be_read(tmp_path: Path) -> None:
    path = tmp_path / "spool.db"
    spool = Spool(path, max_bytes=20_000)
    identity = spool.id
    settled([spool.append(scan(1, BASE + step, TAGS)) for step in range(COUNT)], 10)
    wait_until(spool.gaps, what="the gap record")
    told = spool.gaps()
    spool.close()
    spoil(path, "gap", slice(None))
    spool = Spool(path, max_bytes=20_000)
    assert (spool.id, spool.gaps()) == (identity, [])
    assert isinstance(spool.append(scan(1, BASE, TAGS)).exception(10), SpoolFull)
    (gap,) = wait_until(spool.gaps, what="the next gap record")
    assert gap.id > max(known.id for known in told)
    spool.close()


def test_rows_that_lost_their_checksum_are_set_aside_in_a_rescue_too(
    copy: Callable[[str], Path],
) -> None:
    path = copy("row")
    with sqlite3.connect(path) as database:
        database.execute("UPDATE batch SET data = x'5748' WHERE id = 5")
    database.close()
    spoil(path, "document", slice(None))
    spool = Spool(path)
    assert steps(spool) == [step for step in range(COUNT) if step != 4]
    assert spool.quarantined() == [(5, "checksum does not match", 0, b"WH")]
    spool.close()


def test_a_spool_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "spool.db"
    Spool(path).close()
    with sqlite3.connect(path) as database:
        database.execute("PRAGMA user_version = 99")
    database.close()
    with pytest.raises(SpoolError, match="newer version"):
        Spool(path)
    assert not list(tmp_path.glob("*.corrupt-*"))


def test_damage_found_while_running_is_survived(tmp_path: Path) -> None:
    path = tmp_path / "spool.db"
    spool = Spool(path)
    for step in range(COUNT):
        spool.append(scan(1, BASE + step, TAGS, first=step)).result(10)
    identity, last = spool.id, COUNT
    spool.close()
    spool = Spool(path)
    with path.open("r+b") as file:  # under its feet, as a failing disk would
        file.seek(PAGE * 3)
        file.write(b"\xff" * (path.stat().st_size - PAGE * 3))
    for step in range(COUNT, COUNT + 200):
        spool.append(scan(1, BASE + step, TAGS, first=step)).result(10)
    found = steps(spool)
    assert found[-200:] == list(range(COUNT, COUNT + 200))
    assert spool.id == identity
    assert spool.opened_at == last
    spool.close()


class Killed(BaseException):
    """What nothing catches."""


@pytest.mark.parametrize("step", range(6))
def test_r1_a_rescue_that_is_killed_at_any_step_loses_nothing(
    copy: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    """step: what has been carried over before it, and then every renaming"""
    path = copy("killed")
    spoil(path, "document", slice(None))
    path.with_name(path.name + "-wal").touch()
    left = iter(range(step))

    def last_but(call: Callable[..., Any]) -> Callable[..., Any]:
        def run(*arguments: Any) -> Any:
            if next(left, None) is None:
                raise Killed
            return call(*arguments)

        return run

    with monkeypatch.context() as patched:
        patched.setattr(Salvage, "rest", last_but(Salvage.rest))
        patched.setattr(Path, "rename", last_but(Path.rename))
        with suppress(Killed):
            Spool(path).close()
    spool = Spool(path)
    assert list(path.parent.glob("*.corrupt-*"))
    assert steps(spool) == list(range(COUNT))
    spool.close()


def full(*_: Any) -> None:
    raise sqlite3.OperationalError("database or disk is full")


def test_r4_a_damaged_file_waits_for_the_room_that_saving_it_needs(
    copy: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = copy("waits")
    spoil(path, "document", slice(None))
    with monkeypatch.context() as patched:
        patched.setattr(Salvage, "rest", full)
        with pytest.raises(SpoolError, match="disk is full"):
            Spool(path)
    assert not list(path.parent.glob("*.sav*"))
    spool = Spool(path)
    assert steps(spool) == list(range(COUNT))
    spool.close()


def test_r4_a_file_that_breaks_while_the_disk_is_full_goes_on_when_there_is_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "spool.db"
    many = np.arange(40_000, dtype=np.int32)  # more bytes than SQLite has in memory
    spool = Spool(path)
    for step in range(COUNT):
        spool.append(scan(1, BASE + step, many)).result(10)
    spool.close()
    spool = Spool(path)
    with path.open("r+b") as file:  # under its feet, as a failing disk would
        file.seek(path.stat().st_size // 2)
        file.write(b"\xff" * (path.stat().st_size - file.tell()))

    def found() -> list[int]:
        return [int(batch.times[0]) - BASE for batch in kept(spool).values()]

    with monkeypatch.context() as patched:
        patched.setattr(Salvage, "rest", full)
        with pytest.raises(SpoolError, match="disk is full"):
            found()
    assert not list(tmp_path.glob("*.sav*"))
    spool.append(scan(1, BASE + COUNT, many)).result(10)
    assert (found()[0], found()[-1]) == (0, COUNT)
    assert list(tmp_path.glob("*.corrupt-*"))
    spool.close()
