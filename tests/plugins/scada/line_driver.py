"""A small driver that is right, its device server, and one broken driver for each rule.

The protocol: `7 READ 3` is answered `7 12.5`, line by line; a register that is not there, `7 none`.
`wellhead plugin check` runs these in a process of its own, so the module imports by its own name.
"""

import asyncio
import socket
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any, ClassVar

import numpy as np
from marshmallow import Schema, fields, validate

from wellhead import sdk

LONGEST = 64


class DeviceOptions(Schema):
    host = fields.String(required=True, metadata={"description": "IP address or name"})
    port = fields.Integer(required=True, metadata={"description": "TCP port"})


class Address(Schema):
    register = fields.Integer(
        required=True,
        strict=True,
        validate=validate.Range(0, 999),
        metadata={"description": "0 to 999"},
    )


class LineDriver(sdk.Driver[list[int]]):
    """As it should be."""

    device_schema: ClassVar[type[Schema]] = DeviceOptions
    address_schema: ClassVar[type[Schema]] = Address
    datatypes = frozenset({"float32", "int16"})

    def __init__(self, device: sdk.DeviceSpec, dialer: sdk.Dialer) -> None:
        super().__init__(device, dialer)
        self._number = 0
        self._writer: asyncio.StreamWriter | None = None

    async def open(self) -> None:
        options = self.device.options
        ip = await self.dialer.resolve(options["host"], options["port"])
        try:
            async with asyncio.timeout(self.device.timeout):
                self._reader, self._writer = await asyncio.open_connection(
                    str(ip), options["port"], limit=LONGEST
                )
        except (OSError, TimeoutError) as error:
            raise sdk.DeviceUnreachable(f"no connection: {error}") from error

    async def close(self) -> None:
        if self._writer is not None:
            self._writer.close()

    @classmethod
    def check_point(cls, point: sdk.Point, options: Mapping[str, Any]) -> None:
        pass

    def plan(self, points: Sequence[sdk.Point]) -> list[int]:
        return [point.address["register"] for point in points]

    async def read(self, plan: list[int]) -> sdk.RawValues:
        values = np.full(len(plan), np.nan)
        qualities = np.full(len(plan), sdk.quality.BAD_CONFIGURATION, np.int16)
        try:
            async with asyncio.timeout(self.device.timeout):
                for row, register in enumerate(plan):
                    answer = await self._ask(register)
                    if answer != "none":
                        values[row], qualities[row] = self._number_in(answer), sdk.quality.GOOD
        except TimeoutError as error:
            raise sdk.DeviceTimeout("no answer in time") from error
        return sdk.RawValues(values, qualities)

    async def _ask(self, register: int) -> str:
        assert self._writer is not None
        self._number += 1
        try:
            self._writer.write(f"{self._number} READ {register}\n".encode())
            line = await self._reader.readuntil(b"\n")
        except (OSError, asyncio.IncompleteReadError) as error:
            raise sdk.DeviceUnreachable("the device hung up") from error
        except asyncio.LimitOverrunError as error:
            raise sdk.DeviceProtocolError("answer without end") from error
        return self._checked(line)

    def _checked(self, line: bytes) -> str:
        number, _, answer = line.decode("ascii", "replace").strip().partition(" ")
        if number != str(self._number):
            raise sdk.DeviceProtocolError("answer to another request", value=line.hex(" "))
        return answer

    def _number_in(self, answer: str) -> float:
        try:
            return float(answer)
        except ValueError as error:
            raise sdk.DeviceProtocolError("answer is no number", value=answer) from error


