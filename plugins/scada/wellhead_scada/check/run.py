"""Starts the exam of a driver and waits for what it found, no longer than EXAM_S."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from wellhead.sdk import Lazy
from wellhead_scada.check.findings import Findings

EXAM_S = 60.0


def examine(driver: Lazy, server: Lazy | None, paces: Sequence[float] = (1.0, 2.0)) -> Findings:
    """The findings about a driver, with the device server of the same name; blocks for about six
    seconds, and again when there are problems.

    paces: how much slower than usual to look, and again when something is wrong, so that a machine
    that is busy for a moment breaks no rule
    """
    if server is None:
        findings = Findings(cut="there is no device server")
        findings.add(
            "driver-server",
            f"there is no device server {driver.name!r}, so nothing about the driver can be "
            "proven; write one (sdk.DeviceServer) and name it in the hook `device_servers`",
        )
        return findings
    findings = _look(driver, server, paces[0])
    for slow in paces[1:]:
        if findings.problems:
            findings = findings.confirmed_by(_look(driver, server, slow))
    return findings


def _look(driver: Lazy, server: Lazy, slow: float) -> Findings:
    findings = Findings()
    with tempfile.TemporaryDirectory(prefix="wellhead-check-") as folder:
        answer = Path(folder) / "findings.json"
        job = {
            "path": sys.path,
            "name": driver.name,
            "driver": driver.target,
            "server": server.target,
            "slow": slow,
            "answer": str(answer),
        }
        try:
            done = subprocess.run(
                [sys.executable, "-m", "wellhead_scada.check.child"],
                input=json.dumps(job),
                capture_output=True,
                text=True,
                timeout=EXAM_S,
                check=False,
            )
        except subprocess.TimeoutExpired:
            findings.add("driver-loop", f"the exam did not end within {EXAM_S:g} s")
            findings.cut = "the exam did not end"
            return findings
        if not answer.exists():
            last = done.stderr.strip().splitlines()[-1:] or [f"status {done.returncode}"]
            findings.add("driver-server", f"driver and server cannot be started: {last[0]}")
            findings.cut = "there was no exam"
            return findings
        return Findings(**json.loads(answer.read_text(encoding="utf-8")))
