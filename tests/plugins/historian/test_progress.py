"""A spool beside a database that is not the one which it was stored in before."""

import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import psycopg
import pytest

from wellhead import sdk
from wellhead.testing import wait_until
from wellhead_historian.forwarding.forwarder import Forwarder
from wellhead_historian.forwarding.gaps import OLDER
from wellhead_historian.spool.file import STORED
from wellhead_historian.spool.spool import Spool
from wellhead_historian.testing import BASE, scan

from .forwards import Connect, delivered, forwarding

pytestmark = pytest.mark.one_app

Tags = npt.NDArray[np.int32]
ANEW = "DELETE FROM historian_ledger RETURNING spool_id, position"


@pytest.fixture
def connect(settings: sdk.Settings) -> Connect:
    return lambda: sdk.connect(settings, "default")


def connected(forwarder: Forwarder) -> None:
    wait_until(lambda: forwarder.state.connected, timeout=20, what="a connection")


def held(forwarder: Forwarder) -> None:
    wait_until(lambda: "made anew" in (forwarder.state.error or ""), timeout=20, what="the error")


def test_what_waits_for_another_database_is_held_until_that_is_back(
    tmp_path: Path,
    connect: Connect,
    connection: psycopg.Connection[Any],
    stored_rows: Callable[[], int],
    source: int,
    tags: Tags,
) -> None:
    """As after a tenant was dropped and made again: its tags have the ids that the old ones had."""
    spool = Spool(tmp_path / "spool.db")
    spool.append(scan(source, BASE, tags)).result(10)
    with forwarding(spool, connect):
        delivered(spool)
    spool.append(scan(source, BASE + 1, tags)).result(10)
    spool.close()
    with connection.transaction():
        row = connection.execute(ANEW).fetchone()
    spool = Spool(spool.path)
    with forwarding(spool, connect) as forwarder:
        held(forwarder)
        said = forwarder.state.error or ""
        assert str(spool.path) in said
        assert "move this file away" in said
        spool.append(scan(source, BASE + 2, tags)).result(10)
        assert (stored_rows(), spool.backlog[0]) == (1, 2)
        with connection.transaction():
            connection.execute(
                "INSERT INTO historian_ledger (spool_id, position) VALUES (%s, %s)", row
            )
        delivered(spool)
    assert stored_rows() == 3
    spool.close()


def test_a_database_that_changes_under_a_gateway_gets_nothing_of_what_it_reads_for_the_other(
    spool: Spool,
    settings: sdk.Settings,
    connection: psycopg.Connection[Any],
    stored_rows: Callable[[], int],
    source: int,
    tags: Tags,
) -> None:
    connections: list[psycopg.Connection[Any]] = []

    def connect() -> psycopg.Connection[Any]:
        connections.append(sdk.connect(settings, "default"))
        return connections[-1]

    with forwarding(spool, connect) as forwarder:
        spool.append(scan(source, BASE, tags)).result(10)
        delivered(spool)
        with connection.transaction():
            connection.execute(ANEW)
        connections[-1].close()
        spool.append(scan(source, BASE + 1, tags)).result(10)
        held(forwarder)
        assert (stored_rows(), spool.backlog[0]) == (1, 1)


def test_an_empty_spool_goes_on_at_another_database(
    tmp_path: Path,
    connect: Connect,
    connection: psycopg.Connection[Any],
    stored_rows: Callable[[], int],
    source: int,
    tags: Tags,
) -> None:
    spool = Spool(tmp_path / "spool.db")
    for step in range(2):
        with forwarding(spool, connect) as forwarder:
            connected(forwarder)
            spool.append(scan(source, BASE + step, tags)).result(10)
            delivered(spool)
        spool.close()
        with connection.transaction():
            connection.execute(ANEW)
        spool = Spool(spool.path)
    assert stored_rows() == 2
    spool.close()


def test_what_a_backup_lacks_that_was_restored_while_nothing_ran_is_a_gap_once(
    tmp_path: Path,
    connect: Connect,
    connection: psycopg.Connection[Any],
    source: int,
    tags: Tags,
) -> None:
    def run(times: range) -> None:
        spool = Spool(tmp_path / "spool.db")
        with forwarding(spool, connect) as forwarder:
            connected(forwarder)
            for time in times:
                spool.append(scan(source, BASE + time, tags)).result(10)
            delivered(spool)
        spool.close()

    def gaps() -> list[Any]:
        with connection.transaction():
            return connection.execute(
                "SELECT source_id, readings, reason, begins <= ends FROM historian_gap"
            ).fetchall()

    run(range(1))
    with connection.transaction():
        backup = connection.execute("SELECT spool_id, position FROM historian_ledger").fetchone()
    assert backup is not None
    run(range(1, 3))
    run(range(0))
    assert gaps() == []
    with connection.transaction():
        connection.execute("UPDATE historian_ledger SET position = %s", (backup[1],))
    run(range(0))
    assert gaps() == [(0, 0, OLDER, True)]
    run(range(0))
    run(range(3, 4))
    run(range(0))
    assert len(gaps()) == 1


def test_a_spool_that_went_on_empty_at_another_database_is_not_told_apart_as_an_older_one(
    tmp_path: Path,
    connect: Connect,
    connection: psycopg.Connection[Any],
    source: int,
    tags: Tags,
) -> None:
    identities: list[uuid.UUID] = []
    for _ in range(3):
        spool = Spool(tmp_path / "spool.db")
        with forwarding(spool, connect) as forwarder:
            connected(forwarder)
            if not identities:
                spool.append(scan(source, BASE, tags)).result(10)
                delivered(spool)
        identities.append(spool.id)
        spool.close()
        if len(identities) == 1:
            with connection.transaction():
                connection.execute(ANEW)
    with connection.transaction():
        assert connection.execute("SELECT FROM historian_gap").fetchall() == []
    assert identities[0] != identities[1] == identities[2]


def test_how_far_a_spool_is_stored_is_noted_now_and_then_and_at_its_end(
    tmp_path: Path, source: int, tags: Tags
) -> None:
    """Each note is a page of the log more, on a disk that wears."""
    spool = Spool(tmp_path / "spool.db")
    for step in range(3):
        number = spool.append(scan(source, BASE + step, tags)).result(10)
        spool.remove(number)
        delivered(spool)
        assert spool.load(STORED) == 1
    spool.close()
    spool = Spool(spool.path)
    assert spool.load(STORED) == 3
    spool.close()
