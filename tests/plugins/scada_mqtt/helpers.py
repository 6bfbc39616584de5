"""What the MQTT tests share: options, a dialer, and messages that were waited for."""

import asyncio
import ipaddress
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from wellhead import sdk
from wellhead_scada_mqtt.broker import BrokerSchema, connect_options
from wellhead_scada_mqtt.client import MqttClient
from wellhead_scada_mqtt.message import Message


class LoopbackDialer:
    """Resolves literal addresses, and every name to loopback."""

    async def resolve(self, host: str, port: int) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
        try:
            return ipaddress.ip_address(host)
        except ValueError:
            return ipaddress.ip_address("127.0.0.1")


def client(
    port: int, client_id: str = "c1", *, timeout: float = 5.0, dialer: Any = None, **given: Any
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


async def until(condition: Callable[[], object], timeout: float = 5.0) -> None:
    """Wait until the condition holds. Raises TimeoutError when it does not in time."""
    async with asyncio.timeout(timeout):
        while not condition():
            await asyncio.sleep(0.002)


def said(error: sdk.WellheadError) -> str:
    """The whole of what an error tells."""
    assert error.remedy
    return str(error)
