"""The device server: its tables against any bytes, and its socket against pymodbus's client."""

import asyncio
import math
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymodbus.client import AsyncModbusTcpClient

from wellhead import sdk
from wellhead_scada_modbus.encode import decode, encode
from wellhead_scada_modbus.memory import Memory
from wellhead_scada_modbus.server import ModbusServer

from .helpers import WIDTHS, opened, point

SIGNALS = [(number, f"S{number}", list(WIDTHS)[number % len(WIDTHS)]) for number in range(240)]
RANGES = {
    "bool": st.integers(0, 1),
    "int16": st.integers(-(2**15), 2**15 - 1),
    "uint16": st.integers(0, 2**16 - 1),
    "int32": st.integers(-(2**31), 2**31 - 1),
    "uint32": st.integers(0, 2**32 - 1),
    "float32": st.floats(width=32, allow_nan=False, allow_infinity=False),
    "int64": st.integers(-(2**53), 2**53),
    "uint64": st.integers(0, 2**53),
    "float64": st.floats(allow_nan=False, allow_infinity=False),
}
NUMBERS = [datatype for datatype in RANGES if datatype != "bool"]
ORDERS = st.sampled_from(["big", "little"])


@asynccontextmanager
async def running() -> AsyncIterator[tuple[ModbusServer, int]]:
    server = ModbusServer()
    port = await server.start("127.0.0.1", 0, server.layout(SIGNALS))
    try:
        yield server, port
    finally:
        await server.stop()


@given(st.sampled_from(NUMBERS), ORDERS, ORDERS, st.data())
def test_cells_hold_what_was_put(
    datatype: str, byte_order: str, word_order: str, data: st.DataObject
) -> None:
    value = data.draw(RANGES[datatype])
    one = point(datatype, "holding", 0, byte_order=byte_order, word_order=word_order)
    assert decode(one, encode(one, value)) == value


@pytest.mark.parametrize(
    ("datatype", "value", "held"),
    [
        ("int16", 1e9, 2**15 - 1),
        ("uint16", -1.0, 0),
        ("uint16", math.nan, 0),
        ("int32", -math.inf, 0),
        ("int16", 12.6, 13),
        ("float32", 1e300, struct.unpack(">f", bytes.fromhex("7F7FFFFF"))[0]),
    ],
)
def test_values_outside_the_datatype_become_the_nearest(
    datatype: str, value: float, held: float
) -> None:
    one = point(datatype, "holding", 0)
    memory = Memory([one])
    memory.put({one.tag: value})
    answer = memory.answer(struct.pack(">BHH", 3, 0, WIDTHS[datatype]))
    assert decode(one, answer[2:]) == held


@given(st.one_of(st.binary(max_size=260), st.binary(min_size=5, max_size=5)))
def test_any_request_has_an_answer(pdu: bytes) -> None:
    memory = Memory(ModbusServer.layout(SIGNALS))
    answer = memory.answer(pdu)
    function = pdu[0] if pdu else 0
    assert answer[0] in (function, function | 0x80)
    assert 2 <= len(answer) <= 253


@pytest.mark.parametrize(
    ("pdu", "answer"),
    [
        ("03 0000 0000", "83 03"),
        ("03 0000 007E", "83 03"),
        ("03 FFFF 0002", "83 02"),
        ("03 F000 0001", "83 02"),
        ("2B 0E 01 00", "AB 01"),
        ("06 F000 0001", "86 02"),
        ("05 0000 1234", "85 03"),
        ("10 0000 0002 03 000000", "90 03"),
    ],
)
def test_wrong_requests_are_refused_with_the_right_exception(pdu: str, answer: str) -> None:
    memory = Memory(ModbusServer.layout(SIGNALS))
    assert memory.answer(bytes.fromhex(pdu)) == bytes.fromhex(answer)


def test_the_driver_reads_all_that_is_published() -> None:
    async def main() -> None:
        async with running() as (server, port), opened(port) as client:
            server.publish({number: number % 2 for number in range(240)})
            plan = client.plan(server.layout(SIGNALS))
            found = await client.read(plan)
            assert found.values.tolist() == [number % 2 for number in range(240)]
            server.publish({7: 1234.0})
            found = await client.read(plan)
            assert found.values[7] == 1234

    asyncio.run(main())


def test_eight_clients_at_once() -> None:
    async def reads(port: int, points: list[sdk.Point]) -> None:
        async with opened(port) as client:
            plan = client.plan(points)
            for _ in range(25):
                found = await client.read(plan)
                assert found.values.tolist() == [float(n % 2) for n in range(240)]

    async def main() -> None:
        async with running() as (server, port):
            server.publish({number: number % 2 for number in range(240)})
            points = server.layout(SIGNALS)
            await asyncio.gather(*(reads(port, points) for _ in range(8)))
            assert len(server.connections) <= 8

    asyncio.run(main())


def test_what_clients_write_is_handed_over_once_and_read_back() -> None:
    names = [(1, "set point", "float32"), (2, "speed", "uint16"), (3, "run", "bool")]

    async def main() -> None:
        server = ModbusServer()
        port = await server.start("127.0.0.1", 0, server.layout(names))
        client = AsyncModbusTcpClient("127.0.0.1", port=port, timeout=10, reconnect_delay=0)
        assert await client.connect()
        assert server.commanded() == {}
        await client.write_registers(0, list(struct.unpack(">HH", struct.pack(">f", 52.5))))
        await client.write_register(2, 650)
        await client.write_coil(0, True)
        assert server.commanded() == {1: 52.5, 2: 650, 3: 1}
        assert server.commanded() == {}
        answer = await client.read_holding_registers(0, count=3)
        assert answer.registers == [0x4252, 0, 650]
        await client.write_coils(0, [False])
        assert server.commanded() == {3: 0}
        client.close()
        await server.stop()

    asyncio.run(main())


def test_faults_are_switched_while_running() -> None:
    async def main() -> None:
        async with running() as (server, port):
            points = server.layout(SIGNALS[:6])
            await server.set_fault("silence")
            async with opened(port, timeout=0.3) as client:
                with pytest.raises(sdk.DeviceTimeout):
                    await client.read(client.plan(points))
            await server.set_fault("refuse")
            with pytest.raises(sdk.DeviceUnreachable):
                async with opened(port):
                    pass
            await server.set_fault(None)
            async with opened(port) as client:
                assert len((await client.read(client.plan(points))).values) == 6
            with pytest.raises(ValueError, match="unknown fault 'boom'"):
                await server.set_fault("boom")

    asyncio.run(main())


def test_refusing_cuts_the_clients_that_are_there() -> None:
    async def main() -> None:
        async with running() as (server, port), opened(port) as client:
            plan = client.plan(server.layout(SIGNALS[:6]))
            await client.read(plan)
            await server.set_fault("refuse")
            with pytest.raises(sdk.DeviceUnreachable):
                await client.read(plan)

    asyncio.run(main())


def test_a_stream_that_is_not_modbus_is_cut() -> None:
    async def main() -> None:
        async with running() as (server, port):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(b"GET / HTTP/1.0\r\n\r\n")
            with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
                await asyncio.wait_for(reader.readexactly(1), 10)
            writer.close()
            assert not server.connections

    asyncio.run(main())


def test_device_options_reach_the_server() -> None:
    assert ModbusServer.device_options("127.0.0.1", 15020) == {
        "host": "127.0.0.1",
        "port": 15020,
        "unit": 1,
    }
