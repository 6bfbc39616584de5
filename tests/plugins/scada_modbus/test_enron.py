"""The Enron/Daniel convention: an address is a value, and a count counts values."""

import asyncio
import struct

import pytest

from wellhead import sdk
from wellhead_scada_modbus.driver import ModbusDriver
from wellhead_scada_modbus.plan import Plan

from .helpers import decoded, device, opened, options, point

CELLS = {
    3001: bytes.fromhex("FFFE"),
    3002: bytes.fromhex("1234"),
    5001: (-70000).to_bytes(4, "big", signed=True),
    7001: bytes.fromhex("489F9060"),
    7002: struct.pack(">f", 101.325),
    7003: struct.pack(">f", -1.5),
}
"""What the flow computer has, by address."""


async def flow_computer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Reads of registers, and functions 6 and 16, in the convention; written from its manual."""
    cells = dict(CELLS)
    while header := await reader.readexactly(7):
        pdu = await reader.readexactly(int.from_bytes(header[4:6], "big") - 1)
        function, address, count = struct.unpack(">BHH", pdu[:5])
        if function == 6:
            cells[address] = pdu[3:5]
            answer = pdu
        elif function == 16:
            size = pdu[5] // count
            for number in range(count):
                cells[address + number] = pdu[6 + number * size : 6 + (number + 1) * size]
            answer = pdu[:5]
        elif all(address + number in cells for number in range(count)):
            data = b"".join(cells[address + number] for number in range(count))
            answer = bytes((function, len(data))) + data
        else:
            answer = bytes((function | 0x80, 2))
        writer.write(header[:4] + (len(answer) + 1).to_bytes(2, "big") + header[6:] + answer)


def test_the_float_of_the_flow_computer_is_four_bytes_of_one_address() -> None:
    (block,) = Plan([point("float32", "holding", 7001)], options(convention="enron")).blocks
    assert (block.address, block.count, block.size) == (7001, 1, 4)
    reading = decoded(block, bytes.fromhex("48 9F 90 60"), 1)
    assert round(reading.values[0]) == 326787


def test_each_range_is_read_with_one_request_that_counts_values() -> None:
    points = [
        point("float32", "holding", 7003),
        point("float32", "holding", 7001),
        point("float32", "holding", 7002),
        point("int32", "holding", 5001),
        point("int16", "holding", 3001),
        point("uint16", "holding", 3002, bits=[4, 8]),
    ]

    async def main() -> None:
        async with (
            device(flow_computer) as port,
            opened(port, convention="enron", gap_limit=124) as client,
        ):
            plan = client.plan(points)
            assert [(block.address, block.count) for block in plan.blocks] == [
                (3001, 2),
                (5001, 1),
                (7001, 3),
            ]
            found = await client.read(plan)
        assert found.values.round(2).tolist() == [-1.5, 326787, 101.32, -70000, -2, 0x23]
        assert set(found.qualities.tolist()) == {sdk.quality.GOOD}

    asyncio.run(main())


def test_values_are_written_to_one_address() -> None:
    points = [point("float32", "holding", 7002), point("int16", "holding", 3001)]

    async def main() -> None:
        async with device(flow_computer) as port, opened(port, convention="enron") as client:
            for one, value in zip(points, (52.5, -7.0), strict=True):
                await client.write(one, value)
            found = await client.read(client.plan(points))
        assert found.values.tolist() == [52.5, -7]

    asyncio.run(main())


def test_a_request_never_carries_more_bytes_than_the_device_takes() -> None:
    points = [point("float32", "holding", 7001 + number) for number in range(130)]
    plan = Plan(points, options(convention="enron", max_registers=64))
    assert [block.count for block in plan.blocks] == [32, 32, 32, 32, 2]
    assert max(block.size for block in plan.blocks) == 128


def test_addresses_outside_the_ranges_are_plain_registers() -> None:
    points = [point("float32", "holding", 100), point("bool", "coil", 1001)]
    plan = Plan(points, options(convention="enron"))
    assert [(block.table, block.count, block.size) for block in plan.blocks] == [
        ("holding", 2, 4),
        ("coil", 1, 1),
    ]


@pytest.mark.parametrize(
    ("datatype", "address", "field"),
    [
        ("float32", 5001, "datatype"),
        ("int16", 7001, "datatype"),
        ("uint32", 3001, "datatype"),
        ("float64", 7001, "datatype"),
    ],
)
def test_what_a_range_does_not_hold_is_refused(datatype: str, address: int, field: str) -> None:
    with pytest.raises(sdk.WellheadError, match="of an Enron device hold") as refused:
        ModbusDriver.check_point(point(datatype, "holding", address), options(convention="enron"))
    assert refused.value.field == field
