"""R15: a gateway under a steady load keeps its memory, its threads and its files.

Ten Modbus devices, 20,000 values/s to PostgreSQL's disk. The long form is 30 minutes; the short one
is for runs by hand: `pytest -m soak -k r15 -k short`.
"""

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import psutil
import psycopg
import pytest
from flask import Flask

from wellhead import sdk
from wellhead.testing import wait_until
from wellhead_historian.api import create_source, create_tag
from wellhead_scada.models import Device, FieldTag, ScanGroup
from wellhead_scada.testing.process import GatewayChild, running

from .packages import ROOT

pytestmark = [pytest.mark.system, pytest.mark.soak]

DEVICES, REGISTERS = 10, 2000
WARM_UP_S = 150.0  # until the cache of the spool is full, 16 MiB at 0.2 MB/s


@pytest.fixture
def ports() -> Iterator[list[int]]:
    """Of devices whose values always change."""
    script = str(ROOT / "bench" / "_modbus_responder.py")
    with subprocess.Popen(
        [sys.executable, script, str(DEVICES)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        yield [int(port) for port in process.stdout.readline().split()]
        process.kill()


def seed(app: Flask, ports: list[int]) -> None:
    with app.app_context(), sdk.tenant("default"):
        session = sdk.db.session
        for number, port in enumerate(ports):
            options = {"host": "127.0.0.1", "port": port}
            device = Device(name=f"d{number}", driver="modbus", options=options, timeout_s=2.0)
            session.add(device)
            session.flush()
            group = ScanGroup(
                device_id=device.id,
                name="all",
                period_ms=1000,
                source_id=create_source(f"soak {number}"),
            )
            session.add(group)
            session.flush()
            session.add_all(
                FieldTag(
                    tag_id=create_tag(name=f"S{number}.{place}", datatype="uint16").id,
                    device_id=device.id,
                    scan_group_id=group.id,
                    datatype="uint16",
                    address={"table": "holding", "address": place},
                )
                for place in range(REGISTERS)
            )
        session.commit()


def stored(admin_url: str) -> int:
    """Good values in the hot table."""
    with psycopg.connect(admin_url) as connection:
        row = connection.execute(
            "SELECT coalesce(sum(cardinality(value)), 0)::int8 FROM tenant_default.historian_hot "
            "WHERE quality IS NULL"
        ).fetchone()
    assert row is not None
    return int(row[0])


@pytest.mark.parametrize("seconds", [60, 1800], ids=["short", "long"])
def test_r15_memory_threads_and_files_stay_as_they_are(
    app: Flask, config_file: Path, database_admin_url: str, ports: list[int], seconds: int
) -> None:
    seed(app, ports)
    with running(GatewayChild.of(config_file)) as child:
        wait_until(lambda: stored(database_admin_url) > 0, timeout=60, what="the first values")
        gateway = psutil.Process(child.pid)
        time.sleep(WARM_UP_S)
        before = stored(database_admin_url)
        begun = time.monotonic()
        moments, memory, threads, files = [], [], [], []
        while (passed := time.monotonic() - begun) < seconds:
            moments.append(passed)
            memory.append(gateway.memory_info().rss / 2**20)
            threads.append(gateway.num_threads())
            files.append(gateway.num_fds())
            time.sleep(1)
        rate = (stored(database_admin_url) - before) / (time.monotonic() - begun)
        assert child.ended is None
    slope = float(np.polyfit(moments, memory, 1)[0]) * 60
    print(
        f"{rate:,.0f} values/s; memory {memory[0]:.1f} to {memory[-1]:.1f} MiB, {slope:+.2f} MiB a "
        f"minute; threads {min(threads)} to {max(threads)}; files {min(files)} to {max(files)}"
    )
    assert rate >= 0.98 * DEVICES * REGISTERS
    half = len(memory) // 2
    assert max(memory[half:]) <= max(memory[:half]) + max(1.0, 0.02 * memory[0])
    assert max(threads[half:]) <= max(threads[:half])
    assert max(files[half:]) <= max(files[:half]) + 1
