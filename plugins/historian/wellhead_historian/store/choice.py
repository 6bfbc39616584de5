"""Which store a tenant's readings are in, and the way into it and out of it.

The database says it, not the configuration: readings that lie in one store would be hidden from
whoever looked into the other. It is written down when the tenant's tables are made, and what is
configured later is only compared with it.
"""

from enum import StrEnum
from typing import Any

import psycopg

from wellhead import sdk
from wellhead_historian.store.hot import HotStore
from wellhead_historian.store.interface import Reader, Writer
from wellhead_historian.store.packed import PackedReader
from wellhead_historian.store.texts import MOST_TEXTS
from wellhead_historian.store.timescale.reader import TimescaleReader
from wellhead_historian.store.timescale.writer import TimescaleWriter


class Kind(StrEnum):
    """The stores that there are."""

    PACKED = "packed"
    TIMESCALE = "timescale"


AUTO = "auto"
"""Configured: hypertables where a new tenant's database has TimescaleDB."""


def kind_of(connection: psycopg.Connection[Any]) -> Kind:
    """The store of the tenant that `connection` belongs to."""
    row = connection.execute("SELECT kind FROM historian_store").fetchone()
    assert row is not None
    return Kind(row[0])


def choose(configured: str, has_readings: bool, missing: str | None) -> Kind:
    """The store of a tenant that has none yet. Raises WellheadError where what is configured cannot
    be.

    has_readings: of an earlier version, in the packed store
    missing: why hypertables cannot be made, None = they can
    """
    if has_readings:
        check(Kind.PACKED, configured)
        return Kind.PACKED
    if configured == Kind.TIMESCALE and missing is not None:
        raise sdk.WellheadError(
            missing,
            field="[plugins.historian] store",
            value=configured,
            remedy='As a superuser run CREATE EXTENSION timescaledb there, or set "auto"',
        )
    if configured == Kind.PACKED or missing is not None:
        return Kind.PACKED
    return Kind.TIMESCALE


def check(kind: Kind, configured: str) -> None:
    """Raises WellheadError when another store is configured than the readings are in."""
    if configured not in (AUTO, kind):
        raise sdk.WellheadError(
            f"the tenant's readings are in the {kind} store, and stay there",
            field="[plugins.historian] store",
            value=configured,
            remedy=f'Set "{kind}" or "auto"; a store is chosen once, for a new tenant',
        )


def make_writer(
    connection: psycopg.Connection[Any],
    most_texts: int = MOST_TEXTS,
    last: dict[int, bytes] | None = None,
) -> Writer:
    """The way into the readings of the tenant that `connection` belongs to; a transaction that is
    not begun stays so. most_texts: see TextNumbers; last: see Layouts"""
    with connection.transaction():
        match kind_of(connection):
            case Kind.PACKED:
                return HotStore(connection, most_texts, last)
            case Kind.TIMESCALE:
                return TimescaleWriter(connection, most_texts)


def make_reader(connection: psycopg.Connection[Any]) -> Reader:
    """The way to the readings of the tenant that `connection` belongs to."""
    match kind_of(connection):
        case Kind.PACKED:
            return PackedReader(connection)
        case Kind.TIMESCALE:
            return TimescaleReader(connection)
