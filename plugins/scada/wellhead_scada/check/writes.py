"""Whether a write reaches the device once, or is said to be lost."""

import asyncio
from contextlib import suppress

from wellhead.sdk import DeviceError, Point, WellheadError, Writes
from wellhead_scada.check.findings import Findings
from wellhead_scada.check.journal import Journal
from wellhead_scada.check.station import HOST, Station, same, value_of
from wellhead_scada.check.waiting import until
from wellhead_scada.engine.engine import Engine
from wellhead_scada.points import AnyDriver, load_options

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


async def is_lost(
    driver: type[AnyDriver],
    station: Station,
    engine: Engine,
    journal: Journal,
    findings: Findings,
) -> None:
    """One write to a device that has just fallen silent."""
    for point in _writable(driver, station)[:1]:
        refused = journal.refused[station.name]
        try:
            await _write(point, station, engine)
        except DeviceError:
            if journal.refused[station.name] > refused:
                findings.add(
                    "driver-lost-write",
                    "the line fell silent, and `write` raised WriteRefused; nobody knows whether "
                    "the device took it: raise DeviceTimeout",
                )
        else:
            findings.add(
                "driver-lost-write",
                "the line fell silent, and `write` returned; wait until the device says that it "
                "took the value",
            )


def did_not_come_later(station: Station, findings: Findings) -> None:
    """Of a device that was silent when it was written to, now that it is not."""
    late = station.server.commanded()
    if late:
        findings.add(
            "driver-lost-write",
            f"a write into a dead line ({station.name}) arrived when the line was good again; "
            "send once, and forget it when nobody answers",
        )


async def _arrives(point: Point, station: Station, engine: Engine, findings: Findings) -> None:
    seen: list[float | str] = []

    def look() -> bool:
        """Each turn of the loop, so that two writes of the same value are two."""
        commanded = station.server.commanded()
        for tag in commanded.keys() - {point.tag}:
            findings.add("driver-writes", f"a write to point {point.tag} changed point {tag} too")
        if point.tag in commanded:
            seen.append(commanded[point.tag])
        return bool(seen)

    what = f"a write of {value_of(point, _VERSION)!r} to the {point.datatype} {dict(point.address)}"
    writing = asyncio.create_task(_write(point, station, engine))
    while not writing.done():
        look()
        await asyncio.sleep(0)
    try:
        await writing
    except DeviceError as error:
        findings.add("driver-writes", f"{what} failed: {error}")
        return
    await until(look, _ARRIVED_S)
    await asyncio.sleep(station.pace.period)
    look()
    if len(seen) != 1:
        findings.add("driver-writes", f"{what} arrived {len(seen)} times")
    elif not same(seen[0], value_of(point, _VERSION)):
        findings.add("driver-writes", f"{what} arrived as {seen[0]!r}")


async def _write(point: Point, station: Station, engine: Engine) -> None:
    value = value_of(point, _VERSION)
    await engine.errand(station.name, lambda hand: hand.write_tag(station.tag(point), value))


def _writable(driver: type[AnyDriver], station: Station) -> list[Point]:
    """Those of the station's points that the driver takes for writing."""
    assert issubclass(driver, Writes)
    options = load_options(driver, station.server.device_options(HOST, station.proxy.port))
    points = []
    for point in station.served:
        with suppress(WellheadError):
            driver.check_write(point, options)
            points.append(point)
    return points
