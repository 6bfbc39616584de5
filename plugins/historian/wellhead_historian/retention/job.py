"""The job `historian.remove`: runs in the scheduler, in each tenant."""

from collections import Counter
from typing import Any

import psycopg
import structlog
from flask import current_app

from wellhead import sdk
from wellhead_historian.retention.classes import tag_classes
from wellhead_historian.retention.hypertable import move_past
from wellhead_historian.retention.removal import remove_past
from wellhead_historian.store.choice import Kind, kind_of
from wellhead_historian.store.packing.packer import pack, packing_lock
from wellhead_historian.store.rollups.keeping import put

_NOW = "SELECT (extract(epoch FROM now()) * 1000000)::int8"
log = structlog.get_logger(__name__)


def remove_in_tenant() -> None:
    """Remove what is past its time in the tenant that is set. Raises
    psycopg.errors.LockNotAvailable when packing takes more than 10 minutes: the next run does
    it."""
    tenant = sdk.current_tenant()
    classes = tag_classes(sdk.plugin_config("historian"))
    settings = sdk.runtime_of(current_app).settings
    removed: Counter[str] = Counter()
    with (
        sdk.connect(settings, tenant, autocommit=True) as connection,
        packing_lock(connection, wait=True),  # both may be due at the same moment each time
    ):
        row = connection.execute(_NOW).fetchone()
        assert row is not None
        packed = True
        if kind_of(connection) is Kind.TIMESCALE:
            removed += move_past(connection, classes, row[0])
        else:
            packed = _pack(connection, row[0])
        removed += remove_past(connection, classes, row[0], hot=packed)
    if removed:
        log.info("historian: removed what is past its time", tenant=tenant, **removed)


def _pack(connection: psycopg.Connection[Any], now: int) -> bool:
    """Have all that is due leave its roll-ups, which are kept longer: after days in which nothing
    was packed, readings would go without any. False when some could not be: it stays as it is."""
    try:
        packed = pack(connection, put, now)
    except sdk.WellheadError:  # an hour that cannot be packed, as historian.pack says
        return False
    return packed is not None and packed.through is not None
