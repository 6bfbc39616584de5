"""The tables of a simulated Modbus device, and what it answers to a request. No input or output.

Literature: Modbus Application Protocol Specification V1.1b3, sections 6.1 to 6.6, 6.11, 6.12,
6.16, 7.
"""

import math
import struct
from collections.abc import Iterable, Mapping

import numpy as np

from wellhead import sdk
from wellhead_scada_modbus.areas import PLAIN, span_of
from wellhead_scada_modbus.encode import decode, encode, limits, pack
from wellhead_scada_modbus.schemas import BIT_TABLES, REGISTER_TABLES, TABLES

_MAX_READ = {"coil": 2000, "discrete": 2000, "holding": 125, "input": 125}
_READS = {1: "coil", 2: "discrete", 3: "holding", 4: "input"}
_WRITES = (5, 6, 15, 16, 22)
_TABLE_SIZE = 65536

ILLEGAL_FUNCTION, ILLEGAL_ADDRESS, ILLEGAL_VALUE = 1, 2, 3


class _Refusal(Exception):
    def __init__(self, code: int) -> None:
        self.code = code


class Memory:
    """Four tables of which only the points' addresses exist, as in a device.

    points: with 0-based addresses; their `tag` is the key of `put` and `take_commands`
    """

    def __init__(self, points: Iterable[sdk.Point]) -> None:
        self._points = {point.tag: point for point in points}
        self._cells = {table: bytearray(_TABLE_SIZE * _unit(table)) for table in TABLES}
        self._exists = {table: bytearray(_TABLE_SIZE) for table in TABLES}
        self._owners: dict[tuple[str, int], int] = {}
        self._written: set[int] = set()
        for key, point in self._points.items():
            table, start = point.address["table"], point.address["address"]
            for address in range(start, start + span_of(point, PLAIN)):
                self._exists[table][address] = 1
                self._owners[table, address] = key

    def put(self, values: Mapping[int, float | str]) -> None:
        """Raw values by point; one outside its datatype's range becomes the nearest
        in it, one that is no number becomes 0 in an integer."""
        for key, value in values.items():
            point = self._points[key]
            table, start = point.address["table"], point.address["address"]
            data = _cells(point, value)
            first = start * _unit(table)
            self._cells[table][first : first + len(data)] = data

    def take_commands(self) -> dict[int, float | str]:
        """Raw values of the points written to by clients since the last call."""
        written, self._written = self._written, set()
        return {key: self._value(key) for key in sorted(written)}

    def answer(self, pdu: bytes) -> bytes:
        """The answer to one request, function code first; any bytes get one."""
        if not pdu:
            return bytes((0x80, ILLEGAL_FUNCTION))
        function = pdu[0]
        try:
            if function in _READS:
                return self._read(function, pdu)
            if function in _WRITES:
                return self._write(function, pdu)
        except _Refusal as refusal:
            return bytes((function | 0x80, refusal.code))
        return bytes((function | 0x80, ILLEGAL_FUNCTION))

    def _value(self, key: int) -> float | str:
        point = self._points[key]
        table = point.address["table"]
        first = point.address["address"] * _unit(table)
        data = bytes(self._cells[table][first : first + span_of(point, PLAIN) * _unit(table)])
        return float(data[0]) if table in BIT_TABLES else decode(point, data)

    def _read(self, function: int, pdu: bytes) -> bytes:
        if len(pdu) != 5:
            raise _Refusal(ILLEGAL_VALUE)
        table = _READS[function]
        address, count = struct.unpack_from(">HH", pdu, 1)
        if not 1 <= count <= _MAX_READ[table]:
            raise _Refusal(ILLEGAL_VALUE)
        data = self._range(table, address, count)
        if table in BIT_TABLES:
            data = np.packbits(np.frombuffer(data, np.uint8), bitorder="little").tobytes()
        return bytes((function, len(data))) + data

    def _write(self, function: int, pdu: bytes) -> bytes:
        if len(pdu) < 5:
            raise _Refusal(ILLEGAL_VALUE)
        address, word = struct.unpack_from(">HH", pdu, 1)
        if function == 22:
            return self._mask(pdu)
        if function == 5:
            if word not in (0x0000, 0xFF00) or len(pdu) != 5:
                raise _Refusal(ILLEGAL_VALUE)
            self._store("coil", address, bytes((word >> 15,)))
        elif function == 6:
            if len(pdu) != 5:
                raise _Refusal(ILLEGAL_VALUE)
            self._store("holding", address, pdu[3:5])
        elif function == 15:
            data = self._payload(pdu, word, (word + 7) // 8, limit=1968)
            bits = np.unpackbits(np.frombuffer(data, np.uint8), bitorder="little")[:word]
            self._store("coil", address, bits.tobytes())
        else:
            self._store("holding", address, self._payload(pdu, word, word * 2, limit=123))
        return pdu[:5]

    def _mask(self, pdu: bytes) -> bytes:
        if len(pdu) != 7:
            raise _Refusal(ILLEGAL_VALUE)
        address, keep, value = struct.unpack_from(">HHH", pdu, 1)
        register = int.from_bytes(self._range("holding", address, 1), "big")
        register = register & keep | value & ~keep
        self._store("holding", address, register.to_bytes(2, "big"))
        return pdu

    @staticmethod
    def _payload(pdu: bytes, count: int, size: int, limit: int) -> bytes:
        if not 1 <= count <= limit or len(pdu) != 6 + size or pdu[5] != size:
            raise _Refusal(ILLEGAL_VALUE)
        return pdu[6:]

    def _range(self, table: str, address: int, count: int) -> bytes:
        end = address + count
        if end > _TABLE_SIZE or self._exists[table].find(0, address, end) >= 0:
            raise _Refusal(ILLEGAL_ADDRESS)
        unit = _unit(table)
        return bytes(self._cells[table][address * unit : end * unit])

    def _store(self, table: str, address: int, data: bytes) -> None:
        unit = _unit(table)
        count = len(data) // unit
        self._range(table, address, count)
        self._cells[table][address * unit : address * unit + len(data)] = data
        for number in range(address, address + count):
            self._written.add(self._owners[table, number])


def _cells(point: sdk.Point, value: float | str) -> bytes:
    """The cells of `value`; of a number that the datatype cannot hold, of the nearest that it can,
    and of 0 where an integer is told that there is no number."""
    if point.address["table"] in BIT_TABLES:
        return bytes((1 if value else 0,))
    if isinstance(value, str):
        return encode(point, value)
    low, high = limits(point.datatype)
    if point.datatype.startswith("float"):
        return pack(point, min(max(value, low), high) if math.isfinite(value) else value)
    return pack(point, min(max(round(value), low), high) if math.isfinite(value) else 0)


def _unit(table: str) -> int:
    """Bytes a cell: registers have two, bits are kept one a byte."""
    return 2 if table in REGISTER_TABLES else 1
