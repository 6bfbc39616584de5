"""The other end of a driver, for simulation: a server that answers like a field device."""

import abc
from collections.abc import Mapping, Sequence
from typing import Any

from wellhead.field.driver import Point


class DeviceServer(abc.ABC):
    """One listening server with the registers, nodes or topics of `points`.

    `Point.tag` is only a key here: the simulator numbers its signals and writes by that number.
    All methods run on one event loop.
    """

    @abc.abstractmethod
    async def start(self, host: str, port: int, points: Sequence[Point]) -> int:
        """Listen on host and port (0 = any free one) and return the port."""

    @abc.abstractmethod
    async def stop(self) -> None:
        """Close the socket and every connection."""

    @abc.abstractmethod
    def publish(self, values: Mapping[int, Any]) -> None:
        """The new raw values, by point number, in the server's registers from now on: a float each,
        a str where the point is a text. A server whose devices send by themselves sends them."""

    @abc.abstractmethod
    def commanded(self) -> Mapping[int, Any]:
        """Raw values (a float each, a str of a text) that clients wrote since the last call, by
        point number."""

    @abc.abstractmethod
    async def set_fault(self, fault: str | None) -> None:
        """Make the whole device misbehave: `silence` accepts and never answers, `refuse` closes
        the listening socket, None is healthy again. Raises ValueError for another name."""

    @classmethod
    @abc.abstractmethod
    def device_options(cls, host: str, port: int) -> dict[str, Any]:
        """The options of a device record that reaches this server."""

    @classmethod
    @abc.abstractmethod
    def layout(cls, signals: Sequence[tuple[int, str, str]]) -> list[Point]:
        """Give each (number, name, datatype) an address of this protocol, in the order given."""
