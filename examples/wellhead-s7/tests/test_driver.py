"""The driver against snap7's server, on a line that goes bad."""

import asyncio
import ipaddress
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from snap7.async_client import AsyncClient

from wellhead import sdk
from wellhead.testing import Fault, FaultProxy
from wellhead_s7.driver import S7Driver
from wellhead_s7.points import SIZES
from wellhead_s7.server import S7Server

SIGNALS = [(number, f"S{number}", name) for number, name in enumerate(sorted(SIZES))]
VALUES = {
    number: float(number % 2 if name == "bool" else 10 + number) for number, _, name in SIGNALS
}


class Loopback:
    async def resolve(self, host: str, port: int) -> ipaddress.IPv4Address:
        return ipaddress.IPv4Address(host)


@asynccontextmanager
async def controller() -> AsyncIterator[tuple[S7Server, FaultProxy, list[sdk.Point]]]:
    server = S7Server()
    points = server.layout(SIGNALS)
    proxy = FaultProxy(await server.start("127.0.0.1", 0, points))
    await proxy.start()
    server.publish(VALUES)
    try:
        yield server, proxy, points
    finally:
        await proxy.stop()
        await server.stop()


@asynccontextmanager
async def opened(port: int, timeout: float = 10.0) -> AsyncIterator[S7Driver]:
    options = S7Driver.device_schema().load({"host": "127.0.0.1", "port": port})
    driver = S7Driver(sdk.DeviceSpec("1", "plc", options, timeout), Loopback())
    try:
        await driver.open()
        yield driver
    finally:
        await driver.close()


def test_every_datatype_is_read() -> None:
    async def story() -> sdk.RawValues:
        async with controller() as (_, proxy, points), opened(proxy.port) as driver:
            return await driver.read(driver.plan(points))

    found = asyncio.run(story())

    assert found.values.tolist() == list(VALUES.values())
    assert set(found.qualities.tolist()) == {sdk.quality.GOOD}


def test_a_point_that_is_not_there_is_bad_alone_though_its_neighbours_are_asked_with_it() -> None:
    async def story() -> sdk.RawValues:
        async with controller() as (_, proxy, points), opened(proxy.port) as driver:
            last = max(
                points, key=lambda point: (point.address["area"] == "DB", point.address["byte"])
            )
            end = last.address["byte"] + SIZES[last.datatype]
            beyond = sdk.Point(99, "beyond", "int16", {**last.address, "byte": end})
            plan = driver.plan([*points, beyond])
            assert any(len(span.items) > 1 for spans in plan.requests for span in spans)
            return await driver.read(plan)

    found = asyncio.run(story())

    assert found.values[:-1].tolist() == list(VALUES.values())
    assert found.qualities[-1] == sdk.quality.BAD_CONFIGURATION
    assert set(found.qualities[:-1].tolist()) == {sdk.quality.GOOD}


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault.SILENCE, sdk.DeviceTimeout),
        (Fault.DRIP, sdk.DeviceTimeout),
        (Fault.GARBAGE, sdk.DeviceProtocolError),
        (Fault.WRONG, sdk.DeviceProtocolError),
        (Fault.REPLAY, sdk.DeviceProtocolError),
        (Fault.RESET, sdk.DeviceUnreachable),
        (Fault.HANG_UP, sdk.DeviceUnreachable),
    ],
)
def test_a_bad_line_is_named_for_what_it_is(fault: Fault, error: type[sdk.DeviceError]) -> None:
    async def story() -> None:
        async with controller() as (_, proxy, points), opened(proxy.port) as driver:
            plan = driver.plan(points)
            await driver.read(plan)
            driver.device = replace(driver.device, timeout=0.3)
            await proxy.set(fault)
            with pytest.raises(error):
                await driver.read(plan)

    asyncio.run(story())


@pytest.mark.parametrize("fault", ["silence", "refuse"])
def test_the_servers_own_faults_begin_and_end(fault: str) -> None:
    async def story() -> None:
        async with controller() as (server, proxy, points):
            await server.set_fault(fault)
            with pytest.raises(sdk.DeviceError):
                async with opened(proxy.port, 0.3) as driver:
                    await driver.read(driver.plan(points))
            await server.set_fault(None)
            async with opened(proxy.port) as driver:
                await driver.read(driver.plan(points))

    asyncio.run(story())


def test_the_server_tells_what_clients_write() -> None:
    async def story() -> None:
        async with controller() as (server, proxy, points):
            client = await AsyncClient().connect("127.0.0.1", 0, 1, proxy.port)
            [target] = [point for point in points if point.datatype == "int16"]
            await client.db_write_int(1, target.address["byte"], -7)
            assert server.commanded() == {target.tag: -7.0}
            assert server.commanded() == {}
            await client.disconnect()

    asyncio.run(story())
