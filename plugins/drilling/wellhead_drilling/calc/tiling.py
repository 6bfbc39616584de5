"""Whether a report's activities tile its day: every instant in exactly one of them.

Hours that nobody accounts for and hours counted twice make every figure drawn from a report wrong,
and they are found by nobody later. So each is named with its time and its activities.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

Span = tuple[dt.datetime, dt.datetime]
"""(start, end) with zones; the end belongs to what follows."""


class FaultKind(StrEnum):
    """What keeps activities from tiling a day."""

    GAP = "gap"
    OVERLAP = "overlap"
    OUTSIDE = "outside"
    EMPTY = "empty"


@dataclass(frozen=True, slots=True)
class Fault:
    """start, end: the time at fault; of one that is EMPTY, as it was given.

    activities: their places in the list given, one of OUTSIDE and EMPTY, two of OVERLAP, of a GAP
        the one before and the one after, as far as there are any
    """

    kind: FaultKind
    start: dt.datetime
    end: dt.datetime
    activities: tuple[int, ...]


def faults(spans: Sequence[Span], day: Span) -> list[Fault]:
    """Everything that keeps the spans from tiling the day, in the order of time; empty: they do.

    An instant is in a GAP when no span has it, in an OVERLAP when several do, and OUTSIDE when a
    span has it and the day has not. A span whose end is not after its start is EMPTY and covers
    nothing.
    """
    begin, end = day
    found: list[Fault] = []
    reached, last = begin, -1
    order = sorted(range(len(spans)), key=lambda place: (*spans[place], place))
    for place in order:
        start, stop = spans[place]
        if stop <= start:
            found.append(Fault(FaultKind.EMPTY, start, stop, (place,)))
            continue
        if start < begin:
            found.append(Fault(FaultKind.OUTSIDE, start, min(stop, begin), (place,)))
        if stop > end:
            found.append(Fault(FaultKind.OUTSIDE, max(start, end), stop, (place,)))
        start, stop = max(start, begin), min(stop, end)
        if stop <= start:
            continue
        if start > reached:
            found.append(Fault(FaultKind.GAP, reached, start, _known(last, place)))
        elif start < reached:
            found.append(Fault(FaultKind.OVERLAP, start, min(stop, reached), (last, place)))
        if stop > reached:
            reached, last = stop, place
    if reached < end:
        found.append(Fault(FaultKind.GAP, reached, end, _known(last)))
    return sorted(found, key=lambda fault: (fault.start, fault.end))


def _known(*places: int) -> tuple[int, ...]:
    return tuple(place for place in places if place >= 0)
