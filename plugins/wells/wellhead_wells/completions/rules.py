"""Where a completion, a zone and a perforation may be in a wellbore.

All are brought to metres from one datum, the wellbore's own, and compared there.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from wellhead import sdk
from wellhead_wells.datums import DepthKind, convert_depth
from wellhead_wells.models import Well, Wellbore

TOLERANCE_M = 0.01


@dataclass(frozen=True, slots=True)
class Interval:
    """top, bottom: metres; shown: as people wrote it, with its name"""

    top: float
    bottom: float
    shown: str

    def overlaps(self, other: "Interval") -> bool:
        return min(self.bottom, other.bottom) - max(self.top, other.top) > TOLERANCE_M

    def within(self, other: "Interval") -> bool:
        return self.top >= other.top - TOLERANCE_M and self.bottom <= other.bottom + TOLERANCE_M


def set_depth_defaults(record: Any, bore: Wellbore) -> None:
    """Unit and datum of a record whose depths came without: the wellbore's, the datum then the
    well's. Raises WellheadError where there are depths and none of those."""
    if record.top_md is None and record.bottom_md is None:
        return
    defaults = {
        "depth_unit": bore.depth_unit,
        "depth_datum": bore.depth_datum or bore.well.depth_datum,
    }
    for name, default in defaults.items():
        if getattr(record, name) is None:
            setattr(record, name, default)
        if getattr(record, name) is None:
            raise sdk.WellheadError(
                "depths mean nothing without it", field=name, remedy=f"Give {name}"
            )


def interval_of(record: Any, bore: Wellbore, name: str) -> Interval | None:
    """The stretch of a record with depths, from the wellbore's datum; None where it has none.

    Raises WellheadError for a stretch without length, and when the elevation of one of two
    different datums is not known.
    """
    if record.top_md is None or record.bottom_md is None:
        return None
    if record.top_md >= record.bottom_md:
        raise sdk.WellheadError(
            f"is not below top_md, {record.top_md:g} {record.depth_unit}",
            field="bottom_md",
            value=record.bottom_md,
            remedy="Measured depths grow downwards: correct one of them",
        )
    top, bottom = (
        _metres(bore, depth, record.depth_unit, record.depth_datum)
        for depth in (record.top_md, record.bottom_md)
    )
    shown = (
        f"{name} ({record.top_md:g} to {record.bottom_md:g} {record.depth_unit} "
        f"{record.depth_datum})"
    )
    return Interval(top, bottom, shown)


def check_in_bore(mine: Interval, bore: Wellbore, field: str = "bottom_md") -> None:
    """Raises WellheadError for a stretch that begins above the datum or ends below the wellbore."""
    if mine.top < -TOLERANCE_M:
        raise sdk.WellheadError(
            f"{mine.shown} begins above the datum of wellbore {bore.name}",
            field="top_md",
            remedy="Correct the depth, its unit or its datum",
        )
    if bore.md is None or bore.depth_unit is None or bore.depth_datum is None:
        return
    if mine.bottom > _metres(bore, bore.md, bore.depth_unit, bore.depth_datum) + TOLERANCE_M:
        raise sdk.WellheadError(
            f"{mine.shown} ends below wellbore {bore.name}, whose md is {bore.md:g} "
            f"{bore.depth_unit} {bore.depth_datum}",
            field=field,
            remedy="Correct the depth, its unit or its datum, or the md of the wellbore",
        )


def check_within(mine: Interval, around: Interval | None) -> None:
    """Raises WellheadError for a stretch that is not within the other, where that is known."""
    if around is not None and not mine.within(around):
        raise sdk.WellheadError(
            f"{mine.shown} is not within {around.shown}",
            field="top_md" if mine.top < around.top else "bottom_md",
            remedy="Correct the depths of one of them",
        )


def refuse_overlaps(
    mine: Interval,
    others: Iterable[Any],
    interval: Callable[[Any], Interval | None],
    reason: str,
) -> None:
    """Raises WellheadError when another record's stretch has depths of mine."""
    for other in others:
        theirs = interval(other)
        if theirs is not None and mine.overlaps(theirs):
            raise sdk.WellheadError(
                f"{mine.shown} overlaps {theirs.shown}: {reason}",
                field="top_md",
                remedy="Correct the depths or the days of one of them",
            )


def _metres(bore: Wellbore, depth: float, unit: str, datum: str) -> float:
    well: Well = bore.well
    here = bore.depth_datum or well.depth_datum or datum
    return convert_depth(well, depth, unit, datum, "m", here, DepthKind.MD)
