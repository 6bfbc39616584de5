"""The decoder: the inverse of struct for every datatype and order, and calm about any bytes."""

import struct
import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wellhead import sdk
from wellhead_scada_modbus.plan import Plan

from .helpers import decoded, options, point

VALUES = {
    "int16": ("h", st.integers(-(2**15), 2**15 - 1)),
    "uint16": ("H", st.integers(0, 2**16 - 1)),
    "int32": ("i", st.integers(-(2**31), 2**31 - 1)),
    "uint32": ("I", st.integers(0, 2**32 - 1)),
    "float32": ("f", st.floats(width=32, allow_nan=False)),
    "int64": ("q", st.integers(-(2**53), 2**53)),
    "uint64": ("Q", st.integers(0, 2**53)),
    "float64": ("d", st.floats(allow_nan=False)),
}
ORDERS = st.sampled_from(["big", "little"])
LONG_ORDERS = st.sampled_from(["big", "little", "big_swapped", "little_swapped"])


def on_the_wire(datatype: str, value: float, byte_order: str, word_order: str) -> bytes:
    """The registers of a value, said differently from the decoder: swaps of 16-bit words."""
    data = struct.pack(">" + VALUES[datatype][0], value)
    words = [data[start : start + 2] for start in range(0, len(data), 2)]
    if word_order.startswith("little"):
        words = words[::-1]
    if word_order.endswith("swapped"):
        words = [words[1], words[0], words[3], words[2]]
    if byte_order == "little":
        words = [bytes(reversed(word)) for word in words]
    return b"".join(words)


@st.composite
def answers(draw: st.DrawFn) -> tuple[list[sdk.Point], list[float], bytes]:
    """Points in random order over a contiguous run of registers, and the answer with them."""
    data = b""
    rows = []
    for _ in range(draw(st.integers(1, 31))):
        datatype = draw(st.sampled_from(sorted(VALUES)))
        value = draw(VALUES[datatype][1])
        long = datatype.endswith("64")
        orders = {"byte_order": draw(ORDERS), "word_order": draw(LONG_ORDERS if long else ORDERS)}
        rows.append((point(datatype, "holding", len(data) // 2, **orders), value))
        data += on_the_wire(datatype, value, **orders)
    rows = draw(st.permutations(rows))
    return [row[0] for row in rows], [row[1] for row in rows], data


@given(answers())
def test_registers_come_back_as_they_were_packed(
    answer: tuple[list[sdk.Point], list[float], bytes],
) -> None:
    points, expected, data = answer
    (block,) = Plan(points, options()).blocks
    reading = decoded(block, data, len(points))
    assert reading.values.tolist() == expected
    assert set(reading.qualities.tolist()) == {sdk.quality.GOOD}


@given(st.lists(st.booleans(), min_size=1, max_size=2000))
def test_bits_come_back_as_they_were_packed(bits: list[bool]) -> None:
    points = [point("bool", "coil", number) for number in range(len(bits))]
    (block,) = Plan(points, options()).blocks
    packed = sum(bit << number for number, bit in enumerate(bits))
    reading = decoded(block, packed.to_bytes((len(bits) + 7) // 8, "little"), len(bits))
    assert reading.values.tolist() == [float(bit) for bit in bits]


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
    (block,) = Plan(points, options()).blocks
    assert round(decoded(block, bytes.fromhex(data), 1).values[0]) == 326787


def test_floats_that_are_no_numbers_are_decoded_in_silence() -> None:
    points = [point("float32", "holding", 0), point("float32", "holding", 2)]
    (block,) = Plan(points, options()).blocks
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        values = decoded(block, bytes.fromhex("7FA00000 FF800000"), 2).values
    assert np.isnan(values[0])
    assert values[1] == -np.inf


@pytest.mark.parametrize(
    ("datatype", "value", "quality"),
    [
        ("int64", 2**53, sdk.quality.GOOD),
        ("int64", 2**53 + 1, sdk.quality.UNCERTAIN_RANGE_EXCEEDED),
        ("int64", -(2**53) - 1, sdk.quality.UNCERTAIN_RANGE_EXCEEDED),
        ("int64", -(2**63), sdk.quality.UNCERTAIN_RANGE_EXCEEDED),
        ("uint64", 2**53, sdk.quality.GOOD),
        ("uint64", 2**64 - 1, sdk.quality.UNCERTAIN_RANGE_EXCEEDED),
    ],
)
def test_integers_with_more_digits_than_are_kept_are_uncertain(
    datatype: str, value: int, quality: int
) -> None:
    points = [point("int16", "holding", 4), point(datatype, "holding", 0)]
    (block,) = Plan(points, options()).blocks
    data = struct.pack(f">{VALUES[datatype][0]}h", value, 7)
    reading = decoded(block, data, 2)
    assert reading.values.tolist() == [7, float(value)]
    assert reading.qualities.tolist() == [sdk.quality.GOOD, quality]


def test_bit_fields_in_every_order() -> None:
    points = [
        *[point("bool", "holding", 0, bit=number) for number in range(16)],
        point("uint16", "holding", 0, bits=[4, 8]),
        point("uint16", "holding", 0, bits=[0, 16]),
        point("uint16", "holding", 0, bits=[4, 8], byte_order="little"),
        point("uint32", "holding", 0, bits=[12, 8]),
        point("uint32", "holding", 0, bits=[12, 8], word_order="little"),
        point("uint16", "holding", 1),
    ]
    (block,) = Plan(points, options()).blocks
    values = decoded(block, bytes.fromhex("1234 ABCD"), len(points)).values.tolist()
    assert values[:16] == [float(0x1234 >> number & 1) for number in range(16)]
    assert values[16:] == [0x23, 0x1234, 0x41, 0x4A, 0xD1, 0xABCD]


@pytest.mark.parametrize(
    ("data", "more", "text", "quality"),
    [
        (b"FC-101\0\0", {}, "FC-101", sdk.quality.GOOD),
        (b"FC 101  ", {}, "FC 101", sdk.quality.GOOD),
        (b"FC\0rest!", {}, "FC", sdk.quality.GOOD),
        (b"\0" * 8, {}, "", sdk.quality.GOOD),
        (b"CF1-10  ", {"byte_order": "little"}, "FC-101", sdk.quality.GOOD),
        (b"\0\0\x00101-FC", {}, "", sdk.quality.GOOD),
        ("20 °C".encode("latin-1") + b"\0\0\0", {"encoding": "latin-1"}, "20 °C", 192),
        ("20 °C".encode() + b"\0\0", {"encoding": "utf-8"}, "20 °C", 192),
        (b"20 \xb0C\0\0\0", {}, "20 \ufffdC", sdk.quality.UNCERTAIN),
        (b"\xff" * 8, {"encoding": "utf-8"}, "\ufffd" * 8, sdk.quality.UNCERTAIN),
    ],
)
def test_texts(data: bytes, more: dict[str, str], text: str, quality: int) -> None:
    points = [
        point("uint16", "holding", 4),
        point("string", "holding", 0, **{"length": 4, "encoding": "ascii", **more}),
    ]
    plan = Plan(points, options())
    (block,) = plan.blocks
    found = plan.end(decoded(block, data[:8] + b"\0\7", 2))
    assert found.texts == {1: text}
    assert found.values[0] == 7
    assert np.isnan(found.values[1])
    assert found.qualities.tolist() == [sdk.quality.GOOD, quality]
