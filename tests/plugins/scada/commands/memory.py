"""A field in memory that can be written, its driver as the web sees it, and a gateway over it."""

import asyncio
import threading
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np
import psycopg
from marshmallow import Schema, fields

from wellhead import sdk
from wellhead_scada.commands.executor import Commands
from wellhead_scada.commands.ledger import Ledger
from wellhead_scada.commands.states import State
from wellhead_scada.gateway.database import Database

T = TypeVar("T")


class Options(Schema):
    host = fields.String(metadata={"description": "Anything"})


class Address(Schema):
    register = fields.Integer(required=True, metadata={"description": "From 10000 on read-only"})


class ReadOnlyDriver(sdk.Driver[None]):
    """Only checked by the web: nothing here talks to a device."""

    device_schema = Options
    address_schema = Address
    datatypes = frozenset({"float32", "int16", "bool", "string"})

    async def open(self) -> None:
        raise NotImplementedError

    async def close(self) -> None:
        raise NotImplementedError

    @classmethod
    def check_point(cls, point: sdk.Point, options: Mapping[str, Any]) -> None:
        pass

    def plan(self, points: Sequence[sdk.Point]) -> None:
        raise NotImplementedError

    async def read(self, plan: None) -> sdk.RawValues:
        raise NotImplementedError


class MemoryWriter(ReadOnlyDriver, sdk.Writes):
    @classmethod
    def check_write(cls, point: sdk.Point, options: Mapping[str, Any]) -> None:
        if point.address["register"] >= 10_000:
            raise sdk.WellheadError(
                "registers from 10000 on are read-only",
                field="address.register",
                value=point.address["register"],
                remedy="Use a register below 10000",
            )

    async def write(self, point: sdk.Point, value: float | str) -> None:
        raise NotImplementedError


@dataclass(frozen=True)
class Seen:
    value: float
    quality: int = sdk.quality.GOOD
    text: str | None = None


@dataclass
class MemoryField:
    """The devices of a gateway, and what was done to them.

    values: by tag; writes: (monotonic time, tag, value) in order
    before_write, in_write, before_read: called at those moments; they may raise, wait or kill
    follows: whether a written value can be read back
    """

    values: dict[int, float | str] = field(default_factory=dict)
    writes: list[tuple[float, int, float | str]] = field(default_factory=list)
    before_write: Callable[[], Awaitable[None]] | None = None
    in_write: Callable[[], Awaitable[None]] | None = None
    before_read: Callable[[], Awaitable[None]] | None = None
    before_errand: Callable[[], Awaitable[None]] | None = None
    follows: bool = True
    quality: int = sdk.quality.GOOD

    async def errand(self, device_id: str, work: Callable[[Any], Awaitable[T]]) -> T:
        if self.before_errand:
            await self.before_errand()
        return await work(self)

    async def prepare(self) -> None:
        """As the engine takes its configuration over."""

    async def connect(self) -> None:
        """As an errand's hand."""

    async def read_tag(self, tag: int) -> Seen:
        if self.before_read:
            await self.before_read()
        value = self.values.get(tag, 0.0)
        if isinstance(value, str):
            return Seen(np.nan, self.quality, value)
        return Seen(value, self.quality)

    async def write_tag(self, tag: int, value: float | str, within: float) -> None:
        if self.before_write:
            await self.before_write()
        self.writes.append((time.monotonic(), tag, value))
        if self.follows:
            self.values[tag] = value
        if self.in_write:
            await self.in_write()

    def written(self, tag: int) -> list[float | str]:
        return [value for _, one, value in self.writes if one == tag]


class Traced(Database):
    """Knows its connections, which the end of a process would close."""

    def __init__(self, settings: sdk.Settings, tenant: str, name: str) -> None:
        super().__init__(settings, tenant, name)
        self.open: list[psycopg.AsyncConnection[Any]] = []

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[psycopg.AsyncConnection[Any]]:
        async with super().connection() as made:
            self.open.append(made)
            yield made
        self.open.remove(made)


_DEAD: list[Any] = []
"""Loops and tasks of killed gateways. Were they collected, their coroutines would be closed, and
run what they have in `finally`, which nothing of a dead process does."""


class MemoryGateway:
    """The commands of a gateway over a field, on a loop in a thread of its own."""

    def __init__(
        self,
        settings: sdk.Settings,
        memory: MemoryField,
        name: str = "main",
        ledger: type[Ledger] = Ledger,
    ) -> None:
        self.ended: list[State] = []
        self._database = Traced(settings, "default", name)
        self.ledger = ledger(self._database, "default", name)
        self._memory = memory
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self.commands = self._call(self._made())
        self._run = self._call(self._started())

    async def _made(self) -> Commands:
        return Commands(
            self.ledger, self._memory, prepare=self._memory.prepare, ended=self.ended.append
        )

    async def _started(self) -> "asyncio.Task[None]":
        return asyncio.create_task(self.commands.run())

    async def _ended(self) -> None:
        self._run.cancel()
        await asyncio.wait([self._run])
        await self.commands.stop()

    def look(self) -> None:
        self._loop.call_soon_threadsafe(self.commands.look)

    def stop(self) -> None:
        """As a gateway that is told to end."""
        self._call(self._ended())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def kill(self) -> None:
        """As kill -9: nothing is told to anybody."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        assert not self._thread.is_alive()
        _DEAD.append((self._loop, asyncio.all_tasks(self._loop)))
        for connection in self._database.open:
            connection.pgconn.finish()

    def _call(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(20)


def key() -> str:
    return str(uuid.uuid4())
