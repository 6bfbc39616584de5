"""What is past the time of its tag's class is removed, to the row, and nothing that is younger."""

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import psycopg
import pytest

from wellhead import sdk
from wellhead.app import create_app
from wellhead.testing import wait_until
from wellhead_historian.api import create_tag
from wellhead_historian.retention import job as removing
from wellhead_historian.retention.classes import TagClass
from wellhead_historian.retention.job import remove_in_tenant
from wellhead_historian.retention.removal import remove_past
from wellhead_historian.store.interface import Level
from wellhead_historian.store.packed import PackedReader
from wellhead_historian.store.packing.mover import move_hour
from wellhead_historian.store.packing.packer import packing_lock
from wellhead_historian.store.rollups.keeping import put
from wellhead_historian.testing import BASE, FAR, batch_of, make_tags, scan

Tags = npt.NDArray[np.int32]
Write = Callable[..., None]
HOUR = int(Level.HOUR)
NOW = 1_700_000_000_000_000 // Level.DAY * Level.DAY + 10 * HOUR + 1
"""A microsecond after ten o'clock."""

CLASSES = {"default": TagClass(), "short": TagClass(2, 3), "long": TagClass(30)}
pytestmark = pytest.mark.usefixtures("packed")


@pytest.fixture
def classed(connection: psycopg.Connection[Any], tags: Tags) -> Tags:
    """Two tags of `short`, one of `long`, one of `default` and one of a class that is gone."""
    for tag, name in zip(tags.tolist(), ["short", "short", "long", "default", "gone"], strict=True):
        connection.execute("UPDATE historian_tag SET tag_class = %s WHERE id = %s", (name, tag))
    connection.commit()
    connection.autocommit = True
    return tags


def pack(connection: psycopg.Connection[Any], source: int, *hours: int) -> None:
    for hour in hours:
        move_hour(connection, [source], hour, put)


