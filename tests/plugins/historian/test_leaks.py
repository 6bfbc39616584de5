"""R15, fast form: what came and went leaves nothing behind. The long form watches a gateway."""

import gc
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import numpy.typing as npt
import psutil
import psycopg

from wellhead import sdk
from wellhead.testing import wait_until
from wellhead_historian.forwarding.forwarder import Forwarder
from wellhead_historian.spool.spool import Spool
from wellhead_historian.testing import BASE, scan

Tags = npt.NDArray[np.int32]
WARM_UP, BATCHES = 400, 3000
MOST = 100_000
"""Bytes: the last commit is still referred to, with up to 40,000; a batch of which one small object
stays would add 150,000."""


@contextmanager
def line(path: Path, settings: sdk.Settings) -> Iterator[Spool]:
    """A spool and its forwarder, at work."""
    spool = Spool(path)
    forwarder = Forwarder(spool, lambda: sdk.connect(settings, "default"))
    forwarder.start()
    try:
        yield spool
    finally:
        assert forwarder.stop(10)
        spool.close()


def load(spool: Spool, source: int, tags: Tags, begin: int, count: int) -> None:
    for step in range(begin, begin + count):
        future = spool.append(scan(source, BASE + step, tags, first=step))
        if step % 20 == 19:
            future.result(10)
    wait_until(lambda: spool.backlog == (0, 0), timeout=60, what="an empty spool")


def test_r15_memory_does_not_grow_by_what_passes_through(
    tmp_path: Path, settings: sdk.Settings, source: int, tags: Tags
) -> None:
    with line(tmp_path / "spool.db", settings) as spool:
        load(spool, source, tags, 0, WARM_UP)
        gc.collect()
        tracemalloc.start()
        try:
            load(spool, source, tags, WARM_UP, BATCHES)
            gc.collect()
            grown, most = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    print(f"{grown} bytes more after {BATCHES} batches, at most {most}")
    assert grown <= MOST


def test_r15_threads_and_files_are_given_back(
    tmp_path: Path, settings: sdk.Settings, source: int, tags: Tags
) -> None:
    """Also where the database ends every connection under way."""
    process = psutil.Process()

    def once(begin: int) -> tuple[int, int]:
        with line(tmp_path / "spool.db", settings) as spool:
            load(spool, source, tags, begin, 20)
            with sdk.connect(settings, "default") as other:
                cut(other)
            load(spool, source, tags, begin + 20, 20)
        gc.collect()
        return process.num_threads(), process.num_fds()

    first = once(0)
    assert [once(40 * turn) for turn in range(1, 5)] == [first] * 4


def cut(connection: psycopg.Connection[tuple[object, ...]]) -> None:
    """End all other connections of this role to this database."""
    connection.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() "
        "AND usename = current_user AND pid <> pg_backend_pid()"
    )