class LineServer(sdk.DeviceServer):
    """Answers of the registers it was given."""

    def __init__(self) -> None:
        self._values: dict[str, float] = {}
        self._registers: dict[int, str] = {}

    async def start(self, host: str, port: int, points: Sequence[sdk.Point]) -> int:
        self._registers = {point.tag: str(point.address["register"]) for point in points}
        self._server = await asyncio.start_server(self._serve, host, port)
        found: int = self._server.sockets[0].getsockname()[1]
        return found

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while line := await reader.readline():
                number, _, register = line.decode().split()
                writer.write(f"{number} {self._values.get(register, 'none')}\n".encode())
        writer.close()

    async def stop(self) -> None:
        self._server.close()

    def publish(self, values: Mapping[int, float]) -> None:
        self._values.update({self._registers[tag]: value for tag, value in values.items()})

    def commanded(self) -> Mapping[int, float]:
        return {}

    async def set_fault(self, fault: str | None) -> None:
        raise ValueError(fault)

    @classmethod
    def device_options(cls, host: str, port: int) -> dict[str, Any]:
        return {"host": host, "port": port}

    @classmethod
    def layout(cls, signals: Sequence[tuple[int, str, str]]) -> list[sdk.Point]:
        return [
            sdk.Point(number, name, datatype, {"register": place})
            for place, (number, name, datatype) in enumerate(signals)
        ]


# --- each of these breaks one rule ------------------------------------------------------------


class BareOptions(Schema):
    host = fields.String(required=True)
    port = fields.Integer(required=True)


class SaysNothing(LineDriver):
    device_schema = BareOptions


class AnyAddress(Schema):
    register = fields.Raw(required=True, metadata={"description": "Anything"})


class TakesAnything(LineDriver):
    address_schema = AnyAddress


class AnyNumber(Schema):
    register = fields.Integer(required=True, strict=True, metadata={"description": "0 to 999"})


class RefusesWithoutRemedy(LineDriver):
    address_schema = AnyNumber

    @classmethod
    def check_point(cls, point: sdk.Point, options: Mapping[str, Any]) -> None:
        if not 0 <= point.address["register"] <= 999:
            raise sdk.WellheadError("no")


class PlansOverTheNetwork(LineDriver):
    def plan(self, points: Sequence[sdk.Point]) -> list[int]:
        with socket.socket() as trial, suppress(OSError):
            trial.connect(("127.0.0.1", 9))
        return super().plan(points)


class DialsByName(LineDriver):
    async def open(self) -> None:
        options = self.device.options
        try:
            async with asyncio.timeout(self.device.timeout):
                self._reader, self._writer = await asyncio.open_connection(
                    options["host"], options["port"], limit=LONGEST
                )
        except (OSError, TimeoutError) as error:
            raise sdk.DeviceUnreachable(f"no connection: {error}") from error


class TakesItsTime(LineDriver):
    async def read(self, plan: list[int]) -> sdk.RawValues:
        await asyncio.sleep(0.35)
        return await super().read(plan)


