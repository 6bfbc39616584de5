"""From the spool into the database: in order, once, and past whatever stands in the way."""

import shutil
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import psycopg
import pytest

from wellhead import sdk
from wellhead.testing import wait_until
from wellhead_historian.forwarding import forwarder as forwarder_module
from wellhead_historian.forwarding import gaps
from wellhead_historian.forwarding.forwarder import Forwarder
from wellhead_historian.spool.spool import Spool, SpoolFull
from wellhead_historian.store import wire
from wellhead_historian.store.choice import make_reader
from wellhead_historian.store.latest import read_latest
from wellhead_historian.testing import BASE, FAR, batch_of, make_source, scan, settled

from .forwards import Connect, delivered, forwarding

Tags = npt.NDArray[np.int32]


@pytest.fixture
def connect(settings: sdk.Settings) -> Connect:
    return lambda: sdk.connect(settings, "default")


def test_batches_arrive_in_order_and_callbacks_hear_of_each_after_the_commit(
    spool: Spool,
    connect: Connect,
    connection: psycopg.Connection[Any],
    source: int,
    tags: Tags,
) -> None:
    heard: list[tuple[int, int]] = []

    def callback(batch: sdk.Batch) -> None:
        with connect() as other:
            found = make_reader(other).read(int(tags[0]), BASE, FAR, 1000)
        heard.append((int(batch.times[0]) - BASE, len(found.times)))
        raise RuntimeError("a callback that fails changes nothing")

    with forwarding(spool, connect, on_commit=[callback]) as forwarder:
        for step in range(20):
            spool.append(scan(source, BASE + step, tags, first=step)).result(10)
        delivered(spool)
        wait_until(lambda: len(heard) == 20, what="all callbacks")
        assert forwarder.state.readings == 100
        assert forwarder.state.connected
    assert [step for step, _ in heard] == list(range(20))
    assert all(visible > step for step, visible in heard)
    found = make_reader(connection).read(int(tags[1]), BASE, FAR, 1000)
    assert found.values.tolist() == [step + 1.0 for step in range(20)]
    assert not forwarder.state.connected


def test_scans_in_quick_succession_share_transactions(
    spool: Spool, connect: Connect, source: int, tags: Tags
) -> None:
    with forwarding(spool, connect) as forwarder:
        wait_until(lambda: forwarder.state.connected, timeout=20, what="a connection")
        begun = time.monotonic()
        for step in range(100):
            spool.append(scan(source, BASE + step, tags, first=step)).result(10)
        delivered(spool)
        passed = time.monotonic() - begun
        wait_until(lambda: forwarder.state.batches == 100, timeout=20, what="all batches counted")
        assert forwarder.state.transactions <= passed / 0.04 + 1


