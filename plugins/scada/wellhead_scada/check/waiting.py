"""Waiting in an exam: on something that comes true, and no longer than it may take."""

import asyncio
import time
from collections.abc import Callable


async def until(condition: Callable[[], bool], seconds: float) -> bool:
    """Wait until the condition holds, `seconds` at most; whether it does then."""
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        await asyncio.sleep(0.02)
    return condition()
