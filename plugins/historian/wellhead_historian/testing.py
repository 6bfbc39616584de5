"""Batches, tags and sources for tests, of this plugin and of those that require it."""

import threading
import time
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import psycopg

from wellhead import sdk
from wellhead_historian.spool.file import SpoolFile
from wellhead_historian.spool.receipt import Receipt
from wellhead_historian.spool.spool import Spool

BASE = 1_750_000_000_000_000
"""A time in 2025, microseconds UTC."""
FAR = 2**62
"""Later than any time: with it nothing lies in the future."""

Row = tuple[int, int, float, int]


def batch_of(source: int, rows: Sequence[Row]) -> sdk.Batch:
    """A batch of (tag, time, value, quality)."""
    columns = list(zip(*rows, strict=True)) or [(), (), (), ()]
    return sdk.Batch(
        source,
        np.array(columns[0], np.int32),
        np.array(columns[1], np.int64),
        np.array(columns[2], np.float64),
        np.array(columns[3], np.int16),
    )


def scan(source: int, time: int, tags: npt.NDArray[np.int32], first: float = 0.0) -> sdk.Batch:
    """A good scan whose values count up from `first`."""
    values = first + np.arange(len(tags), dtype=np.float64)
    return sdk.Batch.scan(source, time, tags, values, np.full(len(tags), 192, np.int16))


def settled(receipts: Sequence[Receipt], seconds: float) -> None:
    """Wait until it is known of each whether it is kept. Raises TimeoutError after `seconds`."""
    until = time.monotonic() + seconds
    for receipt in receipts:
        receipt.exception(max(0.0, until - time.monotonic()))


def kept(spool: Spool, after: int = 0) -> dict[int, sdk.Batch]:
    """Every whole batch in the spool behind that id, by its own."""
    found: dict[int, sdk.Batch] = {}
    while entries := spool.read(after):
        for entry in entries:
            found.update(enumerate(entry.batches(), entry.first))
        after = entries[-1].id
    return found


def append_at_once(spool: Spool, batches: Sequence[sdk.Batch]) -> list[int]:
    """The ids of `batches`, all of one commit: while the file is busy they queue up."""
    begun, busy = threading.Event(), threading.Event()

    def hold(_: SpoolFile) -> bool:
        begun.set()
        return busy.wait(10)

    waiting = spool._call(hold)
    assert begun.wait(10)  # else the first of them may be of the same commit as this call
    receipts = [spool.append(batch) for batch in batches]
    busy.set()
    assert waiting.result(10)
    return [receipt.result(10) for receipt in receipts]


def make_source(connection: psycopg.Connection[Any], name: str = "test") -> int:
    """The id of a new source, committed."""
    with connection.transaction():
        row = connection.execute(
            "INSERT INTO historian_source (name) VALUES (%s) RETURNING id", (name,)
        ).fetchone()
    assert row is not None
    return int(row[0])


def make_tags(
    connection: psycopg.Connection[Any], count: int, prefix: str = "T"
) -> npt.NDArray[np.int32]:
    """Ids of `count` new tags, committed."""
    with connection.transaction():
        rows = connection.execute(
            "INSERT INTO historian_tag (name, datatype) "
            "SELECT %s || i, 'float64' FROM generate_series(1, %s) i RETURNING id",
            (prefix, count),
        ).fetchall()
    return np.array([row[0] for row in rows], np.int32)


def signals(random: np.random.Generator, count: int, length: int) -> npt.NDArray[np.float64]:
    """float64[count, length]: what instruments of a field send once a second. Of a hundred, 55 walk
    in steps of 0.01, 10 are float32, 10 set-points, 15 digital, 8 counters and 2 float64 noise."""
    walk = np.cumsum(random.normal(0, 0.02, (count, length)), axis=1)
    walk += random.normal(100, 0.02, (count, length))
    kinds = {
        55: np.round(walk, 2),
        65: walk.astype(np.float32).astype(np.float64),
        75: 5.0 * np.cumsum(random.random((count, length)) < 0.0005, axis=1),
        90: np.cumsum(random.random((count, length)) < 0.01, axis=1) % 2.0,
        98: np.cumsum(random.integers(0, 5, (count, length)), axis=1).astype(np.float64),
        100: random.normal(100, 1, (count, length)),
    }
    place = (np.arange(count) * 37) % 100  # 37: the kinds are mixed, as in a scan
    found = np.empty((count, length))
    for end in sorted(kinds, reverse=True):
        found[place < end] = kinds[end][place < end]
    return found
