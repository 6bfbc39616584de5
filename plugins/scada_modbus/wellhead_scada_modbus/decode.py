"""From the bytes of an answer to values: pure, one numpy gather a request.

Every byte order and word order is an order of bytes, known when the plan is made. So a plan keeps,
for each request, one index array that takes the bytes of all of its values in big-endian order out
of the answer; each datatype's share is then a view of that copy. Nothing loops over registers.

Literature: Modbus Application Protocol Specification V1.1b3 (Modbus Organization, 2012), sections
4.2 (big-endian registers), 6.1 to 6.4 (reads), 7 (exception codes).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
import numpy.typing as npt

from wellhead import sdk

EXCEPTIONS = {
    1: "illegal function",
    2: "illegal data address",
    3: "illegal data value",
    4: "server device failure",
    5: "acknowledge",
    6: "server device busy",
    7: "negative acknowledge",
    8: "memory parity error",
    10: "gateway path unavailable",
    11: "gateway target device failed to respond",
}
_ALONE = {
    1: sdk.quality.BAD_CONFIGURATION,
    2: sdk.quality.BAD_CONFIGURATION,
    3: sdk.quality.BAD_CONFIGURATION,
    4: sdk.quality.BAD_DEVICE_FAILURE,
    8: sdk.quality.BAD_DEVICE_FAILURE,
}
"""Exceptions that are about the addresses asked for, and what the points there become."""

_DTYPES = {"int16": ">i2", "uint16": ">u2", "int32": ">i4", "uint32": ">u4", "float32": ">f4"}
_BYTES = {"int16": 2, "uint16": 2, "int32": 4, "uint32": 4, "float32": 4}

Index = slice | npt.NDArray[np.int64]


class ModbusRefusal(sdk.DeviceProtocolError):
    """The device answered with an exception code.

    code: as sent; `name` in the specification's words
    alone: what the points asked for become, None when the whole device is at fault
    """

    def __init__(self, code: int) -> None:
        self.code = code
        self.name = EXCEPTIONS.get(code, "unknown exception code")
        self.alone = _ALONE.get(code)
        super().__init__(f"the device answers with exception {code}, {self.name}", value=code)


@dataclass(frozen=True, slots=True)
class Item:
    """One point in a plan: its position there and its address on the wire."""

    position: int
    address: int
    datatype: str
    byte_order: str
    word_order: str


@dataclass(frozen=True, slots=True)
class Group:
    """The values of one datatype: bytes `start:stop` of the gathered copy, to `positions`."""

    start: int
    stop: int
    dtype: np.dtype[np.generic]
    positions: Index


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the values are in one answer.

    order: of registers, the byte offsets to gather; of bits, the bit offsets
    positions: the points of this answer, as positions in the plan
    groups: by datatype; empty for bits
    """

    order: npt.NDArray[np.int64]
    positions: Index
    groups: tuple[Group, ...]


def layout_of(items: Sequence[Item], start: int, *, bits: bool) -> Layout:
    """The layout of an answer that begins at address `start` and holds `items`."""
    positions = _index([item.position for item in items])
    if bits:
        offsets = np.array([item.address - start for item in items], np.int64)
        return Layout(offsets, positions, ())
    order: list[int] = []
    groups = []
    ranked = sorted(items, key=lambda item: (item.datatype, item.position))
    for datatype, members in groupby(ranked, key=lambda item: item.datatype):
        first = len(order)
        places = []
        for item in members:
            order += _byte_offsets(item, item.address - start)
            places.append(item.position)
        groups.append(Group(first, len(order), np.dtype(_DTYPES[datatype]), _index(places)))
    return Layout(np.array(order, np.int64), positions, tuple(groups))


def answer_data(pdu: bytes, function: int, count: int) -> bytes:
    """The data bytes of an answer to a read of `count` addresses with `function`.

    pdu: function code and what follows it, without the frame
    Raises ModbusRefusal for an exception answer, DeviceProtocolError for anything but the answer
    that the request asks for.
    """
    if len(pdu) < 2:
        raise sdk.DeviceProtocolError("answer ends before its data", value=pdu.hex(" "))
    if pdu[0] == function | 0x80:
        raise ModbusRefusal(pdu[1])
    if pdu[0] != function:
        raise sdk.DeviceProtocolError(
            f"answer to another function than {function}", field="function code", value=pdu[0]
        )
    expected = (count + 7) // 8 if function in (1, 2) else 2 * count
    if pdu[1] != expected or len(pdu) != expected + 2:
        raise sdk.DeviceProtocolError(
            f"answer must carry {expected} bytes and says {pdu[1]}",
            field="byte count",
            value=len(pdu) - 2,
        )
    return pdu[2:]


def decode_registers(layout: Layout, data: bytes, values: npt.NDArray[np.float64]) -> None:
    """Put the registers' values into `values` (float64[size of the plan]), unscaled.

    data: what `answer_data` gave for the layout's request
    """
    gathered = np.frombuffer(data, np.uint8).take(layout.order)
    for group in layout.groups:
        share = gathered[group.start : group.stop].view(group.dtype)
        if group.dtype.kind == "f":
            with np.errstate(invalid="ignore"):  # a signalling NaN is a value like any other
                values[group.positions] = share
        else:
            values[group.positions] = share


def decode_bits(layout: Layout, data: bytes, values: npt.NDArray[np.float64]) -> None:
    """Put the bits, as 0.0 and 1.0, into `values` (float64[size of the plan])."""
    bits = np.unpackbits(np.frombuffer(data, np.uint8), bitorder="little")
    values[layout.positions] = bits.take(layout.order)


def explain_silence(heard: bytes, transaction: int, unit: int, waited: float) -> sdk.DeviceError:
    """Why a request had no answer, from what came in instead of one.

    heard: the bytes received since the request, oldest first
    waited: seconds
    """
    if not heard:
        return sdk.DeviceTimeout(
            f"no answer within {waited:g} s",
            remedy="Check the unit id, and whether the device is busy or needs a longer timeout",
        )
    start = heard[:16].hex(" ")
    if heard[2:4] not in (b"", b"\x00", b"\x00\x00"):
        return sdk.DeviceProtocolError(
            "what came is not Modbus TCP", value=start, remedy="Check host and port"
        )
    if len(heard) < 8 or len(heard) < 6 + int.from_bytes(heard[4:6], "big"):
        return sdk.DeviceTimeout(
            f"answer still incomplete after {waited:g} s: {len(heard)} bytes", value=start
        )
    came = int.from_bytes(heard[0:2], "big")
    if came != transaction:
        return sdk.DeviceProtocolError(
            f"answer to transaction {came} instead of {transaction}",
            field="transaction id",
            value=came,
        )
    if unit and heard[6] != unit:
        return sdk.DeviceProtocolError(
            f"answer of unit {heard[6]} instead of {unit}", field="unit id", value=heard[6]
        )
    return sdk.DeviceProtocolError("answer that cannot be read", value=start)


def _byte_offsets(item: Item, register: int) -> list[int]:
    """Offsets of the item's bytes in the answer, most significant first."""
    width = _BYTES[item.datatype] // 2
    registers = list(range(register, register + width))
    if item.word_order == "little":
        registers.reverse()
    high, low = (0, 1) if item.byte_order == "big" else (1, 0)
    return [2 * number + part for number in registers for part in (high, low)]


def _index(positions: list[int]) -> Index:
    """`positions` as a slice where they follow each other, which numpy writes to faster."""
    first = positions[0]
    if positions == list(range(first, first + len(positions))):
        return slice(first, first + len(positions))
    return np.array(positions, np.int64)
