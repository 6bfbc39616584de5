"""Both stores, each in a database of its own: what holds of a store is tested on every one."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from uuid import uuid4

import numpy as np
import numpy.typing as npt
import psycopg
import pytest

from wellhead import sdk
from wellhead.app import create_app
from wellhead.database.extension import db
from wellhead.database.migrate import Migrator
from wellhead.runtime import Runtime
from wellhead.testing.cluster import Cluster
from wellhead_historian.scans import batches_of
from wellhead_historian.store.choice import Kind, kind_of, make_reader, make_writer
from wellhead_historian.store.interface import Reader, Writer
from wellhead_historian.store.packing.packer import pack
from wellhead_historian.store.rollups.keeping import put
from wellhead_historian.testing import FAR, make_source, make_tags

LATER = 4_000_000_000_000_000
"""A time in 2096: everything that the tests store is over by then."""
_SETTLE = (
    "SELECT public.compress_chunk(chunk, true) FROM public.show_chunks('historian_reading') chunk",
    "CALL public.refresh_continuous_aggregate('historian_minute', NULL, '2096-01-01')",
    "CALL public.refresh_continuous_aggregate('historian_hour', NULL, '2096-01-01')",
    "CALL public.refresh_continuous_aggregate('historian_day', NULL, '2096-01-01')",
)


@dataclass(frozen=True, slots=True)
class Place:
    """A database whose default tenant has this store."""

    kind: Kind
    settings: sdk.Settings
    admin_url: str

    def settle(self) -> None:
        """Everything that is stored takes the form that it will have later."""
        if self.kind is Kind.PACKED:
            with sdk.connect(self.settings, "default", autocommit=True) as connection:
                assert pack(connection, put, LATER) is not None
            return
        with psycopg.connect(self.admin_url, autocommit=True) as connection:
            connection.execute("SET search_path = tenant_default")
            for statement in _SETTLE:
                connection.execute(statement)


def without_timescale(cluster: Cluster) -> str:
    """Why this server cannot have the hypertables; empty when it can."""
    with cluster.connect() as connection:
        found = connection.execute(
            "SELECT default_version FROM pg_available_extensions WHERE name = 'timescaledb'"
        ).fetchone()
        loaded = connection.execute("SHOW shared_preload_libraries").fetchone()
    if found is None:
        return "TimescaleDB is not installed in this PostgreSQL"
    if loaded is None or "timescaledb" not in loaded[0]:
        return "TimescaleDB is not in this server's shared_preload_libraries"
    return ""


@pytest.fixture(scope="session", params=[kind.value for kind in Kind])
def place(
    request: pytest.FixtureRequest, cluster: Cluster, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Place]:
    """One database a store, which the tests of a process share: they make tags of their own."""
    kind = Kind(request.param)
    folder = tmp_path_factory.mktemp("store")
    if kind is Kind.PACKED:
        with cluster.database(request.getfixturevalue("template_database")) as name:
            settings = sdk.Settings(data_dir=folder, database=cluster.settings(name))
            yield Place(kind, settings, cluster.admin_url(name))
        return
    missing = without_timescale(cluster)
    if missing:
        pytest.skip(missing)
    with cluster.database() as name:
        with psycopg.connect(cluster.admin_url(name), autocommit=True) as connection:
            connection.execute("CREATE EXTENSION IF NOT EXISTS timescaledb")
        settings = sdk.Settings(data_dir=folder, database=cluster.settings(name))
        runtime = Runtime.make(settings)
        app = create_app(runtime)
        Migrator(app, runtime.urls, runtime.plugins).upgrade()
        with app.app_context():
            db.engine.dispose()
        yield Place(kind, settings, cluster.admin_url(name))


@pytest.fixture
def connection(place: Place) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    """A connection inside the default tenant, out of any transaction."""
    with sdk.connect(place.settings, "default", autocommit=True) as made:
        assert kind_of(made) is place.kind
        yield made


@pytest.fixture
def source(connection: psycopg.Connection[tuple[object, ...]]) -> int:
    return make_source(connection, uuid4().hex)


@pytest.fixture
def tags(connection: psycopg.Connection[tuple[object, ...]]) -> npt.NDArray[np.int32]:
    """Five new tags."""
    return make_tags(connection, 5, uuid4().hex)


@pytest.fixture
def store(connection: psycopg.Connection[tuple[object, ...]]) -> Writer:
    return make_writer(connection)


@pytest.fixture
def reader(connection: psycopg.Connection[tuple[object, ...]]) -> Reader:
    return make_reader(connection)


@pytest.fixture
def write(
    connection: psycopg.Connection[tuple[object, ...]], store: Writer
) -> Callable[..., Sequence[sdk.Batch]]:
    """Store batches, all of a call in one transaction."""

    def run(*batches: sdk.Batch, latest_time: int = FAR) -> Sequence[sdk.Batch]:
        with connection.transaction():
            return batches_of(store.write(batches, latest_time))

    return run
