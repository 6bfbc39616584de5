"""Roll-ups are what all readings make them, whatever comes, late, twice or otherwise, and is packed
in between; and how a tag is drawn changes nothing in them."""

from typing import Any

import numpy as np
import numpy.typing as npt
import psycopg
import pytest
from flask import Flask
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from tests.plugins.historian.buckets import check_equal

from wellhead import sdk
from wellhead.testing import ApiClient
from wellhead_historian.store.hot import HotStore
from wellhead_historian.store.interface import Level
from wellhead_historian.store.packed import PackedReader
from wellhead_historian.store.packing.packer import pack
from wellhead_historian.store.rollups import summary
from wellhead_historian.store.rollups.keeping import put
from wellhead_historian.testing import FAR, batch_of, make_source, make_tags

Tags = npt.NDArray[np.int32]
START = 1_750_000_000_000_000 // Level.DAY * Level.DAY
HOUR, MINUTE = int(Level.HOUR), int(Level.MINUTE)

times = st.builds(
    lambda hour, minute, rest: hour * HOUR + minute * MINUTE + rest,
    st.sampled_from([0, 1, 23, 24, 47]),
    st.sampled_from([0, 1, 59]),
    st.sampled_from([0, 1, 30_000_000]),
)
values = st.one_of(st.floats(-1e6, 1e6, width=32), st.sampled_from([np.nan, np.inf]))
qualities = st.sampled_from([0, 64, 192])
scans = st.tuples(times, st.lists(st.tuples(values, qualities), min_size=10, max_size=10))
loose = st.lists(st.tuples(st.integers(0, 9), times, values, qualities), min_size=1, max_size=8)
hours = st.integers(0, 50)


@given(st.lists(st.one_of(scans, scans, loose, hours), min_size=2, max_size=14))
@hypothesis_settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_roll_ups_are_those_of_all_readings_however_they_came_and_were_packed(
    settings: sdk.Settings, connection: psycopg.Connection[Any], steps: list[Any]
) -> None:
    """A step stores a scan of ten tags or some readings of any, or packs what is due at an hour."""
    number = np.random.default_rng().integers(2**60)  # the fixtures are shared by all examples
    source, tags = make_source(connection, f"s{number}"), make_tags(connection, 10, f"t{number}.")
    store = HotStore(connection)
    model: dict[tuple[int, int], tuple[float, int]] = {}
    with sdk.connect(settings, "default", autocommit=True) as packer:
        for step in steps:
            if isinstance(step, int):
                pack(packer, put, START + step * HOUR)
                continue
            rows = step
            if isinstance(step, tuple):
                rows = [(place, step[0], *point) for place, point in enumerate(step[1])]
            rows = [(int(tags[place]), START + at, value, q) for place, at, value, q in rows]
            with connection.transaction():
                store.write([batch_of(source, rows)], FAR)
            model |= {(tag, at): (value, quality) for tag, at, value, quality in rows}
    with connection.transaction():
        reader = PackedReader(connection)
        for tag in tags[[0, 4]].tolist():
            points = sorted((at, *point) for (owner, at), point in model.items() if owner == tag)
            columns = [np.array([point[place] for point in points]) for place in range(3)]
            for level in Level:
                found = reader.summarise(tag, level, START, START + 3 * Level.DAY)
                expected = summary.summarise(
                    columns[0].astype(np.int64),
                    columns[1].astype(np.float64)[None],
                    columns[2].astype(np.int16)[None],
                    level,
                )
                check_equal(found, expected)


@pytest.mark.usefixtures("packed")
def test_another_way_of_drawing_a_tag_needs_no_other_roll_ups(
    settings: sdk.Settings, app: Flask, api: ApiClient, connection: psycopg.Connection[Any]
) -> None:
    source, tag = make_source(connection), int(make_tags(connection, 1)[0])
    readings = [(tag, START + minute * MINUTE, float(minute), 192) for minute in (0, 20, 60)]
    with connection.transaction():
        HotStore(connection).write([batch_of(source, readings)], FAR)
    with sdk.connect(settings, "default", autocommit=True) as packer:
        pack(packer, put, START + 10 * HOUR)
        kept = packer.execute("SELECT data FROM historian_rollup ORDER BY 1").fetchall()
        asked = {"from": "2025-06-15T00:00:00Z", "to": "2025-06-15T01:00:00Z", "interval": "1h"}
        asked["agg"] = "time_weighted_mean"
        means = {}
        for step in (True, False):
            assert api.patch(f"/api/v1/tags/{tag}", {"step": step}).status == 200
            answer = api.get(f"/api/v1/tags/{tag}/readings", **asked)
            means[step] = answer.data["time_weighted_mean"]
        # 0 for 20 minutes, then 20 for 40; or in straight lines
        np.testing.assert_allclose(means[True], [20 * 40 / 60])
        np.testing.assert_allclose(means[False], [(10 * 20 + 40 * 40) / 60])
        assert packer.execute("SELECT data FROM historian_rollup ORDER BY 1").fetchall() == kept
