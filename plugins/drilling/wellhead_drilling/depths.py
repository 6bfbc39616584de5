"""Depths of records against each other and against their wellbore, across units and datums."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from wellhead import sdk
from wellhead_wells.depths import shift, to_metres
from wellhead_wells.models import Well, Wellbore

TOLERANCE_M = 0.01
"""What rounding of depths in feet and metres may differ by."""


class Depth(NamedTuple):
    """A measured depth in `unit` (m or ft) from `datum`, as entered."""

    value: float
    unit: str
    datum: str

    def __str__(self) -> str:
        return f"{self.value:g} {self.unit} {self.datum}"


def depth_of(record: Any, name: str) -> Depth | None:
    """The depth that a record names, None while it has none."""
    value = getattr(record, name)
    return None if value is None else Depth(value, record.depth_unit, record.depth_datum)


def below(well: Well, one: Depth, other: Depth) -> float | None:
    """By how many metres `one` lies below `other`; None where their datums differ and the well
    does not know both."""
    metres, reference = to_metres(one.value, one.unit), to_metres(other.value, other.unit)
    if one.datum != other.datum:
        elevations = well.elevations()
        here, there = elevations.get(one.datum), elevations.get(other.datum)
        if here is None or there is None:
            return None
        metres = shift(metres, here, there)
    return metres - reference


def settle_depths(record: Any, bore: Wellbore, names: Sequence[str]) -> None:
    """Give a record the wellbore's unit and datum where it has depths and names none.

    Raises WellheadError when neither says them.
    """
    given = [name for name in names if getattr(record, name) is not None]
    if not given:
        return
    record.depth_unit = record.depth_unit or bore.depth_unit
    record.depth_datum = record.depth_datum or bore.depth_datum or bore.well.depth_datum
    for name in ("depth_unit", "depth_datum"):
        if getattr(record, name) is None:
            raise sdk.WellheadError(
                f"{given[0]} means nothing without it",
                field=name,
                remedy=f"Give {name}, here or in the wellbore",
            )


def refuse_above(record: Any, well: Well, upper: str, lower: str) -> None:
    """Raises WellheadError when the depth `lower` of a record lies above its depth `upper`."""
    top, bottom = depth_of(record, upper), depth_of(record, lower)
    if top is not None and bottom is not None and (below(well, top, bottom) or 0) > TOLERANCE_M:
        raise sdk.WellheadError(
            f"lies above {upper}, {top}",
            field=lower,
            value=bottom.value,
            remedy="Measured depth grows down the hole: correct one of them",
        )


def refuse_outside(record: Any, bore: Wellbore, names: Sequence[str]) -> None:
    """Raises WellheadError when a depth lies below the end of the wellbore, where that is known."""
    if bore.md is None or bore.depth_unit is None or bore.depth_datum is None:
        return
    end = Depth(bore.md, bore.depth_unit, bore.depth_datum)
    for name in names:
        depth = depth_of(record, name)
        if depth is not None and (below(bore.well, depth, end) or 0) > TOLERANCE_M:
            raise sdk.WellheadError(
                f"lies below the end of wellbore {bore.name}, {end}",
                field=name,
                value=depth.value,
                remedy="Correct the depth, or the wellbore's md first",
            )
