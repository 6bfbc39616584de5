"""Listens to Acme's senders: told once what to send, they send a line whenever a value changes."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

import numpy as np
from marshmallow import fields

from wellhead import sdk


class DeviceOptions(sdk.Schema):
    host = fields.String(required=True, metadata={"description": "IP address or name"})
    port = fields.Integer(load_default=4002, metadata={"description": "TCP port"})


class Address(sdk.Schema):
    register = fields.String(required=True, metadata={"description": "LEVEL, or LEVEL_SP"})


class SenderDriver(sdk.Driver[list[sdk.Point]], sdk.Pushes, sdk.Writes, sdk.Browses):
    device_schema = DeviceOptions
    address_schema = Address
    browse_schema = sdk.Schema  # there is nothing to ask for
    datatypes = frozenset({"float32", "string"})
    _writer: asyncio.StreamWriter | None = None
    _receiver: asyncio.Task[None] | None = None

    async def open(self) -> None:
        options = self.device.options
        try:
            async with asyncio.timeout(self.device.timeout):
                ip = await self.dialer.resolve(options["host"], options["port"])
                self._reader, self._writer = await asyncio.open_connection(str(ip), options["port"])
        except (OSError, TimeoutError) as error:
            raise sdk.DeviceUnreachable(f"no connection: {error}") from error
        self._newest: dict[str, str] = {}
        self._wanted: dict[str, list[tuple[str, int, sdk.Point]]] = defaultdict(list)
        self._mailbox: sdk.Mailbox | None = None
        self._one_at_a_time = asyncio.Lock()
        self._answer: asyncio.Future[str] | None = None
        self._receiver = asyncio.create_task(self._receive())

    async def close(self) -> None:
        if self._receiver is not None:
            self._receiver.cancel()
            await asyncio.gather(self._receiver, return_exceptions=True)
        if self._writer is not None:
            self._writer.close()

    @classmethod
    def check_point(cls, point: sdk.Point, options: Mapping[str, Any]) -> None:
        if not point.address["register"].replace("_", "").isalnum():
            raise sdk.WellheadError(
                "not a register",
                field="address.register",
                value=point.address["register"],
                remedy="Write letters and digits, LEVEL say",
            )

    # --- it sends by itself: sdk.Pushes ---------------------------------------------------------

    async def listen(self, groups: Sequence[sdk.PushGroup], mailbox: sdk.Mailbox) -> None:
        self._mailbox = mailbox
        self._wanted.clear()
        for group in groups:
            for place, point in enumerate(group.points):
                self._wanted[point.address["register"]].append((group.id, place, point))
        await self._ask(f"LISTEN {' '.join(self._wanted)}")
        mailbox.listening()
        assert self._receiver is not None
        while True:  # nothing for a while: is it still there?
            await asyncio.wait({self._receiver}, timeout=self.device.timeout)
            await self._ask("PING")

    def _came(self, register: str, word: str) -> None:
        self._newest[register] = word
        if self._mailbox is None:
            return
        for group, place, point in self._wanted.get(register, ()):
            raw = _raw_values([point], [word])
            self._mailbox.deliver(
                [
                    sdk.Pushed(
                        group,
                        np.array([place]),
                        np.zeros(1, np.int64),  # it says no time: that of arrival is taken
                        raw.values,
                        raw.qualities,
                        raw.texts,
                    )
                ]
            )

    # --- asked for now: test reads, and reading back what was written ---------------------------

    def plan(self, points: Sequence[sdk.Point]) -> list[sdk.Point]:
        return list(points)

    async def read(self, plan: list[sdk.Point]) -> sdk.RawValues:
        registers = [point.address["register"] for point in plan]
        if unknown := [name for name in registers if name not in self._newest]:
            await self._ask(f"LISTEN {' '.join(unknown)}")  # it answers with the values first
        return _raw_values(plan, [self._newest.get(name, "unknown") for name in registers])

    # --- it can be written: sdk.Writes ----------------------------------------------------------

    @classmethod
    def check_write(cls, point: sdk.Point, options: Mapping[str, Any]) -> None:
        if not point.address["register"].endswith("_SP"):
            raise sdk.WellheadError(
                "only set points can be written",
                field="address.register",
                value=point.address["register"],
                remedy="Name a register that ends in _SP",
            )

    async def write(self, point: sdk.Point, value: float | str) -> None:
        if await self._ask(f"SET {point.address['register']} {value}") != "TAKEN":
            raise sdk.WriteRefused("the device refused the value", value=value)

    # --- it says what it has: sdk.Browses -------------------------------------------------------

    async def browse(self, arguments: Mapping[str, Any]) -> AsyncIterator[Sequence[sdk.Found]]:
        registers = (await self._ask("LIST")).split()[1:]
        yield [
            sdk.Found(name, address={"register": name}, writable=name.endswith("_SP"))
            for name in registers
        ]

    # --- the connection -------------------------------------------------------------------------

    async def _ask(self, question: str) -> str:
        assert self._writer is not None
        assert self._receiver is not None
        async with self._one_at_a_time:
            self._answer = asyncio.get_running_loop().create_future()
            self._writer.write(f"{question}\n".encode())
            either: set[asyncio.Future[Any]] = {self._answer, self._receiver}
            await asyncio.wait(
                either, timeout=self.device.timeout, return_when=asyncio.FIRST_COMPLETED
            )
            if self._answer.done():
                return self._answer.result()
            if self._receiver.done():
                self._receiver.result()  # raises why
            raise sdk.DeviceTimeout("no answer in time")

    async def _receive(self) -> None:
        while True:
            try:
                line = (await self._reader.readuntil(b"\n")).decode("ascii").strip()
            except (OSError, asyncio.IncompleteReadError) as error:
                raise sdk.DeviceUnreachable("the device hung up") from error
            except (asyncio.LimitOverrunError, UnicodeDecodeError) as error:
                raise sdk.DeviceProtocolError("not a line of text") from error
            if line.startswith("= "):
                register, _, word = line[2:].partition(" ")
                self._came(register, word)
            elif self._answer is not None and not self._answer.done():
                self._answer.set_result(line)
            else:
                raise sdk.DeviceProtocolError("an answer to nothing", value=line)


def _raw_values(points: Sequence[sdk.Point], words: Sequence[str]) -> sdk.RawValues:
    """A register that the device does not have is `unknown`, and bad alone."""
    values = np.full(len(points), np.nan)
    qualities = np.full(len(points), sdk.quality.BAD_CONFIGURATION, np.int16)
    texts = {}
    for row, (point, word) in enumerate(zip(points, words, strict=True)):
        if word == "unknown":
            continue
        qualities[row] = sdk.quality.GOOD
        try:
            if point.datatype == "string":
                texts[row] = word
            else:
                values[row] = float(word)
        except ValueError:
            qualities[row] = sdk.quality.BAD_SENSOR_FAILURE
    return sdk.RawValues(values, qualities, texts)
