"""Readings whose time lies ahead of the clock: kept, but said to be doubtful.

A device whose clock runs away must neither look good nor hide the values that follow it, so its
good readings are stored as uncertain (OPC UA calls the same case `UncertainSourceTimestamp`).
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from wellhead import sdk
from wellhead_historian.scans import Arrived


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


def flagged(arrived: Sequence[Arrived], latest_time: int) -> list[Arrived]:
    """`flag_future` of all of it: scans with a reading ahead of the clock become batches."""
    found: list[Arrived] = []
    for item in arrived:
        if isinstance(item, sdk.Batch):
            found.append(flag_future(item, latest_time))
        elif item.times.max() > latest_time:
            found += [flag_future(batch, latest_time) for batch in item.batches()]
        else:
            found.append(item)
    return found
