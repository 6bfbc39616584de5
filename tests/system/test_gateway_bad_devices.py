"""R6: a bad device delays no other. Real driver, real sockets, the devices in another process.

Of 50 devices read every second six are bad, each in its own way: one hangs, one resets, one answers
garbage, one a byte a second, one to another transaction, one with a length beyond the protocol's
and a megabyte behind it. (Modbus' length has 16 bits; 65535 is the most that can be said.)
"""

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from wellhead import sdk
from wellhead_scada.dialer import AllowListDialer
from wellhead_scada.drivers import Drivers
from wellhead_scada.engine.around import Surroundings
from wellhead_scada.engine.clock import SystemClock, Timekeeper
from wellhead_scada.engine.config import DeviceConfig, FieldConfig, GroupConfig, TagConfig
from wellhead_scada.engine.engine import Engine
from wellhead_scada.engine.state import Status
from wellhead_scada.networks import network

pytestmark = [pytest.mark.system, pytest.mark.alone]

GOOD, PERIOD, TIMEOUT, RETRIES, SECONDS = 44, 1.0, 0.5, 1, 10


@pytest.fixture
def devices() -> Iterator[subprocess.Popen[str]]:
    script = Path(__file__).with_name("modbus_devices.py")
    with subprocess.Popen(
        [sys.executable, str(script), str(GOOD)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        yield process
        process.kill()


def configured(number: int, name: str, port: int) -> DeviceConfig:
    tags = tuple(
        TagConfig(number * 100 + i, f"t{i}", "uint16", {"table": "holding", "address": i})
        for i in range(40)
    )
    group = GroupConfig(f"group-{number}", "1 s", int(PERIOD * 1000), number, tags)
    options = {"host": "127.0.0.1", "port": port}
    return DeviceConfig(name, name, "modbus", options, TIMEOUT, True, (group,))


def test_r6_six_bad_devices_of_fifty_delay_none_of_the_others(
    devices: subprocess.Popen[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert devices.stdin is not None
    assert devices.stdout is not None
    ports: dict[str, list[int]] = json.loads(devices.stdout.readline())
    config: list[DeviceConfig] = []
    for mode, numbers in ports.items():
        for port in numbers:
            config.append(configured(len(config) + 1, f"{mode}-{port}", port))
    rows: dict[int, list[sdk.Batch]] = {}
    down: dict[str, float] = {}
    missed = asyncio.run(scan(config, rows, down))

    lateness: list[float] = []
    for number, device in enumerate(config, 1):
        if not device.name.startswith("good"):
            continue
        times = np.array([row.times[0] for row in rows[number]]) / 1e6
        assert len(times) >= SECONDS / PERIOD - 1, f"{device.name} has {len(times)} scans"
        assert np.diff(times).max() < 1.5 * PERIOD, f"{device.name} lacks a scan"
        assert missed[device.id] == 0, f"{device.name} missed {missed[device.id]} scans"
        late = times - PERIOD * np.arange(len(times))
        lateness += list(late - late.min())
        assert all(sdk.quality.is_good(row.qualities).all() for row in rows[number])
    p99 = float(np.quantile(lateness, 0.99))
    with capsys.disabled():
        print(
            f"\nR6: {len(lateness)} good scans, p99 lateness {p99 * 1000:.1f} ms, "
            f"worst {max(lateness) * 1000:.1f} ms"
        )
    assert p99 <= 0.1
    limit = PERIOD + TIMEOUT * (RETRIES + 1) + 1
    bad = [device.name for device in config if not device.name.startswith("good")]
    assert len(bad) == 6
    assert {name: down.get(name, 1e9) <= limit for name in bad} == dict.fromkeys(bad, True), down
    devices.stdin.close()
    most = json.loads(devices.stdout.readline())
    assert set(most.values()) == {1}, "one connection a device"


async def scan(
    config: list[DeviceConfig], rows: dict[int, list[sdk.Batch]], down: dict[str, float]
) -> dict[str, int]:
    """Scan for SECONDS, then how many scans each device missed; `down` gets the seconds after
    which each device was marked."""
    loop = asyncio.get_running_loop()
    start = loop.time()
    clock = SystemClock()
    lazies: dict[str, Any] = {
        "modbus": sdk.Lazy("modbus", "Modbus TCP", "wellhead_scada_modbus.driver:ModbusDriver")
    }

    def changed(device: str) -> None:
        if engine.health[device].state.status is Status.BACKING_OFF:
            down.setdefault(device, loop.time() - start)

    engine = Engine(
        Surroundings(
            drivers=Drivers(lazies),
            dialer=AllowListDialer([network("127.0.0.0/8")]),
            sink=lambda batch: rows.setdefault(batch.source, []).append(batch),
            changed=changed,
            clock=clock,
            timekeeper=Timekeeper(clock),
            retries=RETRIES,
        )
    )
    await engine.start()
    await engine.apply(FieldConfig(tuple(config)))
    await asyncio.sleep(SECONDS + PERIOD)
    missed = {device.id: engine.health[device.id].counters.missed for device in config}
    await engine.stop()
    return missed
