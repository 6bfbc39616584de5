"""What a kind of destination must do. It needs to import nothing of this plugin.

The sender owns order, retries, pauses, positions and counters. A destination connects, sends what
it is given and says in exceptions that everybody knows why it cannot:

- OSError (TimeoutError is one): not reached; comes again after a growing pause
- sdk.BatchError: the first entry can never be taken; it is set aside and the next are tried
- any other sdk.WellheadError: somebody has to do something; shown, and tried again now and then
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, ClassVar, Protocol

from marshmallow import Schema

from wellhead import sdk
from wellhead_uplink import packing


@dataclass(frozen=True)
class Entry:
    """One row of the outbox.

    id: counts up by one a row; total: readings of the outbox up to and with this row
    begins, ends: range of the readings' times, microseconds UTC; packed: see packing.py
    """

    id: int
    total: int
    readings: int
    begins: int
    ends: int
    packed: bytes

    @cached_property
    def batches(self) -> list[sdk.Batch]:
        """The readings, in order, under this Wellhead's ids. Raises sdk.BatchError."""
        return packing.unpack(self.packed)


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag of this Wellhead. states: what its numbers mean; step: as the historian's tag; device:
    name of the one it is read from, None when of none; asset: name of the asset it is on"""

    id: int
    name: str
    unit: str | None
    quantity: str | None
    datatype: str
    description: str | None
    states: Mapping[str, str] | None
    step: bool | None
    device: str | None
    asset: str | None


@dataclass(frozen=True, slots=True)
class Device:
    """A device of this Wellhead and how it is doing. tags: how many are read from it"""

    id: str
    name: str
    driver: str
    state: str
    since: dt.datetime
    reason: str | None
    tags: int


@dataclass(frozen=True, slots=True)
class Backlog:
    """What waits for one destination. age_s: seconds since the oldest of it was stored, 0 for
    nothing; dropped: readings that a full outbox lost for it, ever"""

    readings: int = 0
    bytes: int = 0
    age_s: float = 0.0
    dropped: int = 0


@dataclass(frozen=True, slots=True)
class Report:
    """What a destination is told at the start of a connection and every `report_s`.

    stream: identity of the outbox; replaces: the one it had before, see Outbox.renew
    """

    stream: str
    replaces: str | None
    position: int
    backlog: Backlog
    tags: Mapping[int, Tag]
    devices: Sequence[Device] = field(default_factory=list)


class Destination(Protocol):
    """A place that readings go to. Made for one connection, used by one thread, then closed."""

    options_schema: ClassVar[type[Schema]]

    def __init__(self, tenant: str, options: Mapping[str, Any]) -> None:
        """options: have passed `options_schema`"""

    def report(self, report: Report) -> tuple[int, int] | None:
        """Called before the first `send`, then every `report_s`. Connects where need be. A
        destination that keeps positions answers with (the last entry it has, CRC-32 of its
        packed bytes), or None when it has nothing of this stream."""

    def send(self, entries: Sequence[Entry]) -> int:
        """Send from the first entry on, as many as suit. The id of the last that has arrived for
        good, so that the outbox may forget it."""

    def close(self) -> None:
        """Release what is open. Never raises."""
