"""paho's socket, as asyncio's transport: paho speaks the packets, asyncio connects and encrypts.

paho's own sockets block while they connect and shake hands, and cost three system calls a packet.
Here the bytes of many packets come in at once, and answers of one turn of the loop leave together.
"""

import asyncio
from collections.abc import Callable

LARGEST = 16 * 1024 * 1024
"""Bytes of the longest packet that is taken. MQTT allows 256 MiB, which would be the gateway's."""


class Line(asyncio.Protocol):
    """What paho takes for its socket (`recv`, `send`, `close`, `fileno`, `setblocking`).

    read: called when bytes have come; ended: called with the reason when the line is gone
    sent: when something was sent last, by the event loop's clock
    """

    def __init__(self, read: Callable[[], None], ended: Callable[[Exception | None], None]) -> None:
        self._read = read
        self._ended = ended
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._come = b""
        self._at = 0
        self._leaving = bytearray()
        self.sent = 0.0
        self.closed = asyncio.Event()

    # --- asyncio's side ---------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._come = self._come[self._at :] + data
        self._at = 0
        self._read()

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        self.closed.set()
        self._ended(exc)

    # --- paho's side ------------------------------------------------------------------------------

    def recv(self, size: int) -> bytes:
        if size > LARGEST:
            raise OSError(f"a packet of {size} bytes, {LARGEST} are taken at most")
        piece = self._come[self._at : self._at + size]
        if not piece:
            raise BlockingIOError
        self._at += len(piece)
        return piece

    def send(self, data: bytes | bytearray) -> int:
        if self._transport is None:
            raise ConnectionError("the line is closed")
        if not self._leaving:
            self._loop.call_soon(self.flush)
        self._leaving += data
        return len(data)

    def close(self) -> None:
        self.flush()
        if self._transport is not None:
            self._transport.abort()  # what was written is the kernel's already

    def fileno(self) -> int:
        return -1

    def setblocking(self, _flag: bool) -> None:
        pass

    # --- ours -------------------------------------------------------------------------------------

    @property
    def unread(self) -> bool:
        return self._at < len(self._come)

    @property
    def opened(self) -> bool:
        """Whether there was a connection, ended or not."""
        return self._transport is not None or self.closed.is_set()

    def flush(self) -> None:
        if self._leaving and self._transport is not None:
            self._transport.write(bytes(self._leaving))
            self.sent = self._loop.time()
        self._leaving.clear()

    def pause(self) -> None:
        """Read nothing until `resume`."""
        if self._transport is not None:
            self._transport.pause_reading()

    def resume(self) -> None:
        if self._transport is not None:
            self._transport.resume_reading()
