"""A packer that ends at any moment loses nothing and doubles nothing; two do not meet."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import psycopg
import pytest

from wellhead import sdk
from wellhead_historian.store.packed import PackedReader
from wellhead_historian.store.packing.packer import closed_until, pack, packing_lock
from wellhead_historian.store.rollups.keeping import put
from wellhead_historian.testing import FAR, batch_of, make_tags, scan

Write = Callable[..., None]
Connection = psycopg.Connection[Any]
HOUR = 3_600_000_000
START = 1_750_000_000_000_000 // HOUR * HOUR
NOW = START + 2 * HOUR + HOUR // 2
pytestmark = pytest.mark.usefixtures("packed")


class Fragile(psycopg.Connection[Any]):
    """A connection that is cut before its exchange with the server number `left`: BEGIN, each
    statement, each part of COPY, and COMMIT."""

    left = 10**9

    def wait(self, *args: Any, **kwargs: Any) -> Any:
        type(self).left -= 1
        if type(self).left == 0:
            self.pgconn.finish()  # as the kernel does for a process that was killed
        return super().wait(*args, **kwargs)


def everything(connection: Connection, tags: npt.NDArray[np.int32]) -> list[Any]:
    found = [PackedReader(connection).read(int(tag), START, FAR, 10**5) for tag in tags]
    connection.commit()
    return [(f.times.tolist(), f.values.tolist(), f.qualities.tolist()) for f in found]


@pytest.fixture
def packer(settings: sdk.Settings) -> Iterator[Connection]:
    with sdk.connect(settings, "default", autocommit=True) as made:
        yield made


def fill(write: Write, source: int, tags: npt.NDArray[np.int32], round_: int) -> None:
    """Scans, and a reading that is stated anew."""
    at = START + round_ * 7
    write(*[scan(source, at + step * 10**6, tags, first=step + round_) for step in range(3)])
    write(batch_of(source, [(int(tags[3]), START + 10**6, -1.0 - round_, 64)]))


def test_a_packer_killed_before_any_statement_loses_and_doubles_nothing(
    connection: Connection, settings: sdk.Settings, write: Write, source: int, monkeypatch: Any
) -> None:
    tags = make_tags(connection, 10, "K")
    monkeypatch.setattr(psycopg, "connect", Fragile.connect)
    number, ended = 0, False
    while not ended:
        number += 1
        fill(write, source, tags, number)
        before = everything(connection, tags)
        try:
            with sdk.connect(settings, "default", autocommit=True) as fragile:
                Fragile.left = number
                ended = pack(fragile, put, NOW) is not None
        except psycopg.OperationalError:
            ended = False
        Fragile.left = 10**9
        assert everything(connection, tags) == before, f"killed before statement {number}"
    assert number > 20
    hot = connection.execute("SELECT count(*) FROM historian_hot").fetchone()
    assert hot == (0,)
    connection.commit()


def test_of_two_packers_one_works(
    packer: Connection, connection: Connection, settings: sdk.Settings, write: Write, source: int
) -> None:
    tags = make_tags(connection, 10, "K")
    fill(write, source, tags, 0)
    with (
        sdk.connect(settings, "default", autocommit=True) as other,
        packing_lock(other) as held,
    ):
        assert held
        assert pack(packer, put, NOW) is None
    packed = pack(packer, put, NOW)
    assert packed is not None
    assert packed.moved.rows == 4
    assert packed.through == closed_until(NOW) == START + 2 * HOUR


def relations(connection: Connection) -> list[tuple[str]]:
    """The names of everything that is in the tenant's schema."""
    return connection.execute(
        "SELECT relname::text FROM pg_class WHERE relnamespace = current_schema()::regnamespace "
        "ORDER BY 1"
    ).fetchall()


def test_r5_the_hour_that_goes_on_stays_hot_and_a_clock_far_ahead_does_not(
    packer: Connection, connection: Connection, write: Write, source: int
) -> None:
    """It leaves the hot table, and no table, partition or index is made for its years."""
    tags = make_tags(connection, 10, "K")
    tables = relations(packer)
    for at in (NOW - 2 * HOUR, NOW, NOW + HOUR // 4, NOW + 9000 * 24 * HOUR):
        write(*[scan(source, at + step, tags) for step in range(2)])
    packed = pack(packer, put, NOW)
    assert packed is not None
    assert packed.moved.rows == 4
    before = everything(connection, tags)
    assert len(before[0][0]) == 8
    rest = pack(packer, put, NOW + 2 * HOUR)
    assert rest is not None
    assert rest.moved.rows == 4
    assert everything(connection, tags) == before
    assert relations(packer) == tables


def test_a_run_whose_time_is_over_says_so_and_goes_on_later(
    packer: Connection, connection: Connection, write: Write, source: int
) -> None:
    fill(write, source, make_tags(connection, 10, "K"), 0)
    first = pack(packer, put, NOW, seconds=-1.0)
    assert first is not None
    assert (first.moved.rows, first.through) == (0, None)
    second = pack(packer, put, NOW)
    assert second is not None
    assert second.moved.rows == 4


def test_a_damaged_block_loses_nothing_and_holds_up_no_other_hour(
    packer: Connection, connection: Connection, write: Write, source: int
) -> None:
    tags = make_tags(connection, 10, "K")
    fill(write, source, tags, 0)
    pack(packer, put, NOW)
    packer.execute(
        "UPDATE historian_block SET data = substr(data, 1, 14) WHERE tag_id = %s", (int(tags[2]),)
    )
    fill(write, source, tags, 1)
    write(*[scan(source, START + HOUR + step, tags) for step in range(3)])
    with pytest.raises(sdk.WellheadError, match="damaged"):
        pack(packer, put, NOW)
    rows = packer.execute(
        "SELECT count(*), max(ts) < to_timestamp(%s) FROM historian_hot",
        ((START + HOUR) // 10**6,),
    ).fetchone()
    assert rows == (4, True)
    assert len(PackedReader(connection).read(int(tags[0]), START, FAR, 100).times) == 9
