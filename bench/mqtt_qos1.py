"""How fast MQTT messages of QoS 1 get from a broker to disk, against a bare paho loop, in one run.

Both sides find the same messages waiting for them in a session of the same Mosquitto, with the same
window (Receive Maximum), and take them all. The bare loop parses nothing and keeps nothing: it
counts, and paho acknowledges. Wellhead's side is the real engine with the MQTT driver: each message
is parsed, its readings scaled and stamped, put into the spool, and acknowledged once they are on
disk. Small messages have five values, batched ones a list of two hundred times five.

    python bench/mqtt_qos1.py [--messages 20000] [--rounds 5]
"""

import argparse
import asyncio
import logging
import statistics
import sys
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import Any

import orjson
import paho.mqtt.client as paho
import structlog
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from wellhead import sdk
from wellhead_historian.spool.spool import Receipt, Spool
from wellhead_scada.dialer import AllowListDialer
from wellhead_scada.drivers import Drivers
from wellhead_scada.engine.around import Surroundings
from wellhead_scada.engine.clock import SystemClock, Timekeeper
from wellhead_scada.engine.config import DeviceConfig, FieldConfig, GroupConfig, TagConfig
from wellhead_scada.engine.engine import Engine
from wellhead_scada.networks import network
from wellhead_scada_mqtt.broker import ConnectOptions
from wellhead_scada_mqtt.client import MqttClient
from wellhead_scada_mqtt.driver import MqttDriver
from wellhead_scada_mqtt.testing.mosquitto import PROGRAM, Mosquitto

WELLS = 100
NAMES = ("oil", "gas", "water", "whp", "wht")
WINDOW = 1000
ENTRIES = 200
SECONDS = 120
SOURCE = 1
ANYWHERE = AllowListDialer([network("127.0.0.0/8")])
Result = tuple[float, float]
"""Seconds of wall and of CPU time."""


class Load:
    """The messages of one measurement. readings: in each"""

    def __init__(self, batched: bool, count: int) -> None:
        self.batched = batched
        self.count = count // 50 if batched else count
        self.readings = len(NAMES) * (ENTRIES if batched else 1)

    def message(self, number: int) -> tuple[str, bytes]:
        topic = f"wells/{number % WELLS}/telemetry"
        if not self.batched:
            return topic, orjson.dumps(self._entry(number))
        first = 1_700_000_000_000 + number * ENTRIES * 1000
        rows = [{"t": first + 1000 * n, **self._entry(number + n)} for n in range(ENTRIES)]
        return topic, orjson.dumps({"rows": rows})

    def tags(self) -> tuple[TagConfig, ...]:
        way = {"list": "/rows", "time": "/t"} if self.batched else {}
        return tuple(
            TagConfig(
                well * len(NAMES) + place,
                f"{well}.{name}",
                "float64",
                {"topic": f"wells/{well}/telemetry", "pointer": f"/{name}", **way},
            )
            for well in range(WELLS)
            for place, name in enumerate(NAMES)
        )

    def _entry(self, number: int) -> dict[str, float]:
        return {name: round(number % 977 * 0.37 + n, 2) for n, name in enumerate(NAMES)}


def client(port: int, name: str) -> MqttClient:
    options = ConnectOptions(
        host="127.0.0.1", port=port, client_id=name, session_expiry=SECONDS, window=WINDOW
    )
    return MqttClient(options, ANYWHERE, SECONDS)


async def fill(port: int, load: Load) -> None:
    """Both sessions have every message waiting."""
    for name in ("wellhead", "bare"):
        one = client(port, name)
        await one.connect()
        await one.subscribe(["wells/+/telemetry"])
        await one.close()
    sender = client(port, "sender")
    await sender.connect()

    async def some(first: int) -> None:
        for number in range(first, load.count, 20):
            await sender.publish(*load.message(number))

    await asyncio.gather(*(some(first) for first in range(20)))
    await sender.close()


