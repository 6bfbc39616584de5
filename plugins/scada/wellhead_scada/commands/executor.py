"""Carrying out commands on a gateway: claimed, sent at most once, read back.

What is known of a command goes to the database through an outbox in memory: while the database is
away it waits there, in order, and nothing new is claimed. What a gateway that is killed has not
told becomes `unknown` when it starts again.
"""

import asyncio
import uuid
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any, Protocol, TypeVar

import structlog

from wellhead import sdk
from wellhead_scada.commands.attempt import Attempt, Hand, NotSent, TagValue, judge
from wellhead_scada.commands.clock import elapsed
from wellhead_scada.commands.ledger import Ledger, Order, Unclear
from wellhead_scada.commands.states import SENT, State
from wellhead_scada.commands.steps import Step
from wellhead_scada.gateway.database import AWAY

log = structlog.get_logger(__name__)

T = TypeVar("T")

LOOK_EVERY_S = 2.0
"""Seconds between looks without an event: for those missed, and commands that had to wait."""
GRACE_S = 1.0
STOP_S = 1.0
"""Seconds that commands under way have when the gateway is told to end, and then the database."""
_PAUSE_S = 0.5
_READ_EVERY_S = 0.25
_SENDING_S = 60.0
"""Longest that a driver's write may take, which the engine bounds long before."""

_BEFORE = {
    State.EXPIRED: (State.DISPATCHED,),
    State.ACKNOWLEDGED: (State.DISPATCHED,),
    State.VERIFIED: (State.ACKNOWLEDGED,),
    State.FAILED: SENT,
    State.UNKNOWN: SENT,
}


class Errands(Protocol):
    """The engine, as far as commands need it."""

    def errand(self, device_id: str, work: Callable[[Any], Awaitable[T]]) -> Awaitable[T]:
        """Run `work` on the device's own connection, between its scans. Raises DeviceError, or
        WellheadError for a device that is not here."""


