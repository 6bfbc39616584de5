"""The outbox: every stored reading once, in the order of commits, within its bound."""

import random
import threading
import zlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wellhead import sdk
from wellhead.testing import wait_until
from wellhead_historian.forwarding.forwarder import Forwarder
from wellhead_historian.spool.spool import Spool
from wellhead_historian.testing import BASE, batch_of, make_source, make_tags, scan
from wellhead_uplink import packing
from wellhead_uplink.edge import outbox
from wellhead_uplink.edge.outbox import OutboxWriter

from .conftest import Connect

LARGE = 1 << 30
ROWS = st.lists(
    st.tuples(
        st.integers(1, 2**31 - 1),
        st.integers(-(2**62), 2**62),
        st.floats(),
        st.integers(-(2**15), 2**15 - 1),
    ),
    max_size=20,
)


@pytest.fixture
def tags(connection: psycopg.Connection[Any]) -> npt.NDArray[np.int32]:
    return make_tags(connection, 5)


def same(left: sdk.Batch, right: sdk.Batch) -> bool:
    columns = ("tags", "times", "qualities")
    equal = all(np.array_equal(getattr(left, name), getattr(right, name)) for name in columns)
    values = left.values.tobytes() == right.values.tobytes()
    return equal and values and left.source == right.source


@given(st.lists(st.tuples(st.integers(1, 9), ROWS), max_size=6))
def test_what_is_packed_comes_out_as_it_went_in(parts: list[tuple[int, list[Any]]]) -> None:
    batches = [batch_of(source, rows) for source, rows in parts]
    packed = packing.pack(batches)
    came = [batch for row in packed for batch in packing.unpack(row.data)]
    wanted = [batch for batch in batches if len(batch)]
    assert len(came) == len(wanted)
    assert all(map(same, came, wanted))
    assert sum(row.readings for row in packed) == sum(map(len, batches))


@given(st.binary(max_size=200))
def test_r9_bytes_that_are_no_body_and_no_row_are_refused(data: bytes) -> None:
    for read in (packing.from_body, packing.unpack):
        with pytest.raises(sdk.BatchError):
            read(data)
    with pytest.raises(sdk.BatchError):
        packing.from_body(b"WHU1" + data)


@given(st.integers(0, 10_000), st.integers(1, 255))
def test_r9_a_body_with_one_byte_changed_is_refused(place: int, change: int) -> None:
    [row] = packing.pack([batch_of(1, [(tag, BASE, 1.5, 192) for tag in range(1, 30)])])
    body = packing.to_body([(1, row.readings, row.readings, row.data)])
    at = place % len(body)
    if 4 <= at < 24:  # of number, total and readings a change is seen by the position alone
        return
    with pytest.raises(sdk.BatchError):
        packing.from_body(body[:at] + bytes((body[at] ^ change,)) + body[at + 1 :])


def test_a_row_that_unpacks_without_end_is_refused() -> None:
    with pytest.raises(sdk.BatchError, match="whole row"):
        packing.unpack(zlib.compress(bytes(packing.MAX_UNPACKED + 1)))


def test_large_transactions_become_rows_that_fit_a_request(
    connection: psycopg.Connection[Any], tags: npt.NDArray[np.int32]
) -> None:
    wide = np.arange(1, 6001, dtype=np.int32)
    batches = [scan(1, BASE + step, wide) for step in range(20)]
    with connection.transaction():
        OutboxWriter(LARGE)(connection, batches)
    rows = outbox.read(connection, 0, LARGE, LARGE)
    assert [row.readings for row in rows] == [12_000] * 10
    assert [row.total for row in rows] == [12_000 * count for count in range(1, 11)]
    assert all(map(same, [batch for row in rows for batch in row.batches], batches))
    assert len(outbox.read(connection, 0, LARGE, 30_000)) == 3
    assert len(outbox.read(connection, 0, 1, 1)) == 1


def test_what_the_forwarder_stores_is_queued_in_the_same_transaction(
    edge: Connect, connection: psycopg.Connection[Any], tags: npt.NDArray[np.int32], tmp_path: Path
) -> None:
    """Cut again and again: stored and queued are the same, each reading once."""
    source = make_source(connection)
    spool = Spool(tmp_path / "spool.db")
    forwarder = Forwarder(spool, edge, outboxes=[OutboxWriter(LARGE)])
    forwarder.start()
    for step in range(120):
        spool.append(scan(source, BASE + step, tags, first=step)).result(10)
        if step % 30 == 0:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = "
                "current_database() AND pid <> pg_backend_pid() AND usename = current_user"
            )
    wait_until(lambda: spool.backlog == (0, 0), timeout=20, what="an empty spool")
    assert forwarder.stop(10)
    spool.close()
    queued = [batch for row in read_all(connection) for batch in row.batches]
    assert [int(batch.times[0]) - BASE for batch in queued] == list(range(120))
    stored = connection.execute("SELECT count(*) FROM historian_hot").fetchone()
    assert stored == (120,)


