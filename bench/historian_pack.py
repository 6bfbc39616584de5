"""What packing costs a reading, in Python and in the server, what is left on disk, and how long one
tag's readings take from there. The limit: the server's own aggregation of the same rows into one
value, which any reader of whole rows needs.

A tenant of its own on a server with every safety on, in a temporary directory. The signals are the
mix of `wellhead_historian.testing.signals`, one source, one scan a second.

    python bench/historian_pack.py [--tags 500] [--hours 4] [--questions 100]
"""

import argparse
import statistics
import time
from typing import Any

import numpy as np
import psutil
import psycopg
from _server import databases

from wellhead import sdk
from wellhead_historian.store.hot import HotStore
from wellhead_historian.store.packed import PackedReader
from wellhead_historian.store.packing.mover import move_hour
from wellhead_historian.store.rollups.keeping import put
from wellhead_historian.testing import FAR, make_source, make_tags, signals

HOUR = 3_600_000_000
START = 1_750_000_000_000_000 // HOUR * HOUR
SECONDS = 3600
TABLES = ("historian_block", "historian_axis", "historian_rollup", "historian_hot")


def ingest(connection: psycopg.Connection[Any], source: int, tags: Any, hour: int) -> None:
    """One hour of scans, a minute a transaction."""
    values = signals(np.random.default_rng(hour % 1000), len(tags), SECONDS).T
    good = np.full(len(tags), sdk.quality.GOOD, np.int16)
    store = HotStore(connection)
    late = np.random.default_rng(7).integers(0, 3000, SECONDS)  # microseconds
    for begin in range(0, SECONDS, 60):
        scans = [
            sdk.Batch.scan(source, hour + at * 1_000_000 + int(late[at]), tags, values[at], good)
            for at in range(begin, begin + 60)
        ]
        with connection.transaction():
            store.write(scans, FAR)


class Cpu:
    """Seconds of this process and of the server's process of a connection."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._server = psutil.Process(connection.info.backend_pid)
        self._begun = self._now()

    def spent(self) -> tuple[float, float]:
        now = self._now()
        return now[0] - self._begun[0], now[1] - self._begun[1]

    def _now(self) -> tuple[float, float]:
        times = self._server.cpu_times()
        return time.process_time(), times.user + times.system


def ask(reader: PackedReader, tags: Any, start: int, end: int, times: int) -> tuple[float, float]:
    """p50 and p99 of so many questions, in milliseconds."""
    found = []
    for place in range(times):
        begun = time.perf_counter()
        reader.read(int(tags[place % len(tags)]), start, end, 100_000)
        found.append((time.perf_counter() - begun) * 1000)
    return statistics.median(found), float(np.quantile(found, 0.99))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--tags", type=int, default=500)
    parser.add_argument("--hours", type=int, default=4)
    parser.add_argument("--questions", type=int, default=100)
    options = parser.parse_args()
    with databases("pack") as (settings,), sdk.connect(settings, "default") as connection:
        source, tags = make_source(connection), make_tags(connection, options.tags)
        readings = options.tags * SECONDS * options.hours
        with sdk.connect(settings, "default", autocommit=True) as packer:
            python = server = bare = 0.0
            for place in range(options.hours):
                hour = START + place * HOUR
                ingest(connection, source, tags, hour)
                cpu = Cpu(packer)
                packer.execute(
                    "SELECT length(string_agg(array_send(value), '')) FROM historian_hot"
                )
                bare += cpu.spent()[1]
                cpu = Cpu(packer)
                begun = time.perf_counter()
                move_hour(packer, [source], hour, put)
                wall = time.perf_counter() - begun
                spent = cpu.spent()
                python, server = python + spent[0], server + spent[1]
                print(
                    f"hour {place}: {wall:.2f} s, {options.tags * SECONDS / wall:,.0f} readings/s"
                )
            print(
                f"CPU a reading: {python / readings * 1e6:.3f} us in Python, "
                f"{server / readings * 1e6:.3f} in the server; "
                f"limit {bare / readings * 1e6:.3f}; ratio {bare / (python + server):.2f}"
            )
            for table in TABLES:
                row = packer.execute("SELECT pg_total_relation_size(%s)", (table,)).fetchone()
                assert row is not None
                print(f"{table}: {row[0] / readings:.3f} bytes a reading")
        ingest(connection, source, tags, START + options.hours * HOUR)
        reader = PackedReader(connection)
        end = START + (options.hours + 1) * HOUR
        for name, length in (("15 min", HOUR // 4), ("all", end - START)):
            for where, until in (("hot", end), ("packed", end - HOUR)):
                start = max(START, until - length)
                p50, p99 = ask(reader, tags, start, until, options.questions)
                print(f"{name}, the newest {where}: {p50:.2f} ms p50, {p99:.2f} p99")


if __name__ == "__main__":
    main()
