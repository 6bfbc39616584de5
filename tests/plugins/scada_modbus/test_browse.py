"""The commissioning scan: what answers, as registers and as the floats they may be."""

import asyncio
import struct
from typing import Any

import pytest

from wellhead import sdk
from wellhead_scada.points import load_point
from wellhead_scada_modbus.browse import ModbusBrowseSchema
from wellhead_scada_modbus.driver import ModbusDriver
from wellhead_scada_modbus.server import ModbusServer

from .helpers import Peer, device, opened, options, point
from .test_enron import flow_computer

POINTS = [
    point("uint16", "holding", 10),
    point("float32", "holding", 40),
    point("float32", "holding", 42, word_order="little"),
    point("bool", "coil", 5),
]


def scan(
    port: int,
    device_options: dict[str, Any] | None = None,
    timeout: float = 10.0,
    **asked: Any,
) -> list[sdk.Found]:
    arguments = ModbusBrowseSchema().load({"pause_ms": 0, **asked})

    async def main() -> list[sdk.Found]:
        async with opened(port, timeout=timeout, **(device_options or {})) as client:
            return [one async for found in client.browse(arguments) for one in found]

    return asyncio.run(main())


def in_device(peer: Peer, **asked: Any) -> list[sdk.Found]:
    async def main() -> list[sdk.Found]:
        async with device(peer) as port:
            return await asyncio.to_thread(scan, port, **asked)

    return asyncio.run(main())


def in_server(**asked: Any) -> list[sdk.Found]:
    async def main() -> list[sdk.Found]:
        server = ModbusServer()
        port = await server.start("127.0.0.1", 0, POINTS)
        server.publish(dict(zip([one.tag for one in POINTS], [7, 101.25, -40.5, 1], strict=True)))
        try:
            return await asyncio.to_thread(scan, port, **asked)
        finally:
            await server.stop()

    return asyncio.run(main())


def test_registers_that_answer_and_the_floats_among_them() -> None:
    found = in_server(table="holding", first=0, last=99)
    registers = {one.name: one.value for one in found if one.datatype == "uint16"}
    assert list(registers) == [f"holding {number}" for number in (10, 40, 41, 42, 43)]
    assert registers["holding 10"] == 7
    floats = [(one.address, one.value) for one in found if one.datatype == "float32"]
    assert ({"table": "holding", "address": 40}, 101.25) in floats
    assert ({"table": "holding", "address": 42, "word_order": "little"}, -40.5) in floats


def test_what_is_found_makes_a_tag() -> None:
    found = in_server(table="holding", first=0, last=99)
    assert found
    for one in found:
        assert one.datatype is not None
        assert one.address is not None
        load_point(ModbusDriver, options(), 1, one.name, one.datatype, one.address)


def test_bits() -> None:
    found = in_server(table="coil", first=0, last=20)
    assert [(one.name, one.datatype, one.value) for one in found] == [("coil 5", "bool", 1.0)]


def test_an_enron_device_is_scanned_range_by_range() -> None:
    found = in_device(
        flow_computer,
        device_options={"convention": "enron"},
        table="holding",
        first=6990,
        last=7010,
    )
    assert [(one.name, one.datatype) for one in found] == [
        (f"holding {number}", "float32") for number in (7001, 7002, 7003)
    ]
    assert found[2].value == -1.5


def test_a_range_of_an_enron_device_ends_where_the_next_begins() -> None:
    """The values from 5001 on have four bytes, and those around them two."""

    async def everything(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while request := await reader.readexactly(12):
            first, count = struct.unpack(">HH", request[8:])
            data = bytes(count * (4 if 5001 <= first <= 6999 else 2))
            pdu = bytes((3, len(data))) + data
            writer.write(request[:4] + (len(pdu) + 1).to_bytes(2, "big") + request[6:7] + pdu)

    found = in_device(
        everything, device_options={"convention": "enron"}, first=6997, last=7000, at_once=100
    )
    assert [(one.name, one.datatype) for one in found] == [
        *((f"holding {number}", "int32") for number in (6997, 6998, 6999)),
        ("holding 7000", "uint16"),
    ]


def test_silence_at_some_addresses_is_passed_over_and_a_dead_device_is_not() -> None:
    async def partly(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while request := await reader.readexactly(12):
            first, count = struct.unpack(">HH", request[8:])
            if first >= 4:
                pdu = bytes((3, 2 * count)) + bytes(2 * count)
                writer.write(request[:4] + (len(pdu) + 1).to_bytes(2, "big") + request[6:7] + pdu)

    async def dead(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()

    asked = {"table": "holding", "first": 0, "last": 7, "at_once": 2, "timeout": 0.5}
    found = in_device(partly, **asked)
    assert [one.name for one in found] == [f"holding {number}" for number in (4, 5, 6, 7)]
    with pytest.raises(sdk.DeviceTimeout):
        in_device(dead, **asked)


def test_scans_get_their_turn() -> None:
    async def main() -> None:
        server = ModbusServer()
        port = await server.start("127.0.0.1", 0, POINTS)
        arguments = ModbusBrowseSchema().load(
            {"table": "holding", "first": 0, "last": 99, "pause_ms": 0}
        )
        turns = 0
        async with opened(port) as client:
            plan = client.plan(POINTS)
            async for _ in client.browse(arguments):
                found = await client.read(plan)
                assert set(found.qualities.tolist()) == {sdk.quality.GOOD}
                turns += 1
        await server.stop()
        assert turns >= 100 / 16

    asyncio.run(main())


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"table": "holding", "first": 100}, "last"),
        ({"table": "holding", "first": 5, "last": 4}, "last"),
        ({"table": "holding", "first": 0, "last": 2000}, "last"),
        ({"table": "wells", "first": 0, "last": 1}, "table"),
        ({"table": "holding", "first": 0, "last": 1, "at_once": 0}, "at_once"),
    ],
)
def test_what_cannot_be_scanned_is_refused(given: dict[str, object], field: str) -> None:
    assert list(ModbusBrowseSchema().validate(given)) == [field]
