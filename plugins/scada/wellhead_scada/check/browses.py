"""Whether what a driver finds on a device can be made tags of."""

import asyncio
from collections.abc import Sequence
from typing import Any

from wellhead.sdk import Browses, DeviceError, Found, Point, WellheadError
from wellhead_scada.check.findings import Findings
from wellhead_scada.check.station import HOST, Station
from wellhead_scada.engine.engine import Engine
from wellhead_scada.points import AnyDriver, load_browse, load_options, load_point

BROWSE_S = 5.0
"""Seconds for one look, which may listen for a while."""
_BRANCHES = 12
"""Looks into branches below the first one."""


async def examine(
    driver: type[AnyDriver], station: Station, engine: Engine, findings: Findings
) -> None:
    """Browse a healthy device, from the top and down its first branches."""
    assert issubclass(driver, Browses)
    options = load_options(driver, station.server.device_options(HOST, station.proxy.port))
    served = [_address(driver, options, point.datatype, point.address) for point in station.served]
    starts: list[str | None] = [None]
    hit = False
    for start in starts:
        found = await _look(driver, station, engine, start, findings)
        if found is None:
            return
        hit = hit or _leads_to(driver, options, found, served, findings)
        room = _BRANCHES + 1 - len(starts)
        starts += [one.branch for one in found if one.branch is not None][:room]
    if not hit:
        findings.add(
            "driver-browses", "nothing that was found is a point that the device server laid out"
        )


async def _look(
    driver: type[AnyDriver],
    station: Station,
    engine: Engine,
    start: str | None,
    findings: Findings,
) -> Sequence[Found] | None:
    """What is there; None when that is not known."""
    assert issubclass(driver, Browses)
    try:
        arguments = load_browse(driver, {} if start is None else {"start": start})
    except WellheadError as error:
        if start is None:
            findings.unproven["driver-browses"] = (
                f"where to look must be said, which only people can ({error.field})"
            )
        else:
            findings.add(
                "driver-browses",
                f"`browse_schema` does not take {start!r}, a branch found: {error}",
            )
        return None
    try:
        async with asyncio.timeout(BROWSE_S * station.pace.slow):
            return await engine.errand(station.name, lambda hand: hand.browse(arguments))
    except TimeoutError:
        problem = f"`browse` did not end within {BROWSE_S * station.pace.slow:g} s, with defaults"
    except DeviceError as error:
        problem = f"`browse` of a healthy device failed: {error}"
    findings.add("driver-browses", problem)
    return None


def _leads_to(
    driver: type[AnyDriver],
    options: Any,
    found: Sequence[Found],
    served: Sequence[Any],
    findings: Findings,
) -> bool:
    """Whether one of `found` is a served point; each that has an address must make a tag."""
    hit = False
    for one in found:
        if one.address is None:
            continue
        datatypes = [one.datatype] if one.datatype is not None else sorted(driver.datatypes)
        refusals = []
        for datatype in datatypes:
            try:
                hit = _address(driver, options, datatype, one.address) in served or hit
            except WellheadError as error:
                refusals.append(str(error))
        if len(refusals) == len(datatypes):
            findings.add(
                "driver-browses",
                f"{one.name!r} is found at {dict(one.address)}, where no tag can be: {refusals[0]}",
            )
    return hit


def _address(driver: type[AnyDriver], options: Any, datatype: str, address: Any) -> Any:
    """The address as a tag would have it. Raises WellheadError."""
    point: Point = load_point(driver, options, 0, "found", datatype, address)
    return dict(point.address)
