"""Each fault of the proxy, as the driver behind it sees it."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from wellhead.testing import Fault, FaultProxy
from wellhead.testing.proxy import GARBAGE, HUGE_BYTES

SILENT = (Fault.SILENCE, Fault.DEAF)
PATIENCE_S = 0.3
"""Seconds that are listened: from the first byte on, or in silence."""


async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while line := await reader.readline():
        writer.write(b"you said " + line)
    writer.close()


@asynccontextmanager
async def proxied() -> AsyncIterator[FaultProxy]:
    server = await asyncio.start_server(echo, "127.0.0.1", 0)
    proxy = FaultProxy(server.sockets[0].getsockname()[1], drip_s=0.1)
    await proxy.start()
    try:
        yield proxy
    finally:
        await proxy.stop()
        server.close()


async def listen(reader: asyncio.StreamReader, fault: Fault) -> bytes:
    """What comes within PATIENCE_S of the first byte."""
    heard = b""
    try:
        async with asyncio.timeout(PATIENCE_S if fault in SILENT else 10) as patience:
            while piece := await reader.read(2**16):
                if not heard:
                    patience.reschedule(asyncio.get_running_loop().time() + PATIENCE_S)
                heard += piece
    except TimeoutError:
        return heard
    return heard + b"<end>"


async def ask(proxy: FaultProxy, fault: Fault) -> bytes:
    """What comes back to `two`, the fault having begun after `one`."""
    reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
    try:
        writer.write(b"one\n")
        assert await reader.readline() == b"you said one\n"
        await proxy.set(fault)
        writer.write(b"two\n")
        return await listen(reader, fault)
    finally:
        writer.close()


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not condition():
            await asyncio.sleep(0.01)


@pytest.mark.parametrize(
    ("fault", "heard"),
    [
        (Fault.PASS, b"you said two\n"),
        (Fault.SILENCE, b""),
        (Fault.DEAF, b""),
        (Fault.GARBAGE, GARBAGE[1]),
        (Fault.WRONG, b"\x86\x90u said two\n"),
        (Fault.REPLAY, b"you said one\n"),
        (Fault.HANG_UP, b"<end>"),
    ],
)
def test_what_a_fault_does_to_an_answer(fault: Fault, heard: bytes) -> None:
    async def story() -> None:
        async with proxied() as proxy:
            assert await ask(proxy, fault) == heard

    asyncio.run(story())


def test_a_drip_brings_the_answer_a_byte_at_a_time() -> None:
    async def story() -> None:
        async with proxied() as proxy:
            assert b"you said two\n".startswith(heard := await ask(proxy, Fault.DRIP))
            assert 1 <= len(heard) <= 5

    asyncio.run(story())


@pytest.mark.parametrize("fault", [Fault.RESET, Fault.REFUSE])
def test_what_is_reset_is_reset(fault: Fault) -> None:
    async def story() -> None:
        async with proxied() as proxy:
            with pytest.raises(ConnectionResetError):
                await ask(proxy, fault)
            if fault is Fault.REFUSE:
                with pytest.raises(ConnectionRefusedError):
                    await asyncio.open_connection("127.0.0.1", proxy.port)
            await proxy.set(Fault.PASS)
            assert await ask(proxy, Fault.PASS) == b"you said two\n"

    asyncio.run(story())


def test_a_deaf_line_brings_requests_to_the_device_all_the_same() -> None:
    async def story() -> None:
        asked: list[bytes] = []

        async def hear(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            asked.append(await reader.readline())
            writer.close()

        server = await asyncio.start_server(hear, "127.0.0.1", 0)
        proxy = FaultProxy(server.sockets[0].getsockname()[1])
        await proxy.start()
        await proxy.set(Fault.DEAF)
        _, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
        writer.write(b"two\n")
        await until(lambda: asked == [b"two\n"])
        writer.close()
        await proxy.stop()
        server.close()

    asyncio.run(story())


def test_nobody_takes_the_port_while_it_refuses() -> None:
    async def story() -> None:
        async with proxied() as proxy:
            await proxy.set(Fault.REFUSE)
            with pytest.raises(OSError, match="in use"), socket.socket() as other:
                other.bind(("127.0.0.1", proxy.port))
            await proxy.set(Fault.PASS)
            assert await ask(proxy, Fault.PASS) == b"you said two\n"
            await proxy.set(Fault.REFUSE)  # and is given back at the end
        with socket.socket() as other:
            other.bind(("127.0.0.1", proxy.port))

    asyncio.run(story())


def test_an_answer_without_end_ends_after_all() -> None:
    async def story() -> None:
        async with proxied() as proxy:
            await proxy.set(Fault.HUGE)
            reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
            writer.write(b"one\n")
            heard = await reader.readexactly(4 + HUGE_BYTES)
            assert heard.startswith(b"you \xff")
            writer.close()

    asyncio.run(story())


def test_connections_are_counted() -> None:
    async def story() -> None:
        async with proxied() as proxy:
            lines = [await asyncio.open_connection("127.0.0.1", proxy.port) for _ in range(3)]
            await until(lambda: proxy.most == 3)
            assert (proxy.connections, proxy.live, proxy.most) == (3, 3, 3)
            for _, writer in lines:
                writer.close()
            await until(lambda: proxy.live == 0)
            assert (proxy.connections, proxy.live, proxy.most) == (3, 0, 3)

    asyncio.run(story())


def test_a_protocol_without_numbers_is_told_by_its_requests() -> None:
    async def story() -> None:
        async with proxied() as proxy:
            told = []
            for _ in range(2):
                await ask(proxy, Fault.PASS)
                told.append(proxy.numbered)
            reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
            for _ in range(2):
                writer.write(b"one\n")
                await reader.readline()
            assert [*told, proxy.numbered] == [True, True, False]
            writer.close()

    asyncio.run(story())


@pytest.mark.parametrize(
    ("fault", "heard"),
    [
        (Fault.PASS, b"by itself\n"),
        (Fault.SILENCE, b""),
        (Fault.GARBAGE, GARBAGE[1]),
        (Fault.WRONG, b"\x9d\x86 itself\n"),
        (Fault.HANG_UP, b"<end>"),
        (Fault.RESET, b"<reset>"),
    ],
)
def test_what_a_device_sends_unasked_goes_bad_too(fault: Fault, heard: bytes) -> None:
    async def story() -> None:
        devices: list[asyncio.StreamWriter] = []
        server = await asyncio.start_server(lambda _, w: devices.append(w), "127.0.0.1", 0)
        proxy = FaultProxy(server.sockets[0].getsockname()[1])
        await proxy.start()
        reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
        await until(lambda: bool(devices))
        await proxy.set(fault)
        devices[0].write(b"by itself\n")
        try:
            came = await listen(reader, fault)
        except ConnectionResetError:
            came = b"<reset>"
        assert came == heard
        writer.close()
        await proxy.stop()
        server.close()

    asyncio.run(story())
