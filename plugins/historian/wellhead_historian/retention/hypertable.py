"""Taking what is past its time out of the hypertable, and its summaries into roll-ups.

A continuous aggregate loses at its next refresh what has no readings any more. So the minutes,
hours and days of what is removed become rows of `historian_rollup` first, in the transaction that
removes it: these are the tenant's own, and whoever asks for summaries gets them from there. That
holds whenever the aggregates are refreshed, and if they never are.

A day goes at once for each tag, and so no bucket is ever partly of readings and partly kept. A
reading that is stored in between, late by the class's days, goes with the others.
"""

import time
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import psycopg
import structlog

from wellhead_historian.retention.classes import TagClass
from wellhead_historian.store import wire
from wellhead_historian.store.interface import Level
from wellhead_historian.store.rollups.keeping import put_minutes
from wellhead_historian.store.rollups.summary import Int32s, Int64s, concatenated, taken
from wellhead_historian.store.timescale.reader import TimescaleReader
from wellhead_historian.store.timescale.writer import NO_LIMIT

_TAGS_AT_ONCE = 20
"""Of one transaction: at a reading a second 1.7 million readings, which are gone in seconds even
where they are not compressed."""

_CHUNKS = """
SELECT array_send(array_agg(range_start)), array_send(array_agg(range_end))
FROM timescaledb_information.chunks
WHERE hypertable_schema = current_schema() AND hypertable_name = 'historian_reading'
  AND range_start < (%s)[1]
"""
# LIMIT inside makes it a probe of the index for each tag, however many readings the day has.
_TAGS = """
SELECT array_send(array_agg(t.id ORDER BY t.id)) FROM historian_tag t, LATERAL (
    SELECT FROM historian_reading r
    WHERE r.tag_id = t.id AND r.ts >= (%(day)s)[1] AND r.ts < (%(day)s)[2] LIMIT 1) found
WHERE t.tag_class = %(class)s
"""
_DELETE = """
DELETE FROM historian_reading
WHERE tag_id = ANY(%(tags)s) AND ts >= (%(day)s)[1] AND ts < (%(day)s)[2]
"""
log = structlog.get_logger(__name__)


def move_past(
    connection: psycopg.Connection[Any],
    classes: Mapping[str, TagClass],
    now: int,
    seconds: float = 1200.0,
) -> Counter[str]:
    """Remove the readings of days that are wholly past their class's time at `now`, microseconds
    since 1970 UTC, and keep their roll-ups, for about so many seconds at most; how many `readings`.
    `connection` is in autocommit mode, its holder has the tenant's packing lock."""
    deadline = time.monotonic() + seconds
    reader = TimescaleReader(connection)
    connection.execute(NO_LIMIT)
    removed: Counter[str] = Counter()
    for name, kept in classes.items():
        if kept.keep_days is None:
            continue
        for day in _days(connection, (now - kept.keep_days * Level.DAY) // Level.DAY * Level.DAY):
            tags = _tags(connection, name, day)
            for at in range(0, len(tags), _TAGS_AT_ONCE):
                if time.monotonic() > deadline:
                    log.warning("historian: removing goes on at its next run", **removed)
                    return removed
                some = tags[at : at + _TAGS_AT_ONCE]
                with connection.transaction():
                    _keep(connection, reader, day, some)
                    gone = connection.execute(_DELETE, {"tags": wire.int4s(some), "day": _day(day)})
                removed["readings"] += gone.rowcount
    return removed


def _days(connection: psycopg.Connection[Any], end: int) -> Iterator[int]:
    """When the days before `end` begin, in order, that a chunk is about."""
    row = connection.execute(_CHUNKS, (wire.times(np.array([end])),), binary=True).fetchone()
    assert row is not None
    starts, ends = (wire.parse_array(wire.TIMESTAMPTZ, data or b"") for data in row)
    days: set[int] = set()
    for first, last in zip(starts.tolist(), ends.tolist(), strict=True):
        first = max(first + wire.EPOCH_2000, wire.TIME_MIN) // Level.DAY * Level.DAY
        days.update(range(first, min(last + wire.EPOCH_2000, end), Level.DAY))
    yield from sorted(days)


def _tags(connection: psycopg.Connection[Any], name: str, day: int) -> Int32s:
    """The tags of the class with readings of the day, in order."""
    row = connection.execute(_TAGS, {"class": name, "day": _day(day)}, binary=True).fetchone()
    assert row is not None
    return wire.parse_array(wire.INT4, row[0] or b"").astype(np.int32)


def _keep(
    connection: psycopg.Connection[Any], reader: TimescaleReader, day: int, tags: Int32s
) -> None:
    """Make the roll-ups of the day, with what of it was kept before."""
    of_each = [reader.summarise(tag, Level.MINUTE, day, day + Level.DAY) for tag in tags.tolist()]
    owners = np.repeat(tags, [len(minutes) for minutes in of_each])
    minutes = concatenated(of_each)
    hours: Int64s = minutes.starts // Level.HOUR * Level.HOUR
    for hour in np.unique(hours).tolist():
        inside = hours == hour
        put_minutes(connection, hour, owners[inside], taken(minutes, inside))


def _day(day: int) -> wire.Times:
    return wire.times(np.maximum(np.array([day, day + Level.DAY], np.int64), wire.TIME_MIN))
