"""What the MQTT tests share: options, a dialer, and messages that were waited for."""

import asyncio
import ipaddress
import itertools
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

from wellhead import sdk
from wellhead_scada_mqtt.broker import BrokerSchema, connect_options
from wellhead_scada_mqtt.client import MqttClient
from wellhead_scada_mqtt.driver import MqttDriver
from wellhead_scada_mqtt.message import Message


class LoopbackDialer:
    """Resolves literal addresses, and every name to loopback."""

    async def resolve(self, host: str, port: int) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
        try:
            return ipaddress.ip_address(host)
        except ValueError:
            return ipaddress.ip_address("127.0.0.1")


def client(
    port: int, client_id: str = "c1", *, timeout: float = 10.0, dialer: Any = None, **given: Any
) -> MqttClient:
    options = BrokerSchema().load({"host": "127.0.0.1", "port": port, **given})
    return MqttClient(connect_options(options, client_id), dialer or LoopbackDialer(), timeout)


@asynccontextmanager
async def connected(
    port: int, client_id: str = "c1", **given: Any
) -> AsyncIterator[tuple[MqttClient, list[Message]]]:
    """A connected client, and the messages it hears."""
    made = client(port, client_id, **given)
    heard: list[Message] = []
    try:
        await made.connect()
        made.receive(heard.extend)
        yield made, heard
    finally:
        await made.close()


async def until(condition: Callable[[], object], timeout: float = 10.0) -> None:
    """Wait until the condition holds. Raises TimeoutError when it does not in time."""
    async with asyncio.timeout(timeout):
        while not condition():
            await asyncio.sleep(0.002)


def said(error: sdk.WellheadError) -> str:
    """The whole of what an error tells."""
    assert error.remedy
    return str(error)


class Mailbox:
    """Keeps what is delivered. Deliveries wait for `keep` while `slow` is set; `refuse` makes the
    next one NotKept."""

    def __init__(self) -> None:
        self.ready = False
        self.slow = False
        self.full = False
        self.pushed: list[sdk.Pushed] = []
        self.deliveries = 0
        self._waiting: list[asyncio.Future[None]] = []

    def listening(self) -> None:
        self.ready = True

    def deliver(self, pushed: Sequence[sdk.Pushed]) -> "asyncio.Future[None]":
        kept: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.deliveries += 1
        if self.full:
            kept.set_exception(sdk.NotKept("the spool is full"))
            return kept
        self.pushed += pushed
        if self.slow:
            self._waiting.append(kept)
        else:
            kept.set_result(None)
        return kept

    def keep(self) -> None:
        """What waits is on disk."""
        self.slow = False
        for kept in self._waiting:
            kept.set_result(None)
        self._waiting.clear()

    def rows(self) -> list[tuple[int, float | str | None, int]]:
        """(place, value or text or None, quality) of each reading, in order."""
        found: list[tuple[int, float | str | None, int]] = []
        for some in self.pushed:
            for row, place in enumerate(some.places.tolist()):
                value: float | str | None = some.texts.get(row, float(some.values[row]))
                found.append((place, None if value != value else value, int(some.qualities[row])))
        return found

    def times(self) -> list[int]:
        return [time for some in self.pushed for time in some.times.tolist()]


_numbers = itertools.count(1)


def point(topic: str, pointer: str = "", datatype: str = "float64", **given: Any) -> sdk.Point:
    number = next(_numbers)
    address = MqttDriver.address_schema().load({"topic": topic, "pointer": pointer, **given})
    return sdk.Point(number, f"tag{number}", datatype, address)


def driver(port: int, *, timeout: float = 10.0, **given: Any) -> MqttDriver:
    options = MqttDriver.device_schema().load({"host": "127.0.0.1", "port": port, **given})
    return MqttDriver(sdk.DeviceSpec("d1", "device 1", options, timeout), LoopbackDialer())


@asynccontextmanager
async def listening(
    made: MqttDriver, *points: sdk.Point, mailbox: Mailbox | None = None
) -> AsyncIterator[Mailbox]:
    """`made`, opened, listening to one group of `points`; what it brings."""
    box = mailbox or Mailbox()
    task = None
    try:
        await made.open()
        group = sdk.PushGroup("g1", 1.0, points)
        task = asyncio.create_task(made.listen([group], box))
        await until(lambda: box.ready or task.done())
        if task.done():
            task.result()
        yield box
    finally:
        if task is not None:
            task.cancel()
            await asyncio.wait({task})
        await made.close()
