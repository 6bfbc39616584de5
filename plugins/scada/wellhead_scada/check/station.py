"""One device of the exam: a healthy server, a line that can go bad, and what the engine read."""

import time
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from wellhead.sdk import Batch, DeviceServer, Point, quality
from wellhead_scada.engine.config import DeviceConfig, GroupConfig, TagConfig
from wellhead_scada.points import AnyDriver
from wellhead_scada.testing import Fault, FaultProxy

HOST = "127.0.0.1"
RETRIES = 1


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds of everything, for a machine that is `slow` times slower than it should be."""

    slow: float = 1.0

    @property
    def period(self) -> float:
        return 0.1 * self.slow

    @property
    def timeout(self) -> float:
        return 0.25 * self.slow

    @property
    def drip(self) -> float:
        """For a byte: less than the time-out, so that one that begins anew with each byte never
        comes."""
        return 0.1 * self.slow

    @property
    def bound(self) -> float:
        """From a fault until its device is marked: its next scan, the time-out of each try, and
        one second for everything else."""
        return self.period + self.timeout * (RETRIES + 1) + 1

    @property
    def trouble(self) -> float:
        """How long the faults last."""
        return self.bound + 0.4


@dataclass(slots=True)
class Row:
    """One scan. time: seconds at which it began, written: at which it came, both on one clock."""

    time: float
    written: float
    values: Any
    qualities: Any

    @property
    def good(self) -> bool:
        return bool(quality.is_good(self.qualities).any())


@dataclass(slots=True)
class Station:
    """name: also its device's and its scan group's
    fault: what will happen to its line, if anything
    asked: the points to read, of which `served` exist"""

    number: int
    name: str
    fault: Fault | None
    server: DeviceServer
    served: list[Point]
    asked: list[Point]
    pace: Pace
    proxy: FaultProxy = field(init=False)
    rows: list[Row] = field(default_factory=list)
    expected: dict[int, float] = field(default_factory=dict)

    async def start(self) -> None:
        port = await self.server.start(HOST, 0, self.served)
        self.proxy = FaultProxy(port, drip_s=self.pace.drip)
        await self.proxy.start()

    async def stop(self) -> None:
        await self.proxy.stop()
        await self.server.stop()

    def publish(self, version: int) -> None:
        """New values in the device; `expected` are those."""
        self.expected = {point.tag: _value(point, version) for point in self.served}
        self.server.publish(self.expected)

    def write(self, batch: Batch) -> None:
        self.rows.append(
            Row(batch.times[0] / 1e6, time.time(), batch.values.copy(), batch.qualities.copy())
        )

    def right(self, row: Row) -> bool:
        """Every point that is served is good and has its published value."""
        count = len(self.served)
        expected = np.array([self.expected[point.tag] for point in self.served])
        return bool(
            quality.is_good(row.qualities[:count]).all()
            and np.allclose(row.values[:count], expected, rtol=1e-6)
        )

    def device(self, driver: str) -> DeviceConfig:
        tags = tuple(
            TagConfig(self.number * 1000 + point.tag, point.name, point.datatype, point.address)
            for point in self.asked
        )
        group = GroupConfig(self.name, self.name, round(self.pace.period * 1000), self.number, tags)
        options = self.server.device_options(HOST, self.proxy.port)
        return DeviceConfig(
            self.name, self.name, driver, options, self.pace.timeout, True, (group,)
        )


def make_stations(driver: type[AnyDriver], server: type[DeviceServer], pace: Pace) -> list[Station]:
    """A station a fault, a healthy one, and one that is asked for a point it does not have."""
    datatypes = sorted(driver.datatypes - {"string"}) * 2
    served = len(datatypes)
    # Nobody asks for the three in between, so that no request that asks for the others spans them.
    datatypes += datatypes[-1:] * 4
    signals = [(number, f"S{number}", datatype) for number, datatype in enumerate(datatypes)]
    faults: list[tuple[str, Fault | None]] = [(fault.value, fault) for fault in Fault]
    faults[0] = ("healthy", None)
    stations = []
    for number, (name, fault) in enumerate([*faults, ("lacks a point", None)], 1):
        points = server.layout(signals)
        asked = points[:served]
        stations.append(Station(number, name, fault, server(), asked, list(asked), pace))
    stations[-1].asked.append(points[-1])
    return stations


def _value(point: Point, version: int) -> float:
    if point.datatype == "bool":
        return float((point.tag + version) % 2)
    whole = (5 * point.tag + version) % 100
    return whole + 0.8125 if point.datatype.startswith("float") else float(whole)
