"""The clock that a command's expiry is measured with on its gateway."""

import time

_CLOCK = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


def elapsed() -> float:
    """Seconds of a clock that nobody sets, and that goes on while the machine sleeps where the
    system has one: a gateway that wakes up sends nothing that has expired meanwhile."""
    return time.clock_gettime(_CLOCK)
