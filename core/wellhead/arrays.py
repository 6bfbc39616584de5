"""Arguments of calculations: arrays within the range that a formula holds for."""

import numpy as np
import numpy.typing as npt

from wellhead.errors import WellheadError

Array = npt.NDArray[np.float64]
"""A column of numbers in a calculation; NaN is no value."""

Numbers = float | Array
"""A number, or an array that broadcasts against the other arguments."""


def within(
    name: str, values: Numbers, low: float, high: float, unit: str, *, above: bool = False
) -> Array:
    """The values as float64. Raises WellheadError naming `name` for one outside low … high, or at
    `low` itself where they must lie above it. NaN passes: it is no value."""
    array = np.asarray(values, np.float64)
    wrong = (array <= low if above else array < low) | (array > high)
    if np.any(wrong):
        raise WellheadError(
            f"is outside the range that the formula holds for, {'above ' if above else ''}"
            f"{low:g} to {high:g} {unit}",
            field=name,
            value=float(array[wrong].flat[0]),
            remedy="Correct the value or its unit",
        )
    return array
