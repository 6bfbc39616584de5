"""One device: its own task, connection, retries and back-off; nothing of it is shared.

The runner decides when its driver connects and reads. It never waits for another device, and every
scan that falls due leaves one row: read, bad for a stated reason, or counted as missed because the
one before is still being read. A device that sends by itself is listened to instead (push.py), and
leaves one bad row a group when it is lost.
"""

import asyncio
import random
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TypeVar

import structlog

from wellhead.sdk import DeviceError, NotKept, RawValues
from wellhead_scada.engine import state as states
from wellhead_scada.engine.around import DeviceHealth, Surroundings
from wellhead_scada.engine.config import DeviceConfig
from wellhead_scada.engine.connection import CLOSE_S, Connection, DriverFault, NotConfigured
from wellhead_scada.engine.errand import Errand, Hand, refuse_all
from wellhead_scada.engine.group import ScanGroup
from wellhead_scada.engine.push import Listening
from wellhead_scada.engine.state import Status
from wellhead_scada.engine.telling import Telling

log = structlog.get_logger(__name__)

T = TypeVar("T")


class DeviceRunner:
    """Runs one enabled device until `stop`. It is the errands' Place.

    groups: those with tags, by id; pushes: the device is listened to, not scanned
    """

    def __init__(
        self,
        config: DeviceConfig,
        groups: dict[str, ScanGroup],
        health: DeviceHealth,
        around: Surroundings,
        *,
        pushes: bool,
    ) -> None:
        self.config = config
        self.groups = groups
        self.pushes = pushes
        self._health = health
        self._around = around
        self._log = log.bind(device=config.name)
        self._telling = Telling(self._log)
        self._connection: Connection | None = None
        self._reading: tuple[ScanGroup, int] | None = None
        self._waiting: dict[str, None] = {}
        self._errands: deque[Errand] = deque()
        self._errand: Errand | None = None
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._given_up = False
        self._unkept = 0  # connections in a row that ended since nothing of theirs could be kept

    # --- called by the engine, on the loop, never waiting ---------------------------------------

    def start(self) -> None:
        if not self._health.state.failures:
            self._telling.begin()
        self._task = asyncio.create_task(self._run(), name=f"device {self.config.name}")

    def regroup(self, config: DeviceConfig, groups: dict[str, ScanGroup]) -> None:
        """Take over changed groups; the connection stays."""
        self.config = config
        self.groups = groups
        self._waiting = {key: None for key in self._waiting if key in self.groups}
        self._wake.set()

    def surround(self, around: Surroundings) -> None:
        """Work with other surroundings from the next connection, retry or pause on."""
        self._around = around

    async def may_stay(self, around: Surroundings) -> bool:
        """Whether its connection, if it has one, would be let through in these surroundings."""
        return self._connection is None or await self._connection.may_stay(around.dialer)

    def due(self, group_id: str) -> None:
        """A scan falls due. Of a device that is down the row is written here and now."""
        group = self.groups.get(group_id)
        if group is None:
            return
        if self._health.state.down:
            self._write_bad(group, self._around.timekeeper.now())
        elif group_id in self._waiting or self._is_reading(group_id):
            self._health.counters.missed += 1
        else:
            self._waiting[group_id] = None
            self._wake.set()

    def trouble(self) -> str | None:
        """Why the task must be replaced, or None: it ended by itself, or does not come back."""
        if self._task is not None and self._task.done():
            error = None if self._task.cancelled() else self._task.exception()
            return f"its task died: {type(error).__name__}: {error}"
        if self._connection is not None and self._connection.wedged:
            return "its driver hangs and ignores that it was cancelled"
        return None

    def abandon(self, reason: str) -> None:
        """Give the task up without waiting for it; its scans turn bad."""
        fault = DriverFault(reason)
        self._fail(fault)
        if self._errand is not None:  # nobody else tells who waits for it: its task may never end
            self._errand.refuse(fault)
        self._given_up = True
        if self._task is not None:
            self._task.cancel()

    async def stop(self) -> None:
        """Disconnect; bounded, whatever the driver does."""
        if self._task is None:
            return
        self._task.cancel()
        calls = 2 if self.pushes else 1  # of the driver, each with its own bound
        _, pending = await asyncio.wait({self._task}, timeout=calls * CLOSE_S + 0.5)
        if pending:
            self._given_up = True
            self._log.error("driver does not stop, its task is abandoned")
        refuse_all(self._errands, DriverFault("the device was stopped before its turn came"))

    async def errand(self, work: Callable[[Hand], Awaitable[T]]) -> T:
        """Do `work` between the scans, on the device's own connection; a device that backs off is
        tried at once. Raises DeviceError, and what `work` raises."""
        errand = Errand(work)
        self._errands.append(errand)
        self._wake.set()
        result: T = await errand.answer
        return result

    # --- for errands ----------------------------------------------------------------------------

    async def connection(self) -> Connection:
        """An open connection. Raises DeviceError."""
        if self._connection is None:
            await self._open()
        assert self._connection is not None
        return self._connection

    async def read(self, group: ScanGroup) -> RawValues:
        return await self._read(group, self._around.retries)

    async def scan_what_waits(self) -> None:
        while self._waiting:
            await self._scan(next(iter(self._waiting)))

    # --- the task -------------------------------------------------------------------------------

    async def _run(self) -> None:
        try:
            if self._health.state.failures:
                await self._pause()
            while not self._given_up:
                try:
                    await self._session()
                except DeviceError as error:
                    self._unkept = self._unkept + 1 if isinstance(error, NotKept) else 0
                    self._fail(error)
                await self._close()
                await self._pause()
        finally:
            self._telling.end()
            await self._close()

    async def _session(self) -> None:
        """Connected until something fails. Raises DeviceError."""
        await self._open()
        if self.pushes:
            while True:
                await self._listen()
        if self._health.state.failures:
            await self._probe()
        self._answered()
        while True:
            while not self._errands and not self._waiting:
                self._wake.clear()
                await self._wake.wait()
            if self._errands:
                await self._run_errand()
            else:
                await self._scan(next(iter(self._waiting)))

    async def _listen(self) -> None:
        """Listen until the groups change. Raises DeviceError."""
        groups = self.groups
        listening = Listening(
            await self.connection(),
            groups,
            self._health,
            self._around,
            ready=self._answered,
            wake=self._wake.set,
        )
        begun = self._around.clock.monotonic()
        limit = max(self._around.wedged_s, self.config.timeout)
        listening.start()
        try:
            while self.groups is groups:
                self._wake.clear()
                listening.check(self._around.clock.monotonic() - begun, limit)
                if self._errands:
                    await self._run_errand()
                    continue
                with suppress(TimeoutError):
                    async with asyncio.timeout(None if listening.heard else limit):
                        await self._wake.wait()
        finally:
            if listening.kept:
                self._unkept = 0
            await listening.stop()

    async def _run_errand(self) -> None:
        self._errand = self._errands.popleft()
        await self._errand.run(self)
        self._go_on()

    async def _probe(self) -> None:
        """Read something before a device that failed is believed: some accept and never answer."""
        if self._errands:
            await self._run_errand()
            return
        for group in self.groups.values():
            if group.points:
                await self._read(group, retries=0)
                return

    async def _scan(self, group_id: str) -> None:
        del self._waiting[group_id]
        group = self.groups[group_id]
        self._reading = (group, self._around.timekeeper.now())
        raw = await self._read(group, self._around.retries)
        row = group.good(self._reading[1], raw)
        self._reading = None
        self._health.counters.scans += 1
        self._around.sink(row)

    async def _read(self, group: ScanGroup, retries: int) -> RawValues:
        while True:
            try:
                raw = await (await self.connection()).read(group)
            except (DriverFault, NotConfigured):
                raise  # another try would end the same way
            except DeviceError as error:
                if retries == 0 or self.pushes:  # a listening connection is not replaced under way
                    raise
                retries -= 1
                self._health.counters.failures += 1
                self._log.info("read failed, trying again", group=group.config.name, why=str(error))
                await self._close()
            else:
                self._go_on()
                return raw

    def _go_on(self) -> None:
        """Nothing more is done by a task that was abandoned and whose driver came back then."""
        if self._given_up:
            raise asyncio.CancelledError

    async def _open(self) -> None:
        around = self._around
        self._connection = Connection(
            self.config, around.drivers, around.dialer, around.clock, around.wedged_s
        )
        await self._connection.open()
        self._health.counters.connects += 1

    async def _close(self) -> None:
        connection = self._connection
        if connection is not None:
            await connection.close()
            self._connection = None

    async def _pause(self) -> None:
        """Wait out the back-off, or until somebody asks for something."""
        failures = max(self._health.state.failures, self._unkept)
        delay = self._around.backoff.delay(failures, random.random())  # noqa: S311
        with suppress(TimeoutError):
            async with asyncio.timeout(delay):
                while not self._errands:
                    self._wake.clear()
                    await self._wake.wait()

    # --- state ----------------------------------------------------------------------------------

    def _answered(self) -> None:
        before = self._health.state
        if before.status is Status.CONNECTED:
            return
        now = self._around.timekeeper.now()
        self._health.state = states.answered(before, now)
        down = f"{(now - before.since) / 1e6:.0f} s" if before.failures else None
        self._telling.connected(down)
        self._around.changed(self.config.id)

    def _fail(self, error: DeviceError) -> None:
        if self._given_up:
            return
        now = self._around.timekeeper.now()
        before = self._health.state
        self._health.state = states.failed(before, now, str(error), error.quality)
        self._health.counters.failures += 1
        if before.reason != self._health.state.reason:
            self._telling.down(error)
        if self._reading is not None:
            self._write_bad(*self._reading)
            self._reading = None
        for group_id in self._waiting:
            self._write_bad(self.groups[group_id], now)
        self._waiting.clear()
        if self.pushes and not (before.down and before.quality == error.quality):
            for group in self.groups.values():
                self._write_bad(group, now)
        refuse_all(self._errands, error)
        self._errands.clear()
        self._around.changed(self.config.id)

    def _is_reading(self, group_id: str) -> bool:
        return self._reading is not None and self._reading[0].config.id == group_id

    def _write_bad(self, group: ScanGroup, time: int) -> None:
        self._health.counters.scans += 1
        self._health.counters.bad += 1
        self._around.sink(group.bad(time, self._health.state.quality))
