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
    if not any(map(len, batches)):
        return
    stored = sdk.Batch.join(batches)
    shown = stored.times > time.time_ns() // 1000 - _SCREEN_S * 1_000_000
    if not shown.all():
        newest = read_latest(connection, np.unique(stored.tags[~shown]))
        if len(newest):
            place = np.minimum(np.searchsorted(newest.tags, stored.tags), len(newest) - 1)
            at = newest.tags[place] == stored.tags
            shown |= at & (newest.times[place] == stored.times)
    if shown.any():
        sdk.publish_readings(connection, tenant, stored.take(shown))
