"""The driver contract: what a plugin's class must do to speak one field protocol.

The engine wraps the driver. A driver never retries, counts, schedules, scales or stamps times; it
connects, reads what it is asked and says in its own words why it cannot. All of its methods run on
the gateway's event loop and must not block it. What only some protocols can do (send by themselves,
write, browse) is in capabilities.py.
"""

import abc
import ipaddress
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Generic, Protocol, TypeVar

import numpy as np
import numpy.typing as npt
from marshmallow import Schema

from wellhead.errors import WellheadError
from wellhead.field import quality as codes

PlanT = TypeVar("PlanT")


class DeviceError(WellheadError):
    """The device or the way to it is at fault; `quality` is what its tags become."""

    quality: ClassVar[int] = codes.BAD_DEVICE_FAILURE


class DeviceUnreachable(DeviceError):
    """No connection: refused, reset, no route, name not found."""

    quality = codes.BAD_NOT_CONNECTED


class DeviceTimeout(DeviceError):
    """Connected, but no answer in time."""

    quality = codes.BAD_COMM_FAILURE


class DeviceProtocolError(DeviceError):
    """An answer came, but not one the protocol allows."""

    quality = codes.BAD_DEVICE_FAILURE


class AddressRefused(DeviceError):
    """The device's address lies outside the networks the gateway may talk to."""

    quality = codes.BAD_CONFIGURATION


@dataclass(frozen=True, slots=True)
class Point:
    """One tag as its driver sees it: `address` has passed the driver's `address_schema`."""

    tag: int
    name: str
    datatype: str
    address: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class DeviceSpec:
    """One device as its driver sees it: `options` has passed the driver's `device_schema`.

    timeout: seconds that one exchange with the device may take
    folder: where the driver keeps files of its own (keys, certificates), the same for all devices
        of this driver in a gateway; None where there is none, in a check say
    """

    id: str
    name: str
    options: Mapping[str, Any]
    timeout: float
    folder: Path | None = None


class Dialer(Protocol):
    """The only way to a device's network address."""

    async def resolve(self, host: str, port: int) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
        """The address to connect to. Raises AddressRefused outside the allow-list, or
        DeviceUnreachable when the name has no address. Connect to what it returns, never to the
        name again."""


@dataclass(frozen=True, slots=True)
class RawValues:
    """What one read brought, in the order of the plan's points, before scaling.

    values: float64[n], NaN where there is none
    qualities: int16[n]
    texts: of the points that are text, by their place in the plan
    """

    values: npt.NDArray[np.float64]
    qualities: npt.NDArray[np.int16]
    texts: Mapping[int, str] = field(default_factory=dict)


class Driver(abc.ABC, Generic[PlanT]):
    """One connection to one device. The engine makes a new instance after every failure.

    device_schema: marshmallow schema of the device's `options`
    address_schema: marshmallow schema of a tag's `address`
    datatypes: the datatypes a tag of this driver may have
    """

    device_schema: ClassVar[type[Schema]]
    address_schema: ClassVar[type[Schema]]
    datatypes: ClassVar[frozenset[str]]

    def __init__(self, device: DeviceSpec, dialer: Dialer) -> None:
        self.device = device
        self.dialer = dialer

    @abc.abstractmethod
    async def open(self) -> None:
        """Connect. Raises DeviceError."""

    @abc.abstractmethod
    async def close(self) -> None:
        """Release every socket and task, also after a failed `open`. Never raises."""

    @classmethod
    @abc.abstractmethod
    def check_point(cls, point: Point, options: Mapping[str, Any]) -> None:
        """Called when a tag or its device's `options` are saved, before anything is stored. Raises
        WellheadError naming the field of the address that cannot be (with this datatype or these
        options, say) and the remedy."""

    @abc.abstractmethod
    def plan(self, points: Sequence[Point]) -> PlanT:
        """How to read `points` together; called once for a scan group, again when it changes.
        Does no input or output."""

    @abc.abstractmethod
    async def read(self, plan: PlanT) -> RawValues:
        """Read everything in the plan once. A point that the device refuses alone is bad alone;
        raises DeviceError when the device as a whole does not answer."""
