"""Writes: each once, to the right function, and refused only when nothing was written."""

import asyncio
import struct
from typing import Any

import pytest

from wellhead import sdk
from wellhead_scada_modbus.driver import ModbusDriver
from wellhead_scada_modbus.memory import Memory

from .helpers import device, driver, opened, options, point

POINTS = [
    point("bool", "coil", 0),
    point("int16", "holding", 0),
    point("float32", "holding", 1, word_order="little"),
    point("int64", "holding", 3),
    point("float64", "holding", 7, byte_order="little", word_order="little_swapped"),
    point("string", "holding", 11, length=4, encoding="ascii"),
    point("uint32", "holding", 15),
    point("uint16", "holding", 17),
]
VALUES: list[float | str] = [1, -7, 52.5, -(2**53), 1e-300, "FC-101", 70000, 0x1234]


class Device:
    """A device in memory behind a socket.

    asked: the function code and what follows, of each request
    lacks: functions that it does not have
    exception: code with which it answers writes
    """

    def __init__(self, lacks: tuple[int, ...] = (), exception: int = 0) -> None:
        self.memory = Memory(POINTS)
        self.asked: list[bytes] = []
        self.lacks = lacks
        self.exception = exception

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while header := await reader.readexactly(7):
            pdu = await reader.readexactly(int.from_bytes(header[4:6], "big") - 1)
            self.asked.append(pdu)
            if pdu[0] in self.lacks:
                answer = bytes((pdu[0] | 0x80, 1))
            elif self.exception and pdu[0] > 4:
                answer = bytes((pdu[0] | 0x80, self.exception))
            else:
                answer = self.memory.answer(pdu)
            writer.write(header[:4] + (len(answer) + 1).to_bytes(2, "big") + header[6:] + answer)

    def write(self, one: sdk.Point, value: float | str, **given: Any) -> sdk.RawValues:
        """Write through the driver, and read everything back."""

        async def main() -> sdk.RawValues:
            async with device(self.serve) as port, opened(port, **given) as client:
                await client.write(one, value)
                written = list(self.asked)
                found = await client.read(client.plan([one]))
                self.asked = written
                return found

        return asyncio.run(main())


@pytest.mark.parametrize("multiple", [False, True])
@pytest.mark.parametrize("number", range(len(POINTS)))
def test_every_datatype_is_written_with_one_request(number: int, multiple: bool) -> None:
    there = Device(lacks=(5, 6) if multiple else ())
    found = there.write(
        POINTS[number], VALUES[number], write_with="multiple" if multiple else "single"
    )
    if isinstance(VALUES[number], str):
        assert found.texts == {0: VALUES[number]}
    else:
        assert found.values.tolist() == [VALUES[number]]
    many = {0: 15}.get(number, 16) if multiple else {0: 5, 1: 6, 7: 6}.get(number, 16)
    assert [pdu[0] for pdu in there.asked] == [many]


@pytest.mark.parametrize(
    ("one", "value", "before", "after"),
    [
        (point("bool", "holding", 17, bit=3), 1, 0x1230, 0x1238),
        (point("bool", "holding", 17, bit=4), 0, 0x1230, 0x1220),
        (point("uint16", "holding", 17, bits=[4, 8]), 0xAB, 0x1234, 0x1AB4),
        (point("uint16", "holding", 17, bits=[0, 16]), 7, 0xFFFF, 7),
        (point("bool", "holding", 17, bit=0, byte_order="little"), 1, 0x0000, 0x0100),
        (point("uint16", "holding", 17, bits=[4, 8], byte_order="little"), 0xAB, 0, 0xB00A),
    ],
)
@pytest.mark.parametrize("way", ["mask", "read_modify_write"])
def test_a_bit_field_leaves_the_other_bits(
    one: sdk.Point, value: int, before: int, after: int, way: str
) -> None:
    there = Device(lacks=(22,) if way != "mask" else ())
    there.memory.put({POINTS[7].tag: before})
    assert there.write(one, value, mask_write=way).values.tolist() == [value]
    assert there.memory.answer(b"\3\0\x11\0\1")[2:] == after.to_bytes(2, "big")
    assert [pdu[0] for pdu in there.asked] == ([22] if way == "mask" else [3, 6])


