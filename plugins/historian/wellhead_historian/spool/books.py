"""What happened to every batch of a spool, counted by the class of its tags."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from wellhead_historian.spool.admission import Append
from wellhead_historian.spool.classes import DEFAULT
from wellhead_historian.spool.keeper import Outcome
from wellhead_historian.spool.types import Counters


class Books:
    """Not thread-safe. shortage: why readings are lost, if any are, until there is ample room"""

    def __init__(self) -> None:
        self.shortage: str | None = None
        self._counters: dict[str | None, Counters] = defaultdict(Counters)

    def offered(self, appends: Sequence[Append]) -> None:
        for append in appends:
            counters = self._counters[append.tag_class]
            counters.offered_batches += 1
            counters.offered_readings += append.readings

    def refused(self, appends: Sequence[Append]) -> None:
        for append in appends:
            counters = self._counters[append.tag_class]
            counters.refused_batches += 1
            counters.refused_readings += append.readings

    def settle(self, outcome: Outcome) -> None:
        """What a commit did."""
        for entry in outcome.entries:
            counters = self._counters[entry.tag_class]
            counters.acknowledged_batches += entry.count
            counters.acknowledged_readings += entry.readings
        self.refused(outcome.refused)
        for name, (batches, readings) in outcome.dropped.items():
            self._counters[name].dropped_batches += batches
            self._counters[name].dropped_readings += readings
        if outcome.refused or outcome.dropped:
            self.shortage = outcome.reason
        elif outcome.accepted and outcome.roomy:
            self.shortage = None

    def by_class(self) -> dict[str, Counters]:
        """A copy, of each class that had a batch."""
        return {
            DEFAULT if name is None else name: replace(counters)
            for name, counters in self._counters.items()
        }

    def total(self) -> Counters:
        """Of all classes."""
        total = Counters()
        for counters in self._counters.values():
            total.add(counters)
        return total
