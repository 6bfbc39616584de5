"""One try to send a command, and what is known of it at every moment.

It runs inside an errand, where the last look at the clock and the driver's write follow each other
without giving way. Once `closed` no write begins any more; once `sent` nothing but the device's own
word says whether it was done.
"""

import math
from typing import Protocol

from wellhead import sdk
from wellhead_scada.commands.clock import elapsed
from wellhead_scada.commands.ledger import Order
from wellhead_scada.commands.states import State


class TagValue(Protocol):
    """A tag as it was just read; value: in its unit."""

    @property
    def value(self) -> float: ...
    @property
    def quality(self) -> int: ...
    @property
    def text(self) -> str | None: ...


class Hand(Protocol):
    """What an errand may do at a device, as far as commands need it; everything raises
    DeviceError."""

    async def connect(self) -> None:
        """Have a connection."""

    async def read_tag(self, tag: int) -> TagValue:
        """One tag, now."""

    async def write_tag(self, tag: int, value: float | str, within: float) -> None:
        """Write it once, sent within so many seconds or not at all; raises WriteRefused when
        nothing was written for certain."""


class NotSent(sdk.WellheadError):
    """Nothing was sent, for certain; `state` is what the command becomes."""

    def __init__(self, state: State, why: str) -> None:
        super().__init__(f"nothing was sent: {why}")
        self.state = state


class Attempt:
    """closed: may not begin to write; sent: has begun to; taken: the device said yes"""

    def __init__(self, order: Order) -> None:
        self.order = order
        self.closed = False
        self.sent = False
        self.taken = False

    def left(self) -> float:
        """Seconds in which it may still be sent."""
        return max(0.0, self.order.deadline - elapsed())

    async def work(self, hand: Hand) -> None:
        """The errand. Raises NotSent, or DeviceError (see `failed`)."""
        await hand.connect()
        if self.order.max_change is not None:
            self._check_change(await hand.read_tag(self.order.tag), self.order.max_change)
        left = self.left()
        if self.closed or not left:
            raise self.too_late()
        self.sent = True
        # the driver may wait before it sends, and must not when the time has passed meanwhile
        await hand.write_tag(self.order.tag, self.order.value, left)
        self.taken = True

    def too_late(self) -> NotSent:
        """Its time passed before it was sent."""
        if elapsed() >= self.order.expires:
            return NotSent(State.EXPIRED, "it expired before the device was free")
        return NotSent(State.FAILED, "the device was busy for too long")

    def failed(self, error: Exception) -> tuple[State, str]:
        """What a write that ended in `error` leaves behind."""
        said = str(error) or type(error).__name__
        if self.taken:
            return State.ACKNOWLEDGED, "the device took it"
        if isinstance(error, sdk.WriteRefused):
            return State.FAILED, f"nothing was written: {said}"
        if self.sent:
            return State.UNKNOWN, f"nobody knows whether it was done, see in the field: {said}"
        self.closed = True
        return State.FAILED, f"nothing was sent: {said}"

    def cut_short(self) -> tuple[State, str]:
        """What is known when the gateway is stopped."""
        stopped = "the gateway was stopped"
        if not self.sent:
            self.closed = True
            return State.FAILED, f"nothing was sent: {stopped}"
        if self.taken:
            return State.UNKNOWN, f"the device took it, but was not read back: {stopped}"
        return State.UNKNOWN, f"nobody knows whether it was done, see in the field: {stopped}"

    def _check_change(self, seen: TagValue, most: float) -> None:
        value = self.order.value
        if isinstance(value, str):
            return
        if seen.quality & sdk.quality.STATUS_MASK != sdk.quality.GOOD or not math.isfinite(
            seen.value
        ):
            quality = sdk.quality.name_of(seen.quality)
            raise NotSent(State.FAILED, f"the present value is {quality}, so its change is unknown")
        change = abs(value - seen.value)
        if change > most:
            raise NotSent(
                State.FAILED,
                f"it reads {seen.value:g} now; {value:g} would change it by {change:g}, "
                f"max_change is {most:g}",
            )


def judge(order: Order, seen: TagValue) -> tuple[bool, str]:
    """Whether a read-back is as commanded, and what it says."""
    if seen.quality & sdk.quality.STATUS_MASK != sdk.quality.GOOD:
        return False, f"it reads back with quality {sdk.quality.name_of(seen.quality)}"
    if isinstance(order.value, str):
        return seen.text == order.value, f"it reads back {seen.text!r}"
    said = f"it reads back {seen.value:g}"
    return abs(seen.value - order.value) <= order.tolerance, said