def hours_left(connection: psycopg.Connection[Any], tags: Tags) -> list[list[int]]:
    """Of each tag, how many hours before NOW the hours with readings began."""
    reader = PackedReader(connection)
    found = [reader.read(int(tag), NOW - 100 * Level.DAY, NOW, 1000).times for tag in tags]
    return [((NOW - times) // HOUR).tolist() for times in found]


def test_readings_go_with_the_hour_that_is_past_their_time(
    connection: psycopg.Connection[Any], write: Write, source: int, classed: Tags
) -> None:
    hours = [NOW - 1 - ago * HOUR for ago in (31 * 24, 49, 48, 47, 1)]
    write(*[scan(source, hour, classed) for hour in hours])
    pack(connection, source, *hours)
    removed = remove_past(connection, CLASSES, NOW)
    kept = [744, 49, 48, 47, 1]
    expected = [[48, 47, 1], [48, 47, 1], [49, 48, 47, 1], kept, kept]
    assert hours_left(connection, classed) == expected
    assert removed["blocks"] == removed["readings"] == 2 * 2 + 1
    assert (removed["rows"], removed["axes"]) == (0, 0)
    assert not any(remove_past(connection, CLASSES, NOW).values())
    everything = {name: TagClass(1) for name in ("short", "long", "default", "gone")}
    assert remove_past(connection, everything, NOW)["axes"] == 4
    assert hours_left(connection, classed) == [[1]] * 5


def test_roll_ups_go_when_all_that_a_row_is_about_is_past_its_time(
    connection: psycopg.Connection[Any], write: Write, source: int, classed: Tags
) -> None:
    hours = [NOW - 1 - ago * HOUR for ago in (40 * 24, 3 * 24 + 11, 74, 73, 72, 60)]
    write(*[scan(source, hour, classed) for hour in hours])
    pack(connection, source, *hours)
    removed = remove_past(connection, CLASSES, NOW)
    reader = PackedReader(connection)

    def begun(tag: int, level: Level) -> list[int]:
        found = reader.summarise(tag, level, NOW - 100 * Level.DAY, NOW).starts
        return [int(ago) for ago in (NOW - found) // HOUR]

    # what is 74 h ago is of the day that ended 58 h ago, what is 83 h ago of the one before
    short, default = classed[0], classed[3]
    assert begun(short, Level.MINUTE) == [72, 60]
    assert begun(short, Level.HOUR) == [74, 73, 72, 60]
    assert begun(short, Level.DAY) == [106, 82]
    assert begun(default, Level.MINUTE) == [960, 83, 74, 73, 72, 60]
    assert begun(default, Level.DAY) == [970, 106, 82]
    assert removed["rollups"] == 2 * (4 + 2 + 1)


def test_what_was_never_packed_goes_when_it_is_past_the_time_of_all_its_tags(
    connection: psycopg.Connection[Any], write: Write, source: int, classed: Tags
) -> None:
    both, one = classed[:2], classed[[0, 2]]
    old, young = NOW - 50 * HOUR, NOW - 47 * HOUR
    write(*[scan(source, at, both) for at in (old - 1, old, young)])  # two of a layout
    write(scan(source, old - 2, one), batch_of(source, [(int(classed[4]), old, 1.0, 192)]))
    removed = remove_past(connection, CLASSES, NOW)
    assert (removed["rows"], removed["readings"]) == (2, 4)
    assert hours_left(connection, classed) == [[50, 47], [47], [50], [], [50]]
    assert removed.total() == 6


def test_much_is_removed_in_many_small_transactions(
    connection: psycopg.Connection[Any], write: Write, source: int
) -> None:
    tags = make_tags(connection, 40, "many")
    connection.execute("UPDATE historian_tag SET tag_class = 'short'")
    connection.commit()
    connection.autocommit = True
    hours = [NOW - 1 - ago * HOUR for ago in range(95, 101)]
    write(*[scan(source, hour, tags) for hour in hours])
    pack(connection, source, *hours)
    begun = transactions(connection)
    removed = remove_past(connection, CLASSES, NOW, most=64)
    assert (removed["blocks"], removed["axes"]) == (240, 6)
    # blocks and rows of minutes 240 each, of hours 40
    assert transactions(connection) - begun > 4 + 4 + 1 + 1
    assert hours_left(connection, tags) == [[]] * 40


def transactions(connection: psycopg.Connection[Any]) -> int:
    """How many transactions have changed anything until now."""
    row = connection.execute("SELECT pg_current_xact_id()::text::int8").fetchone()
    assert row is not None
    return int(row[0])


@pytest.fixture
def short_lived(settings: sdk.Settings) -> sdk.Settings:
    return replace(settings, plugins={"historian": {"classes": {"short": {"keep_days": 2}}}})


def test_the_job_waits_for_packing_and_removes_by_the_databases_clock(
    short_lived: sdk.Settings, connection: psycopg.Connection[Any], write: Write, source: int
) -> None:
    app = create_app(sdk.Runtime.make(short_lived))
    with app.app_context(), sdk.tenant("default"):
        tag = create_tag(name="short-lived", datatype="float64", tag_class="short").id
        sdk.db.session.commit()
    now = time.time_ns() // 1000
    write(*[batch_of(source, [(tag, now - ago * HOUR, 1.0, 192)]) for ago in (72, 50, 46, 0)])
    connection.autocommit = True

    def run() -> None:
        with app.app_context(), sdk.tenant("default"):
            remove_in_tenant()

    waiting = (
        "SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid)"
        " WHERE locktype = 'advisory' AND NOT granted AND datname = current_database()"
    )
    job = threading.Thread(target=run)
    with packing_lock(connection) as held:
        assert held
        job.start()
        wait_until(
            lambda: connection.execute(waiting).fetchone() != (0,), 20, what="the job at the lock"
        )
        assert len(PackedReader(connection).read(tag, 0, FAR, 10).times) == 4
    job.join(20)
    assert PackedReader(connection).read(tag, 0, FAR, 10).times.tolist() == [now - 46 * HOUR, now]


def test_the_job_leaves_roll_ups_of_what_nobody_packed_in_time(
    short_lived: sdk.Settings, connection: psycopg.Connection[Any], write: Write, source: int
) -> None:
    """After a scheduler that stood still, or in a tenant that was suspended, it may come first."""
    app = create_app(sdk.Runtime.make(short_lived))
    with app.app_context(), sdk.tenant("default"):
        tag = create_tag(name="short-lived", datatype="float64", tag_class="short").id
        sdk.db.session.commit()
        now = time.time_ns() // 1000
        write(*[batch_of(source, [(tag, now - ago * HOUR, 1.0, 192)]) for ago in (72, 50, 46)])
        remove_in_tenant()
    reader = PackedReader(connection)
    assert reader.read(tag, 0, FAR, 10).times.tolist() == [now - 46 * HOUR]
    kept = reader.summarise(tag, Level.HOUR, now - 100 * HOUR, now)
    assert ((now - kept.starts) // HOUR).tolist() == [72, 50, 46]


def test_what_cannot_be_packed_stays_until_it_can(
    short_lived: sdk.Settings,
    connection: psycopg.Connection[Any],
    write: Write,
    source: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def damaged(*_: Any) -> None:
        raise sdk.WellheadError("cannot be packed")

    monkeypatch.setattr(removing, "pack", damaged)
    app = create_app(sdk.Runtime.make(short_lived))
    with app.app_context(), sdk.tenant("default"):
        tag = create_tag(name="short-lived", datatype="float64", tag_class="short").id
        sdk.db.session.commit()
        write(batch_of(source, [(tag, BASE, 1.0, 192)]))
        remove_in_tenant()
        assert PackedReader(connection).read(tag, 0, FAR, 10).times.tolist() == [BASE]
        monkeypatch.undo()
        remove_in_tenant()
        assert PackedReader(connection).read(tag, 0, FAR, 10).times.tolist() == []
