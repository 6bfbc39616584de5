"""How small a reading becomes, with everything that belongs to it: its share of rows, indexes and
roll-ups. Pages in use are counted, since a server extends a table by up to 64 pages ahead."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import psycopg
import pytest

from wellhead import sdk
from wellhead_historian.store import wire
from wellhead_historian.store.packed import PackedReader
from wellhead_historian.store.packing.blocks import HourBlocks
from wellhead_historian.store.packing.mover import move_hour
from wellhead_historian.store.packing.panels import Panel
from wellhead_historian.store.rollups.keeping import put
from wellhead_historian.testing import make_tags, signals

HOUR = 3_600_000_000
START = 1_750_000_000_000_000 // (24 * HOUR) * 24 * HOUR
N = 3600
HOURS = 3
Write = Callable[..., None]
_SIZE = """
SELECT (SELECT count(DISTINCT (ctid::text::point)[0]) FROM {0}) * 8192 + pg_indexes_size('{0}')
       + coalesce(sum(pg_relation_size(reltoastrelid)), 0)::int8
FROM pg_class WHERE oid = '{0}'::regclass AND reltoastrelid <> 0
"""
pytestmark = pytest.mark.usefixtures("packed")


@pytest.fixture
def packer(settings: sdk.Settings) -> Iterator[psycopg.Connection[Any]]:
    with sdk.connect(settings, "default", autocommit=True) as made:
        wire.register_columns(made)
        yield made


def sizes(connection: psycopg.Connection[Any]) -> dict[str, int]:
    found = {}
    for table in ("block", "axis", "rollup"):
        row = connection.execute(_SIZE.format(f"historian_{table}")).fetchone()
        assert row is not None
        found[table] = int(row[0])
    return found


def test_the_mix_of_a_field_has_a_byte_a_reading_at_most(
    packer: psycopg.Connection[Any],
    connection: psycopg.Connection[Any],
    write: Write,
    source: int,
) -> None:
    tags = make_tags(connection, 200, "S")
    good = np.full(len(tags), sdk.quality.GOOD, np.int16)
    for hour in range(HOURS):
        at = START + hour * HOUR
        values = signals(np.random.default_rng(hour), len(tags), N).T
        write(
            *[
                sdk.Batch.scan(source, at + place * 1_000_000, tags, row, good)
                for place, row in enumerate(values)
            ]
        )
        move_hour(packer, [source], at, put)
    for place in (0, 1, 57, 199):
        found = PackedReader(connection).read(int(tags[place]), at, at + HOUR, N)
        assert found.values.tobytes() == values[:, place].tobytes()
    found_sizes = {name: size / (values.size * HOURS) for name, size in sizes(packer).items()}
    print(found_sizes)
    assert sum(found_sizes.values()) <= 0.89, found_sizes


def test_the_mix_with_jitter_of_the_scans_times_has_a_byte_a_reading_at_most(
    packer: psycopg.Connection[Any], connection: psycopg.Connection[Any]
) -> None:
    """3 ms, as a poller has them. What that takes more lies in the roll-ups of minutes."""
    tags = make_tags(connection, 200, "S")
    for hour in range(HOURS):
        random = np.random.default_rng(hour)
        at = START + hour * HOUR
        times = at + np.arange(N) * 1_000_000 + random.integers(0, 3001, N)
        panel = Panel(tags, times, np.arange(N), signals(random, len(tags), N), None)
        with packer.transaction():
            HourBlocks(packer, at).replace([panel])
            put(packer, at, [panel])
    found = {name: size / (N * len(tags) * HOURS) for name, size in sizes(packer).items()}
    print(found)
    assert sum(found.values()) <= 1.0, found


def test_noise_at_times_of_its_own_is_not_made_larger(
    packer: psycopg.Connection[Any], connection: psycopg.Connection[Any]
) -> None:
    random = np.random.default_rng(4)
    panels = [
        Panel(
            np.array([tag], np.int32),
            START + np.arange(N) * 1_000_000 + random.integers(0, 1000, N),
            np.arange(N),
            random.normal(100, 1, (1, N)),
            None,
        )
        for tag in make_tags(connection, 100, "S").tolist()
    ]
    with packer.transaction():
        HourBlocks(packer, START).replace(panels)
    found = {name: size / (N * len(panels)) for name, size in sizes(packer).items()}
    print(found)
    # 7.5 bytes are the columns themselves, the rest is heads of pages and rows, and indexes.
    assert 6 < found["block"] <= 8.0
