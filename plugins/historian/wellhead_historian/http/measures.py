"""Units of tags: checked when a tag is described, converted when a reader asks for others."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import select

from wellhead import sdk
from wellhead_historian.models import Tag
from wellhead_historian.store.texts import TEXT


def check_measure(unit: str | None, quantity: str | None, datatype: str) -> None:
    """Raises WellheadError for a unit or quantity that there is not, or that do not go together."""
    if datatype == TEXT and unit is not None:
        raise sdk.WellheadError(
            "a text has no unit",
            field="unit",
            value=unit,
            remedy=f"Leave the unit out, or choose another datatype than {TEXT}",
        )
    if quantity is not None:
        sdk.units.check_quantity(quantity)
        if unit is None:
            raise sdk.WellheadError(
                "a quantity needs a unit",
                field="unit",
                remedy=f"Name the unit of {quantity}, or leave quantity out",
            )
    if unit is not None:
        sdk.units.check_unit(unit, quantity)


def shown(tag: Tag, values: npt.NDArray[np.float64]) -> tuple[npt.NDArray[np.float64], str | None]:
    """(values, unit) of a tag's readings, float64[n], as the request asks for them."""
    system = sdk.asked_system()
    target = sdk.units.shown_in(tag.unit, tag.quantity, system) if system else tag.unit
    if tag.unit is None or target is None:
        return values, tag.unit
    return sdk.units.convert(values, tag.unit, target), target


def shown_each(
    tags: npt.NDArray[np.int32], values: npt.NDArray[np.float64], system: sdk.units.System
) -> tuple[npt.NDArray[np.float64], list[str | None]]:
    """(values, unit of each) of one reading a tag, int32[n] and float64[n], in a system's units."""
    rows = sdk.db.session.execute(
        select(Tag.id, Tag.unit, Tag.quantity).where(Tag.id.in_(tags.tolist()))
    )
    measures: dict[int, tuple[Any, ...]] = {row.id: (row.unit, row.quantity) for row in rows}
    of_each = [measures.get(tag, (None, None)) for tag in tags.tolist()]
    converted = values.copy()
    targets: dict[tuple[Any, ...], str | None] = {}
    for unit, quantity in set(of_each):
        target = targets[unit, quantity] = sdk.units.shown_in(unit, quantity, system)
        if target not in (unit, None):
            mine = np.array([measure == (unit, quantity) for measure in of_each])
            converted[mine] = sdk.units.convert(values[mine], unit, target)
    return converted, [targets[measure] for measure in of_each]


def state_of(states: Mapping[str, str] | None, value: float | None) -> str | None:
    """The name of a value of a tag with these states; None for a value that has none."""
    if not states or value is None or not float(value).is_integer():
        return None
    return states.get(str(int(value)))


def states_of_each(
    tags: npt.NDArray[np.int32], values: npt.NDArray[np.float64]
) -> list[str | None] | None:
    """The names of one value a tag, int32[n] and float64[n]; None when no tag counts states."""
    statement = select(Tag.id, Tag.states).where(Tag.id.in_(tags.tolist()), Tag.states.is_not(None))
    named = {row.id: row.states for row in sdk.db.session.execute(statement)}
    if not named:
        return None
    each = zip(tags.tolist(), values.tolist(), strict=True)
    return [state_of(named.get(tag), value) for tag, value in each]