def read_all(connection: psycopg.Connection[Any]) -> list[Any]:
    rows: list[Any] = []
    while more := outbox.read(connection, rows[-1].id if rows else 0, LARGE, LARGE):
        rows += more
    return rows


def test_a_reader_beside_many_writers_skips_nothing(
    edge: Connect, connection: psycopg.Connection[Any], tags: npt.NDArray[np.int32]
) -> None:
    """Writers that commit late, in any order, or roll back: a reader that goes on from the last
    number it saw gets each source's scans in order, all of them."""
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    writers, scans = 4, 40
    ended = threading.Event()
    failures: list[BaseException] = []

    def write(source: int) -> None:
        chance = random.Random(seed + source)
        writer = OutboxWriter(LARGE)
        try:
            with edge() as mine:
                step = 0
                while step < scans:
                    batches = [
                        scan(source, BASE + step + more, tags)
                        for more in range(min(chance.randint(1, 3), scans - step))
                    ]
                    with mine.transaction(force_rollback=chance.random() < 0.2) as transaction:
                        writer(mine, batches)
                        mine.execute("SELECT pg_sleep(%s)", (chance.random() * 0.004,))
                    if not transaction.force_rollback:
                        step += len(batches)
        except BaseException as error:  # for the test to show
            failures.append(error)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(1, writers + 1)]
    for thread in threads:
        thread.start()
    seen: list[Any] = []

    def all_read() -> bool:
        if not any(thread.is_alive() for thread in threads):
            ended.set()
        last = ended.is_set()
        seen.extend(outbox.read(connection, seen[-1].id if seen else 0, LARGE, LARGE))
        return last

    wait_until(all_read, timeout=60, what="the writers to end")
    assert failures == []
    assert [row.id for row in seen] == list(range(1, len(seen) + 1))
    for source in range(1, writers + 1):
        mine = [b for row in seen for b in row.batches if b.source == source]
        assert [int(batch.times[0]) - BASE for batch in mine] == list(range(scans))
    assert seen[-1].total == writers * scans * len(tags)


@pytest.fixture
def full(connection: psycopg.Connection[Any]) -> int:
    """An outbox of 20,000 bytes after 60 scans of 500 tags; how many readings it was given."""
    outbox.register(connection, ["slow"])
    wide = np.arange(1, 501, dtype=np.int32)
    writer = OutboxWriter(20_000)
    for step in range(60):
        with connection.transaction():
            writer(connection, [scan(1, BASE + step * 1_000_000, wide, first=step)])
    return 60 * len(wide)


def test_r4_a_full_outbox_drops_the_oldest_and_counts_each(
    connection: psycopg.Connection[Any], full: int
) -> None:
    held = connection.execute("SELECT sum(size), sum(readings) FROM uplink_outbox").fetchone()
    assert held is not None
    waits = outbox.backlog(connection, "slow")
    assert 15_000 < waits.bytes == held[0] <= 20_000
    assert waits.readings == held[1] < full
    assert waits.dropped == full - held[1]  # before anybody has come upon the hole

    rows = read_all(connection)
    known = outbox.position(connection, "slow")
    for _ in range(2):  # looked at twice, booked once
        known = outbox.passed_over(connection, "slow", known, rows[0])
    assert known.id == rows[0].id - 1
    gap = connection.execute("SELECT first, last, readings, ends FROM uplink_gap").fetchall()
    assert gap == [(1, rows[0].id - 1, full - held[1], rows[0].begins)]
    after = outbox.backlog(connection, "slow")
    assert replace(after, age_s=0) == replace(waits, age_s=0)


def test_a_row_of_more_batches_than_memory_is_for_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """44 bytes unpacked, one packed, and a thousand in memory."""
    monkeypatch.setattr(packing, "MAX_BATCHES", 10)
    [row] = packing.pack([batch_of(1, [(1, BASE, 1.5, 192)]) for _ in range(6)])
    frames = [packing.Frame(number, 6 * number, 6, 0, row.data) for number in (1, 2)]
    assert len(packing.unpack_frames(frames[:1])) == 6
    with pytest.raises(sdk.BatchError, match="more than 10 batches"):
        packing.unpack_frames(frames)


def test_texts_count_towards_what_a_request_may_unpack_to(monkeypatch: pytest.MonkeyPatch) -> None:
    batch = replace(batch_of(1, [(1, BASE, np.nan, 192)]), texts={0: "x" * 900})
    [row] = packing.pack([batch])
    monkeypatch.setattr(packing, "MAX_UNPACKED", 1500)
    frames = [packing.Frame(number, number, 1, 0, row.data) for number in (1, 2)]
    packing.unpack_frames(frames[:1])
    with pytest.raises(sdk.BatchError, match="whole row"):
        packing.unpack_frames(frames)
