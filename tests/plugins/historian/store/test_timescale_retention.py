"""What is past its class's time leaves the hypertable, and its summaries stay as they were."""

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import uuid4

import numpy as np
import numpy.typing as npt
import psycopg
import pytest
from tests.plugins.historian.buckets import check_equal

from wellhead import sdk
from wellhead.app import create_app
from wellhead_historian.retention.classes import TagClass
from wellhead_historian.retention.hypertable import move_past
from wellhead_historian.retention.job import remove_in_tenant
from wellhead_historian.retention.removal import remove_past
from wellhead_historian.store.choice import Kind
from wellhead_historian.store.interface import Buckets, Level, Reader
from wellhead_historian.testing import BASE, FAR, batch_of

Tags = npt.NDArray[np.int32]
Write = Callable[..., Any]
DAY, HOUR = int(Level.DAY), int(Level.HOUR)
START = BASE // DAY * DAY
"""The first of three days that have readings."""
NOW = START + 4 * DAY + 5 * HOUR
"""Two days ago is 5 o'clock of the last of them."""
pytestmark = pytest.mark.parametrize("place", [Kind.TIMESCALE.value], indirect=True)


@pytest.fixture
def classes(connection: psycopg.Connection[Any], tags: Tags) -> dict[str, TagClass]:
    """`short` of the first two tags, `long` of the third; names that no other test has."""
    short, long = (f"{name}-{uuid4().hex}" for name in ("short", "long"))
    for tag, name in zip(tags.tolist(), (short, short, long), strict=False):
        connection.execute("UPDATE historian_tag SET tag_class = %s WHERE id = %s", (name, tag))
    return {short: TagClass(2, 10), long: TagClass(30)}


@pytest.fixture
def stored(write: Write, source: int, tags: Tags) -> None:
    """A reading in 7 minutes of the first four tags, some of them bad."""
    times = range(START, START + 3 * DAY, 7 * 60_000_000)
    values = np.sin(np.arange(len(times)))
    for tag in tags[:4].tolist():
        rows = zip(times, (tag + values).tolist(), strict=True)
        write(
            batch_of(source, [(tag, at, value, 0 if at % 11 == 0 else 192) for at, value in rows])
        )


def summaries(reader: Reader, tags: Tags, start: int = START) -> list[Buckets]:
    end = START + 3 * DAY
    return [reader.summarise(tag, level, start, end) for tag in tags.tolist() for level in Level]


def check_same(found: list[Buckets], expected: list[Buckets]) -> None:
    for got, want in zip(found, expected, strict=True):
        check_equal(got, want)


def first_readings(reader: Reader, tags: Tags) -> list[int | None]:
    """On which day of the three the readings of each tag begin."""
    found = [reader.read(tag, 0, FAR, 1).times.tolist() for tag in tags.tolist()]
    return [(times[0] - START) // DAY if times else None for times in found]


@pytest.mark.usefixtures("stored")
@pytest.mark.parametrize("settled", [False, True])
def test_readings_of_a_class_go_by_whole_days_and_no_summary_changes(
    place: Any,
    connection: psycopg.Connection[Any],
    reader: Reader,
    tags: Tags,
    classes: dict[str, TagClass],
    settled: bool,
) -> None:
    if settled:
        place.settle()
    before = summaries(reader, tags)
    removed = move_past(connection, classes, NOW)
    assert first_readings(reader, tags) == [2, 2, 0, 0, None]
    assert removed["readings"] == 2 * len(range(0, 2 * DAY, 7 * 60_000_000))
    check_same(summaries(reader, tags), before)
    place.settle()  # the aggregates lose what has no readings
    query = "SELECT count(*) FROM historian_day WHERE tag_id = %s"
    days = [connection.execute(query, (tag,)).fetchone() for tag in tags.tolist()]
    assert days == [(1,), (1,), (3,), (3,), (0,)]
    check_same(summaries(reader, tags), before)
    assert not move_past(connection, classes, NOW)


@pytest.mark.usefixtures("stored")
def test_a_late_reading_of_a_day_that_is_past_goes_and_changes_nothing(
    connection: psycopg.Connection[Any],
    reader: Reader,
    write: Write,
    source: int,
    tags: Tags,
    classes: dict[str, TagClass],
) -> None:
    assert not move_past(
        connection, classes, NOW, seconds=0
    )  # its time is over: the next run does it
    move_past(connection, classes, NOW)
    before = summaries(reader, tags)
    late = START + 14 * 60_000_000  # where a kept minute has one reading, and its hour nine
    write(batch_of(source, [(int(tags[0]), late + 1, 500.0, 192)]))
    hours, days = (reader.summarise(int(tags[0]), level, START, NOW) for level in list(Level)[1:])
    check_same([hours, days], before[1:3])
    assert move_past(connection, classes, NOW) == {"readings": 1}
    assert first_readings(reader, tags[:1]) == [2]
    check_same(summaries(reader, tags)[1:3], before[1:3])


@pytest.mark.usefixtures("stored")
def test_roll_ups_go_when_they_are_past_their_own_time(
    connection: psycopg.Connection[Any],
    reader: Reader,
    tags: Tags,
    classes: dict[str, TagClass],
) -> None:
    move_past(connection, classes, NOW)
    later = START + 12 * DAY
    remove_past(connection, classes, later - 1)
    (short, long) = (reader.summarise(int(tag), Level.HOUR, START, NOW) for tag in tags[1:3])
    assert short.starts[0] == START + DAY
    assert long.starts[0] == START
    assert len(reader.summarise(int(tags[0]), Level.DAY, START, NOW)) == 3  # 32 days at once


def test_the_job_removes_as_the_tenant_by_the_databases_clock(
    place: Any,
    connection: psycopg.Connection[Any],
    reader: Reader,
    write: Write,
    source: int,
    tags: Tags,
    classes: dict[str, TagClass],
) -> None:
    name = next(iter(classes))
    given = {"historian": {"classes": {name: {"keep_days": 2}}}}
    app = create_app(sdk.Runtime.make(replace(place.settings, plugins=given)))
    now, tag = time.time_ns() // 1000, int(tags[0])
    write(*[batch_of(source, [(tag, now - ago * HOUR, 1.0, 192)]) for ago in (73, 46, 0)])
    with app.app_context(), sdk.tenant("default"):
        remove_in_tenant()
        sdk.db.engine.dispose()
    assert reader.read(tag, 0, FAR, 10).times.tolist() == [now - 46 * HOUR, now]
    assert reader.summarise(tag, Level.MINUTE, 0, FAR).count.tolist() == [1, 1, 1]
