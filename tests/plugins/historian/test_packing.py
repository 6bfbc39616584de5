"""Packing keeps every reading exactly, whatever it meets on its way."""

import threading
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import psycopg
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from wellhead import sdk
from wellhead_historian.store.hot import HotStore
from wellhead_historian.store.packed import PackedReader
from wellhead_historian.store.packing.mover import move_hour
from wellhead_historian.testing import FAR, batch_of, make_source, make_tags, scan

Write = Callable[..., None]
Tags = npt.NDArray[np.int32]
Connection = psycopg.Connection[Any]
HOUR = 3_600_000_000
START = 1_750_000_000_000_000 // HOUR * HOUR
SECOND = 1_000_000
pytestmark = pytest.mark.usefixtures("packed")


@pytest.fixture
def packer(settings: sdk.Settings) -> Iterator[Connection]:
    with sdk.connect(settings, "default", autocommit=True) as made:
        yield made


@pytest.fixture
def wide(connection: Connection) -> Tags:
    """Twenty tags: a layout that is read as columns."""
    return make_tags(connection, 20, "W")


def nothing(*_: Any) -> None:
    """No roll-ups."""


def points(
    connection: Connection, tag: int, start: int = START, end: int = FAR, limit: int = 10**5
) -> list[Any]:
    """Every reading as (time, bits of the value, quality), outside of any transaction."""
    found = PackedReader(connection).read(int(tag), start, end, limit)
    connection.commit()
    columns = (found.times, found.values.view(np.int64), found.qualities)
    return list(zip(*(column.tolist() for column in columns), strict=True))


def count(connection: Connection, table: str) -> int:
    row = connection.execute(f"SELECT count(*) FROM historian_{table}").fetchone()
    connection.commit()
    assert row is not None
    return int(row[0])


def test_scans_become_blocks_that_share_an_axis(
    packer: Connection, connection: Connection, write: Write, source: int, wide: Tags
) -> None:
    write(*[scan(source, START + step * SECOND, wide, first=step) for step in range(100)])
    before = [points(connection, tag) for tag in wide]
    assert len(before[0]) == 100
    moved = move_hour(packer, [source], START, nothing)
    assert (moved.rows, moved.readings) == (100, 2000)
    assert [points(connection, tag) for tag in wide] == before
    assert [count(packer, table) for table in ("hot", "block", "axis")] == [0, 20, 1]


def test_a_late_reading_leaves_the_axis_and_one_that_is_restated_does_not(
    packer: Connection, connection: Connection, write: Write, source: int, wide: Tags
) -> None:
    write(*[scan(source, START + step * SECOND, wide, first=step) for step in range(50)])
    move_hour(packer, [source], START, nothing)
    late, again = int(wide[1]), int(wide[2])
    write(batch_of(source, [(late, START + 5, 77.0, 64), (again, START + SECOND, np.nan, 0)]))
    before = [points(connection, tag) for tag in wide]
    assert len(before[1]) == 51
    assert move_hour(packer, [source], START, nothing).rows == 2
    assert [points(connection, tag) for tag in wide] == before
    rows = packer.execute("SELECT tag_id FROM historian_block WHERE axis_id IS NULL").fetchall()
    assert rows == [(late,)]
    # When nobody uses it any more, the axis goes.
    write(scan(source, START + 7, wide[wide != late]))
    before = [points(connection, tag) for tag in wide]
    move_hour(packer, [source], START, nothing)
    assert [points(connection, tag) for tag in wide] == before
    rows = packer.execute("SELECT n FROM historian_axis").fetchall()
    assert rows == [(51,)]


