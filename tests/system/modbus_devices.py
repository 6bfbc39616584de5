"""Modbus TCP devices for test_gateway_bad_devices.py, good and bad, in a process of their own.

Run with the number of good ones; prints their ports, and at the end of its input the greatest
number of connections that each port ever had at once. Written from the protocol, shares no code
with the driver.
"""

import asyncio
import json
import socket
import struct
import sys
from functools import partial

BAD = ("hang", "reset", "garbage", "drip", "transaction", "length")


class Device(asyncio.Protocol):
    def __init__(self, mode: str, counts: dict[str, int]) -> None:
        self.mode = mode
        self.counts = counts
        self.buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.counts["now"] += 1
        self.counts["most"] = max(self.counts["most"], self.counts["now"])

    def connection_lost(self, exc: Exception | None) -> None:
        self.counts["now"] -= 1

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        while len(self.buffer) >= 12:
            request, self.buffer = self.buffer[:12], self.buffer[12:]
            self.answer(request)

    def answer(self, request: bytes) -> None:
        transaction, _, _, unit, function, _, count = struct.unpack(">HHHBBHH", request)
        if self.mode == "transaction":
            transaction ^= 0x5555
        body = bytes([unit, function, 2 * count]) + bytes(range(2 * count))
        answer = struct.pack(">HHH", transaction, 0, len(body)) + body
        if self.mode == "hang":
            return
        if self.mode == "reset":
            sock = self.transport.get_extra_info("socket")
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.transport.abort()
        elif self.mode == "garbage":
            self.transport.write(b"\xff\x00Hello, I speak something else\r\n" * 3)
        elif self.mode == "length":
            self.transport.write(answer[:4] + b"\xff\xff" + answer[6:] + bytes(2**20))
        elif self.mode == "drip":
            self.drip(answer)
        else:
            self.transport.write(answer)

    def drip(self, rest: bytes) -> None:
        if rest and not self.transport.is_closing():
            self.transport.write(rest[:1])
            asyncio.get_running_loop().call_later(1, self.drip, rest[1:])


async def main(good: int) -> None:
    loop = asyncio.get_running_loop()
    ports: dict[str, list[int]] = {}
    counts: dict[int, dict[str, int]] = {}
    for mode in ["good"] * good + list(BAD):
        count = {"now": 0, "most": 0}
        server = await loop.create_server(partial(Device, mode, count), "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        ports.setdefault(mode, []).append(port)
        counts[port] = count
    print(json.dumps(ports), flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    print(json.dumps({port: count["most"] for port, count in counts.items()}), flush=True)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
