"""The device server: what the simulator puts in comes out, and its faults are faults."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import pytest

from wellhead import sdk
from wellhead_scada_opcua.server import OpcUaServer

from .helpers import listening, opened, until

POINTS = OpcUaServer.layout(
    [(3, "pressure", "float32"), (5, "state", "string"), (9, "run", "bool")]
)


@asynccontextmanager
async def served(points: Sequence[sdk.Point] = POINTS) -> AsyncIterator[tuple[OpcUaServer, int]]:
    server = OpcUaServer()
    port = await server.start("127.0.0.1", 0, points)
    try:
        yield server, port
    finally:
        await server.stop()


def test_what_is_published_arrives_and_what_is_written_is_told() -> None:
    async def work() -> None:
        async with served() as (server, port), opened(port) as made:
            server.publish({3: 12.5, 5: "open", 9: 1.0})
            async with listening(made, sdk.PushGroup("g", 0.05, tuple(POINTS))) as box:
                await until(lambda: box.values(0)[-1:] == [12.5], "the number")
                await until(lambda: box.texts(1)[-1:] == ["open"], "the text")
                await until(lambda: box.values(2)[-1:] == [1.0], "the flag")
                await made.write(POINTS[0], 7.5)
                await made.write(POINTS[1], "closed")
                assert server.commanded() == {3: 7.5, 5: "closed"}
                assert server.commanded() == {}
                server.publish({3: 1.0})
                await until(lambda: box.values(0)[-1:] == [1.0], "what is published after it")
                assert server.commanded() == {}

    asyncio.run(work())


@pytest.mark.parametrize(
    ("fault", "error"),
    [("silence", sdk.DeviceTimeout), ("refuse", sdk.DeviceUnreachable)],
)
def test_a_fault_lasts_until_it_is_taken_away(fault: str, error: type[sdk.DeviceError]) -> None:
    async def work() -> None:
        async with served() as (server, port):
            server.publish({3: 2.5})
            await server.set_fault(fault)
            with pytest.raises(error):
                async with opened(port, timeout=1.5):
                    pass
            await server.set_fault(None)
            async with opened(port) as made:
                raw = await made.read(made.plan(POINTS))
                assert raw.values[0] == 2.5
            with pytest.raises(ValueError, match="unknown fault"):
                await server.set_fault("fire")

    asyncio.run(work())


def test_servers_of_one_process_share_what_the_standard_asks_for() -> None:
    """The nodes of the standard take a second to make: five wells must not take five."""

    async def work() -> None:
        async with served():
            pass
        begun = time.process_time()
        async with served() as (first, port), served() as (second, other):
            assert time.process_time() - begun < 0.5
            first.publish({3: 1.0})
            second.publish({3: 2.0})
            for at, value in ((port, 1.0), (other, 2.0)):
                async with opened(at) as made:
                    raw = await made.read(made.plan(POINTS[:1]))
                    assert raw.values.tolist() == [value]

    asyncio.run(work())
