"""Rows of roll-ups say what was put into them, and follow each change of an hour's readings."""

import base64
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from tests.plugins.historian.buckets import check_equal

from wellhead_historian.store.codec import CodecError
from wellhead_historian.store.hot import HotStore
from wellhead_historian.store.interface import Buckets, Level, Readings
from wellhead_historian.store.rollups import bits, rows, summary
from wellhead_historian.store.rollups.keeping import put
from wellhead_historian.store.rollups.reading import read_summaries
from wellhead_historian.testing import FAR, batch_of

Tags = npt.NDArray[np.int32]
DAY = 1_700_000_000_000_000 // Level.DAY * Level.DAY
HOUR = int(Level.HOUR)


@dataclass
class Panel:
    """Readings of some tags at the same times."""

    tags: npt.NDArray[np.int32]
    times: npt.NDArray[np.int64]
    values: npt.NDArray[np.float64]
    qualities: npt.NDArray[np.int16] | None


numbers = st.one_of(
    st.integers(-1000, 1000).map(lambda number: number / 100),
    st.floats(width=64),
    st.sampled_from([1e15 + 0.5, 1e300, -1e-300, 5e-324]),
)


@st.composite
def panels(draw: Any) -> Panel:
    step = draw(st.sampled_from([1_000_000, 30_000_000, 600_000_000]))
    size = draw(st.integers(1, 40))
    jitter = draw(st.sampled_from([0, 0, 1000]))
    random = np.random.default_rng(draw(st.integers(0, 99)))
    times = DAY + np.arange(size) * step + random.integers(0, jitter + 1, size)
    values = np.array([[draw(numbers) for _ in range(4)] for _ in range(3)])
    values = values[:, random.integers(0, 4, size)]
    bad = draw(st.booleans())
    qualities = random.choice([0, 64, 192], (3, size)).astype(np.int16) if bad else None
    return Panel(np.arange(3, dtype=np.int32), times, values, qualities)


