"""The simulated device: what it publishes is read, what is written it obeys, and its faults."""

import asyncio
from typing import Any

import pytest

from wellhead import sdk
from wellhead_scada_mqtt.server import MqttServer

from .helpers import driver, listening, until

SIGNALS = [(1, "W01.WHP", "float32"), (2, "W01.PUMP", "bool"), (3, "W02.STATE", "string")]


def test_published_read_and_written() -> None:
    async def main() -> None:
        server = MqttServer()
        points = server.layout(SIGNALS)
        port = await server.start("127.0.0.1", 0, points)
        server.publish({1: 12.5, 2: 1.0, 3: "flowing"})
        made = driver(port, **options(server))
        async with listening(made, *points) as box:
            await until(lambda: len(box.rows()) == 3)
            server.publish({1: 13.5})
            await until(lambda: (0, 13.5, sdk.quality.GOOD) in box.rows())
            await made.write(points[1], 0.0)
            await until(lambda: server._commanded)
            assert server.commanded() == {2: 0.0}
            assert server.commanded() == {}
        assert {value for _, value, _ in box.rows()[:3]} == {12.5, 1.0, "flowing"}
        await server.stop()
        assert len(asyncio.all_tasks()) == 1

    asyncio.run(main())


def test_faults() -> None:
    async def main() -> None:
        server = MqttServer()
        port = await server.start("127.0.0.1", 0, server.layout(SIGNALS))
        given = options(server)
        async with listening(driver(port, **given), *server.layout(SIGNALS)):
            await server.set_fault("silence")
            with pytest.raises(sdk.DeviceTimeout):
                await driver(port, timeout=0.1, **given).open()
        await server.set_fault("refuse")
        with pytest.raises(sdk.DeviceUnreachable):
            await driver(port, **given).open()
        await server.set_fault(None)
        async with listening(driver(port, **given), *server.layout(SIGNALS)):
            pass
        with pytest.raises(ValueError, match="unknown fault"):
            await server.set_fault("fire")
        await server.stop()

    asyncio.run(main())


def options(server: MqttServer) -> dict[str, Any]:
    given = server.device_options("127.0.0.1", 1)
    return {key: value for key, value in given.items() if key not in ("host", "port")}
