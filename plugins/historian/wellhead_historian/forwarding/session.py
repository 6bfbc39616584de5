"""Readings that come by a request: stored in its transaction, told after it.

What a forwarder does for a spool, for senders that keep their readings until they are told that
they are stored: edges and imports.
"""

import time
from collections import defaultdict
from collections.abc import Sequence

from flask import current_app

from wellhead import sdk
from wellhead_historian.api import driver_connection
from wellhead_historian.forwarding.durable import wait_for_disk
from wellhead_historian.forwarding.future import flag_future
from wellhead_historian.forwarding.poison import POISON
from wellhead_historian.forwarding.showing import publish
from wellhead_historian.hooks import pass_on
from wellhead_historian.scans import batches_of
from wellhead_historian.store.choice import make_writer

_last: dict[str, dict[int, bytes]] = defaultdict(dict)
"""By tenant, see `wellhead_historian.store.layouts.Layouts`."""


def latest_good_time() -> int:
    """Microseconds UTC: what lies after it is ahead of the clock."""
    tolerance = sdk.plugin_config("historian")["future_tolerance"]
    return time.time_ns() // 1000 + int(tolerance * 1_000_000)


def store_readings(batches: Sequence[sdk.Batch]) -> list[sdk.Batch]:
    """Store in the session's transaction; what was stored, good readings ahead of the clock being
    uncertain. Raises BatchError for what can never be stored: the session is rolled back then."""
    latest_time = latest_good_time()
    flagged = [flag_future(batch, latest_time) for batch in batches]
    tenant = sdk.current_tenant()
    most_texts = sdk.plugin_config("historian")["max_texts"]
    try:
        with driver_connection() as connection:
            wait_for_disk(connection, once=True)
            store = make_writer(connection, most_texts, _last[tenant])
            stored = batches_of(store.write(flagged, latest_time))
            pass_on(connection, stored)
    except POISON as error:
        sdk.db.session.rollback()
        text = str(error).strip()
        raise sdk.BatchError(f"cannot be stored: {text}", field="readings") from error
    return stored


def tell(batches: Sequence[sdk.Batch]) -> None:
    """After the commit: plugins hear of everything, screens of what concerns them."""
    plugins = sdk.runtime_of(current_app).plugins
    for batch in batches:
        plugins.notify("readings", batch=batch)
    with driver_connection() as connection:
        publish(connection, sdk.current_tenant(), batches)
    sdk.db.session.commit()
