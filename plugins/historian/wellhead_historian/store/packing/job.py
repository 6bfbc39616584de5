"""The job `historian.pack`: runs in the scheduler, in each tenant."""

import time

from flask import current_app

from wellhead import sdk
from wellhead_historian.store.choice import Kind, kind_of
from wellhead_historian.store.packing.packer import pack
from wellhead_historian.store.rollups.keeping import put

_LABELS = ("tenant",)
_ROWS = sdk.counter("historian_packed_rows_total", "Rows that were packed", _LABELS)
_SECONDS = sdk.counter("historian_packing_seconds_total", "Time that packing took", _LABELS)
_THROUGH = sdk.gauge(
    "historian_packed_through_seconds", "Until when all was packed, seconds since 1970", _LABELS
)


def pack_tenant() -> None:
    """Pack what is due in the tenant that is set, unless its store does that by itself. The
    connection is one of its own: the transactions are many and their isolation is stricter."""
    tenant = sdk.current_tenant()
    settings = sdk.runtime_of(current_app).settings
    begun, now = time.monotonic(), time.time_ns() // 1000
    with sdk.connect(settings, tenant, autocommit=True) as connection:
        if kind_of(connection) is not Kind.PACKED:
            return
        packed = pack(connection, put, now)
    if packed is not None:
        _ROWS.labels(tenant).inc(packed.moved.rows)
    if packed is not None and packed.through is not None:
        _THROUGH.labels(tenant).set(packed.through / 1_000_000)
    _SECONDS.labels(tenant).inc(time.monotonic() - begun)
