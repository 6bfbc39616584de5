"""Hours of ingest at 5,000 readings/s, as fast as they go in, with late data and autovacuum:
everything is answered exactly, readings and roll-ups, the hot table stays small, and a reading has
a byte on disk."""

import os
import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import psycopg
import pytest
from tests.plugins.historian.buckets import check_equal

from wellhead import sdk
from wellhead.database.urls import database_urls
from wellhead_historian.store.interface import Level
from wellhead_historian.store.packed import PackedReader
from wellhead_historian.store.packing.packer import pack
from wellhead_historian.store.rollups.keeping import put
from wellhead_historian.store.rollups.summary import summarise
from wellhead_historian.testing import batch_of, make_source, make_tags, signals

HOUR = 3_600_000_000
START = 1_750_000_000_000_000 // (24 * HOUR) * 24 * HOUR
SECOND = 1_000_000
HOURS = int(os.environ.get("SOAK_HOURS", "12"))
SOURCES, WIDTH, N = 10, 500, 3600
Write = Callable[..., None]


@pytest.fixture
def busy_vacuum(settings: sdk.Settings) -> Iterator[None]:
    """Autovacuum looks every second, since an hour takes seconds here."""
    urls = database_urls(settings)
    with psycopg.connect(urls.libpq(urls.admin), autocommit=True) as admin:
        admin.execute("ALTER SYSTEM SET autovacuum_naptime = '1s'")
        admin.execute("SELECT pg_reload_conf()")
        yield
        admin.execute("ALTER SYSTEM RESET autovacuum_naptime")
        admin.execute("SELECT pg_reload_conf()")


def size(connection: psycopg.Connection[Any], *tables: str) -> int:
    row = connection.execute(
        "SELECT sum(pg_total_relation_size('historian_' || name)) FROM unnest(%s::text[]) AS name",
        (list(tables),),
    ).fetchone()
    connection.commit()
    assert row is not None
    return int(row[0])


@pytest.mark.soak
@pytest.mark.usefixtures("busy_vacuum")
def test_hours_of_ingest_with_late_data_and_autovacuum(
    connection: psycopg.Connection[Any], settings: sdk.Settings, write: Write
) -> None:
    random = np.random.default_rng(HOURS)
    sources = [make_source(connection, f"soak {place}") for place in range(SOURCES)]
    tags = [make_tags(connection, WIDTH, f"S{place}-") for place in range(SOURCES)]
    columns = [signals(np.random.default_rng(place), WIDTH, N) for place in range(SOURCES)]
    good = np.full(WIDTH, sdk.quality.GOOD, np.int16)
    late: dict[int, dict[int, tuple[float, int]]] = {}

    def values(place: int, hour: int) -> npt.NDArray[np.float64]:
        """float64[N, WIDTH]: each hour every tag has another signal."""
        return np.ascontiguousarray(np.roll(columns[place], 37 * hour, axis=0).T)

    def times(place: int, hour: int) -> npt.NDArray[np.int64]:
        """int64[N]: of the scans, each up to 3 ms late, as a poller's are."""
        late = np.random.default_rng(HOURS * place + hour).integers(0, 3001, N)
        return START + hour * HOUR + np.arange(N) * SECOND + late

    def send_late(hours: int) -> None:
        """Readings between scans and restated ones, of hours that are packed."""
        for place in random.integers(0, SOURCES, 4).tolist():
            rows = []
            for tag in random.choice(tags[place][:20], 5, replace=False).tolist():
                at = int(times(place, int(random.integers(0, hours)))[random.integers(0, N)])
                at += int(random.integers(0, 2)) * 500_000
                value, quality = float(random.normal()), int(random.choice([0, 64, 192]))
                rows.append((tag, at, value, quality))
                late.setdefault(tag, {})[at] = (value, quality)
            write(batch_of(sources[place], rows))

    hot, begun = [], time.monotonic()
    with sdk.connect(settings, "default", autocommit=True) as packer:
        for hour in range(HOURS):
            at = START + hour * HOUR
            for place, source in enumerate(sources):
                rows, when = values(place, hour), times(place, hour).tolist()
                for minute in range(0, N, 300):
                    write(
                        *[
                            sdk.Batch.scan(source, when[s], tags[place], rows[s], good)
                            for s in range(minute, minute + 300)
                        ]
                    )
            if hour:
                send_late(hour)
            packed = pack(packer, put, at + HOUR + HOUR // 10)
            assert packed is not None
            assert packed.through == at + HOUR
            hot.append(size(connection, "hot"))
    print(f"{HOURS} hours in {time.monotonic() - begun:.0f} s; hot, MB: {[s >> 20 for s in hot]}")

    # What is asked now was written long ago, and a new connection has nothing of it in memory.
    took = []
    with sdk.connect(settings, "default") as fresh:
        reader = PackedReader(fresh)
        for tag in [*late, *(int(of[-1]) for of in tags)]:
            place = next(place for place, of in enumerate(tags) if tag in of)
            column = int(np.flatnonzero(tags[place] == tag)[0])
            series = np.concatenate([values(place, hour)[:, column] for hour in range(HOURS)])
            scanned = np.concatenate([times(place, hour) for hour in range(HOURS)]).tolist()
            model = dict(zip(scanned, [(v, 192) for v in series.tolist()], strict=True))
            model |= late.get(tag, {})
            asked = time.perf_counter()
            found = reader.read(tag, START, START + HOURS * HOUR, HOURS * N * 2)
            took.append(time.perf_counter() - asked)
            expected = sorted(model.items())
            assert found.times.tolist() == [at for at, _ in expected]
            assert found.values.tolist() == [value for _, (value, _) in expected]
            assert found.qualities.tolist() == [quality for _, (_, quality) in expected]
            for level in Level:
                check_equal(
                    reader.summarise(tag, level, START, START + HOURS * HOUR),
                    summarise(found.times, found.values[None], found.qualities[None], level),
                )
    readings = SOURCES * WIDTH * N * HOURS
    each = {name: size(connection, name) / readings for name in ("block", "axis", "rollup")}
    print(f"bytes a reading: {each}; {HOURS} h of a tag: {1000 * np.median(took):.1f} ms")
    assert sum(each.values()) <= 1.0
    # An hour of scans has 8.3 bytes a reading; at most as much again is dead or free.
    assert max(hot[len(hot) // 2 :]) <= 3 * 8.3 * readings / HOURS
    assert hot[-1] <= 1.5 * max(hot[: len(hot) // 2]), "the hot table grows"
