"""A Modbus TCP device for simulated fields: a socket in front of `memory.Memory`."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from wellhead import sdk
from wellhead_scada_modbus.areas import PLAIN, span_of
from wellhead_scada_modbus.memory import Memory
from wellhead_scada_modbus.schemas import ModbusAddressSchema

_HEADER = 7
"""Bytes of the MBAP header: transaction, protocol, length (of what follows), unit."""
_LONGEST = 254
"""Greatest value of the length field (Modbus Messaging on TCP/IP V1.0b, section 3.1.3)."""

TEXT_REGISTERS = 16


class ModbusServer(sdk.DeviceServer):
    """One simulated device; any number of clients, any unit id."""

    def __init__(self) -> None:
        self.memory = Memory(())
        self.silent = False
        self.connections: set[_Connection] = set()
        self._server: asyncio.Server | None = None
        self._address = ("", 0)

    async def start(self, host: str, port: int, points: Sequence[sdk.Point]) -> int:
        self.memory = Memory(points)
        self._address = (host, port)
        await self._listen()
        return self._address[1]

    async def stop(self) -> None:
        server, self._server = self._server, None
        if server is not None:
            server.close()
        for connection in list(self.connections):
            connection.abort()
        if server is not None:
            await server.wait_closed()

    def publish(self, values: Mapping[int, Any]) -> None:
        self.memory.put(values)

    def commanded(self) -> Mapping[int, Any]:
        return self.memory.take_commands()

    async def set_fault(self, fault: str | None) -> None:
        if fault not in (None, "silence", "refuse"):
            raise ValueError(f"unknown fault {fault!r}: silence, refuse or None")
        self.silent = fault == "silence"
        if fault == "refuse":
            await self.stop()
        elif self._server is None:
            await self._listen()

    @classmethod
    def device_options(cls, host: str, port: int) -> dict[str, Any]:
        return {"host": host, "port": port, "unit": 1}

    @classmethod
    def layout(cls, signals: Sequence[tuple[int, str, str]]) -> list[sdk.Point]:
        """Bools become coils from address 0, the others holding registers from address 0; a text
        has TEXT_REGISTERS of them."""
        points = []
        free = {"coil": 0, "holding": 0}
        schema = ModbusAddressSchema()
        for number, name, datatype in signals:
            table = "coil" if datatype == "bool" else "holding"
            given: dict[str, Any] = {"table": table, "address": free[table]}
            if datatype == "string":
                given["length"] = TEXT_REGISTERS
            address = {key: part for key, part in schema.load(given).items() if part is not None}
            point = sdk.Point(number, name, datatype, address)
            free[table] += span_of(point, PLAIN)
            points.append(point)
        return points

    async def _listen(self) -> None:
        host, port = self._address
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: _Connection(self), host, port)
        self._address = (host, self._server.sockets[0].getsockname()[1])


class _Connection(asyncio.Protocol):
    """One client: cuts the stream into frames and sends an answer to each, in order."""

    def __init__(self, server: ModbusServer) -> None:
        self._server = server
        self._transport: asyncio.Transport | None = None
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._server.connections.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self._server.connections.discard(self)
        self._transport = None

    def abort(self) -> None:
        if self._transport is not None:
            self._transport.abort()

    def pause_writing(self) -> None:
        """The client does not take its answers: read no more requests until it does."""
        if self._transport is not None:
            self._transport.pause_reading()

    def resume_writing(self) -> None:
        if self._transport is not None:
            self._transport.resume_reading()

    def data_received(self, data: bytes) -> None:
        if self._server.silent or self._transport is None:
            return
        buffer = self._buffer + data
        start = 0
        answers = []
        while len(buffer) - start >= _HEADER:
            length = int.from_bytes(buffer[start + 4 : start + 6], "big")
            if buffer[start + 2 : start + 4] != b"\0\0" or not 2 <= length <= _LONGEST:
                self._transport.abort()  # not Modbus TCP: the stream cannot be cut any more
                return
            end = start + 6 + length
            if len(buffer) < end:
                break
            answer = self._server.memory.answer(buffer[start + _HEADER : end])
            answers.append(
                buffer[start : start + 4]
                + (len(answer) + 1).to_bytes(2, "big")
                + buffer[start + 6 : start + 7]
                + answer
            )
            start = end
        self._buffer = buffer[start:]
        if answers:
            self._transport.write(b"".join(answers))
