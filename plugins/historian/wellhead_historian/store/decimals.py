"""Floats with few decimals as whole numbers, and back: what a field instrument sends has few.

A decimal is k divided by 10^n, or k times 10^-n, which differ in the last bit: a driver that scales
by 0.01 multiplies. So what was tried is compared with what was sent.
"""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

MOST_DECIMALS = 9
MULTIPLIED = 16
"""Added to the number of decimals n where the value is k times 10^-n and not k divided by 10^n."""
EXACT = 2.0**53
_SAMPLE = 32


def decimals_of(values: Floats) -> npt.NDArray[np.int8]:
    """int8[k]: the decimals of the finite ones of a sample of each row of float64[k, n], -1 for too
    many."""
    sample = values[:, :: max(1, values.shape[1] // _SAMPLE)]
    found = np.full(len(values), -1, np.int8)
    other = ~np.isfinite(sample)
    left = np.flatnonzero(~other.all(axis=1))
    for decimals in range(MOST_DECIMALS + 1):
        chosen = sample[left]
        whole = to_integers(chosen, decimals)
        fits = (from_integers(whole, decimals) == chosen) | other[left]
        fits |= from_integers(whole, decimals + MULTIPLIED) == chosen
        fits = fits.all(axis=1)
        found[left[fits]] = decimals
        left = left[~fits]
        if not len(left):
            break
    return found


def to_integers(values: Floats, decimals: int) -> Ints:
    """int64 of the scaled values; any number where that is none."""
    with np.errstate(invalid="ignore", over="ignore"):
        scaled = np.rint(values * 10.0**decimals)
        return np.where(np.abs(scaled) < EXACT, scaled, 0.0).astype(np.int64)


def from_integers(whole: Ints, code: int) -> Floats:
    """What these are divided by 10^code, or multiplied, where MULTIPLIED is in it."""
    values = whole.astype(np.float64)
    scale = 10.0 ** (code % MULTIPLIED)
    if code < MULTIPLIED:
        return values / scale if code else values
    return values * (1.0 / scale)  # the float nearest to 10^-n: the literal of a driver


def differ(found: Floats, wanted: Floats) -> npt.NDArray[np.bool_]:
    """Where the bits are not the same."""
    differs: npt.NDArray[np.bool_] = found.view(np.uint64) != wanted.view(np.uint64)
    return differs
