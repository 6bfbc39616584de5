"""A commissioning scan: which addresses of a range a device answers for, and what they hold.

Old devices come without a manual, or with one that is wrong. The scan asks for a few addresses at a
time, halves what is refused down to single addresses, and shows each register as it is and, with
the next one, as the floats it may be part of; an engineer recognises the pressure among them.
"""

import asyncio
import math
import struct
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from wellhead import sdk
from wellhead_scada_modbus.answers import ModbusRefusal, answer_data
from wellhead_scada_modbus.areas import Area, area_of
from wellhead_scada_modbus.schemas import BIT_TABLES, FUNCTIONS, TABLES

MOST = 2000
"""Addresses of one scan."""
_SILENCES = 3
"""Requests without an answer, one after the other, after which the device counts as gone."""
_PLAUSIBLE = (1e-4, 1e9)
"""Least and greatest size of a number that somebody would measure."""

Send = Callable[[bytes], Awaitable[bytes]]
"""Sends a request and returns the answer, both function code first."""


class ModbusBrowseSchema(Schema):
    """What to scan."""

    table = fields.String(
        load_default="holding",
        validate=validate.OneOf(TABLES),
        metadata={"description": "holding or input registers, coil or discrete inputs"},
    )
    first = fields.Integer(
        load_default=0,
        strict=True,
        validate=validate.Range(0, 65536),
        metadata={"description": "First address, counted from the device's address base"},
    )
    last = fields.Integer(
        load_default=99,
        strict=True,
        validate=validate.Range(0, 65536),
        metadata={"description": f"Last address; {MOST} addresses at most"},
    )
    at_once = fields.Integer(
        load_default=16,
        strict=True,
        validate=validate.Range(1, 125),
        metadata={"description": "Addresses one request asks for"},
    )
    pause_ms = fields.Integer(
        load_default=20,
        strict=True,
        validate=validate.Range(0, 1000),
        metadata={"description": "Pause after each request, for the device's other work"},
    )

    @validates_schema
    def check_range(self, data: Mapping[str, Any], **_: Any) -> None:
        """Not backwards, and not without end."""
        if not 0 <= data["last"] - data["first"] < MOST:
            raise ValidationError(f"Must be first to first + {MOST - 1}.", "last")


class Scan:
    """One scan; may be run once.

    arguments: as ModbusBrowseSchema takes them; options: the device's
    """

    def __init__(
        self, arguments: Mapping[str, Any], options: Mapping[str, Any], send: Send
    ) -> None:
        self._table: str = arguments["table"]
        self._first: int = arguments["first"]
        self._last: int = arguments["last"]
        self._at_once: int = arguments["at_once"]
        self._pause: float = arguments["pause_ms"] / 1000
        self._options = options
        self._send = send
        self._silences = 0

    async def run(self) -> AsyncIterator[Sequence[sdk.Found]]:
        """What is found, after each request. Raises DeviceError when the device is at fault, or
        does not answer at all."""
        before: dict[int, bytes] = {}
        for area, begin, end in self._parts():
            todo = [(begin, end)]
            while todo:
                first, stop = todo.pop()
                data = await self._read(first, stop - first, area)
                if data is None and stop - first > 1:
                    middle = (first + stop) // 2
                    todo += [(middle, stop), (first, middle)]
                cells = self._cells(first, stop - first, area, data) if data else {}
                yield self._found(cells, before, area)
                before = dict([cells.popitem()]) if cells and area.datatypes is None else {}
                await asyncio.sleep(self._pause)

    def _parts(self) -> Iterator[tuple[Area, int, int]]:
        """Runs of addresses to ask for at once, the last one not included."""
        base, convention = self._options["address_base"], self._options["convention"]
        number, end = max(self._first, base), min(self._last, 65535 + base) + 1
        while number < end:
            area = area_of(self._table, number, convention)
            stop = number + 1
            most = min(self._at_once, self._options["max_registers"] * 2 // area.cell)
            while stop < min(end, number + most) and area_of(self._table, stop, convention) == area:
                stop += 1
            yield area, number, stop
            number = stop

    async def _read(self, number: int, count: int, area: Area) -> bytes | None:
        """The addresses' data; None when the device refuses them, nothing when it says nothing."""
        function = FUNCTIONS[self._table]
        size = (count + 7) // 8 if self._table in BIT_TABLES else count * area.cell
        address = number - self._options["address_base"]
        try:
            answer = await self._send(struct.pack(">BHH", function, address, count))
            data = answer_data(answer, function, size)
        except ModbusRefusal as refusal:
            if refusal.alone is None or refusal.code == 1:
                raise
            self._silences = 0
            return None
        except sdk.DeviceTimeout:
            self._silences += 1
            if self._silences == _SILENCES:
                raise
            return b""
        self._silences = 0
        return data

    def _cells(self, begin: int, count: int, area: Area, data: bytes) -> dict[int, bytes]:
        if self._table in BIT_TABLES:
            bits = int.from_bytes(data, "little")
            return {begin + number: bytes((bits >> number & 1,)) for number in range(count)}
        size = area.cell
        return {
            begin + number: data[number * size : (number + 1) * size] for number in range(count)
        }

    def _found(
        self, cells: Mapping[int, bytes], before: Mapping[int, bytes], area: Area
    ) -> list[sdk.Found]:
        """Each address as it is, and the floats that end with it. before: the plain register that
        was found last"""
        rows = []
        known = {**before, **cells}
        for number, data in cells.items():
            if self._table in BIT_TABLES:
                rows.append(self._row(number, "bool", float(data[0])))
            elif area.cell == 4:
                datatype = area.datatypes[0] if area.datatypes else "float32"
                (value,) = struct.unpack(">f" if datatype == "float32" else ">i", data)
                if math.isfinite(value):
                    rows.append(self._row(number, datatype, value))
            else:
                rows.append(self._row(number, "uint16", float(int.from_bytes(data, "big"))))
                if area.datatypes is None and number - 1 in known:
                    rows += self._floats(number - 1, known[number - 1], data)
        return rows

    def _floats(self, number: int, first: bytes, second: bytes) -> list[sdk.Found]:
        rows = []
        for word_order, data in (("big", first + second), ("little", second + first)):
            (value,) = struct.unpack(">f", data)
            if _PLAUSIBLE[0] <= abs(value) <= _PLAUSIBLE[1]:
                rows.append(self._row(number, "float32", value, word_order))
        return rows

    def _row(self, number: int, datatype: str, value: float, word_order: str = "big") -> sdk.Found:
        address: dict[str, Any] = {"table": self._table, "address": number}
        name = f"{self._table} {number}"
        description = None
        if word_order != "big":
            address["word_order"] = word_order
        if datatype == "float32":
            description = f"as a float, word order {word_order}"
        return sdk.Found(name, datatype, address, value=value, description=description)
