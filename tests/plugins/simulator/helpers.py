"""What the simulator's tests share: a configuration and a driver's connection to a well."""

import contextlib
import ipaddress
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from wellhead import sdk
from wellhead.testing import free_port
from wellhead_scada_modbus.driver import ModbusDriver
from wellhead_scada_modbus.server import ModbusServer
from wellhead_simulator.process import Simulation
from wellhead_simulator.protocols import Protocol
from wellhead_simulator.settings import ConfigSchema

MODBUS = Protocol("modbus", "Modbus TCP", ModbusServer)


class LoopbackDialer:
    """Resolves literal addresses only."""

    async def resolve(self, host: str, port: int) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
        return ipaddress.ip_address(host)


def free_ports(count: int) -> int:
    """The first of `count` neighbouring ports on loopback that nothing listens on."""
    for _ in range(50):
        first = free_port()
        with contextlib.ExitStack() as trials, contextlib.suppress(OSError, OverflowError):
            for port in range(first, first + count):
                trials.enter_context(socket.socket()).bind(("127.0.0.1", port))
            return first
    raise AssertionError(f"no {count} neighbouring free ports")


def config(**given: Any) -> dict[str, Any]:
    loaded: dict[str, Any] = ConfigSchema().load({"run": True, **given})
    return loaded


@asynccontextmanager
async def running(**given: Any) -> AsyncIterator[Simulation]:
    simulation = Simulation(config(**given), [MODBUS])
    try:
        await simulation.start()
        yield simulation
    finally:
        await simulation.stop()


@asynccontextmanager
async def connected(port: int, timeout: float = 10.0) -> AsyncIterator[ModbusDriver]:
    options = ModbusDriver.device_schema().load(ModbusServer.device_options("127.0.0.1", port))
    driver = ModbusDriver(sdk.DeviceSpec("1", "well", options, timeout), LoopbackDialer())
    try:
        await driver.open()
        yield driver
    finally:
        await driver.close()