def test_even_times_of_different_numbers_are_not_taken_for_one_axis(
    packer: Connection, connection: Connection, write: Write, source: int, tags: Tags
) -> None:
    """Both columns say "from here in steps of 10 s" in the same bytes."""
    for tag, length in zip(tags[:2].tolist(), (3, 4), strict=True):
        rows = [(tag, START + step * 10 * SECOND, step + 0.5, 64) for step in range(length)]
        write(batch_of(source, rows))
    move_hour(packer, [source], START, nothing)
    write(batch_of(source, [(int(tag), START + 5, 1.0, 192) for tag in tags[:2]]))
    before = [points(connection, tag) for tag in tags[:2]]
    move_hour(packer, [source], START, nothing)
    assert [len(series) for series in before] == [4, 5]
    assert [points(connection, tag) for tag in tags[:2]] == before


def test_of_two_sources_the_later_arrival_counts_whichever_is_packed_first(
    packer: Connection, connection: Connection, write: Write, source: int, wide: Tags
) -> None:
    other = make_source(connection, "other")
    for first, second in ((source, other), (other, source)):
        at = START + HOUR * first
        write(*[scan(first, at + step, wide, first=1.0) for step in range(3)])
        write(*[scan(second, at + step, wide, first=2.0) for step in range(3)])
        before = points(connection, int(wide[0]))
        move_hour(packer, [source], at, nothing)
        assert points(connection, int(wide[0])) == before


def test_parts_of_an_hour_and_of_its_tags_give_the_same(
    packer: Connection, connection: Connection, write: Write, source: int, wide: Tags
) -> None:
    order = wide[::-1].copy()
    for minute in range(6):
        tags = order if minute > 3 else wide
        at = START + minute * 60 * SECOND
        write(*[scan(source, at + step * SECOND, tags, first=step) for step in range(30)])
        write(batch_of(source, [(int(tags[3]), at + SECOND, -1.0, 64)]))
    before = [points(connection, tag) for tag in wide]
    statements = move_hour(packer, [source], START, nothing, most=2000)
    assert statements.rows == 186
    assert [points(connection, tag) for tag in wide] == before


def test_a_reader_with_an_older_snapshot_sees_what_was_there(
    packer: Connection, settings: sdk.Settings, write: Write, source: int, wide: Tags
) -> None:
    write(*[scan(source, START + step * SECOND, wide, first=step) for step in range(50)])
    move_hour(packer, [source], START, nothing)
    write(*[scan(source, START + step * SECOND + 5, wide, first=step) for step in range(50)])
    with sdk.connect(settings, "default") as old:
        old.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        reader = PackedReader(old)
        before = reader.read(int(wide[0]), START, FAR, 1000)
        write(*[scan(source, START + step * SECOND + 7, wide, first=step) for step in range(50)])
        move_hour(packer, [source], START, nothing)
        after = reader.read(int(wide[0]), START, FAR, 1000)
    assert len(before.times) == 100
    assert before.times.tolist() == after.times.tolist()
    assert before.values.tolist() == after.values.tolist()


def test_what_commits_while_the_hour_is_packed_stays_hot(
    packer: Connection,
    connection: Connection,
    settings: sdk.Settings,
    write: Write,
    source: int,
    wide: Tags,
) -> None:
    """A lower sequence number that is committed later is not deleted unread."""
    tag = int(wide[0])
    write(*[scan(source, START + step * SECOND, wide) for step in range(3)])
    other = make_source(connection, "other")
    with sdk.connect(settings, "default") as slow:
        HotStore(slow).write([batch_of(other, [(tag, START + 5, 5.0, 192)])], FAR)
        write(batch_of(source, [(tag, START + 6, 6.0, 192)]))

        def commit(*_: Any) -> None:
            slow.commit()

        move_hour(packer, [source], START, commit)
        assert count(packer, "hot") == 1
        assert [point[0] - START for point in points(slow, tag)][:3] == [0, 5, 6]
        move_hour(packer, [source], START, nothing)
        assert count(packer, "hot") == 0
        assert [point[0] - START for point in points(slow, tag)][:3] == [0, 5, 6]