class Commands:
    """Claims and carries out the commands of one gateway.

    prepare: makes sure that the engine has the configuration that the database has; raises AWAY
    ended: told the state of each command that this gateway has done with
    """

    def __init__(
        self,
        ledger: Ledger,
        engine: Errands,
        *,
        prepare: Callable[[], Awaitable[None]],
        ended: Callable[[State], None],
    ) -> None:
        self._ledger = ledger
        self._engine = engine
        self._prepare = prepare
        self._ended = ended
        self._wake = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._outbox: deque[Step] = deque()
        self._to_write = asyncio.Event()

    def look(self) -> None:
        """There may be a command."""
        self._wake.set()

    async def run(self) -> None:
        """For ever."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._write(), name="outcomes of commands")
            group.create_task(self._claim(), name="claiming commands")

    async def stop(self) -> None:
        """After `run` was cancelled: let what is under way come to its end, or end it, and tell the
        database what is known; bounded."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=GRACE_S)
        for task in self._tasks:
            task.cancel()
        try:
            async with asyncio.timeout(STOP_S):
                await asyncio.gather(*self._tasks, return_exceptions=True)
                while self._outbox:
                    await self._write_first()
        except AWAY as error:
            log.error(
                "outcomes of commands are not told", count=len(self._outbox), reason=str(error)
            )

    # --- claiming ---------------------------------------------------------------------------------

    async def _claim(self) -> None:
        lost = False
        away = False
        while True:
            try:
                if not lost:
                    count = await self._ledger.lose_earlier()
                    lost = True
                    if count:
                        log.error("commands of an earlier run are unknown", count=count)
                await self._claim_all()
                away = False
            except AWAY as error:
                if not away:
                    log.warning("no database, commands wait for it", reason=str(error).strip())
                away = True
            try:
                async with asyncio.timeout(LOOK_EVERY_S):
                    await self._wake.wait()
            except TimeoutError:
                pass
            self._wake.clear()

    async def _claim_all(self) -> None:
        passed: list[uuid.UUID] = []
        while not self._outbox:  # what is known is told first
            dispatch = uuid.uuid4()
            try:
                found = await self._ledger.claim(dispatch, passed)
            except Unclear as lost:
                self._outbox.append(lost.step)
                self._to_write.set()
                return
            if found is None:
                return
            if not isinstance(found, Order):
                passed.append(found)
                continue
            task = asyncio.create_task(self._carry_out(found), name=f"command {found.id}")
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    # --- one command ------------------------------------------------------------------------------

    async def _carry_out(self, order: Order) -> None:
        told = log.bind(command=str(order.id), tag=order.tag, value=order.value)
        told.info("command dispatched", by=order.actor.email)
        attempt = Attempt(order)
        try:
            state, why = await self._send(attempt)
            if state is State.ACKNOWLEDGED and order.readback is not None:
                self._tell(order, state, why)
                state, why = await self._read_back(order, order.readback)
        except asyncio.CancelledError:
            state, why = attempt.cut_short()
        self._tell(order, state, why)
        self._ended(state)
        told.info("command ended", state=state.value, why=why)

    async def _send(self, attempt: Attempt) -> tuple[State, str]:
        """What became of sending it."""
        try:
            # limits and address belong together: not those of now with the address of before
            await self._prepare()
        except AWAY as error:
            return attempt.failed(error)
        errand = asyncio.ensure_future(self._engine.errand(attempt.order.device, attempt.work))
        try:
            await asyncio.wait({errand}, timeout=attempt.left())
            if not errand.done() and not attempt.sent:
                attempt.closed = True  # no write begins from here on, whatever the device does
                raise attempt.too_late()
            async with asyncio.timeout(_SENDING_S):
                await errand
        except NotSent as error:
            return error.state, str(error)
        except (sdk.WellheadError, TimeoutError) as error:
            return attempt.failed(error)
        finally:
            errand.cancel()
        return State.ACKNOWLEDGED, "the device took it"

    async def _read_back(self, order: Order, tag: int) -> tuple[State, str]:
        async def read(hand: Hand) -> TagValue:
            return await hand.read_tag(tag)

        until = elapsed() + order.verify_s
        while True:
            seen = None
            try:
                seen = await self._engine.errand(order.device, read)
                as_commanded, said = judge(order, seen)
                if as_commanded:
                    return State.VERIFIED, said
            except sdk.WellheadError as error:
                said = f"it could not be read back: {error}"
            left = until - elapsed()
            if left <= 0:
                state = State.UNKNOWN if seen is None else State.FAILED
                return state, f"the device took it, but {said} after {order.verify_s:g} s"
            await asyncio.sleep(min(_READ_EVERY_S, left))

    # --- telling the database ---------------------------------------------------------------------

    def _tell(self, order: Order, state: State, why: str) -> None:
        """Into the outbox. From `unknown` too: a job may have said so while nobody else knew."""
        ends = state not in SENT or (state is State.ACKNOWLEDGED and order.readback is None)
        late = (State.UNKNOWN,) if ends and state is not State.UNKNOWN else ()
        step = Step(
            order.id,
            (*_BEFORE[state], *late),
            state,
            why,
            order.actor,
            ends=ends,
            only="c.dispatch = %(dispatch)s",
            values={"dispatch": order.dispatch},
        )
        self._outbox.append(step)
        self._to_write.set()

    async def _write(self) -> None:
        away = False
        while True:
            await self._to_write.wait()
            try:
                while self._outbox:
                    await self._write_first()
                self._to_write.clear()
                self._wake.set()
                away = False
            except AWAY as error:
                if not away:
                    log.error(
                        "outcomes of commands wait for the database", reason=str(error).strip()
                    )
                away = True
                await asyncio.sleep(_PAUSE_S)

    async def _write_first(self) -> None:
        await self._ledger.write(self._outbox[0])
        self._outbox.popleft()
