"""Columns of written values and qualities as numbers."""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from wellhead import sdk

Values = npt.NDArray[np.float64]
Wrong = dict[int, str]
"""What is wrong, by place in the column."""

_NUMBER = re.compile(r"\s*[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?\s*\Z", re.ASCII)
_NO_NUMBER = "is not a number"
_NO_NAME = "is neither a number nor a state of this tag"
_NOT_FINITE = "is not a finite number"
_BOOLEAN = "is a boolean, which only a tag of datatype bool takes: write a number"
_WORDS = {
    "good": sdk.quality.GOOD,
    "uncertain": sdk.quality.UNCERTAIN,
    "bad": sdk.quality.BAD,
}
_NO_QUALITY = -1


def read_numbers(
    cells: Sequence[Any], names: Mapping[str, float] | None = None, booleans: bool = False
) -> tuple[Values, Wrong]:
    """(float64[n], what is wrong) of numbers, or of texts of numbers or of `names`, with blanks
    around them or without. booleans: whether true and false of JSON are 1 and 0, or wrong"""
    found = _all_numbers(cells)
    if found is not None:
        return found, {}
    values, wrong = np.full(len(cells), np.nan), {}
    for place, cell in enumerate(cells):
        if isinstance(cell, bool) and not booleans:
            wrong[place] = _BOOLEAN
            continue
        number = _number(cell, names or {})
        if number is None:
            wrong[place] = _NO_NAME if names else _NO_NUMBER
        elif not np.isfinite(number):
            wrong[place] = _NOT_FINITE
        else:
            values[place] = number
    return values, wrong


def _all_numbers(cells: Sequence[Any]) -> Values | None:
    """All of them in one go; None where a closer look is needed. Python, and numpy with it, also
    reads 1_000, nan and digits of other scripts, which no file means as numbers."""
    try:
        written = "".join(cells)
        if "_" in written or not written.isascii():
            return None
    except TypeError:  # numbers, of JSON
        if bool in set(map(type, cells)):
            return None
    try:
        values = np.array(cells, np.float64)
    except (ValueError, TypeError, OverflowError):
        return None
    return values if values.ndim == 1 and np.isfinite(values).all() else None


def _number(cell: Any, names: Mapping[str, float]) -> float | None:
    if isinstance(cell, str):
        number = written_number(cell)
        return names.get(cell.strip()) if number is None else number
    try:
        return float(cell)
    except (TypeError, ValueError, OverflowError):
        return None


def written_number(text: str) -> float | None:
    """The number that a text is; None for any other text."""
    return float(text) if _NUMBER.match(text) else None


def read_qualities(cells: Sequence[Any]) -> tuple[npt.NDArray[np.int16], Wrong]:
    """(int16[n], what is wrong) of OPC codes from 0 to 255, or good, uncertain and bad; an empty
    one is good."""
    codes = np.fromiter(map(_quality, cells), np.int16, len(cells))
    wrong = np.flatnonzero(codes == _NO_QUALITY).tolist()
    return codes, dict.fromkeys(
        wrong, "is neither an OPC code from 0 to 255 nor good, uncertain or bad"
    )


def _quality(cell: Any) -> int:
    return _known_quality(cell) if cell is None or isinstance(cell, (str, int)) else _NO_QUALITY


@lru_cache(1024, typed=True)
def _known_quality(cell: str | int | None) -> int:
    if cell is None or cell == "":
        return sdk.quality.GOOD
    if isinstance(cell, bool):
        return _NO_QUALITY
    if isinstance(cell, str):
        word = cell.strip().lower()
        if word in _WORDS:
            return _WORDS[word]
        if not (word.isascii() and word.isdigit() and len(word) <= 3):
            return _NO_QUALITY
        cell = int(word)
    return cell if 0 <= cell <= 255 else _NO_QUALITY