@pytest.mark.parametrize(
    ("one", "lacks", "remedy"),
    [
        (point("bool", "holding", 17, bit=3), 22, 'Set mask_write = "read_modify_write"'),
        (POINTS[0], 5, 'Set write_with = "multiple"'),
        (POINTS[1], 6, 'Set write_with = "multiple"'),
        (POINTS[2], 16, "The device has no function 16"),
    ],
)
def test_a_function_that_the_device_lacks_is_named_with_what_to_do(
    one: sdk.Point, lacks: int, remedy: str
) -> None:
    with pytest.raises(sdk.WriteRefused, match="illegal function") as refused:
        Device(lacks=(lacks,)).write(one, 1)
    assert refused.value.remedy is not None
    assert refused.value.remedy.startswith(remedy)


@pytest.mark.parametrize("code", [1, 2, 3, 6, 7, 10])
def test_exceptions_that_say_that_nothing_was_written(code: int) -> None:
    there = Device(exception=code)
    with pytest.raises(sdk.WriteRefused, match=f"exception {code}, "):
        there.write(POINTS[1], 1, retries=3)
    assert len(there.asked) == 1


@pytest.mark.parametrize("code", [4, 5, 8, 11, 99])
def test_exceptions_after_which_nobody_knows(code: int) -> None:
    there = Device(exception=code)
    with pytest.raises(sdk.DeviceError, match=f"exception {code}, ") as error:
        there.write(POINTS[1], 1, retries=3)
    assert not isinstance(error.value, sdk.WriteRefused)
    assert len(there.asked) == 1


def test_a_write_without_an_answer_is_not_repeated_and_not_called_refused() -> None:
    asked = []

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while request := await reader.readexactly(12):
            asked.append(request)

    async def main() -> None:
        async with device(silent) as port, opened(port, timeout=0.1, retries=3) as client:
            with pytest.raises(sdk.DeviceTimeout):
                await client.write(POINTS[1], 1)

    asyncio.run(main())
    assert len(asked) == 1


def test_a_device_that_confirms_something_else_is_not_believed() -> None:
    async def other(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while request := await reader.readexactly(12):
            writer.write(request[:-1] + b"\x63")

    async def main() -> None:
        async with device(other) as port, opened(port) as client:
            with pytest.raises(sdk.DeviceProtocolError, match="confirms another write"):
                await client.write(POINTS[1], 1)

    asyncio.run(main())


def test_without_a_connection_nothing_was_written() -> None:
    with pytest.raises(sdk.WriteRefused, match="not connected"):
        asyncio.run(driver(1).write(POINTS[1], 1))


@pytest.mark.parametrize(
    ("one", "value", "words"),
    [
        (POINTS[0], 2, "lies outside"),
        (POINTS[0], 0.5, "lies outside"),
        (POINTS[1], 32768, "lies outside"),
        (POINTS[1], float("nan"), "lies outside"),
        (POINTS[1], "on", "is a text"),
        (POINTS[2], 1e39, "lies outside"),
        (POINTS[2], float("inf"), "lies outside"),
        (POINTS[3], 2.0**63, "lies outside"),
        (POINTS[5], "123456789", "must be 8 bytes at most"),
        (POINTS[5], "20 °C", "has characters that ascii does not have"),
        (POINTS[5], 7, "is no text"),
        (point("bool", "holding", 17, bit=3), 2, "lies outside"),
        (point("uint16", "holding", 17, bits=[4, 8]), 256, "lies outside"),
    ],
)
def test_values_that_the_tag_cannot_hold_are_not_sent(
    one: sdk.Point, value: float | str, words: str
) -> None:
    there = Device()
    with pytest.raises(sdk.WriteRefused, match=words) as refused:
        there.write(one, value)
    assert refused.value.field == "value"
    assert there.asked == []


@pytest.mark.parametrize(
    ("one", "field", "remedy"),
    [
        (point("bool", "discrete", 1), "address.table", "Use table coil"),
        (point("int16", "input", 1), "address.table", "Use table holding"),
        (point("uint32", "holding", 1, bits=[0, 4]), "address.bits", "Use datatype uint16"),
    ],
)
def test_what_can_only_be_read_is_refused_when_it_is_made_writable(
    one: sdk.Point, field: str, remedy: str
) -> None:
    with pytest.raises(sdk.WellheadError) as refused:
        ModbusDriver.check_write(one, options())
    assert refused.value.field == field
    assert str(refused.value.remedy).startswith(remedy)


def test_what_can_be_written_passes() -> None:
    for one in POINTS:
        ModbusDriver.check_write(one, options())


def test_an_integer_s_fraction_is_rounded_away() -> None:
    there = Device()
    there.write(POINTS[1], 12.34)
    assert there.asked == [struct.pack(">BHh", 6, 0, 12)]
