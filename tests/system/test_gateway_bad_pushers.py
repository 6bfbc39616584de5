"""R6 and R7 where devices send by themselves: bad ones delay no other, over any protocol.

Of 30 devices, ten each over MQTT, Sparkplug and OPC UA, twelve go bad after a while: they fall
silent, reset, talk garbage, or refuse; and a healthy one has garbage among its payloads. Each sends
the time; what the gateway has of it later is its lateness. Real drivers, real sockets, the devices
in another process.
"""

import asyncio
import json
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from structlog.testing import capture_logs

from wellhead import sdk
from wellhead_scada.dialer import AllowListDialer
from wellhead_scada.drivers import Drivers
from wellhead_scada.engine.around import Surroundings
from wellhead_scada.engine.clock import SystemClock, Timekeeper
from wellhead_scada.engine.config import DeviceConfig, FieldConfig, GroupConfig, TagConfig
from wellhead_scada.engine.engine import Engine
from wellhead_scada.engine.state import Status
from wellhead_scada.networks import network

MISSING = [name for name in ("amqtt", "asyncua") if find_spec(name) is None]
pytestmark = [
    pytest.mark.system,
    pytest.mark.alone,
    pytest.mark.skipif(bool(MISSING), reason=f"{', '.join(MISSING)} is not installed"),
]

GOOD, PERIOD, TIMEOUT, SECONDS = 6, 0.05, 0.5, 4
EVERY_S = 0.25
BOUND = PERIOD + 2 * TIMEOUT + 1
LAZIES: dict[str, Any] = {
    "mqtt": sdk.Lazy("mqtt", "MQTT", "wellhead_scada_mqtt.driver:MqttDriver"),
    "opcua": sdk.Lazy("opcua", "OPC UA", "wellhead_scada_opcua.driver:OpcUaDriver"),
    "sparkplug": sdk.Lazy(
        "sparkplug", "Sparkplug B", "wellhead_scada_mqtt.sparkplug.driver:SparkplugDriver"
    ),
}


class Heard:
    """What the gateway had, and when.

    good: by device, (value, seconds at which it came); marked: seconds at which a device went down
    """

    def __init__(self) -> None:
        self.good: dict[str, list[tuple[float, float]]] = defaultdict(list)
        self.bad: set[str] = set()
        self.marked: dict[str, float] = {}


