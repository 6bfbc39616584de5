"""Which store a tenant's readings are in, and the way into it and out of it.

The database says it, not the configuration: readings that lie in one store would be hidden from
whoever looked into the other. It is written down when the tenant's tables are made, and what is
configured is only compared with it afterwards.
"""

from enum import StrEnum
from typing import Any

import psycopg

from wellhead_historian.store.hot import HotStore
from wellhead_historian.store.interface import Reader, Writer
from wellhead_historian.store.packed import PackedReader
from wellhead_historian.store.texts import MOST_TEXTS


class Kind(StrEnum):
    """The stores that there are."""

    PACKED = "packed"


def kind_of(connection: psycopg.Connection[Any]) -> Kind:
    """The store of the tenant that `connection` belongs to."""
    row = connection.execute("SELECT kind FROM historian_store").fetchone()
    assert row is not None
    return Kind(row[0])


def make_writer(
    connection: psycopg.Connection[Any],
    most_texts: int = MOST_TEXTS,
    last: dict[int, bytes] | None = None,
) -> Writer:
    """The way into the readings of the tenant that `connection` belongs to; a transaction that is
    not begun stays so. most_texts: see TextNumbers; last: see Layouts"""
    with connection.transaction():
        kind = kind_of(connection)
    match kind:
        case Kind.PACKED:
            return HotStore(connection, most_texts, last)


def make_reader(connection: psycopg.Connection[Any]) -> Reader:
    """The way to the readings of the tenant that `connection` belongs to."""
    match kind_of(connection):
        case Kind.PACKED:
            return PackedReader(connection)
