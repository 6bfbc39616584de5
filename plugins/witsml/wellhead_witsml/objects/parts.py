"""Trajectories and mud logs that a store gives in several answers, put together."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from wellhead import sdk
from wellhead_witsml.objects.common import Measure, WitsmlObject
from wellhead_witsml.objects.mud_logs import GeologyInterval, MudLog
from wellhead_witsml.objects.trajectories import Station, Trajectory

MOST_ANSWERS = 100
_REMEDY = "Have the store give more at once, or bring the object as a document in xml"

Part = Station | GeologyInterval
Ask = Callable[[Measure | None], tuple[WitsmlObject, bool]]
"""From a measured depth on, None = all: the object with as much as the store gives at once, and
whether it has more."""


def whole(ask: Ask) -> WitsmlObject:
    """The object with all its stations or intervals, in the order in which they came.

    Each further answer is asked for from the last part received, which comes again and is dropped.
    Raises WellheadError where that does not lead to the end: a store that brings nothing new,
    parts without a depth, more than MOST_ANSWERS answers.
    """
    first, more = ask(None)
    known = {_key(one): one for one in _parts(first)}
    answers = 1
    while more:
        start = next((_depth(one) for one in reversed(known.values()) if _depth(one)), None)
        if start is None or answers == MOST_ANSWERS:
            raise sdk.WellheadError(
                "the store gives this object in parts that cannot be put together",
                field="uid",
                value=first.uid,
                remedy=_REMEDY,
            )
        found, more = ask(start)
        answers += 1
        before = len(known)
        known |= {_key(one): one for one in _parts(found)}
        if more and len(known) == before:
            raise sdk.WellheadError(
                f"the store says that it has more below {start.value} {start.uom or ''}, and "
                "brings nothing new",
                field="uid",
                value=first.uid,
                remedy=_REMEDY,
            )
    return _with_parts(first, list(known.values()))


def _parts(of: WitsmlObject) -> Sequence[Part]:
    match of:
        case Trajectory():
            return of.stations
        case MudLog():
            return of.intervals
    return ()


def _with_parts(of: WitsmlObject, parts: Sequence[Part]) -> WitsmlObject:
    match of:
        case Trajectory():
            return replace(of, stations=tuple(one for one in parts if isinstance(one, Station)))
        case MudLog():
            intervals = tuple(one for one in parts if isinstance(one, GeologyInterval))
            return replace(of, intervals=intervals)
    return of


def _depth(part: Part) -> Measure | None:
    return part.md if isinstance(part, Station) else part.top_md


def _key(part: Part) -> tuple[str, Measure | None]:
    """Of stores that write no uids, the depth tells parts apart."""
    return part.uid, _depth(part)
