"""The outbox: readings that wait for their destinations, in the database that stores them.

A row is written in the very transaction that stores its readings, which is what makes it exactly
one. Its number comes from the one row of `uplink_head`, whose lock is held from there to the
commit: so rows become visible in the order of their numbers, without holes, whichever gateway
writes them, and a reader needs to remember one number. `total` counts readings the same way: what
a reader finds missing between two rows, it knows to the reading.

Bounded: the writer deletes the oldest rows at the bound. Who had not sent them yet finds the hole
and books it (`passed_over`).
"""

import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
import structlog

from wellhead import sdk
from wellhead_uplink import packing
from wellhead_uplink.edge.destination import Backlog, Entry

log = structlog.get_logger(__name__)
_WARN_EVERY_S = 60.0

_NUMBER = (
    "UPDATE uplink_head SET last = last + %s, total = total + %s, written = written + %s "
    "RETURNING last, total, written"
)
_INSERT = (
    "INSERT INTO uplink_outbox (id, total, written, readings, begins, ends, size, packed) "
    "VALUES (%s, %s, %s, %s, %s, %s, %s, %s)"
)
_OLDEST = "SELECT id, written - size FROM uplink_outbox ORDER BY id LIMIT %s"
_READ = """
SELECT o.id, o.total, o.readings, o.begins, o.ends, o.packed
FROM (
    SELECT id, sum(size) OVER (ORDER BY id) - size AS bytes_before,
           sum(readings) OVER (ORDER BY id) - readings AS readings_before
    FROM (SELECT id, size, readings FROM uplink_outbox WHERE id > %s ORDER BY id LIMIT 500) few
) sized JOIN uplink_outbox o USING (id)
WHERE bytes_before < %s AND readings_before < %s ORDER BY o.id
"""
_SENT = """
UPDATE uplink_destination SET position = %s, total = %s, newest = %s, sent = sent + %s
WHERE name = %s
"""
_FORGET = """
DELETE FROM uplink_outbox WHERE id <= (SELECT min(position) FROM uplink_destination)
"""
_GAP = """
INSERT INTO uplink_gap (destination, first, last, readings, begins, ends)
VALUES (%s, %s, %s, %s, %s, %s)
"""
_SKIP = """
UPDATE uplink_destination SET position = %s, total = %s, dropped = dropped + %s WHERE name = %s
"""
_BACKLOG = """
SELECT coalesce(h.total - o.total + o.readings, 0), coalesce(h.written - o.written + o.size, 0),
       coalesce(extract(epoch FROM clock_timestamp() - o.created_at), 0)::float8,
       d.dropped + greatest(coalesce(o.total - o.readings - d.total, 0), 0)
FROM uplink_head h, uplink_destination d
LEFT JOIN LATERAL (
    SELECT * FROM uplink_outbox WHERE id > d.position ORDER BY id LIMIT 1
) o ON true
WHERE d.name = %s
"""


@dataclass(frozen=True, slots=True)
class Position:
    """How far a destination is. total: readings up to there; newest: the latest of their times"""

    id: int
    total: int
    newest: int


class OutboxWriter:
    """Called by the historian's forwarders inside their transactions; `max_bytes` bounds it."""

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._silent_until = 0.0

    def __call__(self, connection: psycopg.Connection[Any], batches: Sequence[sdk.Batch]) -> None:
        rows = packing.pack(batches)
        if not rows:
            return
        readings, size = sum(row.readings for row in rows), sum(len(row.data) for row in rows)
        found = connection.execute(_NUMBER, (len(rows), readings, size)).fetchone()
        assert found is not None
        last, total, written = found
        number, total, at = last - len(rows), total - readings, written - size
        with connection.cursor() as cursor:
            values = []
            for row in rows:
                number, total, at = number + 1, total + row.readings, at + len(row.data)
                columns = (row.readings, row.begins, row.ends, len(row.data), row.data)
                values.append((number, total, at, *columns))
            cursor.executemany(_INSERT, values)
        through = _make_room(connection, written - self._max_bytes, last - len(rows) + 1)
        if through is not None and time.monotonic() >= self._silent_until:
            self._silent_until = time.monotonic() + _WARN_EVERY_S
            log.warning("uplink: the outbox is full, the oldest give way", through=through)


def _make_room(connection: psycopg.Connection[Any], least: int, own: int) -> int | None:
    """Delete the rows below `own` that lie, if only in part, before byte `least` of all that was
    ever written; the last that went, None when there is room."""
    through: int | None = None
    few = 1
    while True:
        oldest = connection.execute(_OLDEST, (few,)).fetchall()
        gone = [number for number, begins in oldest if begins < least and number < own]
        if not gone:
            return through
        through = gone[-1]
        connection.execute("DELETE FROM uplink_outbox WHERE id <= %s", (through,))
        few = 256


