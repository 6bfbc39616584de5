"""What a tag's datatype takes of the numbers that a file has for it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np

from wellhead_historian.imports.values import Values, Wrong

_WHOLE = re.compile(r"u?int(8|16|32|64)\Z")
_EXACT = 2**53
_NEARLY = 1e-9
_NO_SWITCH = "is neither on nor off, and its tag is a bool: write 1, 0, true or false"
_NO_WHOLE = (
    "is no whole number, and its tag is of datatype {}: correct it, or import it into a tag of "
    "datatype float64"
)
_OUTSIDE = "lies outside {:,} to {:,}, which is what a tag of datatype {} holds: correct it"
_ROUNDED = (
    "would be kept as {}: readings hold whole numbers to ±9007199254740992 exactly. Write that, or "
    "import it into a tag of datatype string"
)


@dataclass(frozen=True, slots=True)
class Whole:
    """Numbers of a datatype that has whole ones only.

    ends: of its numbers, the last one inside
    """

    datatype: str
    ends: tuple[int, int]


def whole_of(datatype: str) -> Whole | None:
    """None: the datatype has others, too, or no numbers."""
    if datatype == "bool":
        return Whole(datatype, (0, 1))
    if not _WHOLE.match(datatype):
        return None
    limits = np.iinfo(datatype)
    return Whole(datatype, (int(limits.min), int(limits.max)))


def refuse_rounded(cells: Sequence[Any], numbers: Values) -> Wrong:
    """What is wrong with whole numbers, float64[n] as they were read from `cells`, that a reading
    does not hold."""
    large = np.flatnonzero(np.abs(numbers) >= _EXACT).tolist()
    return {
        place: _ROUNDED.format(int(numbers[place]))
        for place in large
        if Decimal(str(cells[place]).strip()) != Decimal(numbers[place])
    }


def rounded(values: Values) -> Values:
    """float64[n] that were converted between units, whole where only the conversion made them
    miss it."""
    whole = np.rint(values)
    near = np.abs(values - whole) <= _NEARLY * np.maximum(np.abs(whole), 1)
    return np.where(near, whole, values)


def refuse_others(values: Values, whole: Whole) -> Wrong:
    """What is wrong with float64[n], NaN for those that are wrong already."""
    low, high = whole.ends
    broken = values != np.floor(values)
    outside = (values < low) | (values >= high + 1)
    if not (broken | outside).any():
        return {}
    known = np.isfinite(values)
    if whole.datatype == "bool":
        return dict.fromkeys(np.flatnonzero((broken | outside) & known).tolist(), _NO_SWITCH)
    wrong = dict.fromkeys(
        np.flatnonzero(outside & known).tolist(), _OUTSIDE.format(low, high, whole.datatype)
    )
    broken &= known
    return wrong | dict.fromkeys(np.flatnonzero(broken).tolist(), _NO_WHOLE.format(whole.datatype))
