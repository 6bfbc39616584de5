"""Readings whose time lies ahead of the clock: kept, but said to be doubtful.

A device whose clock runs away must neither look good nor hide the values that follow it, so its
good readings are stored as uncertain (OPC UA calls the same case `UncertainSourceTimestamp`).
"""

from dataclasses import replace

import numpy as np

from wellhead import sdk


def flag_future(batch: sdk.Batch, latest_time: int) -> sdk.Batch:
    """`batch` with every good reading later than `latest_time` (microseconds UTC) made
    UNCERTAIN_FUTURE_TIME; the same object when there is none."""
    times = batch.times
    if not len(times):
        return batch
    newest = 0 if batch.times.strides == (0,) else times.argmax()  # argmax: no ufunc's start-up
    if times[newest] <= latest_time:
        return batch
    ahead = (batch.times > latest_time) & sdk.quality.is_good(batch.qualities)
    if not ahead.any():
        return batch
    flagged = np.where(ahead, np.int16(sdk.quality.UNCERTAIN_FUTURE_TIME), batch.qualities)
    return replace(batch, qualities=flagged)
