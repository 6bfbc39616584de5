"""An engine, its field, its clock, and everything it wrote."""

import asyncio
import datetime as dt
from collections.abc import Awaitable, Callable
from typing import Any
from unittest.mock import patch

from wellhead import sdk
from wellhead_scada.engine.around import Counters, Surroundings
from wellhead_scada.engine.clock import Timekeeper
from wellhead_scada.engine.config import DeviceConfig, FieldConfig, GroupConfig, TagConfig
from wellhead_scada.engine.engine import Engine
from wellhead_scada.engine.state import Backoff, DeviceState
from wellhead_scada.testing.field import MemoryField, Mode, OpenDialer, TurnedClock


class Bench:
    """To be made on a running loop; see `play`.

    rows: by source; at: monotonic times of the rows, by source; changed: device ids, in order
    """

    def __init__(self, field: MemoryField, **surroundings: Any) -> None:
        self.field = field
        self.clock = TurnedClock()
        self.rows: dict[int, list[sdk.Batch]] = {}
        self.at: dict[int, list[float]] = {}
        self.changed: list[str] = []
        values: dict[str, Any] = {
            "drivers": field.drivers(),
            "dialer": OpenDialer(),
            "sink": self._write,
            "changed": self.changed.append,
            "clock": self.clock,
            "timekeeper": Timekeeper(self.clock),
            "backoff": Backoff(0.05, 0.2),
            **surroundings,
        }
        self.engine = Engine(Surroundings(**values))

    async def apply(self, *devices: DeviceConfig) -> None:
        await self.engine.apply(FieldConfig(devices))

    async def until(self, condition: Callable[[], object], timeout: float = 10.0) -> None:
        """Wait until the condition holds. Raises AssertionError when it does not in time."""
        try:
            async with asyncio.timeout(timeout):
                while not condition():
                    await asyncio.sleep(0.005)
        except TimeoutError:
            raise AssertionError(f"did not come true within {timeout} s") from None

    async def until_rows(self, source: int, more: int = 1, timeout: float = 10.0) -> None:
        """Wait for `more` rows of the source from now on."""
        goal = len(self.rows.get(source, [])) + more
        await self.until(lambda: len(self.rows.get(source, [])) >= goal, timeout)

    def state(self, device: str) -> DeviceState:
        return self.engine.health[device].state

    def counters(self, device: str) -> Counters:
        return self.engine.health[device].counters

    def qualities(self, source: int) -> list[int]:
        """Quality of the first tag of each row."""
        return [int(batch.qualities[0]) for batch in self.rows.get(source, [])]

    def _write(self, batch: sdk.Batch) -> None:
        self.rows.setdefault(batch.source, []).append(batch)
        self.at.setdefault(batch.source, []).append(self.clock.monotonic())


def play(
    story: Callable[[Bench], Awaitable[None]],
    *devices: DeviceConfig,
    field: MemoryField | None = None,
    **surroundings: Any,
) -> None:
    """Run `story` beside an engine that scans `devices`.

    field: prepared beforehand; surroundings: fields of `Surroundings` to replace
    """

    async def act() -> None:
        bench = Bench(field or MemoryField(), **surroundings)

        class WallClock(dt.datetime):
            @classmethod
            def now(cls, tz: dt.tzinfo | None = None) -> "WallClock":
                return cls.fromtimestamp(bench.clock.wall(), tz)

        with patch("apscheduler.schedulers.base.datetime", WallClock):
            await bench.engine.start()
            try:
                await bench.apply(*devices)
                await story(bench)
            finally:
                try:
                    async with asyncio.timeout(10):
                        await bench.engine.stop()
                finally:
                    for line in bench.field.lines.values():  # or a story that fails never ends
                        if line.mode is Mode.IGNORES_CANCEL:
                            line.mode = Mode.GOOD

    asyncio.run(act())


def group(number: int, *, period: int = 100, tags: int = 2, **changed: Any) -> GroupConfig:
    """Scan group `number`: its source has that number, its tags are number · 100 + register."""
    made = tuple(
        TagConfig(number * 100 + register, f"t{register}", "int16", {"register": register})
        for register in range(tags)
    )
    values: dict[str, Any] = {"tags": made, **changed}
    return GroupConfig(f"group-{number}", f"group {number}", period, number, **values)


def device(name: str, *groups: GroupConfig, **changed: Any) -> DeviceConfig:
    """A device in memory on the line of its own name; its id is its name too."""
    values: dict[str, Any] = {
        "driver": "memory",
        "options": {"line": name},
        "timeout": 0.2,
        "enabled": True,
        **changed,
    }
    return DeviceConfig(id=name, name=name, groups=groups, **values)
