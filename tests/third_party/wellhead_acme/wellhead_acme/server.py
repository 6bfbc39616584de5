"""A simulated Acme gauge."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from wellhead import sdk


class AcmeServer(sdk.DeviceServer):
    """Answers for the points it was started with, and `?` for all others."""

    async def start(self, host: str, port: int, points: Sequence[sdk.Point]) -> int:
        self._quantities = {point.tag: point.address["quantity"] for point in points}
        self._values = dict.fromkeys(self._quantities.values(), 0.0)
        self._writers: set[asyncio.StreamWriter] = set()
        self._silent = False
        self._address = (host, port)
        await self._listen()
        return self._address[1]

    async def stop(self) -> None:
        self._server.close()
        for writer in self._writers:
            writer.close()

    def publish(self, values: Mapping[int, float]) -> None:
        for tag, value in values.items():
            self._values[self._quantities[tag]] = value

    def commanded(self) -> Mapping[int, float]:
        return {}  # nothing can be written to a gauge

    async def set_fault(self, fault: str | None) -> None:
        if fault not in (None, "silence", "refuse"):
            raise ValueError(f"unknown fault {fault!r}: silence, refuse or None")
        self._silent = fault == "silence"
        if fault == "refuse":
            await self.stop()
        elif not self._server.is_serving():
            await self._listen()

    @classmethod
    def device_options(cls, host: str, port: int) -> dict[str, Any]:
        return {"host": host, "port": port}

    @classmethod
    def layout(cls, signals: Sequence[tuple[int, str, str]]) -> list[sdk.Point]:
        return [
            sdk.Point(number, name, datatype, {"quantity": f"Q{number}"})
            for number, name, datatype in signals
        ]

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._serve, *self._address)
        self._address = self._server.sockets[0].getsockname()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        while line := await reader.readline():
            _, *asked = line.decode().split()
            if not self._silent:
                answer = " ".join(str(self._values.get(name, "?")) for name in asked)
                writer.write(f"{answer}\n".encode())
        self._writers.discard(writer)
        writer.close()
