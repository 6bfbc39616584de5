"""The decoder: the inverse of struct for every datatype and order, and calm about any bytes."""

import struct
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wellhead import sdk
from wellhead_scada_modbus.decode import (
    EXCEPTIONS,
    ModbusRefusal,
    answer_data,
    decode_bits,
    decode_registers,
    explain_silence,
)
from wellhead_scada_modbus.plan import Block, make_plan
from wellhead_scada_modbus.schemas import WIDTHS

from .helpers import options, point

VALUES = {
    "int16": ("h", st.integers(-(2**15), 2**15 - 1)),
    "uint16": ("H", st.integers(0, 2**16 - 1)),
    "int32": ("i", st.integers(-(2**31), 2**31 - 1)),
    "uint32": ("I", st.integers(0, 2**32 - 1)),
    "float32": ("f", st.floats(width=32, allow_nan=False)),
}
ORDERS = st.sampled_from(["big", "little"])


def on_the_wire(datatype: str, value: float, byte_order: str, word_order: str) -> bytes:
    """The registers of a value, said differently from the decoder: swaps of 16-bit words."""
    data = struct.pack(">" + VALUES[datatype][0], value)
    words = [data[start : start + 2] for start in range(0, len(data), 2)]
    if word_order == "little":
        words = words[::-1]
    if byte_order == "little":
        words = [bytes(reversed(word)) for word in words]
    return b"".join(words)


