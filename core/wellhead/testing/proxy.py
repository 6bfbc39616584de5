"""A proxy between a driver and its device whose line goes bad on command.

Field devices fail in ways that no library's own tests show: they fall silent in mid-answer, answer
what was asked before, or take a connection only to drop it. Put this between a driver and a healthy
device server and each of these can be had, and ended again, while the driver runs. What a device
sends unasked is an answer here too.
"""

import asyncio
import socket
import struct
from collections.abc import Awaitable, Callable
from contextlib import suppress
from enum import StrEnum

LOOPBACK = "127.0.0.1"

GARBAGE = (
    b"HTTP/1.0 400 Bad Request\r\nContent-Length: 0\r\n\r\n",
    bytes((7 * number * number + 13) % 256 for number in range(64)),
)
"""What GARBAGE answers, by turns of the connections: another protocol, and bytes of none."""

HUGE_BYTES = 32 * 2**20
"""Bytes after which HUGE stops sending on a connection."""

_CHUNK = 65536
_SETTLED_S = 0.05
"""Seconds after an accepted connection until `most` looks at it: the end of the one before it
and the new one may come in the same turn of the loop."""


class Fault(StrEnum):
    """What the line does to what passes over it."""

    PASS = "pass"
    SILENCE = "silence"
    """Requests are taken and nothing ever comes back."""
    DEAF = "deaf"
    """Requests reach the device, and nothing ever comes back: only the device knows what it did."""
    GARBAGE = "garbage"
    """Each request, and each thing sent unasked, becomes bytes of no protocol."""
    DRIP = "drip"
    """Answers come one byte every `drip_s` seconds."""
    WRONG = "wrong"
    """The first two bytes of each answer are inverted: a transaction id, a length, a magic."""
    REPLAY = "replay"
    """Each request gets the answer of the last request before the fault."""
    HUGE = "huge"
    """Four bytes of each answer, then HUGE_BYTES times 0xFF: a length beyond all measure."""
    RESET = "reset"
    """The connection is reset when a request or an answer comes."""
    HANG_UP = "hang up"
    """Connections are taken and closed at once."""
    REFUSE = "refuse"
    """Nothing listens, and what is connected is reset."""


def _bound(port: int) -> socket.socket:
    """A socket with this port of loopback (0 = a free one), on which nobody listens."""
    made = socket.socket()
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    made.bind((LOOPBACK, port))
    return made