def register(connection: psycopg.Connection[Any], names: Sequence[str]) -> None:
    """Make these the destinations: a new one begins with what is in the outbox, one that is no
    longer named is forgotten."""
    with connection.transaction():
        connection.execute("DELETE FROM uplink_destination WHERE name <> ALL(%s)", (list(names),))
        connection.execute(
            "INSERT INTO uplink_destination (name, position, total, newest) "
            "SELECT name, coalesce(o.id - 1, h.last), coalesce(o.total - o.readings, h.total), 0 "
            "FROM unnest(%s::text[]) name, uplink_head h LEFT JOIN LATERAL "
            "(SELECT id, total, readings FROM uplink_outbox ORDER BY id LIMIT 1) o ON true "
            "ON CONFLICT DO NOTHING",
            (list(names),),
        )


def position(connection: psycopg.Connection[Any], name: str) -> Position:
    """Where a registered destination is."""
    row = connection.execute(
        "SELECT position, total, newest FROM uplink_destination WHERE name = %s", (name,)
    ).fetchone()
    if row is None:
        raise sdk.WellheadError("is no destination any more", field=name)
    return Position(*row)


def read(
    connection: psycopg.Connection[Any], after: int, max_bytes: int, max_readings: int
) -> list[Entry]:
    """The next rows after `after`, at least one if there is one."""
    rows = connection.execute(_READ, (after, max_bytes, max_readings), binary=True)
    return [Entry(*row) for row in rows]


def passed_over(
    connection: psycopg.Connection[Any], name: str, known: Position, first: Entry
) -> Position:
    """Book what was dropped between `known` and the next row, `first`; the position behind it."""
    before = Position(first.id - 1, first.total - first.readings, known.newest)
    lost = before.total - known.total
    if before.id > known.id:
        with connection.transaction():
            ends = max(known.newest, first.begins)
            values = (name, known.id + 1, before.id, lost, known.newest, ends)
            connection.execute(_GAP, values)
            connection.execute(_SKIP, (before.id, before.total, lost, name))
        log.error("uplink: a full outbox lost readings", destination=name, readings=lost)
    return before


def sent(connection: psycopg.Connection[Any], name: str, through: Position, count: int) -> None:
    """`count` readings up to `through` have arrived: remember it, and forget what all have."""
    with connection.transaction():
        # the head first, as the writers do, or the two would deadlock
        connection.execute("SELECT FROM uplink_head FOR UPDATE")
        connection.execute(_SENT, (through.id, through.total, through.newest, count, name))
        connection.execute(_FORGET)


def set_aside(connection: psycopg.Connection[Any], name: str, entry: Entry, reason: str) -> None:
    """Keep an entry that its destination can never take, for somebody to see."""
    connection.execute(
        "INSERT INTO uplink_quarantine (destination, id, readings, reason, packed) "
        "VALUES (%s, %s, %s, %s, %s) ON CONFLICT (destination, id) DO NOTHING",
        (name, entry.id, entry.readings, reason, entry.packed),
    )


def backlog(connection: psycopg.Connection[Any], name: str) -> Backlog:
    """What waits for a registered destination."""
    row = connection.execute(_BACKLOG, (name,)).fetchone()
    return Backlog(*row) if row else Backlog()


def identity(connection: psycopg.Connection[Any]) -> tuple[uuid.UUID, uuid.UUID | None]:
    """(the outbox's identity, the one it had before)"""
    row = connection.execute("SELECT stream, replaces FROM uplink_head").fetchone()
    assert row is not None
    return row[0], row[1]


def renew(connection: psycopg.Connection[Any]) -> None:
    """Give the outbox another identity: it is a restored copy, and its numbers say something else
    than those that were sent."""
    connection.execute("UPDATE uplink_head SET replaces = stream, stream = gen_random_uuid()")


def packed_of(connection: psycopg.Connection[Any], number: int) -> bytes | None:
    """The bytes of one row, None when it is not there."""
    row = connection.execute(
        "SELECT packed FROM uplink_outbox WHERE id = %s", (number,), binary=True
    ).fetchone()
    return None if row is None else bytes(row[0])


def note(connection: psycopg.Connection[Any], name: str, state: str, reason: str | None) -> None:
    """Write down how a destination's sender is doing."""
    connection.execute(
        "UPDATE uplink_destination SET heard_at = clock_timestamp(), state = %(state)s, "
        "reason = %(reason)s, "
        "since = CASE WHEN state = %(state)s THEN since ELSE clock_timestamp() END "
        "WHERE name = %(name)s",
        {"name": name, "state": state, "reason": reason},
    )
