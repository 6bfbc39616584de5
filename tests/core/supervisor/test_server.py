"""The embedded database under the supervisor: killed, said, and there again."""

import os
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from structlog.testing import capture_logs

from wellhead.database.embedded import EmbeddedPostgres
from wellhead.supervisor.server import DatabaseServer
from wellhead.testing import wait_until


@pytest.fixture
def server() -> Iterator[EmbeddedPostgres]:
    folder = Path(tempfile.mkdtemp(prefix="wh-"))
    made = EmbeddedPostgres(folder)
    made.start()
    yield made
    made.stop("immediate")
    shutil.rmtree(folder)


def test_a_killed_database_is_told_of_and_started_again(server: EmbeddedPostgres) -> None:
    kept = DatabaseServer(server)
    first = server.pid()
    assert first is not None
    kept.watch(time.monotonic())
    role = kept.role()
    assert (role.name, role.pid, role.restarts) == ("database", first, 0)
    assert time.time() - 60 < role.since <= time.time()

    os.kill(first, signal.SIGKILL)
    wait_until(lambda: server.pid() is None, what="death of the server")
    with capture_logs() as logs:
        kept.watch(time.monotonic())
        role = kept.role()
        assert (role.pid, role.restarts) == (None, 1)
        assert role.next_start is not None

        def runs() -> bool:
            kept.watch(time.monotonic())
            return kept.role().pid not in (None, first)

        wait_until(runs, 60, what="the database again")
    assert [entry["event"] for entry in logs if entry["log_level"] == "error"] == [
        "the database ended by itself, it is started again"
    ]
    with psycopg.connect(server.url()) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)

    kept.end()
    assert server.pid() is None


def test_a_database_whose_folder_is_gone_is_not_made_anew_but_started_once_that_is_back(
    server: EmbeddedPostgres,
) -> None:
    """As while a backup is restored: an empty one would be mixed with it."""
    kept = DatabaseServer(server)
    away = server.pgdata.with_name("away")
    server.stop("immediate")
    server.pgdata.rename(away)

    def watch(said: str) -> None:
        now = time.monotonic()

        def does() -> bool:
            nonlocal now
            now += 60  # as often as it is asked
            kept.watch(now)
            return any(said in entry["event"] for entry in logs)

        with capture_logs() as logs:
            wait_until(does, 60, what=said)
        reasons.extend(entry["reason"] for entry in logs if "does not start" in entry["event"])

    reasons: list[str] = []
    watch("does not start")
    assert "data_dir: the embedded database is gone" in reasons[0]
    assert "Bring its folder back" in reasons[0]
    assert not server.initialised
    away.rename(server.pgdata)
    watch("runs again")
    kept.end()