class FaultProxy:
    """Passes bytes to `host`:`port`; `await set(Fault.…)` changes what happens to them.

    connections: how many were ever accepted
    live: how many are open now; most: how many were open at once, at most
    longest: bytes of the longest answer that passed a healthy line
    numbered: False once a request came that is, byte for byte, one from before on the same healthy
    connection. Such a protocol has nothing to tell an old answer by, so REPLAY proves nothing.
    """

    def __init__(self, port: int, host: str = LOOPBACK, *, drip_s: float = 1.0) -> None:
        self.connections = 0
        self.most = 0
        self.longest = 0
        self.numbered = True
        self.fault = Fault.PASS
        self.port = 0
        self._device = (host, port)
        self._drip_s = drip_s
        self._server: asyncio.Server | None = None
        self._held: socket.socket | None = None
        self._lines: set[_Line] = set()
        self._last_answer = b""

    @property
    def live(self) -> int:
        return sum(line.open for line in self._lines)

    async def start(self) -> int:
        """Listen on loopback and return the port."""
        await self._listen()
        return self.port

    async def stop(self) -> None:
        """Close the socket and every connection."""
        await self._close()
        if self._held is not None:
            self._held.close()

    async def set(self, fault: Fault) -> None:
        """From now on, also on the connections there are."""
        self.fault = fault
        if fault is Fault.REFUSE:
            await self._close(hold_port=True)
        elif self._server is None:
            await self._listen()

    async def _listen(self) -> None:
        listener = self._held or _bound(self.port)
        self._held = None
        self.port = listener.getsockname()[1]
        self._server = await asyncio.start_server(self._accept, sock=listener)

    async def _close(self, *, hold_port: bool = False) -> None:
        """hold_port: let nobody have the port meanwhile, not even as the end of a connection"""
        server, self._server = self._server, None
        if server is None:
            return
        server.close()
        if hold_port:
            self._held = _bound(self.port)
        lines = list(self._lines)
        for line in lines:
            line.reset()
        await asyncio.gather(*(line.ended.wait() for line in lines))
        await server.wait_closed()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        line = _Line(self, reader, writer)
        self._lines.add(line)
        asyncio.get_running_loop().call_later(_SETTLED_S, self._count)
        try:
            await line.run(*self._device)
        finally:
            self._lines.discard(line)
            line.ended.set()

    def _count(self) -> None:
        self.most = max(self.most, self.live)

    # --- what happens to the bytes --------------------------------------------------------------

    async def _request(self, line: "_Line", data: bytes) -> None:
        """A request came from the driver."""
        match self.fault:
            case Fault.REPLAY:
                await line.answer(self._last_answer)
            case Fault.GARBAGE | Fault.RESET | Fault.HANG_UP:
                await self._spoil(line)
            case Fault.PASS | Fault.DEAF | Fault.DRIP | Fault.WRONG | Fault.HUGE:
                if self.fault is Fault.PASS:
                    self.numbered = self.numbered and data not in line.requests
                    line.requests.add(data)
                await line.ask(data)

    async def _answer(self, line: "_Line", data: bytes) -> None:
        """An answer came from the device."""
        match self.fault:
            case Fault.PASS:
                self._last_answer = data
                self.longest = max(self.longest, len(data))
                await line.answer(data)
            case Fault.WRONG:
                await line.answer(bytes(byte ^ 0xFF for byte in data[:2]) + data[2:])
            case Fault.DRIP:
                for byte in data:
                    await line.answer(bytes((byte,)))
                    await asyncio.sleep(self._drip_s)
            case Fault.HUGE:
                await line.answer(data[:4])
                for _ in range(HUGE_BYTES // _CHUNK):
                    await line.answer(b"\xff" * _CHUNK)
            case Fault.GARBAGE | Fault.RESET | Fault.HANG_UP:
                await self._spoil(line)

    async def _spoil(self, line: "_Line") -> None:
        """What these faults do whichever side says something."""
        match self.fault:
            case Fault.GARBAGE:
                await line.answer(line.garbage)
            case Fault.RESET:
                line.reset()
            case Fault.HANG_UP:
                line.driver.close()


class _Line:
    """One connection of the driver, and the one behind it to the device."""

    def __init__(
        self, proxy: FaultProxy, reader: asyncio.StreamReader, driver: asyncio.StreamWriter
    ) -> None:
        self.driver = driver
        self.ended = asyncio.Event()
        self.requests: set[bytes] = set()
        self.garbage = GARBAGE[proxy.connections % len(GARBAGE)]
        self._proxy = proxy
        self._reader = reader
        self._device: asyncio.StreamWriter | None = None

    @property
    def open(self) -> bool:
        """False from the moment on that either side hung up, which `run` learns a little later."""
        ended = self._reader.at_eof() or self._reader.exception() is not None
        return not (ended or self.driver.is_closing())

    async def run(self, host: str, port: int) -> None:
        """Until either side hangs up."""
        try:
            if self._proxy.fault is Fault.HANG_UP:
                return
            answers, self._device = await asyncio.open_connection(host, port)
            ways = [
                asyncio.create_task(self._pump(self._reader, self._proxy._request)),
                asyncio.create_task(self._pump(answers, self._proxy._answer)),
            ]
            try:
                await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for way in ways:
                    way.cancel()
                await asyncio.gather(*ways, return_exceptions=True)
        except OSError:
            return  # the device is not there; neither is the driver's connection, then
        finally:
            self.driver.close()
            if self._device is not None:
                self._device.close()

    async def _pump(
        self, source: asyncio.StreamReader, act: Callable[["_Line", bytes], Awaitable[None]]
    ) -> None:
        with suppress(OSError):
            while data := await source.read(_CHUNK):
                await act(self, data)

    async def ask(self, data: bytes) -> None:
        if self._device is not None:
            self._device.write(data)
            await self._device.drain()

    async def answer(self, data: bytes) -> None:
        self.driver.write(data)
        await self.driver.drain()

    def reset(self) -> None:
        """End it with RST, as a device that loses its power does."""
        sock: socket.socket | None = self.driver.get_extra_info("socket")
        if sock is not None and sock.fileno() >= 0:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.driver.transport.abort()
