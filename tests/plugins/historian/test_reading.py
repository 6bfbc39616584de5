"""How the packed store lays out what it is given; what it reads back is tested in store/."""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import psycopg
import pytest

from wellhead import sdk
from wellhead_historian.store import hot
from wellhead_historian.store.hot import HotStore
from wellhead_historian.store.latest import read_latest
from wellhead_historian.store.packed import PackedReader
from wellhead_historian.testing import BASE, FAR, batch_of, scan

Write = Callable[..., None]
Tags = npt.NDArray[np.int32]


def points(reader: PackedReader, tag: int, start: int = BASE, end: int = FAR) -> list[Any]:
    """Every reading as (time, value, quality), NaN as None."""
    found = reader.read(int(tag), start, end, 1000)
    assert found.next is None
    values = [None if np.isnan(value) else value for value in found.values.tolist()]
    return list(zip(found.times.tolist(), values, found.qualities.tolist(), strict=True))


@pytest.mark.usefixtures("packed")
def test_scans_of_one_layout_are_rows_without_tags(
    reader: PackedReader, write: Write, source: int, tags: Tags, connection: psycopg.Connection[Any]
) -> None:
    write(*[scan(source, BASE + step, tags, first=step * 10.0) for step in range(6)])
    rows = connection.execute(
        "SELECT tags IS NULL, layout_id IS NULL, quality IS NULL FROM historian_hot ORDER BY seq"
    ).fetchall()
    assert rows == [(False, True, True)] + [(True, False, True)] * 5
    assert points(reader, tags[2]) == [(BASE + step, step * 10.0 + 2, 192) for step in range(6)]


@pytest.mark.usefixtures("packed")
def test_a_changed_order_is_another_layout_and_old_rows_keep_their_meaning(
    reader: PackedReader, write: Write, source: int, tags: Tags, connection: psycopg.Connection[Any]
) -> None:
    write(*[scan(source, BASE + step, tags) for step in range(3)])
    write(*[scan(source, BASE + 10 + step, tags[::-1].copy()) for step in range(3)])
    write(*[scan(source, BASE + 20 + step, tags[:2].copy()) for step in range(3)])
    layouts = connection.execute("SELECT tags FROM historian_layout ORDER BY id").fetchall()
    assert [row[0] for row in layouts] == [tags.tolist(), tags[::-1].tolist(), tags[:2].tolist()]
    expected = [(BASE + step, 0.0, 192) for step in range(3)]
    expected += [(BASE + 10 + step, 4.0, 192) for step in range(3)]
    expected += [(BASE + 20 + step, 0.0, 192) for step in range(3)]
    assert points(reader, tags[0]) == expected


@pytest.mark.usefixtures("packed")
def test_a_transaction_of_several_parts_keeps_the_order(
    store: HotStore,
    write: Write,
    source: int,
    tags: Tags,
    monkeypatch: pytest.MonkeyPatch,
    connection: psycopg.Connection[Any],
) -> None:
    monkeypatch.setattr(hot, "_PART", 12)  # two or three batches
    late = batch_of(source, [(int(tags[0]), BASE + 1, -1.0, 64)])
    nothing = batch_of(source, [])
    scans = [scan(source, BASE + step, tags, first=step) for step in range(9)]
    write(nothing, *scans[:5], late, nothing, *scans[5:], nothing)
    expected: list[Any] = [(BASE + step, float(step), 192) for step in range(9)]
    expected[1] = (BASE + 1, -1.0, 64)
    assert points(PackedReader(connection), tags[0]) == expected
    outside = batch_of(source, [(int(tags[0]), -(2**62) * 2, 1.0, 192)])
    with pytest.raises(sdk.BatchError, match="before what PostgreSQL"):
        write(*scans, outside)  # the server has some parts already
    store.forget()
    write(scan(source, BASE + 9, tags, first=9.0))
    assert points(PackedReader(connection), tags[0]) == [*expected, (BASE + 9, 9.0, 192)]
    assert read_latest(connection, tags).values.tolist() == [9.0, 10.0, 11.0, 12.0, 13.0]


@pytest.mark.usefixtures("packed")
def test_of_readings_of_one_time_in_several_parts_the_last_that_came_is_the_newest(
    write: Write,
    source: int,
    tags: Tags,
    monkeypatch: pytest.MonkeyPatch,
    connection: psycopg.Connection[Any],
) -> None:
    monkeypatch.setattr(hot, "_PART", 15)
    steps = [0, 1, 2, 3, 2]  # the third and last of a part, and then the first of the next
    write(*[scan(source, BASE + step, tags, first=10.0 * n) for n, step in enumerate(steps)])
    assert read_latest(connection, tags[:1]).values.tolist() == [30.0]
    late = [scan(source, BASE + 3, tags, first=value) for value in (50.0, 60.0, 70.0, 80.0)]
    write(*late)
    assert read_latest(connection, tags[:1]).values.tolist() == [80.0]
    assert points(PackedReader(connection), tags[0])[-1] == (BASE + 3, 80.0, 192)
