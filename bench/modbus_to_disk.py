"""A whole gateway from Modbus registers to PostgreSQL's disk, against its limits, in one run.

Ten devices answer from a process of their own, their values always changing; a real gateway process
reads them in batches, its database is an embedded server on the same machine with every safety on.
Measured: values a second that are stored, CPU a value in the gateway and in all of PostgreSQL's
processes, the gateway's memory, and the time from a scan's start to the commit of its row (by
PostgreSQL's own commit timestamps). The limits: a bare asyncio client that reads the same registers
and keeps nothing, as fast as it can; and psql's binary `\\copy` of the same rows.

    python bench/modbus_to_disk.py [--devices 10] [--registers 1000] [--period 100] [--seconds 15]
"""

import argparse
import asyncio
import itertools
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import psycopg
from historian_write import COLUMNS, database, limit
from modbus_read import server

from wellhead import sdk
from wellhead.app import create_app
from wellhead.database.urls import database_urls
from wellhead_historian.api import create_source, create_tag
from wellhead_scada.models import Device, FieldTag, ScanGroup

BATCH = 125
WARM_UP_S = 4.0
TABLE = "tenant_default.historian_hot"


@dataclass(frozen=True, slots=True)
class Moment:
    """What was used and stored until then."""

    wall: float
    gateway: float
    postgres: float
    responder: float
    values: int
    memory: int


def seed(settings: sdk.Settings, ports: list[int], registers: int, period: int) -> None:
    """One scan group of `registers` holding registers a device."""
    app = create_app(sdk.Runtime.make(settings))
    with app.app_context(), sdk.tenant("default"):
        session = sdk.db.session
        for number, port in enumerate(ports):
            options = {"host": "127.0.0.1", "port": port}
            device = Device(name=f"d{number}", driver="modbus", options=options, timeout_s=2.0)
            session.add(device)
            session.flush()
            source = create_source(f"bench {number}")
            group = ScanGroup(device_id=device.id, name="all", period_ms=period, source_id=source)
            session.add(group)
            session.flush()
            tags = [create_tag(name=f"D{number}.{n}", datatype="uint16") for n in range(registers)]
            session.add_all(
                FieldTag(
                    tag_id=tag.id,
                    device_id=device.id,
                    scan_group_id=group.id,
                    datatype="uint16",
                    address={"table": "holding", "address": n},
                )
                for n, tag in enumerate(tags)
            )
        session.commit()


@contextmanager
def gateway(settings: sdk.Settings) -> Iterator[psutil.Process]:
    """A gateway process on that data directory."""
    config = settings.data_dir / "bench.toml"
    config.write_text(f'data_dir = "{settings.data_dir}"\n')
    with (settings.data_dir / "gateway.log").open("wb") as log:
        command = [sys.executable, "-m", "wellhead", "--config", str(config), "gateway"]
        process = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        yield psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait(timeout=20)


def cpu_of(process: psutil.Process) -> float:
    """Seconds of CPU of a process, its threads included."""
    times = process.cpu_times()
    return float(times.user + times.system)


def postgres_cpu(postmaster: psutil.Process) -> float:
    """Of the server and all its processes, those that ended included."""
    total = postmaster.cpu_times().children_user + postmaster.cpu_times().children_system
    for process in [postmaster, *postmaster.children()]:
        try:
            total += cpu_of(process)
        except psutil.NoSuchProcess:
            continue
    return float(total)


def stored(connection: psycopg.Connection[Any]) -> int:
    """Values in the hot table."""
    row = connection.execute(
        f"SELECT coalesce(sum(cardinality(value)), 0)::int8 FROM {TABLE} WHERE quality IS NULL"
    ).fetchone()
    assert row is not None
    return int(row[0])


def delays(connection: psycopg.Connection[Any], since: float) -> tuple[float, float]:
    """p50 and p99 of milliseconds from the start to the commit of scans that began `since` Unix
    time or later."""
    row = connection.execute(
        "SELECT percentile_cont(ARRAY[0.5, 0.99]) WITHIN GROUP (ORDER BY 1000 * extract("
        f"epoch FROM pg_xact_commit_timestamp(xmin) - ts)::float8) FROM {TABLE} "
        "WHERE quality IS NULL AND ts >= to_timestamp(%s)",
        (since,),
    ).fetchone()
    assert row is not None
    return float(row[0][0]), float(row[0][1])


class Bare(asyncio.Protocol):
    """Reads a device's registers again and again, batch after batch, and only counts."""

    def __init__(self, registers: int) -> None:
        starts = range(0, registers, BATCH)
        self._counts = itertools.cycle([min(BATCH, registers - start) for start in starts])
        self.values = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._ask()

    def data_received(self, data: bytes) -> None:
        self._missing -= len(data)
        if not self._missing:
            self.values += self._count
            self._ask()

    def _ask(self) -> None:
        self._count = next(self._counts)
        self._missing = 9 + 2 * self._count
        self._transport.write(b"\0\1\0\0\0\6\1\3\0\0\0" + bytes((self._count,)))