@given(panels(), st.sampled_from(list(Level)))
@settings(deadline=None, max_examples=100)
def test_rows_say_what_was_put_into_them(panel: Panel, level: Level) -> None:
    buckets = summary.summarise(panel.times, panel.values, panel.qualities, level)
    begins = np.repeat(rows.row_of(level, DAY), 3)
    step = len(buckets) // 3
    inside = buckets.starts < begins[0] + rows.SPANS[level]
    at = np.arange(3) * int(inside.sum() // 3) if step else np.empty(0, np.int64)
    kept = summary.taken(buckets, inside)
    found, sizes = rows.decode(level, begins, rows.encode(level, begins, at, kept))
    check_equal(found, kept)
    assert sizes.tolist() == [len(kept) // 3] * 3
    if level != Level.MINUTE:
        for name in ("total", "step", "linear"):
            np.testing.assert_array_equal(getattr(found, name), getattr(kept, name))


@pytest.mark.parametrize("late", [0, 3000], ids=["even", "late"])
def test_sums_of_decimals_are_theirs(late: int) -> None:
    """As far as floats add up, whatever the times."""
    random = np.random.default_rng(6)
    times = DAY + np.arange(3600) * 1_000_000 + random.integers(0, late + 1, 3600)
    values = np.round(random.normal(-300, 100, (1, 3600)), 3)
    buckets = summary.summarise(times, values, None, Level.MINUTE)
    begins, at = np.array([DAY]), np.array([0])
    found, _ = rows.decode(Level.MINUTE, begins, rows.encode(Level.MINUTE, begins, at, buckets))
    whole = np.add.reduceat(np.rint(values[0] * 1000), np.arange(0, 3600, 60))
    assert found.total.tolist() == (whole / 1000).tolist()


OLD = (
    "0R#Ymfq;Ml1b~2n1^@uV3C#!B1;+CF0uAT-0><+C0><+C0s|fZ695(f761bR5fCQ;00000003fOViaOxWD;g!"
    "VPO+wVF3&P0|Ehi>Hq)$00000Vqj!q1`GfL2m(<1|NsC0|NjFKL|y<6I86Wp00RgDvf}^$|NsC00{}Cgxd18{"
    "3j+W",
    "0R#YmfdK&m1Ox;D1_1^D009O70RRBQ3C#!B1;+CF0uAT-0><+C0><+C0ssI201fB*0ssI207R0Q07R0Q000000"
    "00000R5eq009641DXIY03-l0009WiJAY=Lp!PoiVlb|`ooK9M%wSw|JJDFj7$Alt%sZYQ5jw(fgn7r)BSJ?2Vr"
    "Y0N(b@2{fuZ50L}$a(27nl5t}<Oa^XyE9nX63K&OAF4AcjQmo9`2!Br+s=-+Z6=BoQEnct5A_@#o?h;{BYy$Df"
    "M_h=EaDnuk$JmVr@Rnuk$J7C;aj5C8xG00=Ry|Eod>Aszq$2!uAnmE@@-KtBL{Hkbg(r56A^kjMaP+#vuP_WS@"
    "=tQBIoA|e71gFOQSU;qON1poj50000000(pcW0@2Hr@rq11v=Wyz_1%2Rt5$RzyJXV{2bGsh`u4fe7h|10MlU&"
    "0CjiA0AE2a065+j0AgWDVF2jyV-^O0>h0?p00RI",
)
"""Rows of minutes of version 1, in base 85."""


def test_rows_that_were_written_before_are_read() -> None:
    """Beside rows as they are written now, one without a usable reading in a minute."""
    place = np.arange(24)
    times = DAY + place * 10_000_000 + place * 7919 % 3001
    values = np.stack([np.round(100 + place * 37 % 11 / 100, 2), np.sqrt(place + 2)])
    values[1, 20] = np.nan
    qualities = np.full(values.shape, 192, np.int16)
    qualities[1, 5:12] = 0
    buckets = summary.summarise(times, values, qualities, Level.MINUTE)
    at = np.arange(2) * 4
    new = rows.encode(Level.MINUTE, np.full(2, DAY), at, buckets)
    both = [base64.b85decode(OLD[0]), new[0], new[1], base64.b85decode(OLD[1])]
    found, sizes = rows.decode(Level.MINUTE, np.full(4, DAY), both)
    twice = np.concatenate([np.arange(8).reshape(2, 4)[which] for which in (0, 0, 1, 1)])
    check_equal(found, summary.taken(buckets, twice))
    assert sizes.tolist() == [4, 4, 4, 4]


columns = st.tuples(st.integers(1, 3), st.integers(1, 4), st.integers(1, 5)).flatmap(
    lambda shape: arrays(
        np.int64, shape, elements=st.one_of(st.integers(-3, 3), st.integers(-(2**63), 2**63 - 1))
    )
)


@given(columns)
@settings(deadline=None, max_examples=100)
def test_columns_of_bits_are_what_was_put_into_them(numbers: npt.NDArray[np.int64]) -> None:
    count, n = numbers.shape[1:]
    data = bits.encode(numbers)
    assert np.array_equal(bits.decode(data, count, n), numbers)
    lengths = np.array([len(row) for row in data]) - 2 * count
    assert (lengths == (bits.sizes(numbers) + 7) // 8).all()
    for damaged in (data[0] + b"\0", data[0][: 2 * count - 1], b"\x41" + data[0][1:]):
        with pytest.raises(CodecError):
            bits.decode([damaged], count, n)


def test_a_peak_of_nonsense_disturbs_no_other_minute() -> None:
    """Float registers that are read in a bad moment say 1e38; their neighbours are right all the
    same."""
    times = DAY + np.arange(3600) * 1_000_000
    values = np.random.default_rng(3).normal(100, 5, (1, 3600))
    values[0, 1800] = 1e38
    buckets = summary.summarise(times, values, None, Level.MINUTE)
    at = np.array([0])
    [row] = rows.encode(Level.MINUTE, np.array([DAY]), at, buckets)
    found, _ = rows.decode(Level.MINUTE, np.array([DAY]), [row])
    others = buckets.maximum < 1e38
    assert others.sum() == 59
    for name in ("total", "step", "linear"):
        got, want = getattr(found, name)[others], getattr(buckets, name)[others]
        np.testing.assert_allclose(got, want, rtol=2e-9)


ZEROS = b"\x02\x03\x00" + bytes(2 + 2 * 17)
"""A row of three minutes whose numbers are all 0"""


@given(st.binary(max_size=80), st.sampled_from(list(Level)))
def test_other_bytes_are_refused_or_are_buckets(data: bytes, level: Level) -> None:
    for head in (b"", b"\x01", b"\x01\x02\x00", b"\x02", b"\x02\x02\x00\x00\x03", ZEROS):
        row = head + data
        try:
            found, sizes = rows.decode(level, np.array([DAY]), [row])
        except CodecError:
            continue
        assert len(found) == sizes[0]


def test_readings_of_a_second_cost_little(connection: psycopg.Connection[Any]) -> None:
    """All levels together at most 0.13 bytes a reading for what instruments send."""
    times = DAY + np.arange(3600) * 1_000_000
    random = np.random.default_rng(5)
    values = np.round(100 + np.cumsum(random.normal(0, 0.05, (3, 3600)), axis=1), 2)
    for hour in range(24):
        panel = Panel(np.array([7, 8, 9], np.int32), times + hour * HOUR, values, None)
        put(connection, DAY + hour * HOUR, [panel])
    row = connection.execute("SELECT sum(length(data)) FROM historian_rollup").fetchone()
    assert row is not None
    assert row[0] / (3 * 24 * 3600) < 0.13


Model = dict[tuple[int, int], tuple[float, int]]
changes = st.lists(
    st.tuples(
        st.integers(0, 2),  # day
        st.sampled_from([0, 1, 22, 23]),  # hour
        st.sets(st.integers(0, 4), min_size=1),  # tags
        st.dictionaries(
            st.integers(0, HOUR - 1),
            st.tuples(st.floats(-1e6, 1e6, width=32), st.sampled_from([0, 64, 192])),
            max_size=4,
        ),
    ),
    min_size=1,
    max_size=12,
)


def expected(model: Model, tag: int, level: Level) -> Buckets:
    found = series(model, tag, DAY, DAY + 5 * Level.DAY)
    return summary.summarise(found.times, found.values[None], found.qualities[None], level)


def series(model: Model, tag: int, start: int, end: int) -> Readings:
    points = sorted(
        (at, *point) for (t, at), point in model.items() if t == tag and start <= at < end
    )
    return Readings(
        np.array([point[0] for point in points], np.int64),
        np.array([point[1] for point in points], np.float64),
        np.array([point[2] for point in points], np.int16),
    )


@given(changes)
@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_roll_ups_follow_whatever_becomes_of_an_hour(
    connection: psycopg.Connection[Any], shapes: list[Any]
) -> None:
    """Hours are written, and written again with more readings and others, of any tags."""
    connection.execute("DELETE FROM historian_rollup")
    model: Model = {}
    for day, hour, tags, points in shapes:
        begins = DAY + day * Level.DAY + hour * HOUR
        model |= {(tag, begins + at): point for tag in tags for at, point in points.items()}
        put(connection, begins, [panel_of(model, tag, begins) for tag in tags])
    for tag in range(5):
        for level in Level:
            found = read_summaries(
                connection, tag, level, DAY - 10, DAY + 4 * Level.DAY, _no_reading
            )
            check_equal(found, expected(model, tag, level))


def panel_of(model: Model, tag: int, hour: int) -> Panel:
    found = series(model, tag, hour, hour + HOUR)
    qualities = found.qualities[None]
    return Panel(np.array([tag], np.int32), found.times, found.values[None], qualities)


@pytest.mark.parametrize("gone", [(), ("1", "2")], ids=["readings", "minutes and hours"])
def test_what_comes_late_for_a_time_past_leaves_what_is_kept(
    connection: psycopg.Connection[Any], store: HotStore, source: int, tags: Tags, gone: Any
) -> None:
    """Of a day of which readings, or all but the row of days, were removed."""
    here, other = tags[:2].tolist()
    model: Model = {(tag, DAY + at): (at / 7, 192) for tag in (here, other) for at in range(9)}
    put(connection, DAY, [panel_of(model, tag, DAY) for tag in (here, other)])
    connection.execute(
        "DELETE FROM historian_rollup WHERE tag_id = %s AND level = ANY(%s::int2[])",
        (here, list(gone)),
    )
    levels = [level for level in Level if str(rows.NUMBERS[level]) not in gone]
    late: Model = {(here, DAY + 3): (99.0, 192)}
    store.write([batch_of(source, [(here, DAY + 3, 99.0, 192)])], FAR)

    def check(read: Any) -> None:
        for level in levels:
            found = read_summaries(connection, here, level, DAY, DAY + Level.DAY, read)
            check_equal(found, expected(model, here, level))

    check(partial(series, late, here))
    connection.execute("DELETE FROM historian_hot")
    more: Model = {(other, DAY + at): (at / 3, 192) for at in range(3, 12)}
    put(connection, DAY, [panel_of(late, here, DAY), panel_of(model | more, other, DAY)])
    check(_no_reading)
    for level in Level:
        found = read_summaries(connection, other, level, DAY, DAY + Level.DAY, _no_reading)
        check_equal(found, expected(model | more, other, level))


def _no_reading(start: int, end: int) -> Readings:
    raise AssertionError("all hours are packed")


@pytest.fixture
def five_days(
    connection: psycopg.Connection[Any], store: HotStore, source: int, tags: Tags
) -> Model:
    """Readings of five days, each 17 minutes. All but two hours of them are packed; of one of the
    two some are, the others are hot."""
    tag = int(tags[0])
    times = DAY + np.arange(0, 5 * Level.DAY, 17 * 60_000_000)
    model: Model = {(tag, at): (at % 1009 / 8, 192) for at in times.tolist()}
    hot = {DAY + 2 * Level.DAY + 5 * HOUR: 2, DAY + 4 * Level.DAY + 23 * HOUR: 0}
    for hour in range(DAY, DAY + 5 * Level.DAY, HOUR):
        inside = series(model, tag, hour, hour + HOUR)
        packed = hot.get(hour, len(inside.times))
        put(
            connection,
            hour,
            [Panel(tags[:1], inside.times[:packed], inside.values[None, :packed], None)],
        )
        late = [(tag, at, *model[tag, at]) for at in inside.times[packed:].tolist()]
        if late:
            store.write([batch_of(source, late)], FAR)
    return model


@pytest.mark.usefixtures("packed")
def test_hours_with_hot_readings_are_summed_up_from_all_their_readings(
    connection: psycopg.Connection[Any], five_days: Model, tags: Tags
) -> None:
    tag, asked = int(tags[0]), []

    def read(start: int, end: int) -> Readings:
        asked.append(((start - DAY) // HOUR, (end - DAY) // HOUR))
        return series(five_days, tag, start, end)

    for level in Level:
        found = read_summaries(connection, tag, level, DAY, DAY + 5 * Level.DAY, read)
        check_equal(found, expected(five_days, tag, level))
    assert asked == [(53, 54), (119, 120)] * 3


@pytest.mark.usefixtures("packed")
def test_buckets_are_those_that_begin_in_the_range(
    connection: psycopg.Connection[Any], five_days: Model, tags: Tags
) -> None:
    tag = int(tags[0])
    hot = DAY + 2 * Level.DAY + 5 * HOUR + 1, DAY + 4 * Level.DAY + 23 * HOUR + 30 * 60_000_000
    for start, end in (hot, (DAY + 1, DAY + 2), (-(2**63), 2**63 - 1), (DAY + 7, DAY - 7)):
        for level in Level:
            found = read_summaries(
                connection, tag, level, start, end, partial(series, five_days, tag)
            )
            everything = expected(five_days, tag, level)
            inside = (everything.starts >= start) & (everything.starts < end)
            check_equal(found, summary.taken(everything, inside))


def test_the_first_hour_that_postgresql_can_name_is_summed_up(
    connection: psycopg.Connection[Any], tags: Tags
) -> None:
    from wellhead_historian.store.wire import TIME_MIN

    put(connection, TIME_MIN, [Panel(tags[:1], np.array([TIME_MIN]), np.array([[3.0]]), None)])
    for level in Level:
        found = read_summaries(connection, int(tags[0]), level, -(2**63), 0, _no_reading)
        assert (found.starts.tolist(), found.total.tolist()) == ([TIME_MIN], [3.0])
