"""Has a driver sit its exam and puts together what was found."""

import sys
from collections.abc import Sequence
from contextlib import nullcontext

from wellhead.sdk import Lazy
from wellhead_scada.check.findings import Findings
from wellhead_scada.check.hall import EXAM_S, Hall


def examine(
    driver: Lazy,
    server: Lazy | None,
    paces: Sequence[float] = (1.0, 2.0),
    hall: Hall | None = None,
) -> Findings:
    """The findings about a driver, with the device server of the same name; blocks for about six
    seconds, and again when there are problems.

    paces: how much slower than usual to look, and again when something is wrong, so that a machine
    that is busy for a moment breaks no rule
    hall: where to sit, when several exams share one
    """
    if server is None:
        findings = Findings(cut="there is no device server")
        findings.add(
            "driver-server",
            f"there is no device server {driver.name!r}, so nothing about the driver can be "
            "proven; write one (sdk.DeviceServer) and name it in the hook `device_servers`",
        )
        return findings
    with nullcontext(hall) if hall else Hall() as place:
        findings = _look(place, driver, server, paces[0])
        for slow in paces[1:]:
            if findings.problems:
                findings = findings.confirmed_by(_look(place, driver, server, slow))
    return findings


def _look(hall: Hall, driver: Lazy, server: Lazy, slow: float) -> Findings:
    findings = Findings()
    answer = hall.sit(
        {
            "path": sys.path,
            "name": driver.name,
            "driver": driver.target,
            "server": server.target,
            "slow": slow,
        }
    )
    if answer is None:
        findings.add("driver-loop", f"the exam did not end within {EXAM_S:g} s")
        findings.cut = "the exam did not end"
    elif "error" in answer:
        text = f"driver and server cannot be started: {answer['error']}"
        findings.add("driver-server", text)
        findings.cut = "there was no exam"
    else:
        findings = Findings(**answer["findings"])
    return findings
