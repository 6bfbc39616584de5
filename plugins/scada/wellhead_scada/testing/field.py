"""A field in memory and a clock to turn."""

import asyncio
from collections import defaultdict
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import numpy as np
from marshmallow import Schema, fields, validate

from wellhead import sdk
from wellhead_scada.drivers import Drivers


class Mode(StrEnum):
    """How a device in memory behaves."""

    GOOD = "good"
    REFUSES = "refuses"
    HANGS_AT_OPEN = "hangs at open"
    HANGS = "hangs"
    IGNORES_CANCEL = "ignores cancel"
    BREAKS = "breaks"
    WRONG_SHAPE = "wrong shape"
    CANCELS_ITSELF = "cancels itself"


@dataclass(slots=True)
class Line:
    """One device in memory. values: raw, by register; open, most_open: connections now, at most."""

    mode: Mode = Mode.GOOD
    values: dict[int, float] = field(default_factory=lambda: defaultdict(float))
    qualities: dict[int, int] = field(default_factory=dict)
    delay: float = 0.0
    opens: int = 0
    reads: int = 0
    open: int = 0
    most_open: int = 0


class LineSchema(Schema):
    line = fields.String(required=True, metadata={"description": "Name of the line in the field"})


class RegisterSchema(Schema):
    register = fields.Integer(
        required=True,
        validate=validate.Range(0, 999),
        metadata={"description": "0 to 999"},
    )


class MemoryDriver(sdk.Driver[tuple[int, ...]]):
    """Reads `lines`, a class attribute that each MemoryField's own subclass has."""

    device_schema = LineSchema
    address_schema = RegisterSchema
    datatypes = frozenset({"int16", "float32"})
    lines: dict[str, Line] = {}  # noqa: RUF012 (each subclass brings its own)

    def __init__(self, device: sdk.DeviceSpec, dialer: sdk.Dialer) -> None:
        super().__init__(device, dialer)
        self._line = self.lines[device.options["line"]]
        self._open = False

    async def open(self) -> None:
        self._line.opens += 1
        if self._line.mode is Mode.REFUSES:
            raise sdk.DeviceUnreachable("connection refused")
        if self._line.mode is Mode.HANGS_AT_OPEN:
            await self._silence()
        self._open = True
        self._line.open += 1
        self._line.most_open = max(self._line.most_open, self._line.open)

    async def close(self) -> None:
        if self._open:
            self._open = False
            self._line.open -= 1

    @classmethod
    def check_point(cls, point: sdk.Point, options: Mapping[str, Any]) -> None:
        if point.datatype == "float32" and point.address["register"] % 2:
            raise sdk.WellheadError(
                "a float32 begins at an even register",
                field="address.register",
                value=point.address["register"],
                remedy="Use the register before it",
            )

    def plan(self, points: Any) -> tuple[int, ...]:
        return tuple(point.address["register"] for point in points)

    async def read(self, plan: tuple[int, ...]) -> sdk.RawValues:
        line = self._line
        line.reads += 1
        if line.delay:
            await asyncio.sleep(line.delay)
        if line.mode is Mode.HANGS:
            await self._silence()
        while line.mode is Mode.IGNORES_CANCEL:
            with suppress(asyncio.CancelledError):
                await asyncio.sleep(0.05)
        if line.mode is Mode.BREAKS:
            raise KeyError("register map")
        if line.mode is Mode.CANCELS_ITSELF:
            raise asyncio.CancelledError
        if line.mode is Mode.REFUSES:
            raise sdk.DeviceUnreachable("connection reset")
        values = np.array([line.values[register] for register in plan], np.float64)
        codes = [line.qualities.get(register, sdk.quality.GOOD) for register in plan]
        if line.mode is Mode.WRONG_SHAPE:
            values = values[:-1]
        return sdk.RawValues(values, np.array(codes, np.int16))

    async def _silence(self) -> None:
        try:
            async with asyncio.timeout(self.device.timeout):
                await asyncio.Event().wait()
        except TimeoutError:
            raise sdk.DeviceTimeout(f"no answer within {self.device.timeout:g} s") from None


class MemoryField:
    """Devices in memory by name, and a driver of its own that reads them."""

    def __init__(self) -> None:
        lines: dict[str, Line] = defaultdict(Line)
        self.lines = lines
        self.driver: type[MemoryDriver] = type("FieldDriver", (MemoryDriver,), {"lines": lines})

    def drivers(self) -> Drivers:
        """A registry with the driver as `memory`."""
        registry = Drivers({})
        registry.add("memory", self.driver)
        return registry


class TurnedClock:
    """A wall clock that a test sets and stops, over the loop's monotonic clock."""

    def __init__(self, wall: float = 1_700_000_000.0) -> None:
        self._offset = wall - self.monotonic()
        self._frozen: float | None = None

    def monotonic(self) -> float:
        return asyncio.get_running_loop().time()

    def wall(self) -> float:
        return self.monotonic() + self._offset if self._frozen is None else self._frozen

    def turn(self, seconds: float) -> None:
        """Set the wall clock ahead, or back."""
        self._offset += seconds
        if self._frozen is not None:
            self._frozen += seconds

    def freeze(self) -> None:
        self._frozen = self.wall()


class OpenDialer:
    """Resolves nothing: drivers in memory have no address."""

    async def resolve(self, host: str, port: int) -> Any:
        raise AssertionError("a driver in memory dials nobody")