@st.composite
def answers(draw: st.DrawFn) -> tuple[list[sdk.Point], list[float], bytes]:
    """Points in random order over a contiguous run of registers, and the answer with them."""
    data = b""
    rows = []
    for _ in range(draw(st.integers(1, 62))):
        datatype = draw(st.sampled_from(sorted(VALUES)))
        value = draw(VALUES[datatype][1])
        orders = {"byte_order": draw(ORDERS), "word_order": draw(ORDERS)}
        rows.append((point(datatype, "holding", len(data) // 2, **orders), value))
        data += on_the_wire(datatype, value, **orders)
    rows = draw(st.permutations(rows))
    return [row[0] for row in rows], [row[1] for row in rows], data


@given(answers())
def test_registers_come_back_as_they_were_packed(
    answer: tuple[list[sdk.Point], list[float], bytes],
) -> None:
    points, expected, data = answer
    (block,) = make_plan(points, options()).blocks
    values = np.full(len(points), np.nan)
    decode_registers(block.layout, data, values)
    assert values.tolist() == expected


@given(st.lists(st.booleans(), min_size=1, max_size=2000))
def test_bits_come_back_as_they_were_packed(bits: list[bool]) -> None:
    points = [point("bool", "coil", number) for number in range(len(bits))]
    (block,) = make_plan(points, options()).blocks
    packed = sum(bit << number for number, bit in enumerate(bits))
    values = np.full(len(bits), np.nan)
    decode_bits(block.layout, packed.to_bytes((len(bits) + 7) // 8, "little"), values)
    assert values.tolist() == [float(bit) for bit in bits]


@pytest.mark.parametrize(
    ("byte_order", "word_order", "data"),
    [
        ("big", "big", "48 9F 90 60"),
        ("big", "little", "90 60 48 9F"),
        ("little", "big", "9F 48 60 90"),
        ("little", "little", "60 90 9F 48"),
    ],
)
def test_the_flow_computer_float_in_every_order(
    byte_order: str, word_order: str, data: str
) -> None:
    points = [point("float32", "holding", 0, byte_order=byte_order, word_order=word_order)]
    (block,) = make_plan(points, options()).blocks
    values = np.full(1, np.nan)
    decode_registers(block.layout, bytes.fromhex(data), values)
    assert round(values[0]) == 326787


def test_floats_that_are_no_numbers_are_decoded_in_silence() -> None:
    points = [point("float32", "holding", 0), point("float32", "holding", 2)]
    (block,) = make_plan(points, options()).blocks
    values = np.zeros(2)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        decode_registers(block.layout, bytes.fromhex("7FA00000 FF800000"), values)
    assert np.isnan(values[0])
    assert values[1] == -np.inf


POINTS = [
    [point(datatype, "holding", 2 * number) for number in range(20)]
    for datatype in WIDTHS
    if datatype != "bool"
]
PLANS = [make_plan(points, options(gap_limit=1)) for points in POINTS]
BITS = make_plan([point("bool", "discrete", number) for number in range(77)], options())


def decoded(block: Block, function: int, pdu: bytes) -> bool:
    """Whether the answer was taken; anything but a declared error fails the test."""
    values = np.full(100, np.nan)
    try:
        data = answer_data(pdu, function, block.count)
    except sdk.DeviceProtocolError:
        return False
    if function in (1, 2):
        decode_bits(block.layout, data, values)
    else:
        decode_registers(block.layout, data, values)
    return True


@settings(max_examples=500)
@given(
    st.lists(st.binary(max_size=270), min_size=20, max_size=20),
    st.sampled_from([plan.blocks[0] for plan in PLANS]),
    st.sampled_from([0, 1, 2, 80, 255]),
)
def test_any_answer_is_decoded_or_refused_by_a_declared_error(
    payloads: list[bytes], registers: Block, count: int
) -> None:
    """R9: 10,000 payloads at each function; as they are, and after a plausible beginning."""
    (bits,) = BITS.blocks
    for payload in payloads:
        for function in (1, 2, 3, 4):
            block = bits if function in (1, 2) else registers
            decoded(block, function, payload)
            decoded(block, function, bytes((function, count)) + payload)
            decoded(block, function, bytes((function | 0x80,)) + payload)
            size = (block.count + 7) // 8 if function in (1, 2) else 2 * block.count
            right = bytes((function, size)) + payload.ljust(size, b"\xff")[:size]
            assert decoded(block, function, right)
            assert not decoded(block, function, right[:-1])
            assert not decoded(block, function, right + b"\0")


@pytest.mark.parametrize(
    ("pdu", "field"),
    [
        (b"", None),
        (b"\x03", None),
        (b"\x04\x02\x00\x01", "function code"),
        (b"\x84\x02", "function code"),
        (b"\x03\x04\x00\x01\x00\x02", "byte count"),
        (b"\x03\x02\x00", "byte count"),
        (b"\x03\x02\x00\x01\x00", "byte count"),
    ],
)
def test_wrong_answers_are_protocol_errors(pdu: bytes, field: str | None) -> None:
    with pytest.raises(sdk.DeviceProtocolError) as refused:
        answer_data(pdu, 3, 1)
    assert refused.value.field == field


@pytest.mark.parametrize("code", range(256))
def test_exception_answers_are_named(code: int) -> None:
    with pytest.raises(ModbusRefusal) as refused:
        answer_data(bytes((0x83, code)), 3, 1)
    assert refused.value.name == EXCEPTIONS.get(code, "unknown exception code")
    assert refused.value.name in str(refused.value)


@pytest.mark.parametrize(
    ("heard", "error", "words"),
    [
        ("", sdk.DeviceTimeout, "no answer within 1 s"),
        ("00 07 00", sdk.DeviceTimeout, "incomplete"),
        ("00 07 00 00 00 07 01 03 04 00", sdk.DeviceTimeout, "incomplete"),
        ("00 08 00 00 00 03 01 83 02", sdk.DeviceProtocolError, "transaction 8 instead of 7"),
        ("00 07 00 00 00 03 09 83 02", sdk.DeviceProtocolError, "unit 9 instead of 1"),
        ("48 54 54 50 2F 31", sdk.DeviceProtocolError, "not Modbus TCP"),
    ],
)
def test_silence_is_explained_by_what_came_instead(
    heard: str, error: type[sdk.DeviceError], words: str
) -> None:
    found = explain_silence(bytes.fromhex(heard), 7, 1, 1.0)
    assert type(found) is error
    assert words in str(found)


@given(st.binary(max_size=400))
def test_every_silence_has_an_explanation(heard: bytes) -> None:
    assert isinstance(explain_silence(heard, 7, 1, 1.0), sdk.DeviceError)
