"""What a reading takes on disk in the packed store, with all that belongs to it: its share of rows,
pages, indexes, axes and roll-ups, and the room that rows which were written again have left. Beside
it what the same values and times are as plain columns of 8 bytes, through zlib.

Hours are packed one after the other, as the job does it, and vacuumed when autovacuum would do so,
which has no time for it here: four days are as many rows of minutes, hours and days as later days
have. Three kinds of readings: the mix of a field (`wellhead_historian.testing.signals`) at even
times; the same where each scan comes up to 3 ms late; and the worst that there is, float64 noise,
each tag at times of its own.

    python bench/historian_bytes.py [--days 4]
"""

import argparse
import zlib
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import psycopg
from _server import databases

from wellhead import sdk
from wellhead.database.urls import database_urls
from wellhead_historian.store import wire
from wellhead_historian.store.packing.blocks import HourBlocks
from wellhead_historian.store.packing.panels import Panel
from wellhead_historian.store.rollups.keeping import put
from wellhead_historian.testing import make_tags, signals

HOUR = 3_600_000_000
START = 1_750_000_000_000_000 // (24 * HOUR) * 24 * HOUR
N = 3600
TAGS = 100
VACUUM = 2000
"""Dead rows of roll-ups that autovacuum waits for: autovacuum_vacuum_threshold in the migration."""
TABLES = ("block", "axis", "rollup")
Make = Callable[[np.random.Generator, npt.NDArray[np.int32], int], Sequence[Panel]]


def scanned(late: int) -> Make:
    """Scans of all tags at once, each up to so many microseconds late."""

    def make(
        random: np.random.Generator, tags: npt.NDArray[np.int32], hour: int
    ) -> Sequence[Panel]:
        times = hour + np.arange(N) * 1_000_000 + random.integers(0, late + 1, N)
        return [Panel(tags, times, np.arange(N), signals(random, len(tags), N), None)]

    return make


def noise(random: np.random.Generator, tags: npt.NDArray[np.int32], hour: int) -> Sequence[Panel]:
    """Each tag at times of its own."""
    even = hour + np.arange(N) * 1_000_000
    return [
        Panel(
            np.array([tag], np.int32),
            even + random.integers(0, 1000, N),
            np.arange(N),
            random.normal(100, 1, (1, N)),
            None,
        )
        for tag in tags.tolist()
    ]


def pack_days(
    connection: psycopg.Connection[Any], owner: psycopg.Connection[Any], make: Make, days: int
) -> float:
    """Pack hours of 100 tags; the bytes a reading that an hour has through zlib."""
    tags = make_tags(connection, TAGS)
    random = np.random.default_rng(1)
    dead = 0
    for at in range(START, START + days * 24 * HOUR, HOUR):
        panels = make(random, tags, at)
        with connection.transaction():
            HourBlocks(connection, at).replace(panels)
            put(connection, at, panels)
        dead += 2 * len(tags)
        if dead > VACUUM:
            owner.execute("VACUUM tenant_default.historian_rollup")
            dead = 0
    return zipped(make(random, tags, START)) / (N * TAGS)


def zipped(panels: Sequence[Panel]) -> int:
    """Bytes of the columns, times that are shared once."""
    columns = [column for panel in panels for column in (panel.times, *panel.values)]
    return sum(len(zlib.compress(column.tobytes())) for column in columns)


def measure(connection: psycopg.Connection[Any], readings: int) -> str:
    """The bytes of each table and of all."""
    found = []
    for table in TABLES:
        row = connection.execute(
            "SELECT pg_total_relation_size(%s)", (f"historian_{table}",)
        ).fetchone()
        assert row is not None
        found.append(row[0] / readings)
    return "".join(f"{each:9.3f}" for each in [*found, sum(found)])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--days", type=int, default=4)
    options = parser.parse_args()
    kinds = {"even": scanned(0), "late": scanned(3000), "noise": noise}
    readings = TAGS * options.days * 24 * N
    print(f"bytes a reading, {readings:,} readings")
    print(f"{'':<8}" + "".join(f"{name:>9}" for name in (*TABLES, "all", "zlib")))
    with databases(*kinds) as each:
        for settings, (name, make) in zip(each, kinds.items(), strict=True):
            urls = database_urls(settings)
            with (
                sdk.connect(settings, "default", autocommit=True) as connection,
                psycopg.connect(urls.libpq(urls.admin), autocommit=True) as owner,
            ):
                wire.register_columns(connection)
                limit = pack_days(connection, owner, make, options.days)
                print(f"{name:<8}{measure(connection, readings)}{limit:9.3f}", flush=True)


if __name__ == "__main__":
    main()
