"""What a reading takes on disk in the packed store, with all that belongs to it: its share of rows,
pages, indexes, axes and roll-ups, and the room that rows which were written again have left. The
limit: the columns' own bytes, and those are compared with zlib level 6 on the same 8-byte values.

Hours are packed one after the other, as the job does it, and vacuumed when autovacuum would do so,
which has no time for it here. Three kinds of readings: the mix of a field
(`wellhead_historian.testing.signals`) at even times; the same where each scan comes up to 3 ms late;
and the worst that there is, float64 noise, each tag at times of its own.

    python bench/historian_bytes.py [--days 4]
"""

import argparse
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
) -> None:
    """Of 100 tags."""
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
    print(f"{'':<8}" + "".join(f"{name:>9}" for name in (*TABLES, "all")))
    with databases(*kinds) as each:
        for settings, (name, make) in zip(each, kinds.items(), strict=True):
            urls = database_urls(settings)
            with (
                sdk.connect(settings, "default", autocommit=True) as connection,
                psycopg.connect(urls.libpq(urls.admin), autocommit=True) as owner,
            ):
                wire.register_columns(connection)
                pack_days(connection, owner, make, options.days)
                print(f"{name:<8}{measure(connection, readings)}", flush=True)
                for level in (1,2,3):
                    print('   ', connection.execute("select count(*), sum(length(data)), sum(pg_column_size(r.*)) from historian_rollup r where level=%s", (level,)).fetchall())
                print('   ', connection.execute("select count(*), sum(length(data)+length(rest)), sum(pg_column_size(r.*)) from historian_block r").fetchall(), connection.execute("select relname, pg_relation_size(oid)::float/%s from pg_class where relname ~ 'historian_(block|rollup|axis)' or oid in (select reltoastrelid from pg_class where relname='historian_block') or oid in (select indexrelid from pg_index where indrelid = (select reltoastrelid from pg_class where relname='historian_block'))" % readings).fetchall())


if __name__ == "__main__":
    main()
