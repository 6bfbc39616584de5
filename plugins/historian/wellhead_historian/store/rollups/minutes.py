"""A row of minutes: by far the most bytes of what roll-ups take.

What moves slowly is near to what it was: the first value of a minute is near the last one of the
minute before, the least and the greatest are near those two, and the sum is near to as many times
the mean of the four. What is noise is not, so a row is kept as differences or as it is, whichever
needs fewer bits. Values are exact, as decimals or as the bits of floats; a sum is kept to so many
bits of the largest that it may be. docs/historian.md has the format.
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from wellhead_historian.store.codec import CodecError
from wellhead_historian.store.decimals import EXACT, MULTIPLIED
from wellhead_historian.store.rollups import bits
from wellhead_historian.store.rollups.summary import Bools, Float64s, Int64s
from wellhead_historian.store.rollups.whole import BITS, Forms, from_whole, to_whole

VERSION = 2
_HEAD = struct.Struct("<BHBB")  # version; number of minutes; form of the values; how it is kept
_NEAR, _SUMMED, _PLAIN = 1, 2, 4
"""How a row is kept: values and total as differences; the total in the form of the values; sums as
the bits of floats."""
_VALUES = ("first", "last", "minimum", "maximum")
_SUMS = ("total", "step", "linear")
_COVERED = ("step_covered", "linear_covered")
_FILLED = (*_VALUES, "total")
"""NaN in minutes without a usable reading"""
_COLUMNS = 8
"""Where the values begin, the four, and three sums."""
_DIGITS = 30
"""Bits of the largest that a sum may be: nine decimal digits, and no instrument has eight. Sums of
decimals have all of theirs."""
_MOST = 2.0**60
_SCALES = np.array([float(10**places) for places in range(MULTIPLIED)])

Matrix = dict[str, npt.NDArray[Any]]
"""Columns of `Buckets` as [rows, minutes of each], all rows with the same number of minutes."""


def encode(ints: Int64s, matrix: Matrix) -> list[bytes]:
    """The rows of these minutes. ints: int64[r, c, n], what else a row says"""
    known = matrix | {name: _filled(matrix[name], matrix["usable"]) for name in _FILLED}
    whole, forms = to_whole(np.concatenate([known[name] for name in _VALUES], axis=1))
    whole = whole.reshape(len(whole), len(_VALUES), -1)
    with np.errstate(over="ignore", invalid="ignore"):
        total, summed = _to_total(known, forms)
        guess = _guess(known, whole, summed)
        known["total"] = _from_total(known, total, forms, summed)
        integrals = _to_integrals(known)
        sums = np.stack([total, guess, *integrals], axis=1)
        plain = ~(np.abs(sums) < _MOST).all(axis=(1, 2))
        sums = sums.astype(np.int64)
    total, guess, step, linear = sums.swapaxes(0, 1)
    far = np.concatenate([np.zeros_like(whole[:, :1]), whole, total[:, None]], axis=1)
    near = np.concatenate([_to_near(whole), (total - guess)[:, None]], axis=1)
    is_near = bits.sizes(near) < bits.sizes(far)
    columns = np.where(is_near[:, None, None], near, far)
    columns = np.concatenate([ints, columns, step[:, None], (linear - step)[:, None]], axis=1)
    for place, name in zip((-3, -2, -1), _SUMS, strict=True):
        columns[plain, place] = matrix[name][plain].view(np.int64)
    flags = _NEAR * is_near + _SUMMED * summed + _PLAIN * plain
    heads = zip(forms.tolist(), flags.tolist(), strict=True)
    rows = bits.encode(columns)
    n = whole.shape[2]
    return [_HEAD.pack(VERSION, n, *head) + row for head, row in zip(heads, rows, strict=True)]


def decode(rows: Sequence[bytes], count: int) -> "Kept":
    """What rows of equal numbers of minutes have, and `count` columns of ints. Raises CodecError
    for bytes that are none."""
    if any(len(row) < _HEAD.size for row in rows):
        raise CodecError("a row of roll-ups ends too early")
    heads = np.array([_HEAD.unpack_from(row) for row in rows], np.int64).reshape(-1, 4)
    columns = bits.decode([row[_HEAD.size :] for row in rows], count + _COLUMNS, int(heads[0, 1]))
    return Kept(columns[:, :count], columns[:, count:], heads[:, 2].astype(np.uint8), heads[:, 3])


@dataclass(frozen=True, slots=True)
class Kept:
    """ints, rest: columns of r rows, int64[r, c, n]; forms, flags: of each row"""

    ints: Int64s
    rest: Int64s
    forms: Forms
    flags: Int64s

    def values(self, matrix: Matrix) -> Matrix:
        """The floats of these minutes. matrix: what their ints say"""
        near, summed, plain = ((self.flags & flag > 0) for flag in (_NEAR, _SUMMED, _PLAIN))
        whole = np.where(near[:, None, None], _from_near(self.rest), self.rest[:, 1:5])
        values = from_whole(whole.reshape(len(whole), -1), self.forms).reshape(whole.shape)
        known = matrix | dict(zip(_VALUES, values.swapaxes(0, 1), strict=True))
        with np.errstate(over="ignore", invalid="ignore"):
            guess = _guess(known, whole, summed).astype(np.int64)
            total = self.rest[:, 5] + np.where(near[:, None], guess, 0)
            known["total"] = _from_total(known, total, self.forms, summed)
            step, linear = self.rest[:, 6], self.rest[:, 6] + self.rest[:, 7]
            known["step"], known["linear"] = _from_integrals(known, (step, linear))
        for place, name in zip((5, 6, 7), _SUMS, strict=True):
            known[name][plain] = self.rest[plain, place].view(np.float64)
        for name in _FILLED:
            known[name][matrix["usable"] == 0] = np.nan
        return known


def _filled(values: Float64s, usable: Int64s) -> Float64s:
    """Where none is usable, the one before, or 0."""
    some = usable > 0
    if some.all():
        return values
    places = np.maximum.accumulate(np.where(some, np.arange(values.shape[1]), -1), axis=1)
    before = np.take_along_axis(values, np.maximum(places, 0), axis=1)
    return np.where(places < 0, 0.0, before)


# --- values as differences -----------------------------------------------------------------------


def _to_near(whole: Int64s) -> Int64s:
    """int64[r, 5, n]: where the values begin, and what they differ by; modulo 2^64."""
    first, last, minimum, maximum = whole.swapaxes(0, 1)
    start = np.broadcast_to(first[:, :1], first.shape)
    before = np.concatenate([first[:, :1], last[:, :-1]], axis=1)
    low, high = np.minimum(first, last), np.maximum(first, last)
    return np.stack([start, first - before, last - first, low - minimum, maximum - high], axis=1)


def _from_near(columns: Int64s) -> Int64s:
    start, stepped, moved, under, over = columns[:, :5].swapaxes(0, 1)
    last = start + np.cumsum(stepped + moved, axis=1)
    first = last - moved
    low, high = np.minimum(first, last), np.maximum(first, last)
    return np.stack([first, last, low - under, high + over], axis=1)


# --- sums as whole numbers of a unit that follows from the largest that they may be ---------------


def expected(matrix: Matrix, sloped: str = _COVERED[1]) -> tuple[Float64s, Float64s]:
    """Both integrals, [r, n], if all readings are usable and equally far apart. sloped: the name of
    the time that the second one covers"""
    gaps = np.maximum(matrix["count"] - 1, 1)
    middle = (matrix["first"] + matrix["last"]) / 2
    step = matrix["step_covered"] / gaps * (matrix["total"] - matrix["last"])
    linear = matrix[sloped] / gaps * (matrix["total"] - middle)
    return np.where(np.isfinite(step), step, 0.0), np.where(np.isfinite(linear), linear, 0.0)


def _largest(known: Matrix, of: str) -> Float64s:
    peak = np.maximum(np.abs(known["minimum"]), np.abs(known["maximum"]))
    largest: Float64s = peak * known[of]
    return largest


def _units(known: Matrix, of: str) -> npt.NDArray[np.int32]:
    """Exponents of 2, for a unit that the largest that a sum may be has a billion of."""
    units: npt.NDArray[np.int32] = np.frexp(_largest(known, of))[1] - _DIGITS
    return units


def _to_total(known: Matrix, forms: Forms) -> tuple[Float64s, Bools]:
    """(whole numbers, whether they are decimals as the values are, by row)."""
    largest = _largest(known, "usable")
    scale = _SCALES[forms % MULTIPLIED][:, None]
    decimal = np.rint(known["total"] * scale)
    close = np.abs(decimal / scale - known["total"]) <= np.ldexp(largest, -_DIGITS)
    summed = (forms < BITS) & (close & (np.abs(decimal) < EXACT)).all(axis=1)
    number = np.rint(np.ldexp(known["total"], -_units(known, "usable")))
    number = np.where(np.isfinite(largest), number, np.inf)
    return np.where(summed[:, None], decimal, number), summed


def _from_total(known: Matrix, total: npt.NDArray[Any], forms: Forms, summed: Bools) -> Float64s:
    decimal = total / _SCALES[forms % MULTIPLIED][:, None]
    number = np.ldexp(total.astype(np.float64), _units(known, "usable"))
    return np.where(summed[:, None], decimal, number)


def _guess(known: Matrix, whole: Int64s, summed: Bools) -> Float64s:
    """The total if its mean were that of the four values."""
    decimal = np.floor(known["usable"] * (whole.sum(axis=1) / 4))
    mean = sum(known[name] for name in _VALUES) / 4
    number = np.ldexp(known["usable"] * mean, -_units(known, "usable"))
    return np.rint(np.where(summed[:, None], decimal, number))


def _to_integrals(known: Matrix) -> list[Float64s]:
    numbers = zip(("step", "linear"), expected(known), _COVERED, strict=True)
    return [np.rint(np.ldexp(known[name] - even, -_units(known, of))) for name, even, of in numbers]


def _from_integrals(known: Matrix, integrals: Sequence[Int64s]) -> list[Float64s]:
    numbers = zip(integrals, expected(known), _COVERED, strict=True)
    return [
        even + np.ldexp(number.astype(np.float64), _units(known, of))
        for number, even, of in numbers
    ]
