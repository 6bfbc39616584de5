"""What the tests of the Sparkplug driver share: a mailbox, points, a host and an edge node."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import numpy as np

from wellhead import sdk
from wellhead_scada_mqtt.broker import BrokerSchema, connect_options
from wellhead_scada_mqtt.sparkplug.driver import SparkplugDriver
from wellhead_scada_mqtt.sparkplug.edge import EdgeNode

from ..helpers import LoopbackDialer, until


def point(
    number: int, metric: str, device: str | None = None, datatype: str = "float64"
) -> sdk.Point:
    address = {"group": "pad", "node": "rtu", "device": device, "metric": metric}
    return sdk.Point(number, metric, datatype, address)


class Mailbox:
    """Keeps everything at once, or what a test says.

    heard: (point, value or text, quality, time) of each reading, in order; task: that listens
    """

    def __init__(self, group: sdk.PushGroup) -> None:
        self.group = group
        self.heard: list[tuple[str, float | str, int, int]] = []
        self.open = False
        self.kept: list[asyncio.Future[None]] = []
        self.keep = True
        self.task: asyncio.Task[None] | None = None

    def listening(self) -> None:
        self.open = True

    def deliver(self, pushed: Sequence[sdk.Pushed]) -> "asyncio.Future[None]":
        for some in pushed:
            assert some.group == self.group.id
            assert some.times.dtype == np.int64
            for row, place in enumerate(some.places.tolist()):
                value: float | str = some.texts.get(row, float(some.values[row]))
                name = self.group.points[place].name
                self.heard.append((name, value, int(some.qualities[row]), int(some.times[row])))
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        if self.keep:
            future.set_result(None)
        self.kept.append(future)
        return future

    def last(self, name: str) -> tuple[float | str, int] | None:
        """Value and quality of the newest reading by time, the later of equals."""
        rows = [row for row in self.heard if row[0] == name]
        newest = max(rows, key=lambda row: row[3], default=None)
        return None if newest is None else newest[1:3]

    def reads(self, name: str, value: float | str, quality: int = sdk.quality.GOOD) -> bool:
        return self.last(name) == (value, quality)


def driver(port: int, *, timeout: float = 10.0, **given: Any) -> SparkplugDriver:
    raw = {"host": "127.0.0.1", "port": port, "host_id": "scada", "groups": ["pad"], **given}
    options = SparkplugDriver.device_schema().load(raw)
    return SparkplugDriver(sdk.DeviceSpec("d1", "device 1", options, timeout), LoopbackDialer())


@asynccontextmanager
async def listening(
    port: int, *points: sdk.Point, **given: Any
) -> AsyncIterator[tuple[SparkplugDriver, Mailbox]]:
    """A driver that listens to points in one group."""
    host, mailbox = driver(port, **given), Mailbox(sdk.PushGroup("g1", 1.0, points))
    task = None
    try:
        await host.open()
        task = asyncio.create_task(host.listen([mailbox.group], mailbox))
        await until(lambda: mailbox.open)
        mailbox.task = task
        yield host, mailbox
    finally:
        if task is not None:
            task.cancel()
            await asyncio.wait({task})
        await host.close()


@asynccontextmanager
async def edge(port: int, client_id: str = "edge") -> AsyncIterator[EdgeNode]:
    """The node `rtu` of group `pad`: `p` of its own, `speed`, `count` and `note` of its pump."""
    options = connect_options(
        BrokerSchema().load({"host": "127.0.0.1", "port": port, "session_expiry_s": 0}), client_id
    )
    node = EdgeNode(options, LoopbackDialer(), "pad", "rtu")
    node.add("float64", "p")
    node.add("float32", "speed", "pump")
    node.add("int16", "count", "pump")
    node.add("string", "note", "pump")
    node.update(
        {(None, "p"): 1.5, ("pump", "speed"): 50.0, ("pump", "count"): -7, ("pump", "note"): "on"}
    )
    try:
        await node.start()
        yield node
    finally:
        await node.stop()


POINTS = (
    point(1, "p"),
    point(2, "speed", "pump", "float32"),
    point(3, "count", "pump", "int16"),
    point(4, "note", "pump", "string"),
)
