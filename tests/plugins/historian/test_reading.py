"""What was written is read back right, in whatever order, shape and company it came."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wellhead import sdk
from wellhead_historian.store import hot
from wellhead_historian.store.hot import HotStore
from wellhead_historian.store.latest import read_latest
from wellhead_historian.store.packed import PackedReader
from wellhead_historian.testing import BASE, FAR, Row, batch_of, make_source, scan

Write = Callable[..., None]
Tags = npt.NDArray[np.int32]


def points(reader: PackedReader, tag: int, start: int = BASE, end: int = FAR) -> list[Any]:
    """Every reading as (time, value, quality), NaN as None."""
    found = reader.read(int(tag), start, end, 1000)
    assert found.next is None
    values = [None if np.isnan(value) else value for value in found.values.tolist()]
    return list(zip(found.times.tolist(), values, found.qualities.tolist(), strict=True))


def test_scans_of_one_layout_are_rows_without_tags(
    reader: PackedReader, write: Write, source: int, tags: Tags, connection: psycopg.Connection[Any]
) -> None:
    write(*[scan(source, BASE + step, tags, first=step * 10.0) for step in range(6)])
    rows = connection.execute(
        "SELECT tags IS NULL, layout_id IS NULL, quality IS NULL FROM historian_hot ORDER BY seq"
    ).fetchall()
    assert rows == [(False, True, True)] + [(True, False, True)] * 5
    assert points(reader, tags[2]) == [(BASE + step, step * 10.0 + 2, 192) for step in range(6)]


def test_a_changed_order_is_another_layout_and_old_rows_keep_their_meaning(
    reader: PackedReader, write: Write, source: int, tags: Tags, connection: psycopg.Connection[Any]
) -> None:
    write(*[scan(source, BASE + step, tags) for step in range(3)])
    write(*[scan(source, BASE + 10 + step, tags[::-1].copy()) for step in range(3)])
    write(*[scan(source, BASE + 20 + step, tags[:2].copy()) for step in range(3)])
    layouts = connection.execute("SELECT tags FROM historian_layout ORDER BY id").fetchall()
    assert [row[0] for row in layouts] == [tags.tolist(), tags[::-1].tolist(), tags[:2].tolist()]
    expected = [(BASE + step, 0.0, 192) for step in range(3)]
    expected += [(BASE + 10 + step, 4.0, 192) for step in range(3)]
    expected += [(BASE + 20 + step, 0.0, 192) for step in range(3)]
    assert points(reader, tags[0]) == expected


def test_late_duplicate_and_restated_readings(
    reader: PackedReader, write: Write, source: int, tags: Tags
) -> None:
    tag = int(tags[0])
    write(*[scan(source, BASE + step, tags, first=step) for step in range(4)])
    write(batch_of(source, [(tag, BASE + 2, 99.0, 64), (tag, BASE - 5, -1.0, 192)]))
    write(batch_of(source, [(tag, BASE + 2, 77.0, 0), (tag, BASE + 2, 78.0, 192)]))
    write(scan(source, BASE + 1, tags, first=50.0))
    assert points(reader, tag, BASE - 10) == [
        (BASE - 5, -1.0, 192),
        (BASE, 0.0, 192),
        (BASE + 1, 50.0, 192),
        (BASE + 2, 78.0, 192),
        (BASE + 3, 3.0, 192),
    ]


def test_a_transaction_of_several_parts_keeps_the_order(
    store: HotStore,
    write: Write,
    source: int,
    tags: Tags,
    monkeypatch: pytest.MonkeyPatch,
    connection: psycopg.Connection[Any],
) -> None:
    monkeypatch.setattr(hot, "_PART", 12)  # two or three batches
    late = batch_of(source, [(int(tags[0]), BASE + 1, -1.0, 64)])
    nothing = batch_of(source, [])
    scans = [scan(source, BASE + step, tags, first=step) for step in range(9)]
    write(nothing, *scans[:5], late, nothing, *scans[5:], nothing)
    expected: list[Any] = [(BASE + step, float(step), 192) for step in range(9)]
    expected[1] = (BASE + 1, -1.0, 64)
    assert points(PackedReader(connection), tags[0]) == expected
    outside = batch_of(source, [(int(tags[0]), -(2**62) * 2, 1.0, 192)])
    with pytest.raises(sdk.BatchError, match="before what PostgreSQL"):
        write(*scans, outside)  # the server has some parts already
    store.forget()
    write(scan(source, BASE + 9, tags, first=9.0))
    assert points(PackedReader(connection), tags[0]) == [*expected, (BASE + 9, 9.0, 192)]
    assert read_latest(connection, tags).values.tolist() == [9.0, 10.0, 11.0, 12.0, 13.0]


def test_one_tag_from_two_sources(
    reader: PackedReader, write: Write, source: int, tags: Tags, connection: psycopg.Connection[Any]
) -> None:
    other = make_source(connection, "other")
    write(*[scan(source, BASE + step * 2, tags) for step in range(3)])
    write(*[scan(other, BASE + step * 2 + 1, tags, first=100.0) for step in range(3)])
    times = [point[0] for point in points(reader, tags[1])]
    assert times == [BASE + step for step in range(6)]
    latest = read_latest(connection, tags)
    assert latest.values.tolist() == [100.0, 101.0, 102.0, 103.0, 104.0]


def test_the_limit_says_where_to_go_on_and_loses_nothing(
    reader: PackedReader, write: Write, source: int, tags: Tags
) -> None:
    tag = int(tags[0])
    write(*[scan(source, BASE + step // 3, tags, first=step) for step in range(30)])
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


def test_bounds_are_half_open_and_a_tag_without_readings_is_empty(
    reader: PackedReader, write: Write, source: int, tags: Tags
) -> None:
    write(*[scan(source, BASE + step, tags) for step in range(4)])
    assert [p[0] for p in points(reader, tags[0], BASE + 1, BASE + 3)] == [BASE + 1, BASE + 2]
    assert points(reader, 10**6) == []
    assert points(reader, tags[0], -(2**63), BASE + 1) == [(BASE, 0.0, 192)]


def test_nan_infinity_and_every_quality_survive(
    reader: PackedReader, write: Write, source: int, tags: Tags
) -> None:
    values = np.array([np.nan, np.inf, -np.inf, -0.0, 5e-324])
    qualities = np.array([0, 64, 192, 216, -1], np.int16)
    write(*[sdk.Batch.scan(source, BASE + step, tags, values, qualities) for step in range(3)])
    for place, tag in enumerate(tags.tolist()):
        found = reader.read(tag, BASE, FAR, 10)
        assert found.values.tobytes() == np.repeat(values[place], 3).tobytes()
        assert found.qualities.tolist() == [qualities[place]] * 3


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
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_mix_reads_as_a_dictionary_would(
    connection: psycopg.Connection[Any], tags: Tags, shapes: list[Any], cuts: set[int]
) -> None:
    """The model: a dictionary (tag, time) → (value, quality), written in order of arrival."""
    source = make_source(connection, f"model {np.random.default_rng().integers(2**60)}")
    start = BASE + source * 1000  # the fixtures are shared by all examples
    store = HotStore(connection)
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
        found = PackedReader(connection).read(tag, start, start + 999, 1000)
        assert found.times.tolist() == list(expected)
        assert found.values.tobytes() == np.array([v for v, _ in expected.values()]).tobytes()
        assert found.qualities.tolist() == [quality for _, quality in expected.values()]
        if expected:
            place = latest.tags.tolist().index(tag)
            assert latest.times[place] == max(expected)
            assert latest.qualities[place] == expected[max(expected)][1]
