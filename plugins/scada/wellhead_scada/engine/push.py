"""One `listen` of a driver whose device sends by itself: its task, and the mailbox it fills."""

import asyncio
from collections.abc import Callable, Mapping, Sequence

import structlog

from wellhead.sdk import Batch, DeviceTimeout, NotKept, Pushed, PushGroup, WellheadError
from wellhead_scada.engine.around import DeviceHealth, Kept, Surroundings
from wellhead_scada.engine.connection import CLOSE_S, Connection, DriverFault
from wellhead_scada.engine.group import ScanGroup

log = structlog.get_logger(__name__)

_AHEAD_US = 3600 * 10**6
"""How far a source's clock may be ahead. One reading of a later time must not hide what the others
of its group have missed."""


class Listening:
    """Runs from `start` to `stop`. It is the sdk.Mailbox of its driver.

    ready: told when the driver says that everything is subscribed
    wake: told when the task ended
    """

    def __init__(
        self,
        connection: Connection,
        groups: Mapping[str, ScanGroup],
        health: DeviceHealth,
        around: Surroundings,
        ready: Callable[[], None],
        wake: Callable[[], None],
    ) -> None:
        self._connection = connection
        self._groups = groups
        self._health = health
        self._around = around
        self._ready = ready
        self._wake = wake
        self._heard = False
        self._over = False
        self._kept = False
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        now = self._around.timekeeper.now()
        groups = [
            PushGroup(key, group.config.period_ms / 1000, group.points, self._since(group, now))
            for key, group in self._groups.items()
        ]
        self._task = asyncio.create_task(self._connection.listen(groups, self))
        self._task.add_done_callback(lambda _: self._wake())

    def check(self, waited: float, limit: float) -> None:
        """Raises DeviceError when the driver ended, or has not subscribed after `limit` s."""
        if self._task is not None and self._task.done():
            self._task.result()
            raise DriverFault("the driver stopped listening by itself")
        if not self._heard and waited >= limit:
            raise DeviceTimeout(f"not subscribed within {limit:g} s")

    @property
    def heard(self) -> bool:
        """Whether the driver said that everything is subscribed."""
        return self._heard

    @property
    def kept(self) -> bool:
        """Whether something that came is on disk."""
        return self._kept

    async def stop(self) -> None:
        """End it; bounded, whatever the driver does."""
        self._over = True
        if self._task is None:
            return
        self._task.cancel()
        _, pending = await asyncio.wait({self._task}, timeout=CLOSE_S)
        if pending:
            log.error("driver does not stop listening, its task is abandoned")
        elif not self._task.cancelled():
            self._task.exception()  # it is known by now, or comes too late to matter

    # --- the mailbox ----------------------------------------------------------------------------

    def listening(self) -> None:
        self._heard = True
        if not self._over:
            self._ready()

    def deliver(self, pushed: Sequence[Pushed]) -> "asyncio.Future[None]":
        kept: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        kept.add_done_callback(_looked_at)
        if self._over:
            kept.set_exception(NotKept("this device is not listened to any more"))
            return kept
        now = self._around.timekeeper.now()
        some = [one for one in pushed if len(one.places)]
        batches = [self._batch(one, now) for one in some]
        self._health.counters.scans += len(batches)
        news = [batch for one, batch in zip(some, batches, strict=True) if not one.history]
        kept.add_done_callback(lambda done: self._note(news, now + _AHEAD_US, done))
        keep = self._around.delivered or self._around.sink
        sunk = [keep(batch) for batch in batches]
        waiting = [future for future in sunk if future is not None]
        if waiting:
            _Receipt(kept, waiting)
        else:
            kept.set_result(None)
        return kept

    def _note(self, batches: Sequence[Batch], last: int, kept: "asyncio.Future[None]") -> None:
        """Remember up to when each source is kept. last: the latest time that is believed"""
        if kept.cancelled() or kept.exception() is not None:
            return
        self._kept = True
        newest = self._health.newest
        for batch in batches:
            believed = batch.times[batch.times <= last]
            if not len(believed):
                continue
            time = int(believed.max())
            newest[batch.source] = max(time, newest.get(batch.source, time))

    def _batch(self, pushed: Pushed, now: int) -> Batch:
        group = self._groups.get(pushed.group)
        if group is None:
            raise DriverFault(f"the driver delivered for a group it was not given: {pushed.group}")
        return group.arrived(pushed, now)

    def _since(self, group: ScanGroup, now: int) -> int | None:
        source = group.config.source
        known = (self._health.newest.get(source), self._around.kept(source))
        times = [time for time in known if time is not None]
        return min(max(times), now) if times else None


def _looked_at(kept: "asyncio.Future[None]") -> None:
    """A driver that acknowledges nothing need not look at what became of its delivery."""
    if not kept.cancelled():
        kept.exception()


class _Receipt:
    """Settles `kept` on its loop once all of `waiting`, which other threads settle, are done."""

    def __init__(self, kept: "asyncio.Future[None]", waiting: Sequence[Kept]) -> None:
        self._kept = kept
        self._left = len(waiting)
        self._loop = kept.get_loop()
        for what in waiting:
            what.add_done_callback(self._done)

    def _done(self, what: Kept) -> None:
        self._loop.call_soon_threadsafe(self._settle, what.exception())

    def _settle(self, error: BaseException | None) -> None:
        self._left -= 1
        if self._kept.done():
            return
        if error is not None:
            told = error.message if isinstance(error, WellheadError) else str(error)
            self._kept.set_exception(NotKept(f"not kept: {told}"))
        elif not self._left:
            self._kept.set_result(None)