@pytest.fixture
def devices() -> Iterator[subprocess.Popen[str]]:
    script = Path(__file__).with_name("pushing_devices.py")
    with subprocess.Popen(
        [sys.executable, str(script), str(GOOD)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        yield process
        process.kill()


def configured(number: int, name: str, driver: str, options: Any, address: Any) -> DeviceConfig:
    tag = TagConfig(number, "clock", "float64", address)
    group = GroupConfig(name, name, int(PERIOD * 1000), number, (tag,))
    return DeviceConfig(name, name, driver, options, TIMEOUT, True, (group,))


def test_r6_bad_devices_that_send_by_themselves_delay_none_of_the_others(
    devices: subprocess.Popen[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert devices.stdin is not None
    assert devices.stdout is not None
    config = [
        configured(number, *device)
        for number, device in enumerate(json.loads(devices.stdout.readline()), 1)
    ]
    heard = Heard()
    with capture_logs() as logs:
        begun = asyncio.run(listen(config, heard, devices))

    good = [device.name for device in config if " good " in device.name]
    bad = [device.name for device in config if device.name not in good]
    assert len(good) == len(LAZIES) * GOOD
    spoiled = [line["device"] for line in logs if line["event"] == "not taken"]
    assert spoiled == ["sparkplug good 0"]
    assert heard.bad.isdisjoint(good)
    lateness: list[float] = []
    for name in good:
        said, came = np.array(heard.good[name]).T
        assert np.diff(said).max() < 1.5 * EVERY_S, f"{name} lacks a reading"
        assert np.diff(said).min() > 0, f"{name} has a reading twice, or out of turn"
        assert said[-1] > begun + SECONDS - 1, f"{name} was heard until {said[-1]}"
        late = (came - said)[said > begun]
        lateness += list(late - late.min())
    p99 = float(np.quantile(lateness, 0.99))
    with capsys.disabled():
        print(
            f"\nR6 of those that send: {len(lateness)} readings, p99 lateness {p99 * 1000:.1f} ms, "
            f"worst {max(lateness) * 1000:.1f} ms"
        )
    assert p99 <= 0.1
    after = {name: round(heard.marked.get(name, np.inf) - begun, 2) for name in bad}
    assert max(after.values()) <= BOUND, after
    late_ones = {name for name in bad for said, _ in heard.good[name] if said > begun + EVERY_S}
    assert late_ones == set(), "good while it is bad"
    devices.stdin.close()
    most = json.loads(devices.stdout.readline())
    assert set(most.values()) == {1}, f"one connection a device: {most}"


KILLED = [
    ("Connection.listen", LAZIES.keys()),
    ("DeviceRunner._run", LAZIES.keys()),
    ("Channel.ask", {"opcua"}),
]
"""What is killed under a running device, by its coroutine, and whose it is: the driver's call, the
engine's own task, and the request that OPC UA's notifications come by."""


def test_r7_what_dies_under_a_device_that_sends_is_replaced(
    devices: subprocess.Popen[str],
) -> None:
    """R7: within ten seconds, and its tags are bad meanwhile."""
    assert devices.stdout is not None
    every = json.loads(devices.stdout.readline())
    config = [configured(n, *device) for n, device in enumerate(every, 1) if "good 0" in device[0]]
    heard = Heard()

    async def act() -> None:
        engine = make_engine(config, heard)
        await engine.start()
        await engine.apply(FieldConfig(tuple(config)))
        await until(lambda: len(heard.good) == len(config), 20)
        for coroutine, drivers in KILLED:
            names = {device.name for device in config if device.driver in drivers}
            heard.good.clear()
            heard.bad.clear()
            for task in asyncio.all_tasks():
                if getattr(task.get_coro(), "__qualname__", None) == coroutine:
                    task.cancel()
            await until(partial(names.issubset, heard.bad), 10)
            heard.good.clear()
            await until(partial(names.issubset, heard.good), 10)
        await engine.stop()

    asyncio.run(act())


async def until(condition: Callable[[], bool], seconds: float) -> None:
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.05)


def make_engine(config: list[DeviceConfig], heard: Heard) -> Engine:
    """One that tells `heard` what its devices send, by name."""
    clock = SystemClock()
    names = {device.groups[0].source: device.name for device in config}

    def sink(batch: sdk.Batch) -> None:
        now, name = time.time(), names[batch.source]
        for value, code in zip(batch.values.tolist(), batch.qualities.tolist(), strict=True):
            if code >= sdk.quality.GOOD:
                heard.good[name].append((value, now))
            else:
                heard.bad.add(name)

    def changed(device: str) -> None:
        if engine.health[device].state.status is Status.BACKING_OFF:
            heard.marked.setdefault(device, time.time())

    engine = Engine(
        Surroundings(
            drivers=Drivers(LAZIES),
            dialer=AllowListDialer([network("127.0.0.0/8")]),
            sink=sink,
            changed=changed,
            clock=clock,
            timekeeper=Timekeeper(clock),
        )
    )
    return engine


async def listen(config: list[DeviceConfig], heard: Heard, devices: subprocess.Popen[str]) -> float:
    """Listen until all are heard, then for SECONDS after some went bad; when that was."""
    engine = make_engine(config, heard)
    await engine.start()
    await engine.apply(FieldConfig(tuple(config)))
    await until(lambda: all(len(heard.good[device.name]) >= 3 for device in config), 20)
    heard.good.clear()
    heard.bad.clear()
    heard.marked.clear()
    assert devices.stdin is not None
    begun = time.time()
    devices.stdin.write("bad\n")
    devices.stdin.flush()
    await asyncio.sleep(SECONDS)
    await engine.stop()
    return begun
