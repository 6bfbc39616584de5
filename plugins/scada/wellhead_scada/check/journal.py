"""Every call of a driver, as the engine makes it: how often, how long, and what came out."""

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Sequence
from typing import Any, TypeVar

from wellhead.sdk import (
    DeviceError,
    Mailbox,
    Point,
    Pushes,
    PushGroup,
    RawValues,
    WriteRefused,
    Writes,
)
from wellhead_scada.check.findings import Findings
from wellhead_scada.points import AnyDriver

T = TypeVar("T")

CLOSE_S = 0.5
"""Seconds after which closing counts as waiting for the device."""


class Journal:
    """opens, writes: calls of each, by device; refused: writes of which the driver said that
    nothing was written; stopping: set once the engine cuts calls by design"""

    def __init__(self, findings: Findings) -> None:
        self.opens: Counter[str] = Counter()
        self.writes: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self.stopping = False
        self._findings = findings

    def recorded(self, driver: type[AnyDriver]) -> type[AnyDriver]:
        """`driver`, with every call written down."""
        journal = self

        class Recorded(driver):  # type: ignore[misc, valid-type]
            async def open(self) -> None:
                journal.opens[self.device.name] += 1
                await journal._call("open", super().open())

            async def read(self, plan: Any) -> RawValues:
                return await journal._call("read", super().read(plan))

            async def close(self) -> None:
                begun = time.monotonic()
                await journal._call("close", super().close())
                took = time.monotonic() - begun
                if took > CLOSE_S:
                    journal._findings.add(
                        "driver-stops",
                        f"`close` took {took:.1f} s; close the socket, wait for nobody",
                    )

            if issubclass(driver, Pushes):

                async def listen(self, groups: Sequence[PushGroup], mailbox: Mailbox) -> None:
                    await journal._listened(super().listen(groups, mailbox))

            if issubclass(driver, Writes):

                async def write(self, point: Point, value: float | str) -> None:
                    journal.writes[self.device.name] += 1
                    try:
                        await journal._call("write", super().write(point, value))
                    except WriteRefused:
                        journal.refused[self.device.name] += 1
                        raise

        return Recorded

    async def _listened(self, work: Awaitable[None]) -> None:
        """The engine ends `listen` by cancelling it, at any time."""
        try:
            await work
        except (DeviceError, asyncio.CancelledError):
            raise
        except Exception as error:  # isolates: as in `_call`
            self._findings.add(
                "driver-errors",
                f"`listen` raised {type(error).__name__}: {error}; it may raise only DeviceError",
            )
            raise
        self._findings.add(
            "driver-errors",
            "`listen` returned; it listens until it is cancelled, and raises DeviceError when the "
            "device is lost",
        )

    async def _call(self, what: str, work: Awaitable[T]) -> T:
        try:
            return await work
        except asyncio.CancelledError:
            if not self.stopping:
                self._findings.add(
                    "driver-errors",
                    f"`{what}` did not return and the engine had to cut it off; end each exchange "
                    "within `device.timeout`, however little of the answer has come",
                )
            raise
        except (
            Exception
        ) as error:  # isolates: a driver is foreign code, and it goes on to the engine
            if what == "close" or not isinstance(error, DeviceError):
                wanted = "nothing" if what == "close" else "only DeviceError"
                self._findings.add(
                    "driver-errors",
                    f"`{what}` raised {type(error).__name__}: {error}; it may raise {wanted}",
                )
            raise
