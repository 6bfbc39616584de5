"""Whether the broker is still there: asked by a ping when it says nothing for a while."""

import asyncio
from collections.abc import Callable


class Life:
    """Watches from `begin` to `end`.

    Whole packets count, not bytes: a line that brings a byte now and then is no better than a dead
    one. The broker, too, wants to hear something in each keep-alive interval.

    timeout: seconds without a packet after which the broker is asked, and after which, without an
        answer, it is `gone`
    sent: when something was sent last, by the event loop's clock
    """

    def __init__(
        self,
        timeout: float,
        ping: Callable[[], None],
        sent: Callable[[], float],
        gone: Callable[[], None],
    ) -> None:
        self._timeout = timeout
        self._ping = ping
        self._sent = sent
        self._gone = gone
        self._loop = asyncio.get_running_loop()
        self._keepalive = 0
        self._heard = 0.0
        self._asked: float | None = None
        self._deaf = False
        self._timer: asyncio.TimerHandle | None = None

    def begin(self, keepalive: int) -> None:
        """keepalive: seconds, as the broker wants it"""
        self._keepalive = keepalive
        self.heard()
        self._look()

    def end(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def heard(self) -> None:
        """A packet came."""
        self._heard = self._loop.time()
        self._asked = None

    def deafen(self, deaf: bool) -> None:
        """While nothing is read nothing can be heard, be the broker there or not."""
        self._deaf = deaf
        self.heard()

    def _look(self) -> None:
        now = self._loop.time()
        if self._asked is not None and now >= self._asked + self._timeout:
            self._gone()
            return
        due = self._sent() + self._keepalive / 2
        if not self._deaf:
            due = min(due, self._heard + self._timeout)
        if now >= due and self._asked is None:
            self._ping()
            self._asked = None if self._deaf else now
            due = now + self._timeout
        elif self._asked is not None:
            due = self._asked + self._timeout
        self._timer = self._loop.call_at(due, self._look)