def test_a_large_transaction_waits_for_nothing_before_or_after_it(
    spool: Spool, connect: Connect, source: int, tags: Tags, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forwarder_module, "_PACE_SECONDS", 1000.0)
    times = np.repeat(BASE + np.arange(12_000), len(tags))
    columns = np.tile(tags, 12_000), times, times.astype(np.float64), np.full(len(times), 192, "i2")
    large = sdk.Batch(source, *columns)
    with forwarding(spool, connect) as forwarder:
        wait_until(lambda: forwarder.state.connected, timeout=20, what="a connection")
        spool.append(large).result(10)
        wait_until(lambda: forwarder.state.transactions == 1, timeout=20, what="the large one")
        spool.append(scan(source, FAR // 2, tags)).result(10)
        wait_until(lambda: forwarder.state.transactions == 2, timeout=20, what="the next")
        spool.append(scan(source, FAR // 2, tags)).result(10)
        assert forwarder.state.transactions == 2, "a small one waits for others"
        for step in range(1, 12):  # a megabyte, part by part
            part = large.take(np.arange(step * 5000, (step + 1) * 5000))
            spool.append(part).result(10)
        wait_until(lambda: forwarder.state.transactions >= 3, timeout=20, what="the megabyte")


def test_the_database_may_come_later(
    spool: Spool, connect: Connect, stored_rows: Callable[[], int], source: int, tags: Tags
) -> None:
    there = threading.Event()

    def late() -> psycopg.Connection[Any]:
        if not there.is_set():
            raise psycopg.OperationalError("no database yet")
        return connect()

    for step in range(10):
        spool.append(scan(source, BASE + step, tags)).result(10)
    with forwarding(spool, late) as forwarder:
        wait_until(
            lambda: forwarder.state.error == "no database yet", what="the error in the state"
        )
        there.set()
        delivered(spool)
        assert forwarder.state.error is None
    assert stored_rows() == 10


def test_a_connection_cut_again_and_again_loses_and_doubles_nothing(
    spool: Spool,
    connect: Connect,
    connection: psycopg.Connection[Any],
    stored_rows: Callable[[], int],
    database_admin_url: str,
    source: int,
    tags: Tags,
) -> None:
    with forwarding(spool, connect), psycopg.connect(database_admin_url, autocommit=True) as admin:

        def cut() -> int:
            return admin.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid NOT IN (pg_backend_pid(), %s)",
                (connection.info.backend_pid,),
            ).rowcount

        for step in range(300):
            spool.append(scan(source, BASE + step, tags, first=step)).result(10)
            if step % 50 == 0:
                wait_until(cut, what="a connection to cut")
        delivered(spool)
    assert stored_rows() == 300
    found = make_reader(connection).read(int(tags[0]), BASE, FAR, 1000)
    assert found.values.tolist() == list(range(300))


def test_entries_stored_before_a_crash_are_not_stored_again(
    spool: Spool,
    connect: Connect,
    stored_rows: Callable[[], int],
    tmp_path: Path,
    source: int,
    tags: Tags,
) -> None:
    """The crash between the commit and the deletion: the file as it was before the deletion."""
    for step in range(10):
        spool.append(scan(source, BASE + step, tags)).result(10)
    spool.close()
    (tmp_path / "again").mkdir()
    again = Path(shutil.copy(spool.path, tmp_path / "again" / "spool.db"))
    for path in (spool.path, again):
        reopened = Spool(path)
        with forwarding(reopened, connect):
            delivered(reopened)
        reopened.close()
        assert stored_rows() == 10


def test_an_old_copy_of_the_spool_file_takes_new_readings(
    connect: Connect,
    connection: psycopg.Connection[Any],
    stored_rows: Callable[[], int],
    tmp_path: Path,
    source: int,
    tags: Tags,
) -> None:
    """Restored from a backup, its new entries get numbers that the ledger has passed already."""
    spool = Spool(tmp_path / "spool.db")
    spool.append(scan(source, BASE, tags)).result(10)
    spool.close()
    (tmp_path / "old").mkdir()
    old = Path(shutil.copy(spool.path, tmp_path / "old" / "spool.db"))
    spool = Spool(spool.path)
    for step in range(1, 8):
        spool.append(scan(source, BASE + step, tags)).result(10)
    with forwarding(spool, connect):
        delivered(spool)
    spool.close()
    restored = Spool(old)
    identity = restored.id
    for step in range(8, 11):
        restored.append(scan(source, BASE + step, tags)).result(10)
    with forwarding(restored, connect):
        delivered(restored)
    assert restored.id != identity
    restored.close()
    found = make_reader(connection).read(int(tags[0]), BASE, FAR, 1000)
    assert found.times.tolist() == [BASE + step for step in range(11)]
    assert stored_rows() == 11


def test_an_old_copy_doubles_nothing_when_the_connection_breaks_as_it_is_noticed(
    connect: Connect,
    stored_rows: Callable[[], int],
    tmp_path: Path,
    source: int,
    tags: Tags,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    spool = Spool(tmp_path / "spool.db")
    spool.append(scan(source, BASE, tags)).result(10)
    spool.close()
    old = Path(shutil.copy(spool.path, tmp_path / "old.db"))
    spool = Spool(spool.path)
    spool.append(scan(source, BASE + 1, tags)).result(10)
    with forwarding(spool, connect):
        delivered(spool)
    spool.close()
    restored = Spool(old)
    renew, cuts = restored.renew, []

    def cut() -> Any:
        renew().result(10)
        cuts.append(restored.id)
        raise psycopg.OperationalError("the connection is lost")

    monkeypatch.setattr(restored, "renew", cut)
    with forwarding(restored, connect):
        restored.append(scan(source, BASE + 2, tags)).result(10)
        delivered(restored)
    restored.close()
    assert len(cuts) == 1
    assert stored_rows() == 3


def test_r5_the_database_clock_flags_the_future_and_latest_recovers_from_it(
    spool: Spool, connect: Connect, connection: psycopg.Connection[Any], source: int, tags: Tags
) -> None:
    """A gateway whose clock ran ten years ahead, and was then put right."""
    now = time.time_ns() // 1000
    ahead = now + 10 * 365 * 86_400_000_000
    spool._tolerance = ahead  # the gateway's own clock sees nothing wrong
    heard: list[sdk.Batch] = []
    with forwarding(spool, connect, on_commit=[heard.append]):
        spool.append(scan(source, ahead, tags)).result(10)
        wait_until(lambda: len(heard) == 1, what="the early batch")
        assert read_latest(connection, tags).times.tolist() == [ahead] * 5
        connection.rollback()
        spool.append(scan(source, now, tags)).result(10)
        wait_until(lambda: len(heard) == 2, what="the batch of now")
    assert heard[0].qualities.tolist() == [sdk.quality.UNCERTAIN_FUTURE_TIME] * 5
    assert read_latest(connection, tags).times.tolist() == [now] * 5
    found = make_reader(connection).read(int(tags[0]), now, FAR, 10)
    assert found.qualities.tolist() == [192, 76]


def test_r5_a_future_reading_of_one_source_does_not_hide_what_another_brings(
    spool: Spool, connect: Connect, connection: psycopg.Connection[Any], source: int, tags: Tags
) -> None:
    """Such as an import with a wrong year."""
    now = time.time_ns() // 1000
    imports = make_source(connection, "imports")
    with forwarding(spool, connect):
        spool.append(scan(imports, now + 365 * 86_400_000_000, tags[:3], first=70)).result(10)
        spool.append(scan(source, now, tags[1:], first=1)).result(10)
        delivered(spool)
    found = read_latest(connection, tags)
    assert found.tags.tolist() == tags.tolist()
    assert found.values.tolist() == [70, 1, 2, 3, 4]


@pytest.mark.usefixtures("packed")
def test_a_missing_table_is_waited_for_and_not_blamed_on_the_readings(
    spool: Spool,
    connect: Connect,
    stored_rows: Callable[[], int],
    database_admin_url: str,
    source: int,
    tags: Tags,
) -> None:
    with psycopg.connect(database_admin_url, autocommit=True) as admin:
        admin.execute("ALTER TABLE tenant_default.historian_hot RENAME TO away")
        with forwarding(spool, connect) as forwarder:
            spool.append(scan(source, BASE, tags)).result(10)
            wait_until(lambda: "historian_hot" in str(forwarder.state.error), what="the error")
            admin.execute("ALTER TABLE tenant_default.away RENAME TO historian_hot")
            delivered(spool)
    assert spool.quarantined() == []
    assert stored_rows() == 1


def test_gap_records_reach_the_database(
    tmp_path: Path, connect: Connect, connection: psycopg.Connection[Any], source: int, tags: Tags
) -> None:
    spool = Spool(tmp_path / "small.db", max_bytes=2000)
    futures = [spool.append(scan(source, BASE + step, tags)) for step in range(40)]
    refused = [step for step, future in enumerate(futures) if future.exception(10)]
    assert refused
    wait_until(spool.gaps, what="the gap in the spool")
    (gap,) = spool.gaps()
    wire.register_columns(connection)
    gaps.deliver(connection, spool)
    assert spool.gaps() == []
    rows = connection.execute(
        "SELECT spool_id, number, source_id, readings, reason, (extract(epoch FROM begins) * 1e6)"
        "::int8, (extract(epoch FROM ends) * 1e6)::int8 FROM historian_gap"
    ).fetchall()
    bounds = BASE + refused[0], BASE + refused[-1]
    assert rows == [(spool.id, gap.id, source, 5 * len(refused), "the spool is full", *bounds)]
    with forwarding(spool, connect):
        delivered(spool)
    spool.close()


def test_gap_records_that_cannot_be_told_hold_up_no_readings(
    tmp_path: Path,
    database_admin_url: str,
    connect: Connect,
    connection: psycopg.Connection[Any],
    source: int,
    tags: Tags,
) -> None:
    with psycopg.connect(database_admin_url, autocommit=True) as admin:
        admin.execute("ALTER TABLE tenant_default.historian_gap RENAME TO historian_gap_away")
    spool = Spool(tmp_path / "small.db", max_bytes=2000)
    futures = [spool.append(scan(source, BASE + step, tags)) for step in range(40)]
    kept = [step for step, future in enumerate(futures) if future.exception(10) is None]
    assert 0 < len(kept) < 40
    wait_until(spool.gaps, what="the gap in the spool")
    spool.close()
    spool = Spool(tmp_path / "small.db", max_bytes=2000)
    assert spool.has_gaps
    with forwarding(spool, connect):
        delivered(spool)
    assert len(spool.gaps()) == 1
    spool.close()
    found = make_reader(connection).read(int(tags[0]), BASE, FAR, 1000)
    assert (found.times - BASE).tolist() == kept


def test_a_gap_that_grows_while_it_is_told_is_told_again(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    connect: Connect,
    connection: psycopg.Connection[Any],
    source: int,
    tags: Tags,
) -> None:
    spool = Spool(tmp_path / "small.db", max_bytes=2000)
    settled([spool.append(scan(source, BASE + step, tags)) for step in range(40)], 10)
    wait_until(spool.gaps, what="the gap in the spool")
    before = spool.counters.refused_readings
    told = spool.gaps()
    for step in (60, -3):
        assert isinstance(spool.append(scan(source, BASE + step, tags)).exception(10), SpoolFull)
    wait_until(lambda: spool.gaps() != told, what="a larger gap")
    wire.register_columns(connection)
    with monkeypatch.context() as patch:
        patch.setattr(spool, "gaps", lambda: told)
        gaps.deliver(connection, spool)
    with forwarding(spool, connect):
        wait_until(lambda: not spool.gaps(), timeout=20, what="the gap to be delivered")
    spool.close()
    rows = connection.execute(
        "SELECT readings, (extract(epoch FROM begins) * 1e6)::int8, "
        "(extract(epoch FROM ends) * 1e6)::int8 FROM historian_gap"
    ).fetchall()
    assert rows == [(before + 10, BASE - 3, BASE + 60)]


def test_two_gateways_write_the_newest_values_of_one_source(
    tmp_path: Path, connect: Connect, connection: psycopg.Connection[Any], source: int, tags: Tags
) -> None:
    spools = [Spool(tmp_path / f"{name}.db") for name in "ab"]
    forwarders = [Forwarder(spool, connect) for spool in spools]
    for forwarder in forwarders:
        forwarder.start()
    for step in range(100):
        for number, spool in enumerate(spools):
            spool.append(batch_of(source, [(int(tags[number]), BASE + step, step, 192)])).result(10)
    for spool, forwarder in zip(spools, forwarders, strict=True):
        delivered(spool)
        assert forwarder.stop(10)
        spool.close()
    latest = read_latest(connection, tags)
    assert latest.tags.tolist() == tags[:2].tolist()
    assert latest.values.tolist() == [99.0, 99.0]


@pytest.mark.parametrize(("others", "ours"), [("off", "on"), ("remote_apply", "remote_apply")])
def test_r3_commits_wait_for_the_disk_where_those_of_others_do_not(
    spool: Spool, settings: sdk.Settings, source: int, tags: Tags, others: str, ours: str
) -> None:
    """The spool forgets what is stored, so a crash must not take it back."""
    seen = []

    def look(connection: psycopg.Connection[Any], batches: Sequence[sdk.Batch]) -> None:
        seen.append(connection.execute("SHOW synchronous_commit").fetchone())

    spool.append(scan(source, BASE, tags)).result(10)
    options = f"-c synchronous_commit={others}"
    with forwarding(
        spool, lambda: sdk.connect(settings, "default", options=options), outboxes=[look]
    ):
        delivered(spool)
    assert seen == [(ours,)]


def test_an_old_copy_that_is_opened_twice_before_there_is_a_database_takes_new_readings(
    connect: Connect,
    connection: psycopg.Connection[Any],
    tmp_path: Path,
    source: int,
    tags: Tags,
) -> None:
    """By the second opening its numbers have passed the ledger, and look like those that it has."""
    spool = Spool(tmp_path / "spool.db")
    spool.append(scan(source, BASE, tags)).result(10)
    spool.close()
    old = Path(shutil.copy(spool.path, tmp_path / "old.db"))
    spool = Spool(spool.path)
    spool.append(scan(source, BASE + 1, tags)).result(10)
    with forwarding(spool, connect):
        delivered(spool)
    spool.close()

    def nowhere() -> psycopg.Connection[Any]:
        raise psycopg.OperationalError("no database yet")

    restored = Spool(old)
    with forwarding(restored, nowhere) as forwarder:
        wait_until(lambda: forwarder.state.error, what="a look for the database")
        for step in range(2, 5):
            restored.append(scan(source, BASE + step, tags)).result(10)
    restored.close()
    restored = Spool(old)
    restored.append(scan(source, BASE + 5, tags)).result(10)
    with forwarding(restored, connect):
        delivered(restored)
    restored.close()
    found = make_reader(connection).read(int(tags[0]), BASE, FAR, 1000)
    assert found.times.tolist() == [BASE + step for step in range(6)]


def test_two_copies_of_a_spool_file_that_run_at_once_lose_nothing(
    connect: Connect,
    connection: psycopg.Connection[Any],
    tmp_path: Path,
    source: int,
    tags: Tags,
) -> None:
    """As after a machine was copied with all that is on it."""
    spool = Spool(tmp_path / "spool.db")
    spool.append(scan(source, BASE, tags)).result(10)
    spool.close()
    copy = Path(shutil.copy(spool.path, tmp_path / "copy.db"))
    both = Spool(spool.path), Spool(copy)
    with forwarding(both[0], connect), forwarding(both[1], connect):
        for one in both:
            delivered(one)
        for step in range(1, 9):
            both[0].append(scan(source, BASE + step, tags)).result(10)
        delivered(both[0])
        for step in range(9, 12):
            both[1].append(scan(source, BASE + step, tags)).result(10)
        delivered(both[1])
    for one in both:
        one.close()
    found = make_reader(connection).read(int(tags[0]), BASE, FAR, 1000)
    assert found.times.tolist() == [BASE + step for step in range(12)]


@pytest.mark.usefixtures("packed")
def test_r3_what_a_database_lacks_that_took_over_from_another_is_told_and_brought_if_it_is_there(
    spool: Spool,
    connect: Connect,
    connection: psycopg.Connection[Any],
    source: int,
    tags: Tags,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A server that had not yet heard of the last commits, or a backup."""
    connections: list[psycopg.Connection[Any]] = []

    def connected() -> psycopg.Connection[Any]:
        connections.append(connect())
        return connections[-1]

    with forwarding(spool, connected) as forwarder:
        spool.append(scan(source, BASE, tags)).result(10)
        delivered(spool)
        spool.append(scan(source, BASE + 1, tags, first=1)).result(10)
        delivered(spool)
        monkeypatch.setattr(spool, "remove", lambda through: None)  # the commit for it comes later
        spool.append(scan(source, BASE + 2, tags, first=2)).result(10)
        wait_until(lambda: forwarder.state.batches == 3, timeout=20, what="the third one")
        with connection.transaction():
            connection.execute("DELETE FROM historian_hot WHERE value[1] > 0")
            connection.execute("UPDATE historian_ledger SET position = 1")
        monkeypatch.undo()
        connections[-1].close()
        spool.append(scan(source, BASE + 3, tags)).result(10)
        delivered(spool)
    found = make_reader(connection).read(int(tags[0]), BASE, FAR, 10)
    assert found.times.tolist() == [BASE, BASE + 2, BASE + 3]
    rows = connection.execute(
        "SELECT source_id, readings, reason, begins <= ends FROM historian_gap"
    ).fetchall()
    assert rows == [(0, 0, gaps.OLDER, True)]


def test_entries_that_are_nowhere_any_more_are_not_asked_for_again_and_again(
    connect: Connect,
    connection: psycopg.Connection[Any],
    tmp_path: Path,
    source: int,
    tags: Tags,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Of a spool that a restored database has less of than was stored."""
    spool = Spool(tmp_path / "spool.db")
    for step in range(3):
        spool.append(scan(source, BASE + step, tags)).result(10)
    with forwarding(spool, connect):
        delivered(spool)
    with connection.transaction():
        connection.execute("UPDATE historian_ledger SET position = 1")
    spool.close()
    spool = Spool(spool.path)
    wait, waited = spool.wait, []

    def noted(after: int, timeout: float) -> bool:
        waited.append(after)
        return wait(after, timeout)

    monkeypatch.setattr(spool, "wait", noted)
    with forwarding(spool, connect):
        wait_until(lambda: 3 in waited, timeout=20, what="the wait for what comes next")
        assert waited == [1, 3]
        spool.append(scan(source, BASE + 3, tags)).result(10)
        delivered(spool)
    spool.close()
