"""The floats of minutes as rows of version 1 have them, which were written until 0.2: only read."""

import struct
from collections.abc import Sequence

import numpy as np

from wellhead_historian.store.codec import CodecError, decode_floats
from wellhead_historian.store.rollups.minutes import Matrix, expected
from wellhead_historian.store.rollups.summary import Float64s

_SIZES = struct.Struct("<HHHH")  # of the codec's columns
_EXTREMES = ("minimum", "maximum", "first", "last")


def sums(matrix: Matrix, tails: Sequence[bytes], size: int) -> Matrix:
    """What rows of `size` minutes have after their whole numbers, which `matrix` has: the values
    that occurred, the total, and how far the two integrals are from what is expected."""
    found: list[list[Float64s]] = [[], [], [], []]
    for tail in tails:
        if len(tail) < _SIZES.size:
            raise CodecError("a row of roll-ups ends too early")
        at = _SIZES.size
        for place, length in enumerate(_SIZES.unpack_from(tail)):
            numbers = size if place else size * len(_EXTREMES)
            found[place].append(decode_floats(tail[at : at + length], numbers))
            at += length
    extremes, total, step, linear = map(np.stack, found)
    parts = extremes.reshape(len(extremes), len(_EXTREMES), size).swapaxes(0, 1)
    known = matrix | dict(zip(_EXTREMES, parts, strict=True)) | {"total": total}
    with np.errstate(over="ignore", invalid="ignore"):
        even = expected(known, sloped="step_covered")
        return known | {"step": step + even[0], "linear": linear + even[1]}
