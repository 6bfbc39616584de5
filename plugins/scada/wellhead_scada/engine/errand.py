"""What may be done at a device between its scans: a test read, a write, a look around.

An errand runs in the device's own task and on its own connection, as scans do, so nothing that
somebody asks for can disturb another device or open a second connection to this one.
"""

import asyncio
import math
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any, Protocol

from wellhead.sdk import (
    DeviceError,
    Found,
    RawValues,
    WriteRefused,
    WriteUnconfirmed,
    quality,
)
from wellhead_scada.engine.config import TagConfig
from wellhead_scada.engine.connection import Connection, DriverFault
from wellhead_scada.engine.group import ScanGroup

Answer = list[tuple[ScanGroup, RawValues]]
"""What a test read brings: every group of the device with its raw values."""


@dataclass(frozen=True, slots=True)
class TagValue:
    """One tag as it was just read. raw: before scaling; value: in the tag's unit, NaN where there
    is none; text: what a text tag says"""

    raw: float
    value: float
    quality: int
    text: str | None = None


class Place(Protocol):
    """Where errands run: a device's task, or a connection made for one errand."""

    @property
    def groups(self) -> Mapping[str, ScanGroup]:
        """Those of the device, by id."""

    async def connection(self) -> Connection:
        """An open connection. Raises DeviceError."""

    async def read(self, group: ScanGroup) -> RawValues:
        """As a scan reads it. Raises DeviceError."""

    async def scan_what_waits(self) -> None:
        """Give the scans that fell due meanwhile their turn. Raises DeviceError."""


class NoTask:
    """The Place of a device that is switched off: one connection, no scans."""

    def __init__(self, groups: Mapping[str, ScanGroup], connection: Connection) -> None:
        self.groups = groups
        self._connection = connection

    async def connection(self) -> Connection:
        return self._connection

    async def read(self, group: ScanGroup) -> RawValues:
        return await self._connection.read(group)

    async def scan_what_waits(self) -> None:
        """Nothing is scanned."""


class Hand:
    """What an errand may do; everything raises DeviceError."""

    def __init__(self, place: Place) -> None:
        self._place = place

    async def connect(self) -> None:
        """Have a connection. The next call of `write_tag` then reaches the driver without giving
        way before, so what was checked between the two still holds."""
        await self._place.connection()

    async def read_all(self) -> Answer:
        """Every group of the device."""
        return [(group, await self._place.read(group)) for group in self._place.groups.values()]

    async def read_tag(self, tag: int) -> TagValue:
        """One tag, now."""
        group, place, config = self._find(tag)
        point = group.points[place]
        raw = await (await self._place.connection()).read_points((point,))
        value = float(raw.values[0]) * config.scale + config.offset
        code = int(raw.qualities[0])
        if 0 not in raw.texts and not math.isfinite(value) and code >= quality.GOOD:
            code = quality.BAD_SENSOR_FAILURE
        return TagValue(float(raw.values[0]), value, code, raw.texts.get(0))

    async def write_tag(self, tag: int, value: float | str, within: float | None = None) -> None:
        """Write `value`, in the tag's unit or a text, once. within: seconds from now on after which
        nothing may be sent; None = as long as the driver takes.

        Raises WriteRefused when nothing was written for certain; after any other DeviceError nobody
        knows.
        """
        try:
            group, place, config = self._find(tag)
            connection = await self._place.connection()
        except DeviceError as error:
            raise WriteRefused(
                error.message, field=error.field, value=error.value, remedy=error.remedy
            ) from error
        raw = value if isinstance(value, str) else _unscaled(config, value)
        await connection.write(group.points[place], raw, within)

    async def scan_what_waits(self) -> None:
        """Give the scans that fell due meanwhile their turn, in a long errand."""
        await self._place.scan_what_waits()

    async def browse(
        self, arguments: Mapping[str, Any], enough: Callable[[list[Found]], bool] = lambda _: False
    ) -> list[Found]:
        """What the device has, no further once it is `enough`; scans get their turn in between."""
        found: list[Found] = []
        connection = await self._place.connection()
        async with aclosing(connection.browse(arguments)) as steps:
            async for some in steps:
                found += some
                if enough(found):
                    break
                await self.scan_what_waits()
        return found

    def _find(self, tag: int) -> tuple[ScanGroup, int, TagConfig]:
        """The tag's group, its place among the points, its configuration."""
        for group in self._place.groups.values():
            for place, position in enumerate(group.index.tolist()):
                if group.config.tags[position].tag == tag:
                    return group, place, group.config.tags[position]
            if tag in group.refused:
                raise WriteRefused(group.refused[tag], field="tag", value=tag)
        raise WriteRefused(
            "this device reads no such tag",
            field="tag",
            value=tag,
            remedy="Wait until its gateway has the new configuration, or enable the tag",
        )


def _unscaled(config: TagConfig, value: float) -> float:
    """What the device holds for `value`; whole numbers are rounded, the scale is their
    resolution. Raises WriteRefused."""
    raw = (value - config.offset) / config.scale
    if not math.isfinite(raw):
        raise WriteRefused(
            f"is too large for a scale of {config.scale:g}",
            field="value",
            value=value,
            remedy="Command a value that the device can hold; give the tag a range",
        )
    return float(round(raw)) if config.datatype.startswith(("int", "uint")) else raw


class Errand:
    """Something asked of a device, and the answer that somebody waits for."""

    def __init__(self, work: Callable[[Hand], Awaitable[Any]]) -> None:
        self._work = work
        self.answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()

    async def run(self, place: Place) -> None:
        """Do it. Raises the DeviceError of a device that is lost; what is wrong with the errand
        alone, whatever it is, only its asker is told."""
        if self.answer.done():
            return  # nobody waits any more
        try:
            result = await self._work(Hand(place))
        except (WriteRefused, WriteUnconfirmed) as error:
            self.refuse(error)
        except DeviceError as error:
            self.refuse(error)
            raise
        except asyncio.CancelledError:
            self.refuse(DriverFault("the device was stopped in the middle of it"))
            raise
        except Exception as error:  # isolates: the device is not at fault, and goes on
            self.refuse(error)
        else:
            if not self.answer.done():
                self.answer.set_result(result)

    def refuse(self, error: Exception) -> None:
        """It is not done, for this reason."""
        if not self.answer.done():
            self.answer.set_exception(error)


def refuse_all(errands: Sequence[Errand], error: Exception) -> None:
    """None of these is done, for this reason."""
    for errand in errands:
        errand.refuse(error)
