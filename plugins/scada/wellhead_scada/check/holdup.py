"""Who holds up the event loop, told apart from a machine that is merely busy.

A thread looks at the loop's heartbeat. It counts its own looks, not seconds: on a busy machine it
is as late as the loop is. And only what is seen in the driver's own code, on the loop's stack, is
the driver's doing.
"""

import asyncio
import inspect
import sys
import threading
from pathlib import Path
from types import FrameType

from wellhead_scada.check.findings import Findings
from wellhead_scada.points import AnyDriver

LOOK_S = 0.02
LOOKS = 5
"""Looks in a row without a heartbeat between them: 100 ms."""


class HoldupWatch:
    """To be entered on a running loop."""

    def __init__(self, driver: type[AnyDriver], findings: Findings) -> None:
        module = Path(inspect.getfile(driver))
        self._code = module.parent if "." in driver.__module__ else module
        self._findings = findings
        self._beats = 0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="hold-up watch", daemon=True)

    async def __aenter__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._loop_thread = threading.get_ident()
        self._beat()
        self._thread.start()

    async def __aexit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()
        self._timer.cancel()

    def _beat(self) -> None:
        self._beats += 1
        self._timer = self._loop.call_later(LOOK_S / 2, self._beat)

    def _watch(self) -> None:
        seen, still = self._beats, 0
        while not self._over.wait(LOOK_S):
            still = still + 1 if self._beats == seen else 0
            seen = self._beats
            place = self._place() if still == LOOKS else None
            if place is not None:
                self._findings.add(
                    "driver-loop",
                    f"the event loop stood still for {LOOKS * LOOK_S * 1000:.0f} ms at {place}; "
                    "await, or use a thread of the driver's own",
                )

    def _place(self) -> str | None:
        """The innermost line of the driver's code that the loop is in, if it is."""
        frame: FrameType | None = sys._current_frames().get(self._loop_thread)
        while frame is not None:
            path = Path(frame.f_code.co_filename)
            if path == self._code or self._code in path.parents:
                return f"{path.name}:{frame.f_lineno} in {frame.f_code.co_name}"
            frame = frame.f_back
        return None
