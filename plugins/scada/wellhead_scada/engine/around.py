"""What a device's task works with: its health, and what all devices of an engine share."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from wellhead.sdk import Batch, Dialer
from wellhead_scada.drivers import Drivers
from wellhead_scada.engine.clock import Clock, Timekeeper
from wellhead_scada.engine.state import Backoff, DeviceState

WEDGED_S = 8.0
"""Seconds after which a driver's call is given up, when its own time-out does not end it."""


@dataclass(slots=True)
class Counters:
    """What a device did since its gateway started. scans = rows written, bad ones included; of a
    device that sends by itself, its deliveries."""

    scans: int = 0
    bad: int = 0
    missed: int = 0
    connects: int = 0
    failures: int = 0
    restarts: int = 0


@dataclass(slots=True)
class DeviceHealth:
    """State and counters of one device; they outlive its task.

    newest: microseconds UTC of the newest reading it sent by itself, by source
    """

    state: DeviceState
    counters: Counters = field(default_factory=Counters)
    newest: dict[int, int] = field(default_factory=dict)


class Kept(Protocol):
    """What a sink gives: done once a row is on disk, or once it is known why it is not."""

    def exception(self) -> BaseException | None: ...
    def add_done_callback(self, callback: Callable[[Any], object], /) -> None: ...


def never_kept(source: int) -> int | None:
    """For an engine without a memory of earlier runs."""
    return None


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What all devices of an engine share, none of it a connection.

    drivers, dialer, backoff and retries may be replaced while it runs (`Engine.surround`).

    sink: takes each row; must not block. What it gives is done once the row is on disk; None:
        the row needs no waiting for
    delivered: as sink, for rows whose sender forgets them once that is done; None: sink
    changed: told the id of a device whose state changed; must not block
    retries: further tries, at once and on a new connection, of a read that failed
    kept: the newest time, in microseconds UTC, of what an earlier run kept of a source
    wedged_s: seconds after which a driver's call is given up (timeout + 1 s at least)
    """

    drivers: Drivers
    dialer: Dialer
    sink: Callable[[Batch], Kept | None]
    changed: Callable[[str], None]
    clock: Clock
    timekeeper: Timekeeper
    backoff: Backoff = field(default_factory=Backoff)
    retries: int = 1
    kept: Callable[[int], int | None] = never_kept
    delivered: Callable[[Batch], Kept | None] | None = None
    wedged_s: float = WEDGED_S
