"""Gap records: what a full spool lost, told to the database, where people look.

A gap's row is keyed by the spool and its number there and holds totals, so that sending it twice
changes nothing.
"""

import uuid
from typing import Any

import numpy as np
import psycopg

from wellhead_historian.spool.spool import Spool
from wellhead_historian.store import wire

_UPSERT = (
    "INSERT INTO historian_gap (spool_id, number, source_id, begins, ends, readings, reason) "
    "SELECT %s::uuid, %s::int8, %s::int4, range[1], range[2], %s::int8, %s::text "
    "FROM (SELECT %s AS range) bounds "
    "ON CONFLICT (spool_id, number) DO UPDATE SET begins = excluded.begins, ends = excluded.ends, "
    "readings = excluded.readings"
)

_OLDER = """
INSERT INTO historian_gap (spool_id, number, source_id, begins, ends, readings, reason)
SELECT spool_id, -(extract(epoch FROM clock_timestamp()) * 1000000)::int8, 0, updated_at,
       clock_timestamp(), 0, %s
FROM historian_ledger WHERE spool_id = %s
"""  # a spool's own numbers are positive
OLDER = "the database is an older one than before: what was stored since then is not in it"


def note_older(connection: psycopg.Connection[Any], spool: uuid.UUID) -> None:
    """That the database lost what it had stored of `spool`, and of which time; nobody knows how
    many readings. In the caller's transaction."""
    connection.execute(_OLDER, (OLDER, spool))


def deliver(connection: psycopg.Connection[Any], spool: Spool) -> None:
    """Move the spool's gap records into `historian_gap`."""
    if not spool.has_gaps:
        return
    gaps = spool.gaps()
    if not gaps:
        return
    with connection.transaction():
        for gap in gaps:
            bounds = np.maximum(np.array([gap.begins, gap.ends], np.int64), wire.TIME_MIN)
            connection.execute(
                _UPSERT,
                (spool.id, gap.id, gap.source, gap.readings, gap.reason, wire.times(bounds)),
            )
    spool.delete_gaps(gaps).result()
