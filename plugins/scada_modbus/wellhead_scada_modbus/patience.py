"""How long the units of one line are waited for: one that is silent must not cost the others.

A request that is not answered holds the line for its time-out. A unit that has failed to answer is
therefore given, as long as others on its line answer, a few times what any of them ever took; once
a minute it has its whole time again, so that one that is only slow comes back. A unit alone on its
line always has it.
"""

SHORT_S = 0.25
"""Seconds that a silent unit has at least."""
_TIMES = 4
"""Of the slowest answer on the line."""
_AGAIN_S = 60.0


class Patience:
    """Of one line. now: loop time"""

    def __init__(self) -> None:
        self._slowest = 0.0
        self._answering: set[int] = set()
        self._again: dict[int, float] = {}

    def seconds(self, unit: int, whole: float, now: float) -> float:
        """For a unit's next answer; `whole`: what it has when all is well."""
        again = self._again.get(unit)
        if again is None or not self._answering - {unit}:
            return whole
        if now >= again:
            self._again[unit] = now + _AGAIN_S
            return whole
        return min(whole, max(SHORT_S, _TIMES * self._slowest))

    def answered(self, unit: int, seconds: float) -> None:
        """After so many seconds."""
        self._slowest = max(self._slowest, seconds)
        self._answering.add(unit)
        if self._again:
            self._again.pop(unit, None)

    def stayed_silent(self, unit: int, now: float) -> None:
        self._again.setdefault(unit, now + _AGAIN_S)
        self._answering.discard(unit)