class ReadsTheWrongRegister(LineDriver):
    async def _ask(self, register: int) -> str:
        return await super()._ask(register // 2)


class InventsMissingPoints(LineDriver):
    async def _ask(self, register: int) -> str:
        answer = await super()._ask(register)
        return "0" if answer == "none" else answer


class KeepsOldValues(LineDriver):
    """Answers silence with what it knew."""

    known: ClassVar[dict[tuple[str, int], sdk.RawValues]] = {}

    async def read(self, plan: list[int]) -> sdk.RawValues:
        key = self.device.name, len(plan)
        try:
            self.known[key] = await super().read(plan)
        except sdk.DeviceTimeout:
            if key not in self.known:
                raise
        return self.known[key]


class WaitsForEachByte(LineDriver):
    """Its time-out begins anew with each byte."""

    async def read(self, plan: list[int]) -> sdk.RawValues:
        values = np.full(len(plan), np.nan)
        qualities = np.full(len(plan), sdk.quality.BAD_CONFIGURATION, np.int16)
        for row, register in enumerate(plan):
            answer = await self._ask(register)
            if answer != "none":
                values[row], qualities[row] = self._number_in(answer), sdk.quality.GOOD
        return sdk.RawValues(values, qualities)

    async def _ask(self, register: int) -> str:
        assert self._writer is not None
        self._number += 1
        line = b""
        try:
            self._writer.write(f"{self._number} READ {register}\n".encode())
            while not line.endswith(b"\n") and len(line) < LONGEST:
                async with asyncio.timeout(self.device.timeout):
                    line += await self._reader.readexactly(1)
        except TimeoutError as error:
            raise sdk.DeviceTimeout("no answer in time") from error
        except (OSError, asyncio.IncompleteReadError) as error:
            raise sdk.DeviceUnreachable("the device hung up") from error
        return self._checked(line)


class BelievesGarbage(LineDriver):
    """What is no answer is a zero."""

    def _checked(self, line: bytes) -> str:
        try:
            return super()._checked(line)
        except sdk.DeviceProtocolError:
            return "0"


class ForgivesWrongNumbers(LineDriver):
    """Takes the answer to any request, with some of its number unreadable too."""

    def _checked(self, line: bytes) -> str:
        return line.decode("ascii", "replace").rstrip().rpartition(" ")[2]


class KeepsEndlessAnswers(LineDriver):
    kept: ClassVar[list[bytearray]] = []

    async def _ask(self, register: int) -> str:
        assert self._writer is not None
        self._number += 1
        self.kept.append(bytearray())
        try:
            self._writer.write(f"{self._number} READ {register}\n".encode())
            while not self.kept[-1].endswith(b"\n"):
                piece = await self._reader.read(2**20)
                if not piece:
                    raise sdk.DeviceUnreachable("the device hung up")
                self.kept[-1] += piece * 4
        except OSError as error:
            raise sdk.DeviceUnreachable("the device hung up") from error
        if b"\n" not in self.kept[-1][:LONGEST]:
            raise sdk.DeviceProtocolError("no answer")
        line, _, _ = bytes(self.kept.pop()).partition(b"\n")
        return self._checked(line)


class CallsEverythingADeviceFailure(LineDriver):
    async def open(self) -> None:
        try:
            await super().open()
        except sdk.DeviceError as error:
            raise sdk.DeviceProtocolError("it does not work") from error


class TriesAgainByItself(LineDriver):
    async def read(self, plan: list[int]) -> sdk.RawValues:
        for left in range(20, -1, -1):
            try:
                return await super().read(plan)
            except sdk.DeviceUnreachable:
                if not left:
                    raise
                await self.close()
                await super().open()
        raise AssertionError


class NeverComesBack(LineDriver):
    """Remembers that a device failed."""

    failed: ClassVar[set[str]] = set()

    async def open(self) -> None:
        if self.device.name in self.failed:
            raise sdk.DeviceTimeout("it failed before")
        await super().open()

    async def read(self, plan: list[int]) -> sdk.RawValues:
        try:
            return await super().read(plan)
        except sdk.DeviceError:
            self.failed.add(self.device.name)
            raise


class IgnoresCancellation(LineDriver):
    async def read(self, plan: list[int]) -> sdk.RawValues:
        reading = asyncio.ensure_future(super().read(plan))
        for _ in range(100):
            with suppress(asyncio.CancelledError):
                return await asyncio.shield(reading)
        raise sdk.DeviceTimeout("no answer")


class SaysGoodbyeSlowly(LineDriver):
    async def close(self) -> None:
        await asyncio.sleep(0.8)
        await super().close()


class LeaksItsSocket(LineDriver):
    kept: ClassVar[list[asyncio.StreamWriter | None]] = []

    async def close(self) -> None:
        self.kept.append(self._writer)


class LeaksATask(LineDriver):
    kept: ClassVar[list[asyncio.Task[None]]] = []

    async def open(self) -> None:
        await super().open()
        self.kept.append(asyncio.create_task(asyncio.sleep(3600), name="keep alive"))


class LeaksAThread(LineDriver):
    async def open(self) -> None:
        await super().open()
        threading.Thread(target=time.sleep, args=(3600,), name="poller", daemon=True).start()


class BlocksTheLoop(LineDriver):
    async def read(self, plan: list[int]) -> sdk.RawValues:
        values = await super().read(plan)
        if self.device.name == "healthy":
            time.sleep(0.2)
        return values


class RaisesWhatItLikes(LineDriver):
    async def _ask(self, register: int) -> str:
        try:
            return await super()._ask(register)
        except sdk.DeviceUnreachable as error:
            raise RuntimeError("connection lost") from error
