"""The driver against pymodbus's own server: the four tables, orders, base, refusals."""

import asyncio
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import numpy as np
import pytest
from pymodbus.constants import ExcCodes
from pymodbus.server import ModbusTcpServer
from pymodbus.simulator import DataType, SimData, SimDevice
from structlog.testing import capture_logs

from wellhead import sdk

from .helpers import driver, opened, point

FLOW = struct.unpack(">HH", bytes.fromhex("489F9060"))


def registers(address: int, *values: int) -> SimData:
    return SimData(address, values=list(values), datatype=DataType.REGISTERS)


def flow_computer() -> SimDevice:
    coils = [SimData(0, values=[True, False, True, True] * 4, datatype=DataType.BITS)]
    discretes = [SimData(8, values=[False, True] * 8, datatype=DataType.BITS)]
    holding = [
        registers(0, *FLOW, *reversed(FLOW), 0x9F48, 0x6090, 0x6090, 0x9F48),
        registers(100, *range(125)),
        registers(300, 0x7FC0, 0x0000, 0xFF80, 0x0000, 7),
    ]
    inputs = [registers(10, 0xFFFF, 0xFFFF, 0xFFFE)]
    return SimDevice(1, (coils, discretes, holding, inputs))


@asynccontextmanager
async def served(*devices: SimDevice) -> AsyncIterator[int]:
    server = ModbusTcpServer(list(devices), address=("127.0.0.1", 0))
    await server.serve_forever(background=True)
    try:
        assert isinstance(server.transport, asyncio.Server)
        yield server.transport.sockets[0].getsockname()[1]
    finally:
        server.close()


async def read(port: int, points: list[sdk.Point], **given: int) -> sdk.RawValues:
    async with opened(port, **given) as client:
        return await client.read(client.plan(points))


def test_every_table_datatype_and_order() -> None:
    points = [
        point("uint16", "holding", 0),
        point("float32", "holding", 0),
        point("float32", "holding", 2, word_order="little"),
        point("float32", "holding", 4, byte_order="little"),
        point("float32", "holding", 6, byte_order="little", word_order="little"),
        point("int16", "input", 10),
        point("uint16", "input", 10),
        point("int32", "input", 11),
        point("uint32", "input", 11),
        point("bool", "coil", 0),
        point("bool", "coil", 1),
        point("bool", "coil", 14),
        point("bool", "discrete", 8),
        point("bool", "discrete", 9),
    ]

    async def main() -> None:
        async with served(flow_computer()) as port:
            found = await read(port, points)
        assert found.values.round().tolist() == [
            *[0x489F, 326787, 326787, 326787, 326787],
            *[-1, 65535, -2, 2**32 - 2, 1, 0, 1, 0, 1],
        ]
        assert set(found.qualities.tolist()) == {sdk.quality.GOOD}
        assert found.qualities.dtype == np.int16

    asyncio.run(main())


def test_address_base_1_reads_the_register_before() -> None:
    async def main() -> None:
        async with served(flow_computer()) as port:
            found = await read(port, [point("int16", "holding", 108)], address_base=1)
        assert found.values.tolist() == [7]

    asyncio.run(main())


def test_125_registers_and_many_requests_in_one_read() -> None:
    points = [point("int16", "holding", 100 + number) for number in range(125)]

    async def main() -> None:
        async with served(flow_computer()) as port:
            for limit in (125, 7):
                found = await read(port, points, max_registers=limit)
                assert found.values.tolist() == list(range(125))

    asyncio.run(main())


def test_illegal_addresses_are_bad_alone_and_logged_once() -> None:
    points = [
        point("int16", "holding", 107),
        point("int16", "holding", 5000),
        point("int16", "holding", 5001),
    ]

    async def main() -> None:
        async with served(flow_computer()) as port, opened(port) as client:
            plan = client.plan(points)
            with capture_logs() as lines:
                for _ in range(2):
                    found = await client.read(plan)
        assert found.values[0] == 7
        assert np.isnan(found.values[1:]).all()
        assert found.qualities.tolist() == [
            sdk.quality.GOOD,
            sdk.quality.BAD_CONFIGURATION,
            sdk.quality.BAD_CONFIGURATION,
        ]
        assert {line["answer"] for line in lines} == {"illegal data address"}
        assert [(line["address"], line["count"]) for line in lines] == [(5000, 1), (5001, 1)]

    asyncio.run(main())


@pytest.mark.parametrize(
    ("code", "quality"),
    [
        (ExcCodes.ILLEGAL_FUNCTION, sdk.quality.BAD_CONFIGURATION),
        (ExcCodes.ILLEGAL_VALUE, sdk.quality.BAD_CONFIGURATION),
        (ExcCodes.DEVICE_FAILURE, sdk.quality.BAD_DEVICE_FAILURE),
    ],
)
def test_other_refusals_of_addresses(code: ExcCodes, quality: int) -> None:
    async def main() -> None:
        async with served(refusing(code)) as port:
            found = await read(port, [point("int16", "holding", 0)])
        assert found.qualities.tolist() == [quality]

    asyncio.run(main())


@pytest.mark.parametrize(
    ("code", "name"),
    [
        (ExcCodes.DEVICE_BUSY, "server device busy"),
        (ExcCodes.GATEWAY_NO_RESPONSE, "gateway target device failed to respond"),
    ],
)
def test_exceptions_of_the_whole_device_end_the_read_by_name(code: ExcCodes, name: str) -> None:
    async def main() -> None:
        async with served(refusing(code)) as port:
            with pytest.raises(sdk.DeviceProtocolError, match=name):
                await read(port, [point("int16", "holding", 0)])

    asyncio.run(main())


def refusing(code: ExcCodes) -> SimDevice:
    async def refuse(
        _function: int,
        _start: int,
        _address: int,
        _count: int,
        _registers: list[int],
        _values: list[int] | list[bool] | None,
    ) -> ExcCodes:
        return code

    return SimDevice(1, [registers(0, 1)], action=refuse)


def test_floats_that_are_no_numbers_are_bad_alone() -> None:
    points = [
        point("float32", "holding", 300),
        point("float32", "holding", 302),
        point("int16", "holding", 304),
    ]

    async def main() -> None:
        async with served(flow_computer()) as port:
            found = await read(port, points)
        bad = sdk.quality.BAD_SENSOR_FAILURE
        assert found.qualities.tolist() == [bad, bad, sdk.quality.GOOD]
        assert np.isnan(found.values[:2]).all()

    asyncio.run(main())


def test_points_that_the_base_rules_out_are_bad_alone() -> None:
    points = [point("int16", "holding", 0), point("int16", "holding", 108)]

    async def main() -> None:
        async with served(flow_computer()) as port:
            found = await read(port, points, address_base=1)
        assert found.qualities.tolist() == [sdk.quality.BAD_CONFIGURATION, sdk.quality.GOOD]

    asyncio.run(main())


def test_the_unit_id_is_asked_for() -> None:
    units = [SimDevice(unit, [registers(0, 100 + unit)]) for unit in (3, 17)]

    async def main() -> None:
        async with served(*units) as port:
            for unit in (3, 17):
                found = await read(port, [point("int16", "holding", 0)], unit=unit)
                assert found.values.tolist() == [100 + unit]

    asyncio.run(main())


def test_reading_before_opening_or_after_closing_is_unreachable() -> None:
    async def main() -> None:
        client = driver(1)
        with pytest.raises(sdk.DeviceUnreachable):
            await client.read(client.plan([point("int16", "holding", 0)]))
        await client.close()
        await client.close()

    asyncio.run(main())
