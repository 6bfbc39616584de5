"""A destination for ThingsBoard's gateway: takes what MQTT 5 brings, acknowledges it, keeps it.

As little of a broker and of ThingsBoard as that gateway needs to believe that it is connected:
CONNACK, SUBACK, PUBACK, and an answer without limits when it asks for those of its session.
"""

import asyncio
import json
import threading
import time
from collections.abc import Iterator
from contextlib import suppress

_CONNECT, _CONNACK, _PUBLISH, _PUBACK, _SUBSCRIBE, _SUBACK = 1, 2, 3, 4, 8, 9
_UNSUBSCRIBE, _UNSUBACK, _PING, _PONG = 10, 11, 12, 13
_LIMITS = b"v1/devices/me/rpc/request/"
_LIMITS_ANSWER = b"v1/devices/me/rpc/response/"
_TELEMETRY = b"v1/gateway/telemetry"
_SECONDS = 10.0


class Sink:
    """A server on a port of its own, which stays the same when it goes down and up again.

    taken: what was published as telemetry, with when (microseconds UTC), in order
    """

    def __init__(self) -> None:
        self.taken: list[tuple[int, bytes]] = []
        self.port = 0
        self._loop = asyncio.new_event_loop()
        self._clients: set[asyncio.StreamWriter] = set()
        self._server: asyncio.Server | None = None
        threading.Thread(target=self._loop.run_forever, name="sink", daemon=True).start()

    def up(self) -> None:
        if self._server is None:
            asyncio.run_coroutine_threadsafe(self._up(), self._loop).result(_SECONDS)

    def down(self) -> None:
        """Refuse connections and cut those there are."""
        if self._server is not None:
            asyncio.run_coroutine_threadsafe(self._down(), self._loop).result(_SECONDS)

    def close(self) -> None:
        self.down()
        self._loop.call_soon_threadsafe(self._loop.stop)

    async def _up(self) -> None:
        self._server = await asyncio.start_server(self._client, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _down(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
        for client in self._clients:
            client.transport.abort()

    async def _client(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._clients.add(writer)
        try:
            while True:
                kind = (await reader.readexactly(1))[0]
                body = await reader.readexactly(await _length(reader))
                writer.writelines(self._answers(kind, body))
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            self._clients.discard(writer)
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()

    def _answers(self, first: int, body: bytes) -> Iterator[bytes]:
        kind, flags = first >> 4, first & 15
        if kind == _CONNECT:
            yield _packet(_CONNACK << 4, b"\0\0\0")
        elif kind in (_SUBSCRIBE, _UNSUBSCRIBE):
            answer = _SUBACK if kind == _SUBSCRIBE else _UNSUBACK
            filters = _filters(body, options=kind == _SUBSCRIBE)
            yield _packet(answer << 4, body[:2] + b"\0" + b"\0" * filters)
        elif kind == _PING:
            yield _packet(_PONG << 4, b"")
        elif kind == _PUBLISH:
            size = int.from_bytes(body[:2])
            topic, rest = body[2 : 2 + size], body[2 + size :]
            if flags & 6:
                yield _packet(_PUBACK << 4, rest[:2])
                rest = rest[2:]
            payload = rest[1 + rest[0] :]  # the properties are fewer than 128 bytes
            if topic == _TELEMETRY:
                self.taken.append((time.time_ns() // 1000, payload))
            elif topic.startswith(_LIMITS) and json.loads(payload)["method"] == "getSessionLimits":
                answered = _LIMITS_ANSWER + topic.removeprefix(_LIMITS)
                limits = json.dumps({"rateLimits": {}, "gatewayRateLimits": {}}).encode()
                yield _packet(_PUBLISH << 4, len(answered).to_bytes(2) + answered + b"\0" + limits)


def _packet(first: int, body: bytes) -> bytes:
    length = bytearray()
    rest = len(body)
    while True:
        rest, digit = divmod(rest, 128)
        length.append(digit | (128 if rest else 0))
        if not rest:
            return bytes([first]) + bytes(length) + body


async def _length(reader: asyncio.StreamReader) -> int:
    value = shift = 0
    while True:
        digit = (await reader.readexactly(1))[0]
        value |= (digit & 127) << shift
        if digit < 128:
            return value
        shift += 7


def _filters(body: bytes, *, options: bool) -> int:
    """How many topic filters a subscription has."""
    at, count = 3 + body[2], 0
    while at < len(body):
        at += 2 + int.from_bytes(body[at : at + 2]) + options
        count += 1
    return count
