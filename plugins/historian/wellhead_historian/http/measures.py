"""Units of tags: checked when a tag is described, converted when a reader asks for others."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from wellhead import sdk
from wellhead_historian.imports.values import written_number
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


def shown_each(
    tags: Sequence[Any], values: npt.NDArray[np.float64], system: sdk.units.System | None
) -> tuple[npt.NDArray[np.float64], list[str | None]]:
    """(values, unit of each) of one reading a tag, rows and float64[n], in a system's units; None =
    in their own."""
    of_each = [(tag.unit, tag.quantity) for tag in tags]
    if system is None:
        return values, [unit for unit, _ in of_each]
    converted = values.copy()
    targets: dict[tuple[str | None, str | None], str | None] = {}
    for unit, quantity in set(of_each):
        target = targets[unit, quantity] = sdk.units.shown_in(unit, quantity, system)
        if unit is not None and target not in (unit, None):
            mine = np.array([measure == (unit, quantity) for measure in of_each])
            converted[mine] = sdk.units.convert(values[mine], unit, str(target))
    return converted, [targets[measure] for measure in of_each]


def check_states(states: Mapping[str, str] | None) -> None:
    """Raises WellheadError for a state whose name is the number of another: what is imported, or
    entered, names a state by either."""
    for code, name in (states or {}).items():
        if written_number(name) not in (None, float(code)):
            raise sdk.WellheadError(
                f"is the name of {code}, and reads as another number",
                field=f"states.{code}",
                value=name,
                remedy=f"Name it in words, like 'Step {name}', or as its own number {code}",
            )


def state_of(states: Mapping[str, str] | None, value: float | None) -> str | None:
    """The name of a value of a tag with these states; None for a value that has none."""
    if not states or value is None or not float(value).is_integer():
        return None
    return states.get(str(int(value)))


def states_of_each(tags: Sequence[Any], values: npt.NDArray[np.float64]) -> list[str | None] | None:
    """The names of one value a tag, rows and float64[n]; None when no tag counts states."""
    if not any(tag.states for tag in tags):
        return None
    each = zip(tags, values.tolist(), strict=True)
    return [state_of(tag.states, value) for tag, value in each]
