"""One device of the exam: a healthy server, a line that can go bad, and what came of it."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from wellhead.sdk import Batch, DeviceServer, Point, Pushes, quality
from wellhead_scada.engine.config import DeviceConfig, GroupConfig, TagConfig
from wellhead_scada.points import AnyDriver
from wellhead_scada.testing import Fault, FaultProxy

HOST = "127.0.0.1"
RETRIES = 1
CLOCK_S = 60.0
"""Seconds that the time of a reading may be away from now, in an exam that takes a few."""


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
        one second for everything else. Where the device sends by itself, instead of the tries: the
        time-out without a word, and that of the question whether it is still there."""
        return self.period + self.timeout * (RETRIES + 1) + 1

    @property
    def again(self) -> float:
        """Between two times that a device sends by itself."""
        return 0.2 * self.slow

    @property
    def late(self) -> float:
        """The most that may lie between a device that sends and what it sent."""
        return self.period + 1.0 * self.slow

    @property
    def quiet(self) -> float:
        """In which a device that sends by itself has nothing to say."""
        return 3 * self.timeout

    @property
    def trouble(self) -> float:
        """How long the faults last."""
        return self.bound + 0.4


@dataclass(slots=True)
class Row:
    """What is known of all points of a station once something came.

    time: seconds of the reading: when the scan began, or when what the device sent came
    written: seconds at which it came, on the same clock
    fresh: the qualities of what came just now; of a scan, all
    """

    time: float
    written: float
    values: Any
    qualities: Any
    texts: dict[int, str]
    fresh: Any

    @property
    def good(self) -> bool:
        return bool(quality.is_good(self.fresh).any())


@dataclass(slots=True)
class Station:
    """name: also its device's and its scan group's
    fault: what will happen to its line, if anything
    asked: the points to read, of which `served` exist
    pushes: it is listened to, and sends by itself
    misdated: the time of a reading, in seconds, that no clock of this machine showed
    taken: points and values of all writes that reached the device"""

    number: int
    name: str
    fault: Fault | None
    server: DeviceServer
    served: list[Point]
    asked: list[Point]
    pace: Pace
    pushes: bool
    proxy: FaultProxy = field(init=False)
    rows: list[Row] = field(default_factory=list)
    expected: dict[int, float | str] = field(default_factory=dict)
    misdated: float | None = None
    taken: list[tuple[int, float | str]] = field(default_factory=list)

    async def start(self) -> None:
        port = await self.server.start(HOST, 0, self.served)
        self.proxy = FaultProxy(port, drip_s=self.pace.drip)
        await self.proxy.start()

    async def stop(self) -> None:
        await self.proxy.stop()
        await self.server.stop()

    def publish(self, version: int) -> None:
        """New values in the device; `expected` are those."""
        self.expected = {point.tag: value_of(point, version) for point in self.served}
        self.send()

    def send(self) -> None:
        """The same values once more: a device that sends by itself sends them again."""
        self.server.publish(self.expected)

    def look(self) -> None:
        """Whether something was written to the device since the last look, into `taken`."""
        self.taken += self.server.commanded().items()

    def write(self, batch: Batch) -> None:
        """What the engine read, or the device sent."""
        now = time.time()
        count = len(self.asked)
        last = self.rows[-1] if self.rows else None
        values = np.full(count, np.nan) if last is None else last.values.copy()
        qualities = np.full(count, quality.BAD, np.int16) if last is None else last.qualities.copy()
        texts = {} if last is None else dict(last.texts)
        places = [self._place(tag) for tag in batch.tags.tolist()]
        values[places] = batch.values
        qualities[places] = batch.qualities
        texts.update((places[row], text) for row, text in batch.texts.items())
        times = batch.times / 1e6
        if np.abs(times - now).max() > CLOCK_S:
            self.misdated = float(times[np.abs(times - now).argmax()])
        self.rows.append(
            Row(
                now if self.pushes else float(times[0]),
                now,
                values,
                qualities,
                texts,
                batch.qualities.copy(),
            )
        )

    def right(self, row: Row) -> bool:
        """Every point that is served is good and has its published value."""
        return self.wrong(row.values, row.qualities, row.texts) is None

    def wrong(self, values: Any, qualities: Any, texts: Mapping[int, str]) -> str | None:
        """The first of the served points that is not good with its published value, in words."""
        for place, point in enumerate(self.served):
            expected, code = self.expected[point.tag], int(qualities[place])
            value = texts.get(place, "") if isinstance(expected, str) else float(values[place])
            if code < quality.GOOD or not same(value, expected):
                return (
                    f"{self.name}: {point.datatype} at {dict(point.address)} is {_shown(value)} "
                    f"with quality {code} instead of {_shown(expected)}"
                )
        return None

    def told(self) -> str:
        """The newest row beside what it should be."""
        if not self.rows:
            return f"{self.name}: nothing came" if self.pushes else f"{self.name}: no scan was read"
        row = self.rows[-1]
        wrong = self.wrong(row.values, row.qualities, row.texts)
        return wrong or f"{self.name}: no right {'value' if self.pushes else 'scan'} came in time"

    def tag(self, point: Point) -> int:
        """The id of the tag that is read from `point`."""
        return self.number * 1000 + point.tag

    def _place(self, tag: int) -> int:
        return next(place for place, point in enumerate(self.asked) if self.tag(point) == tag)

    def device(self, driver: str) -> DeviceConfig:
        tags = tuple(
            TagConfig(self.tag(point), point.name, point.datatype, point.address)
            for point in self.asked
        )
        group = GroupConfig(self.name, self.name, round(self.pace.period * 1000), self.number, tags)
        options = self.server.device_options(HOST, self.proxy.port)
        return DeviceConfig(
            self.name, self.name, driver, options, self.pace.timeout, True, (group,)
        )


def make_stations(driver: type[AnyDriver], server: type[DeviceServer], pace: Pace) -> list[Station]:
    """A healthy station first, one for each fault, and last one that is asked for a point it does
    not have."""
    datatypes = sorted(driver.datatypes) * 2
    served = len(datatypes)
    # Nobody asks for the three in between, so that no request that asks for the others spans them.
    datatypes += datatypes[-1:] * 4
    signals = [(number, f"S{number}", datatype) for number, datatype in enumerate(datatypes)]
    faults: list[tuple[str, Fault | None]] = [(fault.value, fault) for fault in Fault]
    faults[0] = ("healthy", None)
    pushes = issubclass(driver, Pushes)
    stations = []
    for number, (name, fault) in enumerate([*faults, ("lacks a point", None)], 1):
        points = server.layout(signals)
        asked = points[:served]
        made = Station(number, name, fault, server(), asked, list(asked), pace, pushes)
        stations.append(made)
    stations[-1].asked.append(points[-1])
    return stations


def value_of(point: Point, version: int) -> float | str:
    """What the point says in this version; another in the next."""
    if point.datatype == "string":
        return f"T{point.tag}v{version}"
    if point.datatype == "bool":
        return float((point.tag + version) % 2)
    whole = (5 * point.tag + version) % 100
    return whole + 0.8125 if point.datatype.startswith("float") else float(whole)


def _shown(value: float | str) -> str:
    return repr(value) if isinstance(value, str) else f"{value:g}"


def same(value: float | str, expected: float | str) -> bool:
    """Equal, as far as a float32 can be."""
    if isinstance(expected, str) or isinstance(value, str):
        return value == expected
    return bool(np.isclose(value, expected, rtol=1e-6))
