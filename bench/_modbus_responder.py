"""Many Modbus TCP devices in one process, as fast as Python answers, with values always changing.

A bare asyncio protocol that knows one function (3, holding registers) and takes its registers from
a block of random bytes, at another place each time: so that what is measured is the client, and no
store finds anything repeated. Prints its ports as one line and leaves when its input closes.

    python bench/_modbus_responder.py DEVICES
"""

import asyncio
import os
import struct
import sys

_BLOCK = os.urandom(1 << 20)
_STEP = 254  # even, and no multiple of an answer's size


class Device(asyncio.Protocol):
    """One connection to one device."""

    def __init__(self) -> None:
        self._buffer = b""
        self._place = int.from_bytes(os.urandom(2), "big")

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while len(self._buffer) >= 12:
            request, self._buffer = self._buffer[:12], self._buffer[12:]
            transaction, _, _, unit, function, _, count = struct.unpack(">HHHBBHH", request)
            size = 2 * count
            self._place = (self._place + _STEP) % (len(_BLOCK) - 250)
            head = struct.pack(">HHHBBB", transaction, 0, size + 3, unit, function, size)
            self._transport.write(head + _BLOCK[self._place : self._place + size])


async def main(devices: int) -> None:
    loop = asyncio.get_running_loop()
    servers = [await loop.create_server(Device, "127.0.0.1", 0) for _ in range(devices)]
    print(*[server.sockets[0].getsockname()[1] for server in servers], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
