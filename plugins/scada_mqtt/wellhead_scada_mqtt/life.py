"""Whether the broker is still there: asked by a ping when it says nothing for a while."""

import asyncio
import math
from collections.abc import Callable

_REST_S = 60.0
"""Between two words to a broker that wants to hear nothing."""


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
        self._rest = _REST_S
        self._heard = 0.0
        self._asked: float | None = None
        self._deaf = False
        self._timer: asyncio.TimerHandle | None = None

    def begin(self, keepalive: float) -> None:
        """keepalive: seconds, as the broker wants it; 0: it need not hear anything"""
        self._rest = keepalive / 2 or _REST_S
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
        speak = self._sent() + self._rest
        if now >= min(speak, self._patience()):
            self._ping()
            speak = now + self._rest
            if not self._deaf and self._asked is None:
                self._asked = now
        self._timer = self._loop.call_at(min(speak, self._patience()), self._look)

    def _patience(self) -> float:
        """Until when nothing need be heard."""
        if self._deaf:
            return math.inf
        return (self._heard if self._asked is None else self._asked) + self._timeout
