"""Two clocks and the time readings carry.

The wall clock of an edge box jumps: it boots in 1970, a technician sets it, NTP corrects it. Pace
comes from the monotonic clock alone; the wall clock only says what time it is.
"""

import time
from typing import Protocol

TOLERANCE_S = 0.05
"""Parting of the clocks below which the wall clock is taken to be right: NTP's slewing."""

SLEW = 0.5
"""Pace of the readings' time while it waits for a wall clock that was set back."""

HOLD_S = 86_400.0
"""A wall clock that was set back further than this was wrong before; it is followed at once."""


class Clock(Protocol):
    """Where the engine gets time from; tests bring their own."""

    def wall(self) -> float:
        """Seconds since 1970-01-01 UTC; may jump or stand still."""

    def monotonic(self) -> float:
        """Seconds since some moment; never jumps."""


class SystemClock:
    """The machine's clocks."""

    def wall(self) -> float:
        return time.time()

    def monotonic(self) -> float:
        return time.monotonic()


class Timekeeper:
    """The time that readings are stamped with, in order although the wall clock jumps.

    Wall clock set ahead: followed at once. Set back, or standing still: time goes on at half pace
    until the wall clock has caught up, so that order is kept. Set back by more than a day: the
    time before was wrong, not the one now, and it is followed at once (order breaks there, once).
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._time = clock.wall()
        self._at = clock.monotonic()
        self._last = 0

    def now(self) -> int:
        """Microseconds since 1970-01-01 UTC; later than every earlier answer but as above."""
        wall, monotonic = self._clock.wall(), self._clock.monotonic()
        passed = monotonic - self._at
        ahead = self._time + passed - wall
        if ahead > HOLD_S:
            self._last = 0
        if ahead > HOLD_S or ahead <= TOLERANCE_S:
            self._time = wall
        else:
            self._time = max(wall, self._time + passed * SLEW)
        self._at = monotonic
        self._last = max(round(self._time * 1_000_000), self._last + 1)
        return self._last
