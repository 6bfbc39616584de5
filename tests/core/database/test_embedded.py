"""The embedded server: made, adopted, recovered after a kill, stopped."""

import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from wellhead.database.embedded import EmbeddedPostgres
from wellhead.errors import DatabaseError
from wellhead.testing import wait_until


@pytest.fixture(scope="module")
def server() -> Iterator[EmbeddedPostgres]:
    folder = Path(tempfile.mkdtemp(prefix="wh-"))
    made = EmbeddedPostgres(folder)
    made.start()
    yield made
    made.stop("immediate")
    shutil.rmtree(folder)


def query(server: EmbeddedPostgres, statement: str) -> object:
    with psycopg.connect(server.url(), autocommit=True) as connection:
        cursor = connection.execute(statement)
        return cursor.fetchone() if cursor.description else None


def test_r14_a_running_server_is_adopted(server: EmbeddedPostgres) -> None:
    before = server.pid()
    again = EmbeddedPostgres(server.pgdata.parent)
    again.start()
    assert again.pid() == before is not None


def test_the_socket_is_private_and_no_port_is_open(server: EmbeddedPostgres) -> None:
    assert server.pgdata.stat().st_mode & 0o777 == 0o700
    pid = server.pid()
    assert pid is not None
    listening = [c for c in psutil.Process(pid).net_connections("inet") if c.status == "LISTEN"]
    assert listening == []


def test_r14_after_kill_9_it_recovers_what_was_committed(server: EmbeddedPostgres) -> None:
    """R14."""
    query(server, "CREATE TABLE kept AS SELECT 42 AS answer")
    pid = server.pid()
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: server.pid() is None, what="death of the server")
    assert (server.pgdata / "postmaster.pid").exists()
    server.start()
    assert query(server, "SELECT answer FROM kept") == (42,)


def test_r14_a_stale_pid_of_another_process_is_not_signalled(server: EmbeddedPostgres) -> None:
    """R14: the lock file names a process that is alive but not a PostgreSQL of ours."""
    server.stop()
    assert server.pid() is None
    lock = server.pgdata / "postmaster.pid"
    lock.write_text(f"{os.getpid()}\n{server.pgdata}\n")
    server.stop()  # would end this very test
    server.start()
    assert server.pid() not in (None, os.getpid())
    assert query(server, "SELECT 1") == (1,)


def test_a_path_too_long_for_a_socket_is_refused() -> None:
    with pytest.raises(DatabaseError, match="WELLHEAD_DATA_DIR"):
        EmbeddedPostgres(Path("/tmp") / ("x" * 100))
