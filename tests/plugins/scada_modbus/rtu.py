"""Modbus RTU devices for the tests: units on a line, written from the specification, sharing no
code with the driver."""

import asyncio
import os
import struct
import tty
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager

Answer = Callable[[bytes], bytes | None]
"""From a request's function code and data to the answer's; None stays silent."""


def checksum(data: bytes) -> bytes:
    """Section 6.2.2 of the specification, bit by bit."""
    register = 0xFFFF
    for byte in data:
        register ^= byte
        for _ in range(8):
            carry = register & 1
            register >>= 1
            if carry:
                register ^= 0xA001
    return bytes((register & 0xFF, register >> 8))


def holding(first: int) -> Answer:
    """Reads of holding registers: register n holds first + n, and 100 and more are not there."""

    def answer(pdu: bytes) -> bytes:
        function, address, count = struct.unpack(">BHH", pdu[:5])
        if function != 3:
            return bytes((function | 0x80, 1))
        if address + count > 100:
            return b"\x83\x02"
        values = [first + address + number for number in range(count)]
        return bytes((3, 2 * count)) + struct.pack(f">{count}H", *values)

    return answer


class Bus:
    """Units on one line.

    asked: the unit of each request, in order
    broken: frames that were none: two requests that ran into each other
    """

    def __init__(self, units: Mapping[int, Answer]) -> None:
        self.units = units
        self.asked: list[int] = []
        self.broken = 0
        self._buffer = b""

    def take(self, data: bytes) -> bytes:
        """What comes back for what was sent."""
        self._buffer += data
        answers = b""
        while len(self._buffer) >= 8:
            length = 9 + self._buffer[6] if self._buffer[1] in (15, 16) else 8
            if self._buffer[1] == 22:
                length = 10
            if len(self._buffer) < length:
                break
            frame, self._buffer = self._buffer[:length], self._buffer[length:]
            if checksum(frame[:-2]) != frame[-2:]:
                self.broken += 1
                self._buffer = b""
                break
            self.asked.append(frame[0])
            unit = self.units.get(frame[0])
            pdu = unit(frame[1:-2]) if unit else None
            if pdu is not None:
                answer = frame[:1] + pdu
                answers += answer + checksum(answer)
        return answers


@contextmanager
def on_a_serial_port(bus: Bus) -> Iterator[str]:
    """The bus behind a pseudo-terminal; yields the path of the port. Needs a running loop."""
    loop = asyncio.get_running_loop()
    master, slave = os.openpty()
    tty.setraw(slave)

    def serve() -> None:
        os.write(master, bus.take(os.read(master, 4096)))

    loop.add_reader(master, serve)
    try:
        yield os.ttyname(slave)
    finally:
        loop.remove_reader(master)
        os.close(master)
        os.close(slave)


@contextmanager
def cable() -> Iterator[tuple[str, str]]:
    """Two serial ports that are connected; yields their paths. Needs a running loop."""
    loop = asyncio.get_running_loop()
    masters, slaves = zip(*(os.openpty() for _ in range(2)), strict=True)
    for slave in slaves:
        tty.setraw(slave)
    for master, other in (masters, masters[::-1]):
        loop.add_reader(master, _copy, master, other)
    try:
        yield os.ttyname(slaves[0]), os.ttyname(slaves[1])
    finally:
        for master in masters:
            loop.remove_reader(master)
        for descriptor in (*masters, *slaves):
            os.close(descriptor)


def _copy(source: int, target: int) -> None:
    os.write(target, os.read(source, 4096))


def behind_a_converter(
    bus: Bus,
) -> Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]:
    """What a converter from TCP to the bus does with a connection, for helpers.device."""

    async def peer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(4096):
            writer.write(bus.take(data))

    return peer


def behind_a_gateway(
    bus: Bus, connections: list[asyncio.StreamWriter]
) -> Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]:
    """What a gateway from Modbus TCP to the bus does with a connection, which it puts into
    `connections`."""

    async def peer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connections.append(writer)
        while header := await reader.readexactly(7):
            pdu = await reader.readexactly(int.from_bytes(header[4:6], "big") - 1)
            frame = header[6:] + pdu
            answer = bus.take(frame + checksum(frame))[1:-2]
            if answer:
                length = (len(answer) + 1).to_bytes(2, "big")
                writer.write(header[:4] + length + header[6:] + answer)

    return peer
