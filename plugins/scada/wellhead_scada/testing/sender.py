"""A device in memory that sends by itself, can be written to and can be browsed."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

import numpy as np
from marshmallow import Schema, fields

from wellhead import sdk
from wellhead_scada.testing.field import MemoryDriver, MemoryField, Mode


class BrowseSchema(Schema):
    count = fields.Integer(load_default=3, metadata={"description": "How many to tell of"})


class SendingDriver(MemoryDriver, sdk.Pushes, sdk.Writes, sdk.Browses):
    """Listens to `lines` of its class; `SendingField.send` is the device."""

    datatypes = frozenset({"int16", "float32", "string"})
    browse_schema = BrowseSchema
    sending: dict[str, "SendingDriver"] = {}  # noqa: RUF012 (each subclass brings its own)

    async def listen(self, groups: Sequence[sdk.PushGroup], mailbox: sdk.Mailbox) -> None:
        if self._line.mode is Mode.HANGS:
            await asyncio.Event().wait()
        self.groups, self.mailbox = {group.id: group for group in groups}, mailbox
        self.lost: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.sending[self.device.options["line"]] = self
        mailbox.listening()
        try:
            await self.lost
        finally:
            self.sending.pop(self.device.options["line"], None)

    @classmethod
    def check_write(cls, point: sdk.Point, options: Mapping[str, Any]) -> None:
        if point.address["register"] >= 100:
            raise sdk.WellheadError(
                "registers from 100 on cannot be written",
                field="address.register",
                value=point.address["register"],
                remedy="Use one below 100",
            )

    async def write(self, point: sdk.Point, value: float | str) -> None:
        if self._line.mode is Mode.REFUSES:
            raise sdk.WriteRefused("the device says no")
        if self._line.mode is Mode.HANGS:
            await self._silence()
        self._line.values[point.address["register"]] = float(value)

    async def browse(self, arguments: Mapping[str, Any]) -> AsyncIterator[Sequence[sdk.Found]]:
        for register in range(arguments["count"]):
            yield [sdk.Found(f"r{register}", "int16", {"register": register})]


class SendingField(MemoryField):
    """Devices that send by themselves, by name."""

    def __init__(self) -> None:
        super().__init__()
        self.sending: dict[str, SendingDriver] = {}
        self.driver = type(
            "FieldSender", (SendingDriver,), {"lines": self.lines, "sending": self.sending}
        )

    def send(
        self,
        line: str,
        group: str,
        values: Mapping[int, float | str],
        *,
        time: int = 0,
        code: int = sdk.quality.GOOD,
        history: bool = False,
    ) -> "asyncio.Future[None]":
        """The device sends `values`, by place in the group, all of one time and quality."""
        texts = {row: text for row, text in enumerate(values.values()) if isinstance(text, str)}
        numbers = [np.nan if isinstance(value, str) else value for value in values.values()]
        rows = len(values)
        return self.sending[line].mailbox.deliver(
            [
                sdk.Pushed(
                    group,
                    np.array(list(values), np.intp),
                    np.full(rows, time, np.int64),
                    np.array(numbers, np.float64),
                    np.full(rows, code, np.int16),
                    texts,
                    history,
                )
            ]
        )
