"""What a fault must do to the readings of its device, and what it may never do."""

from dataclasses import dataclass

import numpy as np

from wellhead.sdk import quality
from wellhead_scada.check.findings import Findings
from wellhead_scada.check.station import RETRIES, Row, Station
from wellhead_scada.testing import Fault

_UNDERWAY_S = 0.02
"""Seconds after the fault within which a scan may have begun before it; what a device sent before
may take a group's period more."""


@dataclass(frozen=True, slots=True)
class Expectation:
    """rule: that this proves; qualities: what the device's tags may become"""

    rule: str
    qualities: frozenset[int]


_NO_ANSWER = frozenset({quality.BAD_COMM_FAILURE, quality.BAD_NOT_CONNECTED})
_NONSENSE = _NO_ANSWER | {quality.BAD_DEVICE_FAILURE}
EXPECTED = {
    Fault.SILENCE: Expectation("driver-silence", _NO_ANSWER),
    Fault.DEAF: Expectation("driver-silence", _NO_ANSWER),
    Fault.DRIP: Expectation("driver-drip", _NO_ANSWER),
    Fault.GARBAGE: Expectation("driver-garbage", _NONSENSE),
    Fault.WRONG: Expectation("driver-wrong-answer", _NONSENSE),
    Fault.REPLAY: Expectation("driver-old-answer", _NONSENSE),
    Fault.HUGE: Expectation("driver-huge-answer", _NONSENSE),
    Fault.RESET: Expectation("driver-hang-up", _NO_ANSWER),
    Fault.HANG_UP: Expectation("driver-hang-up", _NO_ANSWER),
    Fault.REFUSE: Expectation("driver-hang-up", frozenset({quality.BAD_NOT_CONNECTED})),
}


def judge(station: Station, since: float, findings: Findings) -> None:
    """The rows of a station whose fault began at `since` and still lasts."""
    if station.fault is None:
        return
    expected = EXPECTED[station.fault]
    unproven = _unproven(station)
    if unproven:
        findings.unproven[expected.rule] = unproven
        return
    underway = _UNDERWAY_S + (station.pace.period if station.pushes else 0.0)
    rows = [row for row in station.rows if row.time > since + underway]
    if any(row.good for row in rows):
        findings.add(expected.rule, f"{_what(station)}, and good readings came nonetheless")
        return
    if station.pushes:  # it is marked once, be it at once
        rows = [row for row in station.rows if row.time > since and not row.good]
    if not any(row.written <= since + station.pace.bound for row in rows):
        findings.add(
            expected.rule,
            f"{_what(station)}, and {station.pace.bound:.1f} s later (time-out "
            f"{station.pace.timeout:g} s, {_tries(station)}) nothing is marked bad",
        )
    for code in _codes(rows) - expected.qualities:
        allowed = " or ".join(f"“{quality.name_of(one)}”" for one in sorted(expected.qualities))
        findings.add(
            expected.rule,
            f"{_what(station)}, and its tags are “{quality.name_of(code)}” instead of {allowed}; "
            "raise DeviceUnreachable without a connection, DeviceTimeout without an answer, "
            "DeviceProtocolError for an answer that cannot be",
        )


def _tries(station: Station) -> str:
    if station.pushes:
        return "after which a silent device is asked whether it is there"
    return f"{RETRIES} retry"


def _what(station: Station) -> str:
    """The fault in a sentence's beginning."""
    assert station.fault is not None
    return f"the line went bad ({station.fault.value})"


def _codes(rows: list[Row]) -> set[int]:
    return set(np.concatenate([row.fresh for row in rows]).tolist()) if rows else set()


def _unproven(station: Station) -> str | None:
    proxy = station.proxy
    if station.fault is Fault.REPLAY and not proxy.numbered:
        return "the protocol does not number its requests, nothing tells an old answer"
    if station.fault is Fault.DRIP and proxy.longest * station.pace.drip < 2 * station.pace.timeout:
        return "all answers are so short that they arrive in time, a byte at a time"
    return None
