"""The pressure derivative, and fewer points that look the same on a logarithmic axis.

Source: Bourdet, Ayoub, Pirard, SPE Formation Evaluation 4 (1989) 293-302, eq. 6.
"""

import numpy as np
import numpy.typing as npt

from wellhead.sdk import Array, WellheadError, within


def bourdet(log_time: Array, pressure: Array, smoothing: float) -> Array:
    """dp/d ln t at each point: the mean of the slopes to a point before and to one after, each
    weighted by the other's distance, both at least `smoothing` away.

    log_time: float64[n], log10 of (equivalent) time, ascending; pressure: float64[n];
    smoothing: L of Bourdet in units of ln t, 0 to 2 (0.1 to 0.5 is usual; 0 takes the neighbours)
    NaN near the ends, where no point is as far away: a slope to one that is nearer would be the
    gauge's noise. Raises WellheadError for times that do not ascend.
    """
    within("smoothing", smoothing, 0, 2, "of ln t")
    x = log_time * np.log(10.0)
    found = np.full(x.size, np.nan)
    if x.size < 3:
        return found
    if not (np.diff(x) > 0).all():
        raise WellheadError(
            "the equivalent time does not ascend, so that there is no derivative by it",
            field="kind",
            remedy="Take elapsed time (mdh), or correct the rates before",
        )
    inner = np.arange(1, x.size - 1)
    left = np.searchsorted(x, x[inner] - smoothing, side="right") - 1
    left = np.clip(left, 0, inner - 1)
    right = np.searchsorted(x, x[inner] + smoothing, side="left")
    right = np.clip(right, inner + 1, x.size - 1)
    before, after = x[inner] - x[left], x[right] - x[inner]
    rise_before = (pressure[inner] - pressure[left]) / before
    rise_after = (pressure[right] - pressure[inner]) / after
    mean = (rise_before * after + rise_after * before) / (before + after)
    far_enough = np.minimum(before, after) >= smoothing * (1 - 1e-9)
    found[inner] = np.where(far_enough, mean, np.nan)
    return found


def thinned(elapsed: Array, per_cycle: int) -> npt.NDArray[np.intp]:
    """Which points to keep so that a log cycle has at most `per_cycle`: of each equal part of a
    cycle the first. elapsed: float64[n], h, above 0, ascending."""
    part = np.floor(np.log10(elapsed) * per_cycle)
    return np.flatnonzero(np.diff(part, prepend=-np.inf) > 0)