async def bare(ports: list[int], registers: int, seconds: float) -> tuple[float, float]:
    """(values a second, CPU microseconds a value) of the bare client."""
    loop = asyncio.get_running_loop()
    pairs = [
        await loop.create_connection(lambda: Bare(registers), "127.0.0.1", port) for port in ports
    ]
    before = sum(protocol.values for _, protocol in pairs)
    cpu, wall = time.process_time(), time.perf_counter()
    await asyncio.sleep(seconds)
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    values = sum(protocol.values for _, protocol in pairs) - before
    for transport, _ in pairs:
        transport.close()
    return values / wall, cpu / values * 1e6


def copy_alone(admin_url: str, postmaster: psutil.Process) -> tuple[float, float]:
    """(values a second, PostgreSQL's CPU microseconds a value) of psql's \\copy of the rows that
    are in the table."""
    with tempfile.TemporaryDirectory() as work, psycopg.connect(admin_url, autocommit=True) as run:
        os.chmod(work, 0o755)
        path = Path(work) / "rows.copy"
        with path.open("wb") as file, run.cursor() as cursor:
            columns = f"COPY {TABLE} {COLUMNS} TO STDOUT (FORMAT BINARY)"
            with cursor.copy(columns) as rows:
                for piece in rows:
                    file.write(piece)
        values = stored(run)
        run.execute(f"TRUNCATE {TABLE}")
        run.execute("CHECKPOINT")
        before = postgres_cpu(postmaster)
        seconds = limit(admin_url, path)
        used = postgres_cpu(postmaster) - before
    return values / seconds, used / values * 1e6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--devices", type=int, default=10)
    parser.add_argument("--registers", type=int, default=1000, help="of each device")
    parser.add_argument("--period", type=int, default=100, help="milliseconds, at least 100")
    parser.add_argument("--seconds", type=float, default=15.0)
    given = parser.parse_args()
    command = [sys.executable, str(Path(__file__).with_name("_modbus_responder.py"))]
    command.append(str(given.devices))
    with database("track_commit_timestamp = on") as settings, server(command) as ports:
        seed(settings, ports, given.registers, given.period)
        urls = database_urls(settings)
        admin_url = urls.libpq(urls.admin)
        lock = (settings.data_dir / "postgres" / "postmaster.pid").read_text()
        postmaster = psutil.Process(int(lock.split()[0]))
        responder = next(
            child
            for child in psutil.Process().children()
            if "_modbus_responder" in child.cmdline()[1]
        )
        with gateway(settings) as process, psycopg.connect(admin_url, autocommit=True) as look:

            def now() -> Moment:
                return Moment(
                    time.perf_counter(),
                    cpu_of(process),
                    postgres_cpu(postmaster),
                    cpu_of(responder),
                    stored(look),
                    process.memory_info().rss,
                )

            begun = time.perf_counter()
            while not stored(look):
                if time.perf_counter() - begun > 30:
                    raise TimeoutError((settings.data_dir / "gateway.log").read_text())
                time.sleep(0.1)
            time.sleep(WARM_UP_S)
            since, first = time.time(), now()
            time.sleep(given.seconds)
            last = now()
        with psycopg.connect(admin_url, autocommit=True) as look:
            median, slowest = delays(look, since)
        copied, copy_cpu = copy_alone(admin_url, postmaster)
        bare_rate, bare_cpu = asyncio.run(bare(ports, given.registers, 3.0))
    values, wall = last.values - first.values, last.wall - first.wall
    offered = given.devices * given.registers * 1000 / given.period

    def each(used: float) -> float:
        return used / values * 1e6

    own = each(last.gateway - first.gateway)
    print(f"{given.devices} devices of {given.registers} registers each {given.period} ms")
    print(f"offered               {offered:12,.0f} values/s")
    print(f"stored                {values / wall:12,.0f} values/s  ({values / wall / offered:.3f})")
    print(f"gateway CPU           {own:12.3f} µs a value  (goal 3)")
    print(
        f"PostgreSQL CPU        {each(last.postgres - first.postgres):12.3f} µs a value  (goal 3)"
    )
    print(f"responder CPU         {each(last.responder - first.responder):12.3f} µs a value")
    print(f"scan to commit        {median:9.0f} ms p50, {slowest:.0f} ms p99")
    print(f"gateway memory        {first.memory / 2**20:9.1f} MiB, then {last.memory / 2**20:.1f}")
    print(f"bare asyncio client   {bare_rate:12,.0f} values/s, {bare_cpu:.3f} µs a value")
    print(f"psql \\copy alone      {copied:12,.0f} values/s, {copy_cpu:.3f} µs in PostgreSQL")


if __name__ == "__main__":
    main()
