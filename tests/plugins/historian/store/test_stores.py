"""What was written is read back right from either store: before and after it was packed or
compressed, in whatever order, shape and company it came."""

import threading
import uuid
from collections.abc import Callable
from dataclasses import fields, replace
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wellhead import sdk
from wellhead_historian.forwarding import ledger
from wellhead_historian.store.choice import make_reader, make_writer
from wellhead_historian.store.interface import Buckets, Level, Reader, Writer
from wellhead_historian.store.latest import read_latest
from wellhead_historian.store.rollups.summary import summarise
from wellhead_historian.store.texts import read_texts
from wellhead_historian.testing import BASE, FAR, Row, batch_of, make_source, scan

Write = Callable[..., Any]
Tags = npt.NDArray[np.int32]
NEVER = -(2**63)


def points(reader: Reader, tag: int, start: int = BASE, end: int = FAR) -> list[Any]:
    """Every reading as (time, value, quality), NaN as None."""
    found = reader.read(int(tag), start, end, 1000)
    assert found.next is None
    values = [None if np.isnan(value) else value for value in found.values.tolist()]
    return list(zip(found.times.tolist(), values, found.qualities.tolist(), strict=True))


def test_late_duplicate_and_restated_readings(
    place: Any, reader: Reader, write: Write, source: int, tags: Tags
) -> None:
    tag = int(tags[0])
    write(*[scan(source, BASE + step, tags, first=step) for step in range(4)])
    place.settle()
    write(batch_of(source, [(tag, BASE + 2, 99.0, 64), (tag, BASE - 5, -1.0, 192)]))
    write(batch_of(source, [(tag, BASE + 2, 77.0, 0), (tag, BASE + 2, 78.0, 192)]))
    write(scan(source, BASE + 1, tags, first=50.0))
    expected = [
        (BASE - 5, -1.0, 192),
        (BASE, 0.0, 192),
        (BASE + 1, 50.0, 192),
        (BASE + 2, 78.0, 192),
        (BASE + 3, 3.0, 192),
    ]
    assert points(reader, tag, BASE - 10) == expected
    place.settle()
    assert points(reader, tag, BASE - 10) == expected


def test_one_tag_from_two_sources(
    reader: Reader, write: Write, source: int, tags: Tags, connection: psycopg.Connection[Any]
) -> None:
    other = make_source(connection, uuid.uuid4().hex)
    write(*[scan(source, BASE + step * 2, tags) for step in range(3)])
    write(*[scan(other, BASE + step * 2 + 1, tags, first=100.0) for step in range(3)])
    times = [point[0] for point in points(reader, tags[1])]
    assert times == [BASE + step for step in range(6)]
    latest = read_latest(connection, tags)
    assert latest.values.tolist() == [100.0, 101.0, 102.0, 103.0, 104.0]


