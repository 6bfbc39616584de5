"""The other end of sender.py: a device that sends a line whenever a value changes.

`LISTEN LEVEL FLOW` is answered with `= LEVEL 12.5`, `= FLOW unknown` and `LISTENING`; `PING` with
`PONG`; `SET LEVEL_SP 3.5` with `TAKEN` or `REFUSED`; `LIST` with `HAS` and all registers.
"""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from wellhead import sdk


class SenderServer(sdk.DeviceServer):
    def __init__(self) -> None:
        self._points: dict[str, sdk.Point] = {}
        self._values: dict[str, Any] = {}
        self._commanded: dict[int, Any] = {}
        self._listeners: dict[asyncio.StreamWriter, set[str]] = {}

    async def start(self, host: str, port: int, points: Sequence[sdk.Point]) -> int:
        self._points = {point.address["register"]: point for point in points}
        self._server = await asyncio.start_server(self._serve, host, port)
        found: int = self._server.sockets[0].getsockname()[1]
        return found

    async def stop(self) -> None:
        self._server.close()
        for writer in self._listeners:
            writer.close()

    def publish(self, values: Mapping[int, Any]) -> None:
        for register, point in self._points.items():
            if point.tag in values:
                self._values[register] = values[point.tag]
                for writer, wanted in self._listeners.items():
                    if register in wanted:
                        writer.write(self._said(register))

    def commanded(self) -> Mapping[int, Any]:
        taken, self._commanded = self._commanded, {}
        return taken

    async def set_fault(self, fault: str | None) -> None:
        raise ValueError(fault)

    @classmethod
    def device_options(cls, host: str, port: int) -> dict[str, Any]:
        return {"host": host, "port": port}

    @classmethod
    def layout(cls, signals: Sequence[tuple[int, str, str]]) -> list[sdk.Point]:
        return [
            sdk.Point(number, name, datatype, {"register": f"R{place}{'' if place % 3 else '_SP'}"})
            for place, (number, name, datatype) in enumerate(signals)
        ]

    def _said(self, register: str) -> bytes:
        return f"= {register} {self._values.get(register, 'unknown')}\n".encode()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._listeners[writer] = set()
        with suppress(OSError):
            while line := await reader.readline():
                word, *rest = line.decode().split()
                writer.write(self._answered(writer, word, rest))
        del self._listeners[writer]
        writer.close()

    def _answered(self, writer: asyncio.StreamWriter, word: str, rest: list[str]) -> bytes:
        match word:
            case "LISTEN":
                self._listeners[writer].update(rest)
                return b"".join(map(self._said, rest)) + b"LISTENING\n"
            case "SET":
                return b"TAKEN\n" if self._took(*rest) else b"REFUSED\n"
            case "LIST":
                return f"HAS {' '.join(self._points)}\n".encode()
        return b"PONG\n"

    def _took(self, register: str, word: str) -> bool:
        point = self._points.get(register)
        if point is None or not register.endswith("_SP"):
            return False
        self._commanded[point.tag] = word if point.datatype == "string" else float(word)
        return True
