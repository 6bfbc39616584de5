"""What the Modbus tests share: points, devices, and devices that misbehave."""

import asyncio
import ipaddress
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import numpy as np

from wellhead import sdk
from wellhead_scada_modbus.block import Block
from wellhead_scada_modbus.decode import Reading, decode_bits, decode_registers
from wellhead_scada_modbus.driver import ModbusDriver
from wellhead_scada_modbus.schemas import SIZES

WIDTHS = {"bool": 1, **{datatype: size // 2 for datatype, size in SIZES.items()}}
"""Addresses that a value of each datatype takes."""
_numbers = itertools.count(1)
Peer = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class LoopbackDialer:
    """Resolves literal addresses only."""

    async def resolve(self, host: str, port: int) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
        return ipaddress.ip_address(host)


def point(datatype: str, table: str, address: int, **more: Any) -> sdk.Point:
    number = next(_numbers)
    where = {"table": table, "address": address, "byte_order": "big", "word_order": "big", **more}
    return sdk.Point(number, f"tag{number}", datatype, where)


def options(**given: Any) -> dict[str, Any]:
    if given.get("framing") != "rtu":
        given = {"host": "127.0.0.1", **given}
    loaded: dict[str, Any] = ModbusDriver.device_schema().load(given)
    return loaded


def decoded(block: Block, data: bytes, points: int) -> Reading:
    """What the decoders make of an answer's data."""
    reading = Reading(np.full(points, np.nan), np.full(points, sdk.quality.GOOD, np.int16))
    if block.bits:
        decode_bits(block.layout, data, reading)
    else:
        decode_registers(block.layout, data, reading)
    return reading


def driver(port: int, *, timeout: float = 10.0, **given: Any) -> ModbusDriver:
    spec = sdk.DeviceSpec("d1", "device 1", options(port=port, **given), timeout)
    return ModbusDriver(spec, LoopbackDialer())


def serial_driver(path: str, *, timeout: float = 10.0, **given: Any) -> ModbusDriver:
    found = options(framing="rtu", serial_port=path, **given)
    return ModbusDriver(sdk.DeviceSpec("d1", "device 1", found, timeout), LoopbackDialer())


@asynccontextmanager
async def opened(port: int, *, timeout: float = 10.0, **given: Any) -> AsyncIterator[ModbusDriver]:
    """A driver that is connected, and from then on waits `timeout` seconds for each answer."""
    client = driver(port, timeout=30.0, **given)
    try:
        await client.open()
        client.device = replace(client.device, timeout=timeout)
        yield client
    finally:
        await client.close()


@asynccontextmanager
async def device(peer: Peer) -> AsyncIterator[int]:
    """A device that does with each connection what `peer` does; yields its port."""
    tasks: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        try:
            await peer(reader, writer)
        except (ConnectionError, asyncio.CancelledError):
            pass  # the driver has hung up
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