def test_the_limit_says_where_to_go_on_and_loses_nothing(
    place: Any, reader: Reader, write: Write, source: int, tags: Tags
) -> None:
    tag = int(tags[0])
    write(*[scan(source, BASE + step // 3, tags, first=step) for step in range(30)])

    def look() -> None:
        for limit in (1, 2, 3, 4, 7, 10, 100):
            times: list[int] = []
            values: list[float] = []
            start: int | None = BASE
            while start is not None:
                found = reader.read(tag, start, FAR, limit)
                assert len(found.times) <= limit
                times += found.times.tolist()
                values += found.values.tolist()
                start = found.next
            assert times == [BASE + step for step in range(10)], f"limit {limit}"
            assert values == [step * 3 + 2.0 for step in range(10)], f"limit {limit}"

    look()
    place.settle()
    look()


def test_bounds_are_half_open_and_a_tag_without_readings_is_empty(
    reader: Reader, write: Write, source: int, tags: Tags
) -> None:
    write(*[scan(source, BASE + step, tags) for step in range(4)])
    assert [p[0] for p in points(reader, tags[0], BASE + 1, BASE + 3)] == [BASE + 1, BASE + 2]
    assert points(reader, tags[0], BASE + 3, BASE + 1) == []
    assert points(reader, 2**31 - 1) == []
    assert points(reader, tags[0], NEVER, BASE + 1) == [(BASE, 0.0, 192)]
    for time in (NEVER, BASE, FAR):
        assert not len(reader.before(2**31 - 1, time).times)
        assert not len(reader.after(2**31 - 1, time).times)
    assert not len(reader.summarise(2**31 - 1, Level.DAY, NEVER, FAR))


def test_nan_infinity_and_every_quality_survive(
    place: Any, reader: Reader, write: Write, source: int, tags: Tags
) -> None:
    values = np.array([np.nan, np.inf, -np.inf, -0.0, 5e-324])
    qualities = np.array([0, 64, 192, 216, -1], np.int16)
    write(*[sdk.Batch.scan(source, BASE + step, tags, values, qualities) for step in range(3)])
    for _ in range(2):
        for column, tag in enumerate(tags.tolist()):
            found = reader.read(tag, BASE, FAR, 10)
            assert found.values.tobytes() == np.repeat(values[column], 3).tobytes()
            assert found.qualities.tolist() == [qualities[column]] * 3
        place.settle()


def test_the_readings_next_to_a_time(
    place: Any, reader: Reader, write: Write, source: int, tags: Tags
) -> None:
    tag = int(tags[0])
    times = [BASE - Level.DAY, BASE, BASE + 1, BASE + 3 * Level.HOUR]
    write(batch_of(source, [(tag, time, float(place), 64) for place, time in enumerate(times)]))
    for _ in range(2):
        for asked in [t + near for t in times for near in (-1, 0, 1)] + [NEVER, FAR]:
            before = [time for time in times if time <= asked][-1:]
            after = [time for time in times if time >= asked][:1]
            for found, expected in (
                (reader.before(tag, asked), before),
                (reader.after(tag, asked), after),
            ):
                assert found.times.tolist() == expected
                assert found.values.tolist() == [times.index(time) for time in expected]
                assert found.qualities.tolist() == [64] * len(expected)
                assert found.next is None
        place.settle()


def test_texts_are_kept(
    place: Any,
    connection: psycopg.Connection[Any],
    reader: Reader,
    write: Write,
    source: int,
    tags: Tags,
) -> None:
    tag = int(tags[0])
    rows = [(tag, BASE + step, np.nan, 192) for step in range(3)]
    write(replace(batch_of(source, rows), texts={0: "Öl", 1: "gas", 2: "Öl"}))
    for _ in range(2):
        found = reader.read(tag, BASE, FAR, 10)
        assert read_texts(connection, found.values) == ["Öl", "gas", "Öl"]
        place.settle()


def test_what_was_rolled_back_is_not_there_and_can_come_again(
    connection: psycopg.Connection[Any], store: Writer, reader: Reader, source: int, tags: Tags
) -> None:
    tag = int(tags[0])
    batches = [scan(source, BASE + step, tags, first=step) for step in range(3)]
    with connection.transaction(force_rollback=True):
        store.write(batches, FAR)
    store.forget()
    assert points(reader, tag) == []
    assert not len(read_latest(connection, tags))
    with connection.transaction():
        store.write(batches, FAR)
    assert points(reader, tag) == [(BASE + step, float(step), 192) for step in range(3)]
    assert read_latest(connection, tags).times.tolist() == [BASE + 2] * 5


def test_an_entry_is_stored_once_however_often_it_comes(
    connection: psycopg.Connection[Any], store: Writer, reader: Reader, source: int, tags: Tags
) -> None:
    spool = uuid.uuid4()
    with connection.transaction():
        assert ledger.position(connection, spool) == 0
    for attempt in range(3):
        batches = [scan(source, BASE + attempt, tags)]
        try:
            with connection.transaction():
                ledger.advance(connection, spool, 1, 1)
                store.write(batches, FAR)
        except ledger.AlreadyStored:
            assert attempt > 0
            store.forget()
    assert points(reader, tags[0]) == [(BASE, 0.0, 192)]


def test_a_tag_that_does_not_exist_and_a_time_outside_the_calendar_are_refused(
    connection: psycopg.Connection[Any], store: Writer, reader: Reader, source: int, tags: Tags
) -> None:
    sound = (int(tags[0]), BASE, 1.0, 192)
    for wrong in ((2**31 - 1, BASE, 1.0, 192), (int(tags[0]), NEVER, 1.0, 192)):
        refused = (psycopg.DataError, psycopg.IntegrityError, sdk.BatchError)
        with pytest.raises(refused), connection.transaction():
            store.write([batch_of(source, [sound, wrong])], FAR)
        store.forget()
    assert points(reader, tags[0], NEVER) == []


def test_writers_at_once_lose_nothing_and_agree_on_the_last(
    place: Any, reader: Reader, connection: psycopg.Connection[Any], tags: Tags
) -> None:
    """Four writers: each has times of its own, and all of them one in common."""
    sources = [make_source(connection, uuid.uuid4().hex) for _ in range(4)]
    errors: list[BaseException] = []
    begin = threading.Barrier(4)

    def run(number: int) -> None:
        try:
            with sdk.connect(place.settings, "default", autocommit=True) as own:
                writer = make_writer(own)
                begin.wait(30)
                for step in range(10):
                    time = BASE + 10 + step * 4 + number
                    rows = [scan(sources[number], at, tags, number) for at in (BASE, time)]
                    with own.transaction():
                        writer.write(rows, FAR)
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not errors
    for _ in range(2):
        first, *rest = points(reader, tags[0])
        assert first[0] == BASE
        assert first[1] in range(4)
        assert rest == [(BASE + 10 + step, float(step % 4), 192) for step in range(40)]
        place.settle()


_rows = st.lists(
    st.tuples(
        st.integers(0, 4), st.integers(0, 12), st.floats(width=64), st.sampled_from([0, 64, 192])
    ),
    min_size=1,
    max_size=12,
)
_batches = st.lists(
    st.one_of(_rows, st.tuples(st.integers(0, 12), st.permutations(range(5)))),
    min_size=1,
    max_size=12,
)


@given(shapes=_batches, cuts=st.sets(st.integers(0, 12)))
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_mix_reads_as_a_dictionary_would(
    connection: psycopg.Connection[Any], tags: Tags, shapes: list[Any], cuts: set[int]
) -> None:
    """The model: a dictionary (tag, time) → (value, quality), written in order of arrival."""
    source = make_source(connection, f"model {uuid.uuid4().hex}")
    start = BASE + source * 1000  # the fixtures are shared by all examples
    store, reader = make_writer(connection), make_reader(connection)
    batches, model = [], {}
    for shape in shapes:
        if isinstance(shape, list):
            rows: list[Row] = [(int(tags[t]), start + at, v, q) for t, at, v, q in shape]
        else:
            rows = [(int(tags[t]), start + shape[0], float(t), 192) for t in shape[1]]
        batches.append(batch_of(source, rows))
        model.update({(tag, at): (value, quality) for tag, at, value, quality in rows})
    edges = sorted({0, len(batches), *(cut for cut in cuts if cut < len(batches))})
    for first, last in pairwise(edges):
        with connection.transaction():
            store.write(batches[first:last], FAR)
    latest = read_latest(connection, tags)
    for tag in tags.tolist():
        expected = {at: model[t, at] for t, at in sorted(model) if t == tag}
        found = reader.read(tag, start, start + 999, 1000)
        assert found.times.tolist() == list(expected)
        assert found.values.tobytes() == np.array([v for v, _ in expected.values()]).tobytes()
        assert found.qualities.tolist() == [quality for _, quality in expected.values()]
        if expected:
            place = latest.tags.tolist().index(tag)
            assert latest.times[place] == max(expected)
            assert latest.qualities[place] == expected[max(expected)][1]


EXACT = {"starts", "count", "good", "usable", "first_time", "last_time", "minimum", "maximum"}
EXACT |= {"first", "last", "first_usable", "last_usable"}


def check_buckets(reader: Reader, tag: int, start: int, end: int) -> None:
    """All levels are what the readings themselves say; `summarise` of columns has its own tests
    against a slow reference."""
    for level in Level:
        found = reader.summarise(tag, level, start, end)
        first, last = (-(-time // level) * level for time in (start, end))
        readings = reader.read(tag, first, last, 10**6)
        values, qualities = readings.values[None], readings.qualities[None]
        expected = summarise(readings.times, values, qualities, level)
        for name in (field.name for field in fields(Buckets)):
            got, want = getattr(found, name), getattr(expected, name)
            assert got.dtype == want.dtype, name
            if name in EXACT:
                np.testing.assert_array_equal(got, want, err_msg=f"{level.name} {name}")
            else:
                np.testing.assert_allclose(
                    got, want, rtol=1e-9, atol=1e-3, err_msg=f"{level.name} {name}"
                )


def test_summaries_are_right_before_and_after_and_with_what_comes_late(
    place: Any, reader: Reader, write: Write, source: int, tags: Tags
) -> None:
    """Readings around a midnight, bad ones and NaN among them; then late, restated and new ones:
    before and after they have settled."""
    tag = int(tags[0])
    random = np.random.default_rng(5)
    midnight = BASE // Level.DAY * Level.DAY
    start, end = midnight - 6 * Level.HOUR, midnight + 4 * Level.HOUR

    def some(count: int, first: int, last: int) -> sdk.Batch:
        times = np.sort(random.choice(np.arange(first, last, 1_000_000), count, replace=False))
        values = np.round(random.normal(10.0, 5.0, count), 2)
        values[random.random(count) < 0.05] = np.nan
        qualities = random.choice([0, 64, 192, 192, 192, 216], count).astype(np.int16)
        return sdk.Batch(source, np.full(count, tag, np.int32), times, values, qualities)

    late = some(200, start, midnight + Level.HOUR)
    later = midnight + 2 * Level.DAY
    extremes = [1e308, 1.7e308, 5e-324, -5e-324, np.inf]
    for batch in (
        some(1500, start, midnight + Level.HOUR),
        late,
        replace(late, values=late.values + 1.0),
        some(200, midnight + Level.HOUR, end),
    ):
        write(batch)
        check_buckets(reader, tag, start - 5, end + 5)
        place.settle()
        check_buckets(reader, tag, start - Level.DAY, end + Level.DAY)
    write(batch_of(source, [(int(tags[1]), later + n, extremes[n], 192) for n in range(5)]))
    place.settle()
    found = reader.summarise(int(tags[1]), Level.DAY, later, later + 1)
    assert (found.count.tolist(), found.usable.tolist()) == ([5], [4])
    assert (found.minimum.tolist(), found.maximum.tolist()) == ([-5e-324], [1.7e308])
