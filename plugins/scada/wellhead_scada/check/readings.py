"""Whether healthy devices are read as they should be, beside that the values are right."""

import asyncio
import time
from collections.abc import Sequence

import numpy as np

from wellhead.sdk import DeviceError
from wellhead_scada.check.findings import Findings
from wellhead_scada.check.station import Station
from wellhead_scada.engine.engine import Engine
from wellhead_scada.engine.errand import Hand

PACED_ROWS = 6
"""Scans of each device after which its pace is known."""


def scans_in_time(stations: Sequence[Station], findings: Findings) -> None:
    """Each device is scanned as often as it should be."""
    for station in stations:
        every = float(np.median(np.diff([row.time for row in station.rows])))
        if every > 1.5 * station.pace.period:
            findings.add(
                "driver-reads",
                f"a scan is due every {station.pace.period:g} s and there is one every "
                f"{every:.2f} s, with the device next door; read more at once",
            )


def sent_in_time(stations: Sequence[Station], since: float, findings: Findings) -> None:
    """What each device sent at `since` was delivered soon, and dated."""
    for station in stations:
        late = next(row.written for row in station.rows if station.right(row)) - since
        if late > station.pace.late:
            findings.add(
                "driver-reads",
                f"what a device sent was delivered {late:.1f} s later; its group's period is "
                f"{station.pace.period:g} s",
            )
        if station.misdated is not None:
            findings.add(
                "driver-reads",
                f"a reading of now is dated {station.misdated:.0f} s after 1970; times are "
                "microseconds UTC, and 0 where the source says none",
            )


async def quiet(stations: Sequence[Station], findings: Findings) -> None:
    """A device that has nothing to send is not lost."""
    since = time.time()
    await asyncio.sleep(stations[0].pace.quiet)
    for station in stations:
        if any(row.time > since and not row.good for row in station.rows):
            findings.add(
                "driver-reads",
                f"a device that sent nothing for {station.pace.quiet:.1f} s was taken for lost; "
                "ask whether it is there",
            )


async def on_demand(station: Station, engine: Engine, findings: Findings) -> None:
    """`read` answers while the driver listens."""
    try:
        [(_, raw)] = await engine.errand(station.name, Hand.read_all)
    except DeviceError as error:
        findings.add("driver-reads", f"a test read while it listens: {error}")
        return
    wrong = station.wrong(raw.values, raw.qualities, raw.texts)
    if wrong is not None:
        findings.add("driver-reads", f"a test read while it listens: {wrong}")


def missing_point(station: Station, findings: Findings) -> None:
    """The point that this device does not have did not come as good."""
    if station.rows[-1].qualities[-1] >= 64:  # neither bad nor anything near it
        findings.add(
            "driver-refused-point", "a point that the device server was not given came as good"
        )
