"""The exam in a process of its own: `python -m wellhead_scada.check.child`, job in, findings out.

A driver under check may block, leak or never end; the process ends all the same.
"""

import asyncio
import json
import os
import sys
from dataclasses import asdict
from importlib import import_module
from pathlib import Path
from typing import Any

from wellhead_scada.check.dialling import check_dialling
from wellhead_scada.check.exam import Exam
from wellhead_scada.check.findings import Findings
from wellhead_scada.check.paper import check_paper
from wellhead_scada.check.station import Pace


def main() -> None:
    """Reads the job (path, name, driver, server, slow, answer) as JSON; writes the findings into
    the file `answer`."""
    job = json.load(sys.stdin)
    sys.path[:] = job["path"]
    findings, pace = Findings(), Pace(job["slow"])
    driver, server = _load(job["driver"]), _load(job["server"])

    async def examine() -> None:
        try:
            check_paper(driver, server, findings)
            await check_dialling(driver, server, findings)
            await Exam(job["name"], driver, server, findings, pace).run()
        except Exception as error:  # isolates: driver and server are foreign code
            findings.add("driver-server", f"the exam broke off: {type(error).__name__}: {error}")
            findings.cut = "the exam broke off"
        Path(job["answer"]).write_text(json.dumps(asdict(findings)), encoding="utf-8")
        os._exit(0)  # a task that ignores its cancellation would keep asyncio.run for ever

    asyncio.run(examine())


def _load(target: str) -> Any:
    module, _, name = target.partition(":")
    return getattr(import_module(module), name)


if __name__ == "__main__":
    main()
