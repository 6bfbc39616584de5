"""How many values a second a gateway keeps, at what cost and how late."""

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass

from peers.responder import field
from peers.side import Side, Workload, usage

DEVICES = 10
IN_FLIGHT = 16
UNBATCHED, IN_FLIGHT_KIND, BATCHED = "unbatched", f"unbatched, {IN_FLIGHT} in flight", "batched"
"""A request a register, each after the answer to the one before; the same, some at once; as many
registers in one request as it takes."""
ENOUGH = 0.95
"""Share of what is offered that must be kept for a load to count as sustained."""
_WARM_S = 4.0
_WARM_VALUES = 20_000
"""Offered values a second that a further second of warming up is for: a start with many tags leaves
work behind, which is not what is measured."""
_MEASURE_S = 10.0
_LAST_S = 1.0
_START_S = 30.0


@dataclass(frozen=True, slots=True)
class Load:
    """What one load came to. kind: of requests; offered, kept: values a second; cpu: µs a value, by
    part; rss: bytes of its own, by part; middle, high: median and 99th percentile of stored − read,
    ms"""

    name: str
    kind: str
    offered: float
    kept: float
    cpu: Mapping[str, float]
    rss: Mapping[str, int]
    middle: float
    high: float

    @property
    def sustained(self) -> bool:
        return self.kept >= ENOUGH * self.offered


def measure(make: Callable[[], Side], kind: str, registers: int) -> Load:
    """Run one load on a fresh installation."""
    with field(DEVICES) as devices:
        ports = tuple((port, 1) for port in devices.ports)
        in_flight = IN_FLIGHT if kind == IN_FLIGHT_KIND else 1
        work = Workload(ports, registers, kind == BATCHED, in_flight=in_flight)
        side = make()
        try:
            side.prepare(work)
            side.start()
            with suppress(TimeoutError):  # one that keeps nothing at all has its row too
                until_running(side)
            side.isolate()
            time.sleep(_WARM_S + work.offered / _WARM_VALUES)
            begun, before = time.time(), usage(side.processes())
            time.sleep(_MEASURE_S)
            ended, after = time.time(), usage(side.processes())
            time.sleep(_LAST_S)
            kept = side.kept().within(begun, ended)
        finally:
            side.close()
    count = len(kept.read)
    middle, high = kept.delays()
    return Load(
        side.name,
        kind,
        work.offered,
        count / (ended - begun),
        {part: cpu / max(count, 1) * 1e6 for part, cpu in after.since(before).items()},
        after.rss,
        middle,
        high,
    )


def until_running(side: Side) -> None:
    deadline = time.monotonic() + _START_S
    while not side.running():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{side.name} takes no readings within {_START_S:.0f} s")
        time.sleep(0.1)
