"""What the OPC UA tests share: a mailbox that remembers, drivers, and asyncua's server."""

import asyncio
import ipaddress
import itertools
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import numpy as np
from asyncua import Server, ua

from wellhead import sdk
from wellhead_scada_opcua.driver import OpcUaDriver
from wellhead_scada_opcua.standard import QuickServer

URI = "urn:field"
_numbers = itertools.count(1)


class LoopbackDialer:
    """Resolves literal addresses only."""

    async def resolve(self, host: str, port: int) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
        return ipaddress.ip_address(host)


class Box:
    """A mailbox that keeps everything at once, in memory."""

    def __init__(self) -> None:
        self.heard = 0
        self.pushed: list[sdk.Pushed] = []
        self.full = False
        self.refused = 0

    def listening(self) -> None:
        self.heard += 1

    def deliver(self, pushed: Sequence[sdk.Pushed]) -> "asyncio.Future[None]":
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        if self.full:
            self.refused += 1
            done.set_exception(sdk.NotKept("full"))
            done.exception()
        else:
            self.pushed += pushed
            done.set_result(None)
        return done

    def rows(self, place: int) -> list[tuple[int, float, int]]:
        """(time, value, quality) of everything that came of one point."""
        return [
            (int(one.times[row]), float(one.values[row]), int(one.qualities[row]))
            for one in self.pushed
            for row in np.flatnonzero(one.places == place)
        ]

    def values(self, place: int) -> list[float]:
        return [value for _, value, _ in self.rows(place)]

    def texts(self, place: int) -> list[str]:
        return [
            one.texts[int(row)]
            for one in self.pushed
            for row in np.flatnonzero(one.places == place)
            if int(row) in one.texts
        ]


async def until(condition: Callable[[], object], what: str, timeout: float = 10.0) -> None:
    """Wait for a condition, on the event loop."""
    async with asyncio.timeout(timeout):
        while not condition():
            await asyncio.sleep(0.01)
    assert condition(), what


def address(**given: Any) -> dict[str, Any]:
    loaded: dict[str, Any] = OpcUaDriver.address_schema().load(given)
    return loaded


def point(name: str, datatype: str = "float64", **given: Any) -> sdk.Point:
    """A point with the node `name` of the test server's namespace."""
    where = address(**({"node": f"nsu={URI};s={name}"} | given))
    return sdk.Point(next(_numbers), name, datatype, where)


def driver(
    port: int, *, timeout: float = 10.0, folder: Path | None = None, **given: Any
) -> OpcUaDriver:
    options = OpcUaDriver.device_schema().load(
        {"host": "127.0.0.1", "port": port, "security_policy": "None", **given}
    )
    return OpcUaDriver(sdk.DeviceSpec("d1", "device 1", options, timeout, folder), LoopbackDialer())


@asynccontextmanager
async def opened(port: int, **given: Any) -> AsyncIterator[OpcUaDriver]:
    made = driver(port, **given)
    try:
        await made.open()
        yield made
    finally:
        await made.close()


@asynccontextmanager
async def listening(
    made: OpcUaDriver, *groups: sdk.PushGroup, box: Box | None = None
) -> AsyncIterator[Box]:
    """Listens while in it; what the driver raised comes out of it."""
    box = box or Box()
    task = asyncio.create_task(made.listen(groups, box))
    try:
        await until(lambda: box.heard or task.done(), "subscribed")
        yield box
    finally:
        if task.done():
            task.result()
        task.cancel()
        await asyncio.wait({task})


class Field:
    """asyncua's server with variables of the namespace `URI`."""

    def __init__(self, server: Server, index: int) -> None:
        self.server = server
        self.index = index

    @property
    def port(self) -> int:
        return int(self.server.bserver.port)

    async def add(self, name: str, value: Any, kind: ua.VariantType | None = None) -> Any:
        node = await self.server.nodes.objects.add_variable(
            ua.NodeId(name, self.index), name, ua.Variant(value, kind)
        )
        await node.set_writable()
        return node

    async def add_many(self, count: int) -> None:
        """N0, N1 … with their numbers as values, in folders: asyncua looks through all that a
        folder has at each one more."""
        parent = self.server.nodes.objects
        for number in range(count):
            if number % 100 == 0:
                folder = await parent.add_folder(ua.NodeId(f"F{number}", self.index), f"F{number}")
            name = f"N{number}"
            await folder.add_variable(ua.NodeId(name, self.index), name, float(number))

    async def put(self, name: str, value: Any, kind: ua.VariantType, **more: Any) -> None:
        """With a status or timestamps of its own."""
        await self.server.write_attribute_value(
            ua.NodeId(name, self.index), ua.DataValue(ua.Variant(value, kind), **more)
        )

    async def read(self, name: str) -> Any:
        return await self.server.get_node(ua.NodeId(name, self.index)).read_value()


@asynccontextmanager
async def field(setup: Callable[[Server], Any] | None = None) -> AsyncIterator[Field]:
    """setup: awaited before the server starts, for its security say."""
    server = Server(iserver=QuickServer())
    await server.init()
    server.set_endpoint("opc.tcp://127.0.0.1:0/")
    if setup is None:
        server.set_security_policy([ua.SecurityPolicyType.NoSecurity])
    else:
        await setup(server)
    index = await server.register_namespace(URI)
    await server.start()
    try:
        yield Field(server, index)
    finally:
        await server.stop()