def test_readings_are_whole_while_their_hour_is_written_and_packed_again_and_again(
    packer: Connection, connection: Connection, settings: sdk.Settings, source: int, wide: Tags
) -> None:
    """Each answer is what was committed until some moment, and never less than the one before."""

    def write_scans() -> None:
        with sdk.connect(settings, "default") as own:
            store = HotStore(own)
            for step in range(200):
                with own.transaction():
                    store.write([scan(source, START + step, wide, first=step)], FAR)

    writer = threading.Thread(target=write_scans)
    writer.start()
    tag, seen, ended, rounds = int(wide[7]), 0, False, 0
    while not ended:
        ended = not writer.is_alive()
        move_hour(packer, [source], START, nothing)
        found = PackedReader(connection).read(tag, START, FAR, 1000)
        connection.commit()
        assert found.times.tolist() == [START + step for step in range(len(found.times))]
        assert found.values.tolist() == [step + 7.0 for step in range(len(found.times))]
        assert len(found.times) >= seen
        seen, rounds = len(found.times), rounds + 1
    writer.join()
    assert (seen, count(packer, "hot"), count(packer, "axis")) == (200, 0, 1)
    assert rounds > 2


_value = st.one_of(st.floats(width=64), st.integers(-5, 5).map(lambda k: k / 10))
_quality = st.sampled_from([192, 192, 192, 64, 0, -1])
_time = st.integers(0, 6).map(lambda place: place * 700 * SECOND)  # two hours
_rows = st.lists(st.tuples(st.integers(0, 11), _time, _value, _quality), min_size=1, max_size=12)
_scan = st.tuples(_time, st.sampled_from([0, 1, 2]), _value)
_step = st.one_of(st.sampled_from(["pack", "pack one"]), _rows, _scan)


@given(st.lists(st.tuples(_step, st.booleans()), min_size=4, max_size=20))
@hypothesis_settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_history_of_writing_and_packing_reads_as_a_dictionary_would(
    packer: Connection, connection: Connection, steps: list[Any]
) -> None:
    """The model: a dictionary (tag, time) → (value, quality), written in order of arrival."""
    unique = np.random.default_rng().integers(2**60)
    tags = make_tags(connection, 12, f"M{unique}-")
    sources = [make_source(connection, f"model {unique} {place}") for place in range(2)]
    orders = [tags, tags[::-1].copy(), tags[:9].copy()]
    store = HotStore(connection)
    model: dict[tuple[int, int], tuple[float, int]] = {}
    for step, second in steps:
        source = sources[second]
        if isinstance(step, str):
            for hour in (START, START + HOUR):
                chosen = sources if step == "pack" else [source]
                move_hour(packer, chosen, hour, nothing, most=1 << 14)
            continue
        if isinstance(step, list):
            rows = [(int(tags[t]), START + at, v, q) for t, at, v, q in step]
        else:
            rows = [(int(t), START + step[0], step[2], 192) for t in orders[step[1]]]
        model |= {(tag, at): (value, quality) for tag, at, value, quality in rows}
        with connection.transaction():
            store.write([batch_of(source, rows)], FAR)
    for tag in tags.tolist():
        expected = [(at, *model[t, at]) for t, at in sorted(model) if t == tag]
        bits = np.array([value for _, value, _ in expected]).view(np.int64).tolist()
        wanted = [(row[0], b, row[2]) for row, b in zip(expected, bits, strict=True)]
        assert points(connection, tag) == wanted
        for limit in (1, 3):
            found: list[int] = []
            at: int | None = START
            while at is not None:
                part = PackedReader(connection).read(tag, at, FAR, limit)
                assert len(part.times) <= limit
                found += part.times.tolist()
                at = part.next
            assert found == [row[0] for row in wanted]
        times = np.array([row[0] for row in wanted], np.int64)
        for probe in (START - 1, START + 700 * SECOND, START + 701 * SECOND, START + 2 * HOUR):
            reader = PackedReader(connection)
            assert reader.before(tag, probe).times.tolist() == times[times <= probe][-1:].tolist()
            assert reader.after(tag, probe).times.tolist() == times[times >= probe][:1].tolist()
    connection.commit()
