"""An S7 controller for simulated fields and tests: snap7's own server, with the points' memory."""

import asyncio
import struct
from collections.abc import Mapping, Sequence
from typing import Any

from snap7.server import Server
from snap7.type import SrvArea

from wellhead import sdk
from wellhead_s7.points import CODES, SIZES

_AREAS = {"I": SrvArea.PE, "Q": SrvArea.PA, "M": SrvArea.MK, "DB": SrvArea.DB}
_DB = 1


class S7Server(sdk.DeviceServer):
    """The bytes that the points need exist, and no others. snap7 serves from threads of its own."""

    def __init__(self) -> None:
        self._server: Server | None = None
        self._address = ("", 0)
        self._points: dict[int, sdk.Point] = {}
        self._memory: dict[tuple[str, int], bytearray] = {}
        self._published: dict[int, float] = {}
        self._silent = False

    async def start(self, host: str, port: int, points: Sequence[sdk.Point]) -> int:
        self._points = {point.tag: point for point in points}
        ends: dict[tuple[str, int], int] = {}
        for point in points:
            place = _place(point)
            end = point.address["byte"] + SIZES[point.datatype]
            ends[place] = max(end, ends.get(place, 0))
        self._memory = {place: bytearray(size) for place, size in ends.items()}
        self._published = {}
        self._address = (host, port)
        await self._listen()
        return self._address[1]

    async def stop(self) -> None:
        self._speak()
        server, self._server = self._server, None
        if server is not None:
            await asyncio.to_thread(server.stop)  # it waits for its threads

    def publish(self, values: Mapping[int, float]) -> None:
        for number, value in values.items():
            self._put(self._points[number], value)
            self._published[number] = self._get(self._points[number])

    def commanded(self) -> Mapping[int, float]:
        changed = {
            number: value
            for number, point in self._points.items()
            if (value := self._get(point)) != self._published.get(number, 0.0)
        }
        self._published |= changed
        return changed

    async def set_fault(self, fault: str | None) -> None:
        if fault not in (None, "silence", "refuse"):
            raise ValueError(f"unknown fault {fault!r}: silence, refuse or None")
        if fault == "refuse":
            await self.stop()
            return
        if self._server is None:
            await self._listen()
        if fault == "silence":
            self._fall_silent()
        else:
            self._speak()

    @classmethod
    def device_options(cls, host: str, port: int) -> dict[str, Any]:
        return {"host": host, "port": port, "rack": 0, "slot": 1}

    @classmethod
    def layout(cls, signals: Sequence[tuple[int, str, str]]) -> list[sdk.Point]:
        """Bools become markers from M0.0, the others follow each other in DB1, words at even
        bytes."""
        points = []
        bits = byte = 0
        for number, name, datatype in signals:
            if datatype == "bool":
                address = {"area": "M", "db": 0, "byte": bits // 8, "bit": bits % 8}
                bits += 1
            else:
                size = SIZES[datatype]
                byte += byte % 2 if size > 1 else 0
                address = {"area": "DB", "db": _DB, "byte": byte, "bit": 0}
                byte += size
            points.append(sdk.Point(number, name, datatype, address))
        return points

    async def _listen(self) -> None:
        host, port = self._address
        self._server = Server(log=False)
        for (area, db), memory in self._memory.items():
            self._server.register_area(_AREAS[area], db, memory)
        self._server.start_to(host, port)
        assert self._server.server_socket is not None
        self._address = (host, self._server.server_socket.getsockname()[1])

    def _fall_silent(self) -> None:
        """Who reads waits for the area's lock, and is never answered."""
        if self._server is not None and not self._silent:
            self._silent = True
            for area, db in self._memory:
                self._server.lock_area(_AREAS[area], db)

    def _speak(self) -> None:
        if self._server is not None and self._silent:
            self._silent = False
            for area, db in self._memory:
                self._server.unlock_area(_AREAS[area], db)

    def _put(self, point: sdk.Point, value: float) -> None:
        memory, byte = self._memory[_place(point)], point.address["byte"]
        if point.datatype == "bool":
            mask = 1 << point.address["bit"]
            memory[byte] = memory[byte] | mask if value else memory[byte] & ~mask
        else:
            code = CODES[point.datatype]
            struct.pack_into(code, memory, byte, value if code in (">f", ">d") else round(value))

    def _get(self, point: sdk.Point) -> float:
        memory, byte = self._memory[_place(point)], point.address["byte"]
        if point.datatype == "bool":
            return float(memory[byte] >> point.address["bit"] & 1)
        return float(struct.unpack_from(CODES[point.datatype], memory, byte)[0])


def _place(point: sdk.Point) -> tuple[str, int]:
    return point.address["area"], point.address["db"]
