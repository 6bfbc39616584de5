"""The process `witsml` killed, its store restarted and its database gone: no gap, nothing twice.

The rows of a log by time and of one by depth grow all the while, faster than one answer holds, so
that each look is a part and the process is always at work.
"""

import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql
from tests.plugins.witsml.conftest import LOOPBACK
from tests.plugins.witsml.growth import CURVES, Growth, check_depths, check_readings, stored
from tests.plugins.witsml.rig import Rig

from wellhead.testing import ApiClient, free_port, wait_until
from wellhead.testing.cluster import Cluster
from wellhead_witsml.protocol.client import Store as Client
from wellhead_witsml.protocol.http import Site
from wellhead_witsml.store.functions import Rules
from wellhead_witsml.store.server import StoreServer

pytestmark = pytest.mark.system
RULES = Rules(max_nodes=20)


class Process:
    """`wellhead witsml run`, again after each kill."""

    def __init__(self, config: Path) -> None:
        self._command = [sys.executable, "-m", "wellhead", "--config", str(config), "witsml", "run"]
        self._child: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._child = subprocess.Popen(self._command, stderr=subprocess.DEVNULL)

    def kill(self) -> None:
        if self._child is not None:
            self._child.kill()
            self._child.wait()


@contextmanager
def away(cluster: Cluster, database: str) -> Iterator[None]:
    """The database as during a restart: connections end, and new ones are refused."""
    with psycopg.connect(cluster.admin_url("postgres"), autocommit=True) as admin:
        allow = sql.SQL("ALTER DATABASE {} WITH ALLOW_CONNECTIONS {}")
        name = sql.Identifier(database)
        admin.execute(allow.format(name, sql.SQL("false")))
        admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (database,)
        )
        yield
        admin.execute(allow.format(name, sql.SQL("true")))


def wait_for_all(rig: Rig, log: str, rows: int) -> None:
    """Each part has its time: how many there are depends on how long the machine took so far."""
    reached = stored(rig, log)
    while reached < rows:
        wait_until(lambda: stored(rig, log) > reached, 60, what=f"more than {reached} of {rows}")  # noqa: B023
        reached = stored(rig, log)


@pytest.mark.parametrize("kills", [2, pytest.param(20, marks=pytest.mark.soak)])
def test_r1_r3_a_killed_reader_and_restarts_lose_and_double_no_row(
    api: ApiClient, cluster: Cluster, database: str, config_file: Path, tmp_path: Path, kills: int
) -> None:
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    chance = random.Random(seed)
    file, port = tmp_path / "store.db", free_port()
    server = StoreServer(RULES, file=file, port=port)
    server.start()
    store: dict[str, Any] = {"name": "Rig", "url": server.url, "allow_plain": True}
    record = api.post("/api/v1/witsml/stores", store).data
    process = Process(config_file)
    with Client(Site(server.url), LOOPBACK) as writer:
        rig = Rig("Rig", server, writer, api, record["id"], None)
        rig.fill()
        rig.bring()
        rig.start_log("t", CURVES)
        rig.start_log("d", CURVES, index_type="measured depth")
        by_time, by_depth = rig.follow("t"), rig.follow("d")
        growth = Growth(rig)
        growth.start()

        try:
            for number in range(kills):
                process.start()
                before = stored(rig, by_time), stored(rig, by_depth)
                wait_until(
                    lambda: stored(rig, by_time) > before[0] and stored(rig, by_depth) > before[1],  # noqa: B023
                    60,
                    what="rows of both logs",
                )
                time.sleep(chance.uniform(0, 0.3))
                if number % 2:
                    server.stop()
                    server = StoreServer(RULES, file=file, port=port)
                    time.sleep(chance.uniform(0, 0.2))
                    server.start()
                else:
                    with away(cluster, database):
                        time.sleep(chance.uniform(0, 0.2))
                time.sleep(chance.uniform(0, 0.3))
                process.kill()
            process.start()
            rows = growth.end()
            for log in (by_time, by_depth):
                wait_for_all(rig, log, rows)
            time.sleep(0.2)
        finally:
            growth.end()
            process.kill()
            server.stop()
        assert (stored(rig, by_time), stored(rig, by_depth)) == (rows, rows)
        check_readings(rig, by_time, rows)
        check_depths(rig, by_depth, rows)
