"""Times cut into production days."""

import numpy as np
import numpy.typing as npt

from wellhead import sdk

Instants = npt.NDArray[np.int64]


def hours_in_days(begins: Instants, ends: Instants, starts: Instants, stops: Instants) -> sdk.Array:
    """Hours, float64[days], that the events cover of each day.

    begins, ends: of each day, seconds UTC; an end belongs to the next day
    starts, stops: of each event, likewise; events that overlap count twice
    """
    if not len(starts):
        return np.zeros(len(begins))
    first = np.maximum(begins[:, None], starts[None, :])
    last = np.minimum(ends[:, None], stops[None, :])
    return np.asarray(np.clip(last - first, 0, None).sum(axis=1) / 3600.0)


def deferred(rate: float, hours: sdk.Array) -> sdk.Array:
    """What a well that makes `rate`, a volume a day of 24 h, did not make in these hours, in the
    volume of the rate."""
    return rate / 24.0 * hours
