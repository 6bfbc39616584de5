"""Scans that stay columns from the spool to the table are stored as if they came one by one."""

import time
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import psycopg
import pytest

from wellhead import sdk
from wellhead.testing import wait_until
from wellhead_historian.forwarding.forwarder import Forwarder
from wellhead_historian.scans import Arrived, Scans
from wellhead_historian.spool.packs import pack, unpack
from wellhead_historian.spool.spool import Spool
from wellhead_historian.store.choice import make_reader, make_writer
from wellhead_historian.store.interface import Reader
from wellhead_historian.store.latest import read_latest
from wellhead_historian.testing import (
    BASE,
    FAR,
    append_at_once,
    batch_of,
    make_source,
    make_tags,
    scan,
)

Tags = npt.NDArray[np.int32]
Connection = psycopg.Connection[Any]
HOT = "SELECT source_id, layout_id, ts, tags, value, quality FROM historian_hot ORDER BY seq"


def mixed(seed: int, sources: list[int], tags: Tags, count: int = 60) -> list[sdk.Batch]:
    """Scans of three widths and four lists of tags; some are late, some are not good."""
    random = np.random.default_rng(seed)
    lists = [tags[:4], tags[4:8], tags[:1], tags[2:9]]
    batches = []
    for step in range(count):
        at = int(random.integers(len(lists)))
        qualities = np.full(len(lists[at]), sdk.quality.GOOD, np.int16)
        if random.random() < 0.3:
            qualities[random.integers(len(qualities))] = sdk.quality.BAD
        time = BASE + 1000 * int(random.integers(step + 1) if random.random() < 0.3 else step)
        values = random.normal(size=len(qualities))
        source = sources[int(random.integers(len(sources)))]
        batches.append(sdk.Batch.scan(source, time, lists[at], values, qualities))
    return batches


def packed_scans(batches: list[sdk.Batch]) -> Scans:
    found = unpack(bytes(pack(batches, [bool((b.qualities == 192).all()) for b in batches])))
    assert isinstance(found, Scans)
    return found


def outcome(connection: Connection, arrived: list[Arrived], tags: Tags) -> list[Any]:
    """What the tables hold after these, all rolled back."""
    store = make_writer(connection)
    with connection.transaction(force_rollback=True):
        connection.execute("DELETE FROM historian_hot")
        store.write(arrived, FAR)
        newest = read_latest(connection, tags)
        columns = (newest.tags, newest.times, newest.values, newest.qualities)
        return [connection.execute(HOT).fetchall(), [column.tolist() for column in columns]]


@pytest.mark.usefixtures("packed")
@pytest.mark.parametrize("seed", range(6))
def test_columns_are_stored_as_their_scans_are(connection: Connection, seed: int) -> None:
    sources = [make_source(connection, name) for name in ("one", "two")]
    tags = make_tags(connection, 9)
    known = mixed(seed, sources, tags, count=200)
    with connection.transaction():
        make_writer(connection).write(known, FAR)
    first, second = mixed(seed + 100, sources, tags), mixed(seed + 200, sources, tags)
    late = batch_of(sources[0], [(int(tags[0]), BASE + 70_000, -1.0, 192)])
    singly = outcome(connection, [*first, late, *second], tags)
    assert len(singly[0]) == 121
    assert outcome(connection, [packed_scans(first), late, packed_scans(second)], tags) == singly


@pytest.mark.usefixtures("packed")
def test_columns_of_scans_that_are_new_teach_their_layouts(
    connection: Connection, source: int, tags: Tags
) -> None:
    batches = [scan(source, BASE + step, tags, first=step) for step in range(5)]
    singly = outcome(connection, list(batches), tags)
    found = outcome(connection, [packed_scans(batches)], tags)
    kept = [[row[:1] + row[2:] for row in rows] for rows in (singly[0], found[0])]
    assert kept[0] == kept[1], "the first with its tags, the others by their layout"
    assert found[1] == singly[1]


def stored(reader: Reader, tag: int) -> list[tuple[int, int]]:
    """(step, quality) of each reading."""
    found = reader.read(tag, -(2**62), FAR, 1000)
    return list(zip((found.times - BASE).tolist(), found.qualities.tolist(), strict=True))


def forward_all(spool: Spool, settings: sdk.Settings, **options: Any) -> Forwarder:
    forwarder = Forwarder(spool, lambda: sdk.connect(settings, "default"), **options)
    forwarder.start()
    try:
        wait_until(lambda: spool.backlog == (0, 0), timeout=30, what="an empty spool")
    finally:
        assert forwarder.stop(10)
    return forwarder


@pytest.mark.parametrize("reopened", [False, True], ids=["from memory", "from the file"])
def test_r8_one_scan_of_many_that_share_a_row_is_refused(
    settings: sdk.Settings, tmp_path: Path, source: int, tags: Tags, reader: Reader, reopened: bool
) -> None:
    spool = Spool(tmp_path / "spool.db")
    for step in (0, 1):  # so that there is a layout
        spool.append(scan(source, BASE + step, tags)).result(10)
    forward_all(spool, settings)
    scans = [scan(source, BASE + step, tags) for step in range(2, 40)]
    scans[20] = scan(source, -(2**63), tags)
    append_at_once(spool, scans)
    if reopened:
        spool.close()
        spool = Spool(spool.path)
    state = forward_all(spool, settings).state
    assert (state.batches, state.readings, state.quarantined) == (38, 37 * 5, 5)
    (_, reason, readings, _) = spool.quarantined()[0]
    assert (readings, "before what PostgreSQL" in reason) == (5, True)
    assert [step for step, _ in stored(reader, int(tags[0]))] == [
        step for step in range(40) if step != 22
    ]
    spool.close()


def test_scans_ahead_of_the_databases_clock_among_many_are_doubtful(
    settings: sdk.Settings, spool: Spool, connection: Connection, source: int, tags: Tags
) -> None:
    hour = 3_600_000_000
    scans = [scan(source, BASE + step * hour, tags) for step in range(10)]
    with connection.transaction():
        make_writer(connection).write(scans[:2], FAR)
    append_at_once(spool, scans[2:])
    tolerance = (BASE + 5.5 * hour) / 1e6 - time.time()
    forward_all(spool, settings, future_tolerance=tolerance)
    late = sdk.quality.UNCERTAIN_FUTURE_TIME
    found = stored(make_reader(connection), int(tags[0]))
    assert found == [(step * hour, late if step > 5 else 192) for step in range(10)]
