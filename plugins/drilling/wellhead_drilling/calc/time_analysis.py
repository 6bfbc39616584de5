"""Where the time of a well goes: hours by phase and class, and non-productive time.

NPT % = 100 · Σ(unplanned + downtime) / Σ all, over the hours of activities (IADC Daily Drilling
Report; the usual definition of operators' drilling reporting).
"""

import numpy as np
import numpy.typing as npt

from wellhead import sdk

Hours = npt.NDArray[np.float64]


def hours_by(hours: Hours, *keys: npt.NDArray[np.intp], shape: tuple[int, ...]) -> Hours:
    """Sums of hours in a table.

    hours: float64[n], h, not negative; keys: for each axis of the table int[n], which row of that
    axis an activity belongs to; shape: of the table. Raises WellheadError for hours below 0 or
    that are no number.
    """
    if not (hours >= 0).all():
        raise sdk.WellheadError(
            "an activity cannot take less than no time", field="hours", remedy="Correct its times"
        )
    places = np.ravel_multi_index(keys, shape)
    sums = np.bincount(places, hours, minlength=int(np.prod(shape)))
    return sums.astype(np.float64).reshape(shape)


def npt_percent(table: Hours, unproductive: npt.NDArray[np.bool_]) -> Hours:
    """Share of non-productive time, %, from hours by class on the last axis: float64[…, c] →
    float64[…]; NaN where there are no hours. unproductive: bool[c], the classes that are NPT."""
    total = table.sum(axis=-1)
    lost = table[..., unproductive].sum(axis=-1)
    with np.errstate(invalid="ignore"):
        return np.where(total > 0, 100.0 * lost / total, np.nan)
