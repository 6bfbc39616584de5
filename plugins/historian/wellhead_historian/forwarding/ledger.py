"""How far each spool has been stored: the row that makes delivery exactly once.

A spool is forwarded in the order of its entry numbers, so one number a spool is enough. It is
raised in the very transaction that stores the entries, by a conditional UPDATE: whatever happens to
the connection, the process or the spool's own deletion afterwards, an entry at or below the number
is stored, and one above it is not.
"""

import uuid
from typing import Any

import psycopg


class AlreadyStored(Exception):
    """The entries about to be stored are not above the ledger's number."""


def position(connection: psycopg.Connection[Any], spool: uuid.UUID) -> int:
    """The last entry of `spool` that is stored, 0 for none; makes the row when there is none."""
    connection.execute(
        "INSERT INTO historian_ledger (spool_id, position) VALUES (%s, 0) ON CONFLICT DO NOTHING",
        (spool,),
    )
    row = connection.execute(
        "SELECT position FROM historian_ledger WHERE spool_id = %s", (spool,)
    ).fetchone()
    assert row is not None
    return int(row[0])


def knows(connection: psycopg.Connection[Any], spool: uuid.UUID) -> bool:
    """Whether there is a row of `spool`."""
    found = connection.execute("SELECT FROM historian_ledger WHERE spool_id = %s", (spool,))
    return found.fetchone() is not None


def advance(connection: psycopg.Connection[Any], spool: uuid.UUID, first: int, last: int) -> int:
    """Claim the entries first … last in the caller's transaction; the database's time now, in
    microseconds UTC. Raises AlreadyStored when the number is not below `first`."""
    row = connection.execute(
        "UPDATE historian_ledger SET position = %s, updated_at = now() "
        "WHERE spool_id = %s AND position < %s "
        "RETURNING (extract(epoch FROM clock_timestamp()) * 1000000)::int8",
        (last, spool, first),
    ).fetchone()
    if row is None:
        raise AlreadyStored(f"spool {spool}, entries {first} to {last}")
    return int(row[0])