def bare(port: int, load: Load) -> Result:
    """A paho client as its documentation has it."""
    heard = 0

    def count(*_: Any) -> None:
        nonlocal heard
        heard += 1

    one = paho.Client(
        CallbackAPIVersion.VERSION2, client_id="bare", protocol=MQTTProtocolVersion.MQTTv5
    )
    one.on_message = count
    properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
    properties.ReceiveMaximum = WINDOW
    properties.SessionExpiryInterval = SECONDS
    wall, cpu = time.perf_counter(), time.process_time()
    one.connect("127.0.0.1", port, 60, clean_start=False, properties=properties)
    while heard < load.count:
        one.loop(1.0)
    result = time.perf_counter() - wall, time.process_time() - cpu
    one.disconnect()
    return result


async def wellhead(port: int, load: Load, spool: Spool) -> Result:
    """Until the last reading is on disk."""
    loop = asyncio.get_running_loop()
    done = asyncio.Event()
    left = load.count * load.readings

    def kept(rows: int, _future: Receipt) -> None:
        nonlocal left
        left -= rows
        if left <= 0:
            loop.call_soon_threadsafe(done.set)

    def keep(batch: sdk.Batch) -> Receipt:
        future = spool.append(batch)
        future.add_done_callback(partial(kept, len(batch)))
        return future

    drivers = Drivers({})
    drivers.add("mqtt", MqttDriver)
    clock = SystemClock()
    engine = Engine(Surroundings(drivers, ANYWHERE, keep, lambda _: None, clock, Timekeeper(clock)))
    options = {
        "host": "127.0.0.1",
        "port": port,
        "client_id": "wellhead",
        "window": WINDOW,
        "session_expiry_s": SECONDS,
        "subscribe": ["wells/+/telemetry"],
    }
    group = GroupConfig("g", "g", 1000, SOURCE, load.tags())
    await engine.start()
    wall, cpu = time.perf_counter(), time.process_time()
    await engine.apply(FieldConfig((DeviceConfig("d", "d", "mqtt", options, 5.0, True, (group,)),)))
    async with asyncio.timeout(SECONDS):
        await done.wait()
    result = time.perf_counter() - wall, time.process_time() - cpu
    await engine.stop()
    await asyncio.to_thread(spool.close)
    return result


def measure(load: Load, rounds: int) -> None:
    ours: list[Result] = []
    theirs: list[Result] = []
    lines = [f"max_inflight_messages {WINDOW}", "max_queued_messages 0"]
    for _ in range(rounds):
        with (
            tempfile.TemporaryDirectory() as folder,
            Mosquitto(Path(folder), lines, log="error") as broker,
        ):
            asyncio.run(fill(broker.port, load))
            spool = Spool(Path(folder, "spool.db"), max_bytes=8 << 30)
            ours.append(asyncio.run(wellhead(broker.port, load, spool)))
            theirs.append(bare(broker.port, load))
    ratios = [their[0] / our[0] for our, their in zip(ours, theirs, strict=True)]
    print(f"{load.count} messages of {load.readings} readings, medians of {rounds} rounds")
    for name, results in (("wellhead", ours), ("bare paho", theirs)):
        wall = statistics.median(result[0] for result in results)
        cpu = statistics.median(result[1] for result in results)
        print(
            f"  {name:10}{load.count / wall:10.0f} messages/s"
            f"{load.count * load.readings / wall:12.0f} readings/s"
            f"{cpu / load.count * 1e6:10.1f} CPU µs/message"
        )
    print(f"  ratio {statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--messages", type=int, default=20_000, help="at most 200000")
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    if PROGRAM is None:
        print("mosquitto is not installed: apt-get install mosquitto")
        return 0
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    for batched in (False, True):
        measure(Load(batched, min(given.messages, 200_000)), given.rounds)
    return 0


if __name__ == "__main__":
    sys.exit(main())
