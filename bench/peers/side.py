"""What is asked of every gateway that is measured, and how much of the machine it takes."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import psutil

from peers.accounting import Kept

PERIOD_S = 1.0
"""Every register is to be read once in this time."""


@dataclass(frozen=True, slots=True)
class Workload:
    """devices: port and unit of each; registers: of each device; batched: neighbours, to be read
    with as few requests as the gateway can; else every second address, a request each. timeout:
    seconds; no gateway repeats a request. one_line: units of one port share a connection, where the
    gateway leaves the choice; in_flight: requests on their way at once, where it has that choice"""

    devices: tuple[tuple[int, int], ...]
    registers: int
    batched: bool
    timeout: float = 0.5
    one_line: bool = True
    in_flight: int = 1

    @property
    def addresses(self) -> range:
        return range(0, self.registers) if self.batched else range(0, 2 * self.registers, 2)

    @property
    def by_unit(self) -> bool:
        """Whether the devices are units of one port, and numbered by unit."""
        return len({port for port, _ in self.devices}) < len(self.devices)

    @property
    def offered(self) -> float:
        """Values a second."""
        return len(self.devices) * self.registers / PERIOD_S


class Side(Protocol):
    """A gateway and where its readings go, both in a folder of their own.

    A side is used in this order: `prepare`, any of the others, `close`. Devices are numbered as
    in the workload, or by unit where they share a port.
    """

    name: str

    def prepare(self, work: Workload) -> None:
        """Set it up as an installation that has run before; nothing runs but its destination."""

    def start(self) -> None:
        """Start the gateway."""

    def commission(self) -> None:
        """Let it take over its configuration, as at any site before a fault, and end it."""

    def isolate(self) -> None:
        """For throughput: have it do no more than keep its readings, where it can."""

    def kill(self) -> None:
        """kill -9."""

    def destination(self, up: bool) -> None:
        """Start, or stop at once, what the readings go to."""

    def processes(self) -> Mapping[str, list[psutil.Process]]:
        """Those that run, by part of the product."""

    def running(self) -> bool:
        """Whether readings are taken already, as far as can be seen from outside."""

    def kept(self) -> Kept:
        """What was stored, for throughput: in the database, or in the gateway's own store."""

    def delivered(self) -> Kept:
        """What arrived at the destination."""

    def close(self) -> None:
        """End everything."""


@dataclass(frozen=True, slots=True)
class Usage:
    """CPU seconds since each process began, and resident bytes, by part."""

    cpu: Mapping[str, float]
    rss: Mapping[str, int]

    def since(self, before: "Usage") -> Mapping[str, float]:
        """CPU seconds by part."""
        return {part: seconds - before.cpu.get(part, 0.0) for part, seconds in self.cpu.items()}


def usage(parts: Mapping[str, list[psutil.Process]]) -> Usage:
    """What the processes have used so far, those included that they waited for."""
    cpu, rss = {}, {}
    for part, processes in parts.items():
        times, sizes = zip(*(_of(process) for process in processes), strict=True)
        cpu[part], rss[part] = sum(times), sum(sizes)
    return Usage(cpu, rss)


def _of(process: psutil.Process) -> tuple[float, int]:
    with suppress(psutil.NoSuchProcess):
        times = process.cpu_times()
        seconds = times.user + times.system + times.children_user + times.children_system
        memory = process.memory_info()
        return seconds, memory.rss - memory.shared
    return 0.0, 0


def family(pids: Iterable[int]) -> list[psutil.Process]:
    """The processes with all that they started."""
    found = []
    for pid in pids:
        with suppress(psutil.NoSuchProcess):
            process = psutil.Process(pid)
            found += [process, *process.children(recursive=True)]
    return found


def within(folder: Path, name: str) -> Path:
    """A folder made below another."""
    made = folder / name
    made.mkdir(exist_ok=True)
    return made
