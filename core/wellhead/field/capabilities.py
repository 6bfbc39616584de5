"""What a driver may be able to do besides being read: each an abstract class to inherit as well.

The engine asks with `issubclass`, so a driver says what it can do by what it is:
`class MyDriver(sdk.Driver[Plan], sdk.Pushes, sdk.Writes)`. Like all of a driver's methods these run
on the gateway's event loop.
"""

import abc
import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Protocol

import numpy as np
import numpy.typing as npt
from marshmallow import Schema

from wellhead.field.driver import DeviceError, Point

# --- devices that send by themselves --------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PushGroup:
    """A scan group of a device that sends by itself.

    period: seconds; how often its points are wanted at most (a sampling or publishing interval)
    since: microseconds UTC of the newest reading that was kept of it, None when nobody knows: a
        device that keeps history is asked for what came after, and from a little earlier, since
        what was on its way when the connection broke is lost
    """

    id: str
    period: float
    points: tuple[Point, ...]
    since: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Pushed:
    """What a device sent for one group, before scaling, as columns of equal length.

    group: the PushGroup's id
    places: intp[n], each reading's point as its place in the group's points
    times: int64[n], microseconds UTC as the source says; 0 = it says none, the time of arrival is
        taken
    values: float64[n], NaN where there is none; qualities: int16[n]
    texts: of the points that are text, by row
    history: fetched from the source's memory, one point after the other: the group's `since` stays
        where it is until something else is kept, so that what an end in the middle left out is
        asked for again
    """

    group: str
    places: npt.NDArray[np.intp]
    times: npt.NDArray[np.int64]
    values: npt.NDArray[np.float64]
    qualities: npt.NDArray[np.int16]
    texts: Mapping[int, str] = field(default_factory=dict)
    history: bool = False


class NotKept(DeviceError):
    """The spool is full and refused what was delivered: do not acknowledge it to its source."""


class Mailbox(Protocol):
    """Where a listening driver puts what comes."""

    def listening(self) -> None:
        """Everything is subscribed: the device counts as connected. Call it once a `listen`,
        within the device's time-out."""

    def deliver(self, pushed: Sequence[Pushed]) -> "asyncio.Future[None]":
        """Keep these. The future is done once all of it is on disk, which is when the source may be
        told so; it raises NotKept. Need not be awaited by a driver that acknowledges nothing."""


class Pushes(abc.ABC):
    """Of a driver whose devices send by themselves: they are listened to instead of scanned.

    `Driver.plan` and `Driver.read` are then asked for test reads and read-backs only, also while
    `listen` runs: the newest value of each point, asked for or remembered.
    """

    @abc.abstractmethod
    async def listen(self, groups: Sequence[PushGroup], mailbox: Mailbox) -> None:
        """Subscribe to `groups` and deliver what comes, the present value of every point first
        where the protocol has it, until cancelled; then unsubscribe and let the cancellation
        through. Called after `open`, and again with other groups when the configuration changes.
        Raises DeviceError when the device is lost. A point that the device refuses is delivered as
        bad, alone."""


# --- writing --------------------------------------------------------------------------------------


class WriteRefused(DeviceError):
    """Nothing was written, for certain: the device said no, or nothing was sent."""


class WriteUnconfirmed(DeviceError):
    """It was sent, and nobody says whether it was taken, though the connection is as it should be:
    a gateway or broker in between is there and what is behind it does not answer. Ends the write
    alone, where another DeviceError ends the connection."""


class Writes(abc.ABC):
    """Of a driver that can write."""

    @classmethod
    @abc.abstractmethod
    def check_write(cls, point: Point, options: Mapping[str, Any]) -> None:
        """Called when a tag is made writable. Raises WellheadError naming the field of the address
        that makes it read-only, and the remedy."""

    @abc.abstractmethod
    async def write(self, point: Point, value: float | str) -> None:
        """Send one raw value (a text for a text point), once, and return when the device says that
        it took it. Never sends again by itself. Raises WriteRefused when nothing was written for
        certain; after any other DeviceError nobody knows whether it was."""


# --- browsing -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Found:
    """Something a device has, as a tag would be made of it.

    name: as the device calls it; address: as the driver's address_schema takes it, None for a
        folder; branch: what to give as `start` to see what is below it, None for a leaf
    value: what it reads now, where that was asked along the way
    writable: None when the device does not say
    """

    name: str
    datatype: str | None = None
    address: Mapping[str, Any] | None = None
    branch: str | None = None
    unit: str | None = None
    description: str | None = None
    value: float | str | None = None
    writable: bool | None = None


class Browses(abc.ABC):
    """Of a driver that can tell what a device has.

    browse_schema: marshmallow schema of what one may ask for (a range, a branch, a limit)
    """

    browse_schema: ClassVar[type[Schema]]

    @abc.abstractmethod
    def browse(self, arguments: Mapping[str, Any]) -> AsyncIterator[Sequence[Found]]:
        """What there is, a few at a time (an async generator: `yield` after each exchange or so,
        for between two yields the device's scans get their turn). `arguments` have passed
        `browse_schema`. Raises DeviceError."""
