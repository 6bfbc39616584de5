"""What holds of hypertables alone: their form, their rights, which summaries are current."""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import psycopg
import pytest

from wellhead import sdk
from wellhead_historian.store.choice import Kind
from wellhead_historian.store.interface import Level
from wellhead_historian.store.timescale.reader import TimescaleReader
from wellhead_historian.store.timescale.schema import TIME_MAX
from wellhead_historian.testing import BASE, batch_of

Tags = npt.NDArray[np.int32]
DAY = BASE // Level.DAY * Level.DAY
pytestmark = pytest.mark.parametrize("place", [Kind.TIMESCALE.value], indirect=True)


def test_a_late_reading_makes_its_own_buckets_stale_until_they_are_refreshed(
    place: Any,
    reader: TimescaleReader,
    write: Callable[..., Any],
    source: int,
    tags: Tags,
) -> None:
    tag = int(tags[0])
    write(batch_of(source, [(tag, DAY + n * 30_000_000, 1.0, 192) for n in range(200)]))
    place.settle()
    assert reader._stale(Level.DAY, DAY, DAY + Level.DAY) == []
    late = DAY + Level.HOUR + 7
    write(batch_of(source, [(tag, late, 5.0, 192)]))
    for level in Level:
        begins = late // level * level
        assert reader._stale(level, DAY, DAY + Level.DAY) == [(begins, begins + level)]
    place.settle()
    assert reader._stale(Level.DAY, DAY, DAY + Level.DAY) == []
    assert reader.summarise(tag, Level.DAY, DAY, DAY + 1).maximum.tolist() == [5.0]


def test_the_kept_summary_is_what_is_read_where_it_is_current(
    place: Any, reader: TimescaleReader, write: Callable[..., Any], source: int, tags: Tags
) -> None:
    tag = int(tags[0])
    write(batch_of(source, [(tag, DAY + n, float(n), 192) for n in range(3)]))
    place.settle()
    with psycopg.connect(place.admin_url, autocommit=True) as owner:
        row = owner.execute(
            "SELECT format('%I.%I', h.schema_name, h.table_name) FROM "
            "_timescaledb_catalog.continuous_agg c JOIN _timescaledb_catalog.hypertable h "
            "ON h.id = c.mat_hypertable_id WHERE c.user_view_name = 'historian_day'"
        ).fetchone()
        assert row is not None
        owner.execute(f"UPDATE {row[0]} SET total = 77 WHERE tag_id = {tag}".encode())
    assert reader.summarise(tag, Level.DAY, DAY, DAY + 1).total.tolist() == [77.0]
    assert reader.summarise(tag, Level.HOUR, DAY, DAY + 1).total.tolist() == [3.0]


def test_rows_are_plain_and_compressed_by_tag(
    place: Any,
    connection: psycopg.Connection[Any],
    write: Callable[..., Any],
    source: int,
    tags: Tags,
) -> None:
    tag = int(tags[0])
    rows = [(tag, DAY + n * 1_000_000, np.sin(n), 192) for n in range(20_000)]
    write(batch_of(source, rows))
    place.settle()
    found = connection.execute(
        "SELECT count(*), count(DISTINCT ts), min(quality) FROM historian_reading "
        "WHERE tag_id = %s",
        (tag,),
    ).fetchone()
    assert found == (20_000, 20_000, 192)
    with psycopg.connect(place.admin_url, autocommit=True) as owner:
        owner.execute("SET search_path = tenant_default")
        settings = owner.execute(
            "SELECT segmentby, orderby "
            "FROM timescaledb_information.hypertable_columnstore_settings "
            "WHERE hypertable = 'historian_reading'::regclass"
        ).fetchone()
        jobs = owner.execute(
            "SELECT count(*) FROM timescaledb_information.jobs j "
            "WHERE j.hypertable_schema = 'tenant_default' "
            "OR j.proc_name = 'policy_refresh_continuous_aggregate'"
        ).fetchone()
    assert settings == ("tag_id", "ts")
    assert jobs is not None
    assert jobs[0] >= 5


def test_the_tenant_owns_nothing_and_may_do_what_it_needs(
    connection: psycopg.Connection[Any],
) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("DROP TABLE historian_reading CASCADE")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("CREATE TABLE mine (n int)")


def test_a_time_after_the_last_of_a_hypertable_is_refused_by_name(
    reader: TimescaleReader, write: Callable[..., Any], source: int, tags: Tags
) -> None:
    tag = int(tags[0])
    with pytest.raises(sdk.BatchError, match="after what a hypertable can hold"):
        write(batch_of(source, [(tag, DAY, 1.0, 192), (tag, TIME_MAX + 1, 1.0, 192)]))
    write(batch_of(source, [(tag, DAY, 1.0, 192)]))
    assert reader.read(tag, DAY, np.iinfo(np.int64).max, 9).times.tolist() == [DAY]
