"""A way in to a simulated broker, which misbehaves on command."""

import asyncio
import ipaddress
from contextlib import suppress

from amqtt.adapters import StreamReaderAdapter, StreamWriterAdapter
from amqtt.broker import Broker
from amqtt.errors import AMQTTError


class LoopbackDialer:
    """For the device inside: its broker's address, and no other."""

    async def resolve(self, host: str, port: int) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
        return ipaddress.ip_address(host)


class _Writer(StreamWriterAdapter):
    """Says nothing while its door is silent."""

    def __init__(self, writer: asyncio.StreamWriter, door: "Door") -> None:
        super().__init__(writer)
        self._door = door

    def write(self, data: bytes) -> None:
        if not self._door.silent:
            super().write(data)


class Door:
    """A listening socket whose connections are handed to `broker`."""

    def __init__(self, broker: Broker) -> None:
        self.silent = False
        self._broker = broker
        self._server: asyncio.Server | None = None
        self._address = ("", 0)
        self._tasks: dict[asyncio.Task[None], asyncio.StreamWriter] = {}

    async def open(self, host: str, port: int) -> int:
        """Listen, on any free port where it is 0; the port."""
        self._server = await asyncio.start_server(self._serve, host, port)
        self._address = (host, self._server.sockets[0].getsockname()[1])
        return self._address[1]

    async def close(self) -> None:
        """Close the socket and every connection."""
        server, self._server = self._server, None
        if server is not None:
            server.close()
        await self._hang_up()

    async def set_fault(self, fault: str | None) -> None:
        """silence, refuse or None."""
        if fault == "refuse":
            await self.close()
        else:
            if self.silent and fault is None:
                await self._hang_up()  # what was not said is not made up for
            if self._server is None:
                await self.open(*self._address)
        self.silent = fault == "silence"

    async def _hang_up(self) -> None:
        for writer in self._tasks.values():
            writer.transport.abort()
        if self._tasks:
            await asyncio.wait(list(self._tasks), timeout=1)
        for task in self._tasks:
            task.cancel()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks[task] = writer
        try:
            with suppress(AMQTTError, ConnectionError):
                await self._broker.external_connected(
                    StreamReaderAdapter(reader), _Writer(writer, self), "default"
                )
        finally:
            del self._tasks[task]
            writer.close()
