"""Many WebSocket clients in one process, which only count what comes and how late it is.

    python bench/_live_clients.py < configuration.json

Configuration: {"clients": [{"port": …, "hello": […texts to send, each after a message came]}, …]}.
Says "ready" once every client has had a message after its last hello; at the next line on its
input it forgets what it counted, and at the one after that says {"messages": n, "bytes": n,
"late_ms": {"p50": …, "p99": …}} and ends. Lateness: of the first time (µs UTC) in a frame.
"""

import asyncio
import json
import os
import re
import struct
import sys
import time
from functools import partial

import numpy as np

_HANDSHAKE = (
    "GET /api/v1/live HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\n"
    "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    "Sec-WebSocket-Version: 13\r\n\r\n"
)
_TIME = re.compile(rb'"t":\[(\d+)')


class Counts:
    """Of all clients together."""

    def __init__(self) -> None:
        self.messages = self.bytes = 0
        self.late: list[float] = []


class Client(asyncio.Protocol):
    def __init__(self, port: int, hello: list[str], counts: Counts) -> None:
        self.ready = asyncio.Event()
        self._port, self._hello, self._counts = port, list(hello), counts
        self._data = b""
        self._agreed = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.write(_HANDSHAKE.format(port=self._port).encode())

    def data_received(self, data: bytes) -> None:
        self._data += data
        if not self._agreed:
            head, end, rest = self._data.partition(b"\r\n\r\n")
            if not end:
                return
            assert b" 101 " in head, head
            self._agreed, self._data = True, rest
            self._greet()
        while (size := self._whole()) is not None:
            message, self._data = self._data[:size], self._data[size:]
            if self._hello:
                self._greet()
                continue
            self.ready.set()
            self._counts.messages += 1
            self._counts.bytes += size
            found = _TIME.search(message, 0, 60)
            if found:
                self._counts.late.append(time.time() - int(found[1]) / 1e6)

    def _greet(self) -> None:
        if self._hello:
            text = self._hello.pop(0).encode()
            mask = os.urandom(4)
            masked = bytes(byte ^ mask[at % 4] for at, byte in enumerate(text))
            size = len(text)
            short = size < 126
            head = struct.pack(">BB", 0x81, 0x80 | (size if short else 126))
            head += b"" if short else struct.pack(">H", size)
            self._transport.write(head + mask + masked)

    def _whole(self) -> int | None:
        """Bytes of the first frame, when all of it is there."""
        if len(self._data) < 2:
            return None
        size, head = self._data[1] & 127, 2
        if size >= 126:
            head = 4 if size == 126 else 10
            if len(self._data) < head:
                return None
            size = int.from_bytes(self._data[2:head], "big")
        return head + size if len(self._data) >= head + size else None


def _same(client: Client) -> Client:
    return client


async def run() -> None:
    counts = Counts()
    loop = asyncio.get_running_loop()
    every = []
    for client in json.loads(sys.stdin.readline())["clients"]:
        made = Client(client["port"], client["hello"], counts)
        await loop.create_connection(partial(_same, made), "127.0.0.1", client["port"])
        every.append(made)
    async with asyncio.timeout(60):
        for made in every:
            await made.ready.wait()
    print("ready", flush=True)
    await loop.run_in_executor(None, sys.stdin.readline)
    counts.messages = counts.bytes = 0
    counts.late.clear()
    await loop.run_in_executor(None, sys.stdin.readline)
    p50, p99 = np.quantile(counts.late, [0.5, 0.99]) * 1000
    answer = {
        "messages": counts.messages,
        "bytes": counts.bytes,
        "late_ms": {"p50": p50, "p99": p99},
    }
    print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    asyncio.run(run())
