"""One timer for all requests of a connection.

A timer a request, as asyncio.timeout sets, costs a sixth of the CPU time of a read. Here a request
only notes when it is due; the timer, once set, looks at that when it fires and moves on.
"""

import asyncio
from collections.abc import Callable


class Watch:
    """Calls `expire` when what `begin` began has not ended in its time; one thing at a time."""

    def __init__(self, expire: Callable[[], None]) -> None:
        self._expire = expire
        self._due: float | None = None
        self._timer: asyncio.TimerHandle | None = None

    def begin(self, seconds: float) -> None:
        loop = asyncio.get_running_loop()
        self._due = loop.time() + seconds
        if self._timer is not None and self._timer.when() > self._due:
            self._timer.cancel()
            self._timer = None
        if self._timer is None:
            self._timer = loop.call_at(self._due, self._look)

    def end(self) -> None:
        self._due = None

    def close(self) -> None:
        """Nothing is called any more."""
        self._due = None
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _look(self) -> None:
        self._timer = None
        if self._due is None:
            return
        loop = asyncio.get_running_loop()
        if loop.time() < self._due:
            self._timer = loop.call_at(self._due, self._look)
        else:
            self._due = None
            self._expire()
