"""After a power failure the database may be up later than what reads the field."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from wellhead.database.embedded import EmbeddedPostgres
from wellhead.testing import free_port, wait_until
from wellhead.testing.running import RunningWellhead, data_folder
from wellhead_historian.spool.file import count_batches

pytestmark = pytest.mark.system

CONFIG = """
[database]
url = "{app}"
admin_url = "{admin}"

[plugins.simulator]
run = true
wells = 1
base_port = {port}
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    with data_folder() as made:
        yield made


@pytest.fixture
def server(folder: Path) -> Iterator[EmbeddedPostgres]:
    """A database server that Wellhead did not start."""
    made = EmbeddedPostgres(folder)
    made.start()
    with psycopg.connect(made.url(), autocommit=True) as connection:
        connection.execute("CREATE ROLE app LOGIN NOINHERIT")
    yield made
    made.stop("immediate")


def test_r3_what_is_read_before_the_database_is_there_is_kept(
    folder: Path, server: EmbeddedPostgres
) -> None:
    config = folder / "wellhead.toml"
    urls = {"app": server.url("app"), "admin": server.url()}
    config.write_text(CONFIG.format(port=free_port(), **urls))
    data = folder / "data"

    def start() -> RunningWellhead:
        return RunningWellhead(config, data)

    def spooled() -> int:
        [file] = (data / "spool").glob("*.db")
        return count_batches(file)

    wellhead = start()
    try:
        wellhead.wait_ready()
        session = wellhead.log_in()
        [tag] = wellhead.get(session, "/api/v1/tags?name=W01.BHP")
        path = f"/api/v1/tags/{tag['id']}/readings?from=2020-01-01T00:00:00Z"
        wait_until(lambda: wellhead.get(session, path)["t"], 30, what="a first value")
        assert wellhead.stop() == 0
        server.stop()
        gone = time.time()

        wellhead = start()
        wait_until(lambda: spooled() > 3, 60, what="readings, without a database")
        told = subprocess.run(
            [sys.executable, "-m", "wellhead", "status", "--config", str(data / "accepted.toml")],
            env={"WELLHEAD_DATA_DIR": str(data)},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert (
            "the database is not ready, what is read meanwhile is kept in the spools: "
            in told.stdout
        )
        assert "gateway main" in told.stdout
        assert "scheduler" not in told.stdout, "it could do nothing yet"
        family = wellhead.family()
        assert wellhead.stop(signal.SIGTERM, group=False) == 0, "it can be told to stop meanwhile"
        assert not any(process.is_running() for process in family)
        first = spooled()
        assert first > 3

        wellhead = start()
        wait_until(lambda: spooled() > first + 3, 60, what="more, without a database")
        back = time.time()
        server.start()
        wellhead.wait_ready()
        session = wellhead.log_in()

        def kept() -> int:
            times = wellhead.get(session, path)["t"]
            return sum(gone * 1e6 < at < back * 1e6 for at in times)

        wait_until(lambda: kept() > 6, 60, what="what was read meanwhile")
        assert wellhead.output().count("the database is away, it is tried again") == 1
        assert "the database is there" in wellhead.output()
        assert wellhead.stop() == 0
    finally:
        wellhead.end()
