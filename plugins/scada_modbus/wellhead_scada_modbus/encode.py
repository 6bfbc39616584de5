"""From a value to the bytes that hold it on the wire; what `decode` takes apart."""

import math
import struct

import numpy as np

from wellhead import sdk
from wellhead_scada_modbus.areas import PLAIN
from wellhead_scada_modbus.layout import byte_offsets, item_of

_CODES = {
    "int16": ">h",
    "uint16": ">H",
    "int32": ">i",
    "uint32": ">I",
    "float32": ">f",
    "int64": ">q",
    "uint64": ">Q",
    "float64": ">d",
}
_FLOAT32_MAX = float(np.finfo(np.float32).max)


class NotHeld(sdk.WellheadError):
    """A value that the point's datatype cannot hold."""


def limits(datatype: str) -> tuple[float, float]:
    """The least and the greatest value of a number's datatype; of integers, as integers."""
    code = _CODES[datatype][1]
    if code == "f":
        return -_FLOAT32_MAX, _FLOAT32_MAX
    if code == "d":
        return -math.inf, math.inf
    bits = 8 * struct.calcsize(code)
    return (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) if code.islower() else (0, 2**bits - 1)


def encode(point: sdk.Point, value: float | str) -> bytes:
    """The registers of a number or a text, in the point's orders. An integer's fraction is rounded
    away. Raises NotHeld naming the value and what can be held."""
    if point.datatype == "string":
        return _reorder(point, _text(point, value))
    if isinstance(value, str):
        raise NotHeld("is a text, and the tag is a number", field="value", value=value)
    low, high = limits(point.datatype)
    if math.isfinite(value) and not point.datatype.startswith("float"):
        value = round(value)
    if not math.isfinite(value) or not low <= value <= high:
        raise _outside(value, low, high)
    return pack(point, value)


def pack(point: sdk.Point, value: float) -> bytes:
    """As `encode`, of a number that the datatype holds; a float also of what is no number."""
    return _reorder(point, struct.pack(_CODES[point.datatype], value))


def decode(point: sdk.Point, data: bytes) -> float | str:
    """The value of the point's registers; the inverse of `encode`."""
    data = _reorder(point, data)
    if point.datatype == "string":
        data = data.split(b"\0", 1)[0].rstrip(b" ")
        return data.decode(point.address["encoding"], "replace")
    (value,) = struct.unpack(_CODES[point.datatype], data)
    return float(value)


def field_of(point: sdk.Point) -> tuple[int, int] | None:
    """The (lowest bit, number of bits) of a bit field, None for a whole value."""
    if point.address.get("bit") is not None:
        return point.address["bit"], 1
    bits = point.address.get("bits")
    return None if bits is None else (bits[0], bits[1])


def checked_field(field: tuple[int, int], value: float | str) -> int:
    """The value of a bit field. Raises NotHeld."""
    most = 2 ** field[1] - 1
    if isinstance(value, str) or not math.isfinite(value) or not 0 <= round(value) <= most:
        raise _outside(value, 0, most)
    if most == 1 and value not in (0, 1):
        raise _outside(value, 0, 1)
    return round(value)


def _text(point: sdk.Point, value: float | str) -> bytes:
    size = 2 * int(point.address["length"])
    encoding = point.address["encoding"]
    if not isinstance(value, str):
        raise NotHeld("is no text, and the tag is one", field="value", value=value)
    try:
        data = value.encode(encoding)
    except UnicodeEncodeError:
        raise NotHeld(
            f"has characters that {encoding} does not have", field="value", value=value
        ) from None
    if len(data) > size or b"\0" in data:
        raise NotHeld(f"must be {size} bytes at most, none of them 0", field="value", value=value)
    return data.ljust(size, b"\0")


def _outside(value: float | str, low: float, high: float) -> NotHeld:
    return NotHeld(
        "lies outside what the tag can hold",
        field="value",
        value=value,
        remedy=f"Use {low} to {high}",
    )


def _reorder(point: sdk.Point, data: bytes) -> bytes:
    """From big-endian to the point's orders, or back: each of them is its own inverse."""
    offsets = byte_offsets(item_of(0, point, PLAIN, 0), 0)
    return bytes(data[offset] for offset in offsets)
