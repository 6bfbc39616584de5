"""Devices that misbehave: each costs one time-out at most, and says what it did."""

import asyncio
import ipaddress
import time
from typing import Any

import pytest

from wellhead import sdk
from wellhead_scada_modbus.driver import ModbusDriver

from .helpers import LoopbackDialer, Peer, device, driver, opened, options, point

TIMEOUT = 0.4
SLACK = 1.0
"""Seconds that the machine may add."""

POINTS = [point("int16", "holding", 0), point("int16", "holding", 500)]


async def hang(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read()


async def one_byte_at_a_time(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    request = await reader.readexactly(12)
    for byte in request[:4] + b"\0\x05" + request[6:8] + b"\x02\0\x07":
        await asyncio.sleep(TIMEOUT / 4)
        writer.write(bytes((byte,)))


async def wrong_transaction(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while request := await reader.readexactly(12):
        number = int.from_bytes(request[:2], "big") + 1
        writer.write(number.to_bytes(2, "big") + b"\0\0\0\x05" + request[6:8] + b"\x02\0\x07")


async def wrong_unit(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while request := await reader.readexactly(12):
        writer.write(request[:4] + b"\0\x05\x63" + request[7:8] + b"\x02\0\x07")


async def wrong_function(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while request := await reader.readexactly(12):
        writer.write(request[:4] + b"\0\x05" + request[6:7] + b"\x2b\x02\0\x07")


async def wrong_length(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while request := await reader.readexactly(12):
        writer.write(request[:4] + b"\0\x05" + request[6:8] + b"\x04\0\x07")


async def garbage(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while await reader.readexactly(12):
        writer.write(b"HTTP/1.0 400 Bad Request\r\n\r\n")


async def endless_length(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    request = await reader.readexactly(12)
    writer.write(request[:4] + b"\xff\xff" + request[6:8] + b"\x02")
    for _ in range(1000):
        writer.write(bytes(1000))
        await writer.drain()
    await reader.read()


async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readexactly(12)


async def reset(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readexactly(12)
    writer.transport.abort()


@pytest.mark.alone
@pytest.mark.parametrize(
    ("peer", "error", "words"),
    [
        (hang, sdk.DeviceTimeout, "no answer within"),
        (one_byte_at_a_time, sdk.DeviceTimeout, "incomplete"),
        (wrong_transaction, sdk.DeviceProtocolError, "answer to transaction 2 instead of 1"),
        (wrong_unit, sdk.DeviceProtocolError, "answer of unit 99 instead of 1"),
        (wrong_function, sdk.DeviceProtocolError, "another function than 3"),
        (wrong_length, sdk.DeviceProtocolError, "says 4"),
        (garbage, sdk.DeviceProtocolError, "not Modbus TCP"),
        (endless_length, sdk.DeviceProtocolError, "not Modbus TCP"),
        (hang_up, sdk.DeviceUnreachable, "closed the connection"),
        (reset, sdk.DeviceUnreachable, "closed the connection"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_a_bad_device_costs_one_time_out(
    peer: Peer, error: type[sdk.DeviceError], words: str
) -> None:
    async def main() -> None:
        async with device(peer) as port, opened(port, timeout=TIMEOUT) as client:
            plan = client.plan(POINTS)
            assert len(plan.blocks) == 2
            begun = time.monotonic()
            with pytest.raises(error, match=words):
                await client.read(plan)
            assert time.monotonic() - begun < TIMEOUT + SLACK

    asyncio.run(main())


def test_a_closed_connection_costs_no_time_out() -> None:
    async def main() -> None:
        async with device(hang_up) as port, opened(port, timeout=60.0) as client:
            async with asyncio.timeout(10):
                with pytest.raises(sdk.DeviceUnreachable):
                    await client.read(client.plan(POINTS))

    asyncio.run(main())


@pytest.mark.alone
def test_a_retry_costs_one_time_out_more_and_may_succeed() -> None:
    requests = []

    async def deaf_once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while request := await reader.readexactly(12):
            requests.append(request)
            if len(requests) > 1:
                writer.write(request[:4] + b"\0\x05" + request[6:8] + b"\x02\0\x07")

    async def main() -> None:
        async with (
            device(deaf_once) as port,
            opened(port, timeout=1.0, retries=1) as client,
        ):
            found = await client.read(client.plan(POINTS[:1]))
        assert found.values.tolist() == [7]
        assert len(requests) == 2

    asyncio.run(main())


def test_nothing_listens() -> None:
    async def main() -> None:
        async with device(hang) as port:
            pass
        client = driver(port)
        with pytest.raises(sdk.DeviceUnreachable, match="connection refused") as refused:
            await client.open()
        assert refused.value.value == f"127.0.0.1:{port}"
        assert refused.value.remedy is not None
        await client.close()

    asyncio.run(main())


def test_a_dialer_that_hangs_costs_one_time_out() -> None:
    class Hanging(LoopbackDialer):
        async def resolve(
            self, host: str, port: int
        ) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
            await asyncio.Event().wait()
            raise AssertionError

    async def main() -> None:
        client = ModbusDriver(sdk.DeviceSpec("1", "d", options(), TIMEOUT), Hanging())
        with pytest.raises(sdk.DeviceUnreachable, match="no connection within"):
            await client.open()
        await client.close()

    asyncio.run(main())


def test_the_address_that_the_dialer_gives_is_the_one_connected_to() -> None:
    class Mapping(LoopbackDialer):
        async def resolve(
            self, host: str, port: int
        ) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
            assert host == "name.that.nobody.resolves.invalid"
            return ipaddress.ip_address("127.0.0.1")

    async def main() -> None:
        async with device(hang) as port:
            given = options(host="name.that.nobody.resolves.invalid", port=port)
            client = ModbusDriver(sdk.DeviceSpec("1", "d", given, 5.0), Mapping())
            await client.open()
            await client.close()

    asyncio.run(main())


@pytest.mark.parametrize(
    "given", [{}, {"framing": "rtu_over_tcp"}, {"shared": True}], ids=["tcp", "rtu", "shared"]
)
def test_s11_an_allow_list_refusal_passes_through(given: dict[str, Any]) -> None:
    class Refusing(LoopbackDialer):
        async def resolve(
            self, host: str, port: int
        ) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
            raise sdk.AddressRefused("not allowed", field="host", value=host)

    async def main() -> None:
        client = ModbusDriver(sdk.DeviceSpec("1", "d", options(**given), TIMEOUT), Refusing())
        with pytest.raises(sdk.AddressRefused):
            await client.open()
        await client.close()

    asyncio.run(main())
