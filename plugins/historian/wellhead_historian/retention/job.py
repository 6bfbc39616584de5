"""The job `historian.remove`: runs in the scheduler, in each tenant."""

from collections import Counter

import structlog
from flask import current_app

from wellhead import sdk
from wellhead_historian.retention.classes import tag_classes
from wellhead_historian.retention.hypertable import move_past
from wellhead_historian.retention.removal import remove_past
from wellhead_historian.store.choice import Kind, kind_of
from wellhead_historian.store.packing.packer import packing_lock

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
        if kind_of(connection) is Kind.TIMESCALE:
            removed += move_past(connection, classes, row[0])
        removed += remove_past(connection, classes, row[0])
    if removed:
        log.info("historian: removed what is past its time", tenant=tenant, **removed)
