"""Connections, stores and spools of the historian's tests."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import psycopg
import pytest

from wellhead import sdk
from wellhead_historian.spool.spool import Spool
from wellhead_historian.store.choice import Kind, kind_of, make_reader, make_writer
from wellhead_historian.store.interface import Reader, Writer
from wellhead_historian.testing import FAR, make_source, make_tags

_ROWS = "SELECT count(*) FROM historian_hot"
_TIMES = "SELECT count(DISTINCT ts) FROM historian_reading"


@pytest.fixture
def connection(settings: sdk.Settings) -> Iterator[psycopg.Connection[Any]]:
    """A connection inside the default tenant."""
    with sdk.connect(settings, "default") as made:
        yield made


@pytest.fixture
def packed(connection: psycopg.Connection[Any]) -> None:
    """For what looks into the packed store's own tables: skips where new tenants have another."""
    kind = kind_of(connection)
    connection.rollback()
    if kind is not Kind.PACKED:
        pytest.skip(f"the readings of this server's tenants are in {kind}")


@pytest.fixture
def stored_rows(connection: psycopg.Connection[Any]) -> Callable[[], int]:
    """How many rows the tenant's store has of new readings; of hypertables, how many times."""

    def count() -> int:
        with connection.transaction():
            hot = kind_of(connection) is Kind.PACKED
            row = connection.execute(_ROWS if hot else _TIMES).fetchone()
        assert row is not None
        return int(row[0])

    return count


@pytest.fixture
def source(connection: psycopg.Connection[Any]) -> int:
    return make_source(connection)


@pytest.fixture
def tags(connection: psycopg.Connection[Any]) -> npt.NDArray[np.int32]:
    """Five tags."""
    return make_tags(connection, 5)


@pytest.fixture
def store(connection: psycopg.Connection[Any]) -> Writer:
    return make_writer(connection)


@pytest.fixture
def reader(connection: psycopg.Connection[Any]) -> Reader:
    return make_reader(connection)


@pytest.fixture
def write(connection: psycopg.Connection[Any], store: Writer) -> Callable[..., None]:
    """Store batches, all of a call in one transaction."""

    def run(*batches: sdk.Batch, latest_time: int = FAR) -> None:
        with connection.transaction():
            store.write(batches, latest_time)

    return run


@pytest.fixture
def spool(tmp_path: Path) -> Iterator[Spool]:
    made = Spool(tmp_path / "spool.db")
    yield made
    made.close()
