"""Whether the rates of a test were steady. Pure functions over a rate history.

Rates are constant in steps: `starts` are the begins of the steps in seconds, ascending, each of
which lasts until the next, the last one until `end`; `rates` are of any one unit.
"""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def weights(starts: Floats, begin: float, end: float) -> Floats:
    """float64[n], seconds of each step between `begin` and `end`."""
    bounded = np.clip(np.append(starts, end), begin, end)
    return np.diff(bounded)


def mean_rate(starts: Floats, rates: Floats, begin: float, end: float) -> float:
    """The mean over the time between `begin` and `end` of which there is a rate; NaN for none."""
    spent = np.where(np.isfinite(rates), weights(starts, begin, end), 0.0)
    total = spent.sum()
    return float((np.nan_to_num(rates) * spent).sum() / total) if total > 0 else float("nan")


def spread_percent(starts: Floats, rates: Floats, begin: float, end: float) -> float:
    """How far the step furthest from the mean between `begin` and `end` is from it, percent of it;
    NaN where less than two steps say anything, or the mean is 0."""
    inside = (weights(starts, begin, end) > 0) & np.isfinite(rates)
    mean = mean_rate(starts, rates, begin, end)
    if inside.sum() < 2 or not mean > 0:
        return float("nan")
    return float(np.max(np.abs(rates[inside] - mean)) / mean * 100.0)


def changes(rates: Floats) -> int:
    """How many times the rate changes from step to step, by more than rounding; a step without one
    changes nothing."""
    known = rates[np.isfinite(rates)]
    return int((np.abs(np.diff(known)) > 1e-9 * np.abs(known[1:]).clip(1.0)).sum())
