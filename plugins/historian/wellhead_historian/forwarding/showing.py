"""What screens are told of readings that are stored.

Hours of catching up would drown what they show, so of what is older than a minute they are told
only what is now its tag's newest: a dip of this morning, the total of the day that goes on.
"""

import time
from collections.abc import Sequence
from typing import Any

import numpy as np
import psycopg

from wellhead import sdk
from wellhead_historian.store.latest import read_latest

_SCREEN_S = 60


def publish(connection: psycopg.Connection[Any], tenant: str, batches: Sequence[sdk.Batch]) -> None:
    """Tell screens of `batches`, which are committed, what concerns them. Raises psycopg.Error."""
    since = time.time_ns() // 1000 - _SCREEN_S * 1_000_000
    shown = [_shown(connection, batch, since) for batch in batches]
    if any(map(len, shown)):
        sdk.publish_readings(connection, tenant, sdk.Batch.join(shown))


def _shown(connection: psycopg.Connection[Any], batch: sdk.Batch, since: int) -> sdk.Batch:
    told = batch.times > since
    if not told.all():
        newest = read_latest(connection, np.unique(batch.tags[~told]))
        if len(newest):
            place = np.minimum(np.searchsorted(newest.tags, batch.tags), len(newest) - 1)
            told |= (newest.tags[place] == batch.tags) & (newest.times[place] == batch.times)
    return batch.take(told)
