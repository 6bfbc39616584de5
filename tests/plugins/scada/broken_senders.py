"""The ways in which a driver that listens, writes or browses can be wrong, on top of sender.py.

They are examined several at a time, those that do not hide each other: an exam takes seconds. It
runs in a process of its own, so that these modules import each other by their own names.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar

import numpy as np
from sender import SenderDriver  # type: ignore[import-not-found]
from sender_server import SenderServer  # type: ignore[import-not-found]

from wellhead import sdk

__all__ = ["SenderServer"]


class _Postman:
    """A mailbox that changes what is delivered."""

    def __init__(self, mailbox: sdk.Mailbox, change: Any) -> None:
        self.listening = mailbox.listening
        self._mailbox = mailbox
        self._change = change

    def deliver(self, pushed: Sequence[sdk.Pushed]) -> "asyncio.Future[None]":
        return self._mailbox.deliver([self._change(one) for one in pushed])


class MixesPlacesUp(SenderDriver):
    async def listen(self, groups: Sequence[sdk.PushGroup], mailbox: sdk.Mailbox) -> None:
        count = len(groups[0].points)
        mixed = _Postman(mailbox, lambda one: replace(one, places=count - 1 - one.places))
        await super().listen(groups, mixed)


class DatesInMilliseconds(SenderDriver):
    async def listen(self, groups: Sequence[sdk.PushGroup], mailbox: sdk.Mailbox) -> None:
        time = np.array([1_700_000_000_000])
        await super().listen(groups, _Postman(mailbox, lambda one: replace(one, times=time)))


class TakesItsTime(SenderDriver):
    async def _receive(self) -> None:
        self._loop = asyncio.get_running_loop()
        await super()._receive()

    def _came(self, register: str, word: str) -> None:
        self._loop.call_later(2.5, super()._came, register, word)


class ForgetsWhatCame(SenderDriver):
    async def read(self, plan: list[sdk.Point]) -> sdk.RawValues:
        return sdk.RawValues(np.zeros(len(plan)), np.full(len(plan), 192, np.int16))


class TakesQuietForLoss(SenderDriver):
    async def _ask(self, question: str) -> str:
        if question == "PING":
            raise sdk.DeviceTimeout("nothing came")
        return str(await super()._ask(question))


class InventsMissingPoints(SenderDriver):
    def _came(self, register: str, word: str) -> None:
        super()._came(register, "0" if word == "unknown" else word)


class NeverAsks(SenderDriver):
    async def _ask(self, question: str) -> str:
        if question == "PING" and not self._receiver.done():
            return "PONG"
        return str(await super()._ask(question))


class BelievesGarbage(SenderDriver):
    """What is no line of its own is a zero."""

    async def _receive(self) -> None:
        while True:
            try:
                await super()._receive()
            except sdk.DeviceProtocolError:
                await self._reader.read(2**20)
                for register in list(self._wanted):
                    self._came(register, "0")


class ListensToNobody(SenderDriver):
    """Never notices that its connection ended."""

    async def listen(self, groups: Sequence[sdk.PushGroup], mailbox: sdk.Mailbox) -> None:
        try:
            await super().listen(groups, mailbox)
        except sdk.DeviceError:
            await asyncio.Event().wait()


class StopsListening(SenderDriver):
    async def listen(self, groups: Sequence[sdk.PushGroup], mailbox: sdk.Mailbox) -> None:
        try:
            await super().listen(groups, mailbox)
        except sdk.DeviceError:
            return


class RaisesWhatItLikes(SenderDriver):
    async def listen(self, groups: Sequence[sdk.PushGroup], mailbox: sdk.Mailbox) -> None:
        try:
            await super().listen(groups, mailbox)
        except sdk.DeviceError as error:
            raise RuntimeError("connection lost") from error


class LeaksItsReceiver(SenderDriver):
    kept: ClassVar[list[Any]] = []

    async def close(self) -> None:
        self.kept.append(self._receiver)


# --- writing --------------------------------------------------------------------------------------


class RefusesWritesWithoutRemedy(SenderDriver):
    @classmethod
    def check_write(cls, point: sdk.Point, options: Mapping[str, Any]) -> None:
        if not point.address["register"].endswith("_SP"):
            raise sdk.WellheadError("no")


class WritesTwice(SenderDriver):
    async def write(self, point: sdk.Point, value: float | str) -> None:
        await super().write(point, value)
        await super().write(point, value)


class WritesInPercent(SenderDriver):
    async def write(self, point: sdk.Point, value: float | str) -> None:
        await super().write(point, value if isinstance(value, str) else value / 100)


class NothingIsWritable(SenderDriver):
    @classmethod
    def check_write(cls, point: sdk.Point, options: Mapping[str, Any]) -> None:
        raise sdk.WellheadError("no", field="address.register", remedy="Write to none")


class WritesWithoutWaiting(SenderDriver):
    async def write(self, point: sdk.Point, value: float | str) -> None:
        assert self._writer is not None
        self._writer.write(f"SET {point.address['register']} {value}\n".encode())


class SwearsNothingWasWritten(SenderDriver):
    async def write(self, point: sdk.Point, value: float | str) -> None:
        try:
            await super().write(point, value)
        except sdk.DeviceTimeout as error:
            raise sdk.WriteRefused("no answer") from error


class WritesAgain(SenderDriver):
    """Sends what was not answered once more when it is connected again."""

    kept: ClassVar[dict[str, str]] = {}

    async def write(self, point: sdk.Point, value: float | str) -> None:
        self.kept[self.device.id] = f"SET {point.address['register']} {value}"
        await super().write(point, value)
        del self.kept[self.device.id]

    async def listen(self, groups: Sequence[sdk.PushGroup], mailbox: sdk.Mailbox) -> None:
        if self.device.id in self.kept:
            await self._ask(self.kept[self.device.id])
            del self.kept[self.device.id]
        await super().listen(groups, mailbox)


# --- browsing -------------------------------------------------------------------------------------


class FindsWhatCannotBe(SenderDriver):
    async def browse(self, arguments: Mapping[str, Any]) -> AsyncIterator[Sequence[sdk.Found]]:
        yield [sdk.Found("Level", address={"register": "the level"})]


class FindsNothing(SenderDriver):
    async def browse(self, arguments: Mapping[str, Any]) -> AsyncIterator[Sequence[sdk.Found]]:
        yield []


class LooksForEver(SenderDriver):
    async def browse(self, arguments: Mapping[str, Any]) -> AsyncIterator[Sequence[sdk.Found]]:
        while True:
            yield []
            await asyncio.sleep(0.05)


class LeadsNowhere(SenderDriver):
    async def browse(self, arguments: Mapping[str, Any]) -> AsyncIterator[Sequence[sdk.Found]]:
        yield [sdk.Found("Tanks", branch="tanks")]


# --- and as they are examined ---------------------------------------------------------------------


class Sloppy(
    DatesInMilliseconds,
    ForgetsWhatCame,
    InventsMissingPoints,
    RefusesWritesWithoutRemedy,
    WritesTwice,
    FindsWhatCannotBe,
):
    pass


class Slow(TakesItsTime, WritesInPercent, LooksForEver):
    pass


class Deaf(NeverAsks, ListensToNobody, WritesWithoutWaiting, FindsNothing):
    pass


class Stubborn(StopsListening, WritesAgain, LeadsNowhere):
    pass


class Gullible(BelievesGarbage, NothingIsWritable, LeaksItsReceiver):
    pass


class Nervous(TakesQuietForLoss, RaisesWhatItLikes, SwearsNothingWasWritten):
    pass
