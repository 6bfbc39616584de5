"""Taking away what is past its time: blocks, what was never packed, roll-ups, axes nobody uses.

Whoever removes holds the lock of packing, so an hour is never merged and removed at once. Each
statement is a transaction of a bounded size of its own, and whatever ends the process in between,
the next run goes on. Where readings are in a hypertable, hypertable.py takes them, and here only
their roll-ups are found. Nothing that ends later than a class's days ago is touched, and of a class
that is not configured nothing at all.
"""

from collections import Counter
from collections.abc import Mapping
from typing import Any

import numpy as np
import psycopg

from wellhead_historian.retention.classes import TagClass, kept_from
from wellhead_historian.store import wire
from wellhead_historian.store.interface import Level
from wellhead_historian.store.rollups.rows import NUMBERS, SPANS

_MOST = 20_000
"""Rows of one transaction."""

# A probe of the key for each tag of the class, however many rows the table has: LIMIT inside keeps
# the planner from reading it all.
_BLOCKS = """
WITH gone AS (
    DELETE FROM historian_block WHERE ctid = ANY(ARRAY(
        SELECT old.ctid FROM historian_tag t, LATERAL (
            SELECT b.ctid FROM historian_block b
            WHERE b.tag_id = t.id AND b.hour < (%(before)s)[1] LIMIT %(most)s) old
        WHERE t.tag_class = %(class)s LIMIT %(most)s))
    RETURNING n)
SELECT count(*), coalesce(sum(n), 0) FROM gone
"""
_ROLLUPS = """
WITH gone AS (
    DELETE FROM historian_rollup WHERE ctid = ANY(ARRAY(
        SELECT old.ctid FROM historian_tag t, LATERAL (
            SELECT r.ctid FROM historian_rollup r
            WHERE r.tag_id = t.id AND r.level = %(level)s AND r.begins <= (%(before)s)[1]
            LIMIT %(most)s) old
        WHERE t.tag_class = %(class)s LIMIT %(most)s))
    RETURNING 1)
SELECT count(*) FROM gone
"""
# A row goes when it is past the time of each of its tags; others stay until they are packed.
_HOT = """
WITH past AS MATERIALIZED (
    SELECT t.id, c.before
    FROM historian_tag t JOIN unnest(%(classes)s::text[], %(before)s) AS c (name, before)
    ON c.name = t.tag_class
), gone AS (
    DELETE FROM historian_hot WHERE seq = ANY(ARRAY(
        SELECT h.seq FROM historian_source s JOIN historian_hot h ON h.source_id = s.id
        LEFT JOIN historian_layout l ON l.id = h.layout_id
        WHERE h.ts < (SELECT max(before) FROM past) AND NOT EXISTS (
            SELECT FROM unnest(coalesce(h.tags, l.tags)) AS of (tag)
            LEFT JOIN past ON past.id = of.tag WHERE past.before IS NULL OR h.ts >= past.before)
        LIMIT %(most)s))
    RETURNING value)
SELECT count(*), coalesce(sum(cardinality(value)), 0) FROM gone
"""
_AXES = """
WITH gone AS (
    DELETE FROM historian_axis WHERE id = ANY(ARRAY(
        SELECT a.id FROM historian_axis a
        WHERE a.hour < (%(before)s)[1]
          AND NOT EXISTS (SELECT FROM historian_block b WHERE b.axis_id = a.id)
        LIMIT %(most)s))
    RETURNING 1)
SELECT count(*) FROM gone
"""


def remove_past(
    connection: psycopg.Connection[Any],
    classes: Mapping[str, TagClass],
    now: int,
    most: int = _MOST,
    hot: bool = True,
) -> Counter[str]:
    """Remove what is past its time at `now`, microseconds since 1970 UTC; how many `blocks`,
    `rows` that were not packed, `readings` of both, `rollups` (rows) and `axes`. `connection` is in
    autocommit mode, its holder has the tenant's packing lock; `most` rows a transaction. hot:
    also what is not packed, which leaves no roll-ups"""
    wire.register_columns(connection)
    removed: Counter[str] = Counter()

    def repeat(what: str, statement: str, **parameters: Any) -> None:
        count = most
        while count >= most:
            row = connection.execute(statement, {**parameters, "most": most}).fetchone()
            assert row is not None
            count = row[0]
            removed.update({what: count, "readings": row[1] if len(row) > 1 else 0})

    ends = {
        name: kept_from(now, kept.keep_days)
        for name, kept in classes.items()
        if kept.keep_days is not None
    }
    for name, end in ends.items():
        repeat("blocks", _BLOCKS, **{"class": name, "before": _time(end)})
    if ends:
        befores = wire.times(np.array(list(ends.values()), np.int64))
        if hot:
            repeat("rows", _HOT, classes=list(ends), before=befores)
        repeat("axes", _AXES, before=_time(max(ends.values())))
    for name, kept in classes.items():
        if kept.keep_rollup_days is None:
            continue
        end = now - kept.keep_rollup_days * Level.DAY
        for level in Level:
            before = _time(end - SPANS[level])
            key = {"class": name, "level": NUMBERS[level], "before": before}
            repeat("rollups", _ROLLUPS, **key)
    return removed


def _time(time: int) -> wire.Times:
    return wire.times(np.array([time], np.int64))
