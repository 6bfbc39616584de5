"""Rows of floats as whole numbers, near to each other where the floats are: decimals, or bits."""

import numpy as np
import numpy.typing as npt

from wellhead_historian.store.codec import CodecError
from wellhead_historian.store.decimals import (
    MOST_DECIMALS,
    MULTIPLIED,
    decimals_of,
    differ,
    from_integers,
    to_integers,
)
from wellhead_historian.store.rollups.summary import Float64s, Int64s

Forms = npt.NDArray[np.uint8]
BITS = 64
"""A form from here on: the bits of float64, without so many as are added, which are all 0 (those of
float32 have 29). Less than it is the code of decimals."""


def to_whole(values: Float64s) -> tuple[Int64s, Forms]:
    """(int64[r, m], the form of each row) of float64[r, m]."""
    whole = values.view(np.int64).copy()
    together = np.bitwise_or.reduce(whole, axis=1)
    lowest = (together & -together).astype(np.float64)  # a power of two, or 0
    shifts = np.where(together == 0, 0, np.frexp(lowest)[1] - 1)
    forms = (BITS + shifts).astype(np.uint8)
    whole >>= shifts[:, None]
    decimals = decimals_of(values)
    for number in np.unique(decimals[decimals >= 0]).tolist():
        rows = np.flatnonzero(decimals == number)
        tried = to_integers(values[rows], number)
        for code in (number, number + MULTIPLIED):
            right = ~differ(from_integers(tried, code), values[rows]).any(axis=1)
            whole[rows[right]], forms[rows[right]] = tried[right], code
    return whole, forms


def from_whole(whole: Int64s, forms: Forms) -> Float64s:
    """The float64[r, m] that `to_whole` made these of. Raises CodecError for other forms."""
    values = np.empty(whole.shape)
    for form in np.unique(forms).tolist():
        rows = forms == form
        if BITS <= form < 2 * BITS:
            values[rows] = (whole[rows] << (form - BITS)).view(np.float64)
        elif form % MULTIPLIED <= MOST_DECIMALS and form < 2 * MULTIPLIED:
            values[rows] = from_integers(whole[rows], form)
        else:
            raise CodecError("roll-ups have no such form")
    return values
