"""What a tag costs when there are more of them: 1,000, 10,000 and 50,000, in one run.

Each time a real gateway process reads Modbus devices of 500 registers each into PostgreSQL with
every safety on, 10,000 values a second: 1,000 tags every 0.1 s, 10,000 every second, 50,000 every
5 s. So values, scans and bytes are the same and only the number of tags grows. What counts is the
ratio of the CPU of the most to that of the fewest. Beside it: how long the configuration takes to
be read and applied, memory, and the newest values of all tags.

    python bench/growth.py [--rate 10000] [--seconds 10]
"""

import argparse
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import psutil
import psycopg
from historian_write import database
from modbus_read import server
from modbus_to_disk import cpu_of, postgres_cpu, stored

from wellhead import sdk
from wellhead.database.urls import database_urls
from wellhead_historian.store.latest import read_latest
from wellhead_historian.testing import make_source, make_tags

TAGS = (1_000, 10_000, 50_000)
REGISTERS = 500
"""Of each device, read in one scan."""
_PATIENCE_S = 60.0
_DEVICE = """
INSERT INTO scada_device (name, driver, options, timeout_s, gateway) VALUES
(%s, 'modbus', jsonb_build_object('host', '127.0.0.1', 'port', %s::int), 2, %s) RETURNING id
"""
_GROUP = """
INSERT INTO scada_scan_group (device_id, name, period_ms, source_id)
VALUES (%s, 'all', %s, %s) RETURNING id
"""
_TAGS = """
INSERT INTO scada_tag (tag_id, device_id, scan_group_id, datatype, address)
SELECT tag, %s, %s, 'uint16', jsonb_build_object('table', 'holding', 'address', place - 1)
FROM unnest(%s::int4[]) WITH ORDINALITY AS t (tag, place)
"""


@dataclass(frozen=True, slots=True)
class Cost:
    """What `tags` tags cost. gateway, postgres: CPU µs a value; applied: seconds from the start of
    the process to its devices being read; memory: bytes; newest: milliseconds for the newest values
    of all tags"""

    tags: int
    rate: float
    gateway: float
    postgres: float
    applied: float
    memory: int
    newest: float


def seed(
    connection: psycopg.Connection[Any], name: str, ports: list[int], period: int
) -> npt.NDArray[np.int32]:
    """A gateway's devices, one scan group each; the ids of their tags."""
    made = []
    for number, port in enumerate(ports):
        source = make_source(connection, f"{name} {number}")
        tags = make_tags(connection, REGISTERS, f"{name}.{number}.")
        with connection.transaction():
            device = _one(connection, _DEVICE, f"{name} {number}", port, name)
            group = _one(connection, _GROUP, device, period, source)
            connection.execute(_TAGS, (device, group, tags.tolist()))
        made.append(tags)
    return np.concatenate(made)


def _one(connection: psycopg.Connection[Any], query: str, *values: Any) -> Any:
    row = connection.execute(query, values).fetchone()
    assert row is not None
    return row[0]


@contextmanager
def gateway(settings: sdk.Settings, name: str) -> Iterator[tuple[psutil.Process, float]]:
    """A gateway process that has its configuration, and how many seconds that took."""
    config = settings.data_dir / "growth.toml"
    config.write_text(f'data_dir = "{settings.data_dir}"\n')
    log = settings.data_dir / f"{name}.log"
    with log.open("wb") as output:
        begun = time.perf_counter()
        command = [sys.executable, "-m", "wellhead", "--config", str(config)]
        process = subprocess.Popen(
            [*command, "gateway", "--name", name], stdout=output, stderr=output
        )
    try:
        while "configuration applied" not in log.read_text():
            if time.perf_counter() - begun > _PATIENCE_S:
                raise TimeoutError(log.read_text())
            time.sleep(0.02)
        yield psutil.Process(process.pid), time.perf_counter() - begun
    finally:
        process.terminate()
        process.wait(timeout=20)


def measure(settings: sdk.Settings, tags: int, rate: float, seconds: float) -> Cost:
    """Run a gateway of that many tags."""
    command = [sys.executable, str(Path(__file__).with_name("_modbus_responder.py"))]
    command.append(str(tags // REGISTERS))
    period = tags / rate
    name = f"g{tags}"
    urls = database_urls(settings)
    admin_url = urls.libpq(urls.admin)
    lock = (settings.data_dir / "postgres" / "postmaster.pid").read_text()
    postmaster = psutil.Process(int(lock.split()[0]))
    with (
        server(command) as ports,
        psycopg.connect(admin_url, autocommit=True) as look,
        sdk.connect(settings, "default") as connection,
    ):
        ids = seed(connection, name, ports, int(period * 1000))
        with gateway(settings, name) as (process, applied):
            time.sleep(2 + 2.2 * period)  # after two scans a source has its layout
            wall, before = time.perf_counter(), stored(look)
            own, theirs = cpu_of(process), postgres_cpu(postmaster)
            time.sleep(max(seconds, 3 * period))
            own, theirs = cpu_of(process) - own, postgres_cpu(postmaster) - theirs
            values = stored(look) - before
            wall = time.perf_counter() - wall
            memory = process.memory_info().rss
            begun = time.perf_counter()
            newest = read_latest(connection, ids)
            took = (time.perf_counter() - begun) * 1e3
            assert len(newest) == tags, f"{len(newest)} of {tags} tags have a reading"
    each = 1e6 / values
    return Cost(tags, values / wall, own * each, theirs * each, applied, memory, took)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rate", type=float, default=10_000, help="values a second in all")
    parser.add_argument("--seconds", type=float, default=10.0, help="three periods at least")
    given = parser.parse_args()
    with database() as settings:
        costs = [measure(settings, tags, given.rate, given.seconds) for tags in TAGS]
    print("   tags  values/s  gateway, µs a value  PostgreSQL  applied, s  RSS, MiB  newest, ms")
    for cost in costs:
        print(
            f"{cost.tags:7,} {cost.rate:9,.0f} {cost.gateway:20.2f} {cost.postgres:11.2f} "
            f"{cost.applied:11.2f} {cost.memory / 2**20:9.1f} {cost.newest:11.1f}"
        )
    few, many = costs[0], costs[-1]
    more = many.tags - few.tags
    before, after = few.gateway + few.postgres, many.gateway + many.postgres
    print(f"CPU of {many.tags:,} tags to {few.tags:,}: {after / before:.2f} (goal: flat)")
    print(
        f"a tag more: {(many.memory - few.memory) / more:,.0f} bytes, "
        f"{(many.applied - few.applied) / more * 1e6:.0f} µs of start, "
        f"{(many.newest - few.newest) / more * 1e3:.1f} µs of newest values"
    )


if __name__ == "__main__":
    main()
