"""Whether a write reaches the device once, or is said to be lost."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress

from wellhead.sdk import DeviceError, Point, WellheadError, Writes
from wellhead_scada.check.findings import Findings
from wellhead_scada.check.journal import Journal
from wellhead_scada.check.station import HOST, Station, same, value_of
from wellhead_scada.check.waiting import until
from wellhead_scada.engine.engine import Engine
from wellhead_scada.points import AnyDriver, load_options
from wellhead_scada.testing import Fault

_VERSION = 40
"""Of values that nothing else in an exam has."""
_ARRIVED_S = 1.0
"""Seconds that a write may be on its way after the driver said it was taken, by a broker say."""


async def arrive(
    driver: type[AnyDriver], station: Station, engine: Engine, findings: Findings
) -> None:
    """One write to a point of each datatype that can be written."""
    points = {point.datatype: point for point in _writable(driver, station)}
    if not points:
        findings.add(
            "driver-writes",
            "`check_write` refuses every point that the device server lays out; lay out one that "
            "can be written",
        )
    for point in points.values():
        await _arrives(point, station, engine, findings)


class LostWrite:
    """One write to a device whose line takes it there and brings no answer back, before anybody
    knows that."""

    def __init__(
        self,
        driver: type[AnyDriver],
        stations: Sequence[Station],
        journal: Journal,
        findings: Findings,
    ) -> None:
        [self._station] = [station for station in stations if station.fault is Fault.DEAF]
        self._points = _writable(driver, self._station)[:1]
        self._journal = journal
        self._findings = findings
        self._writing: asyncio.Task[bool] | None = None
        self._refused = journal.refused[self._station.name]

    def begin(self, engine: Engine) -> None:
        """Once the line is deaf."""

        async def write(point: Point) -> bool:
            try:
                await _write(point, self._station, engine)
            except DeviceError:
                return False
            return True

        for point in self._points:
            self._writing = asyncio.create_task(write(point))

    def look(self) -> None:
        """Now and then, so that two writes of the same value are two."""
        self._station.look()

    async def ended(self) -> None:
        """Wait for the driver's word, which the engine bounds."""
        if self._writing is not None and await self._writing:
            self._findings.add(
                "driver-lost-write",
                "the device never answered, and `write` returned; wait until the device says that "
                "it took the value",
            )

    def judge(self) -> None:
        """Once the line has been good again for a while."""
        self._station.look()
        times = len(self._station.taken)
        if times > 1:
            self._findings.add(
                "driver-lost-write",
                f"a write that the device took and never answered arrived {times} times; send "
                "once, and forget it when nobody answers",
            )
        if times and self._journal.refused[self._station.name] > self._refused:
            self._findings.add(
                "driver-lost-write",
                "the device took a write and never answered, and `write` raised WriteRefused, "
                "which says that nothing was written; raise DeviceTimeout",
            )


async def _arrives(point: Point, station: Station, engine: Engine, findings: Findings) -> None:
    what = f"a write of {value_of(point, _VERSION)!r} to the {point.datatype} {dict(point.address)}"
    station.taken.clear()
    writing = asyncio.create_task(_write(point, station, engine))
    while not writing.done():
        station.look()  # each turn of the loop, so that two writes of the same value are two
        await asyncio.sleep(0)
    try:
        await writing
    except DeviceError as error:
        findings.add("driver-writes", f"{what} failed: {error}")
        return

    def arrived() -> bool:
        station.look()
        return bool(station.taken)

    await until(arrived, _ARRIVED_S)
    await asyncio.sleep(station.pace.period)
    station.look()
    others = {tag for tag, _ in station.taken} - {point.tag}
    values = [value for tag, value in station.taken if tag == point.tag]
    if others:
        findings.add("driver-writes", f"{what} changed other points too: {sorted(others)}")
    if len(values) != 1:
        findings.add("driver-writes", f"{what} arrived {len(values)} times")
    elif not same(values[0], value_of(point, _VERSION)):
        findings.add("driver-writes", f"{what} arrived as {values[0]!r}")


async def _write(point: Point, station: Station, engine: Engine) -> None:
    value = value_of(point, _VERSION)
    await engine.errand(station.name, lambda hand: hand.write_tag(station.tag(point), value))


def _writable(driver: type[AnyDriver], station: Station) -> list[Point]:
    """Those of the station's points that the driver takes for writing, none of one that cannot."""
    if not issubclass(driver, Writes):
        return []
    options = load_options(driver, station.server.device_options(HOST, station.proxy.port))
    points = []
    for point in station.served:
        with suppress(WellheadError):
            driver.check_write(point, options)
            points.append(point)
    return points
