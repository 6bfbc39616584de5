"""The process `witsml` killed, its store restarted and its database gone: no gap, nothing twice.

The rows of a log by time and of one by depth grow all the while, faster than one answer holds, so
that each look is a part and the process is always at work.
"""

import random
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql
from tests.plugins.witsml.conftest import LOOPBACK
from tests.plugins.witsml.rig import BEGIN, Rig, at

from wellhead import sdk
from wellhead.testing import ApiClient, free_port, wait_until
from wellhead.testing.cluster import Cluster
from wellhead_witsml.objects.logs import Curve
from wellhead_witsml.objects.times import microseconds
from wellhead_witsml.protocol.client import Store as Client
from wellhead_witsml.protocol.errors import WitsmlError
from wellhead_witsml.protocol.http import Site
from wellhead_witsml.store.functions import Rules
from wellhead_witsml.store.server import StoreServer

pytestmark = pytest.mark.system
RULES = Rules(max_nodes=20)
CURVES = [Curve(uid=name, mnemonic=name, unit="m/h", type="double") for name in ("ROP", "ROPA")]
EACH = 4


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


class Growth(threading.Thread):
    """Appends rows to both logs until it is told to end; tries again while the store is away."""

    def __init__(self, rig: Rig) -> None:
        super().__init__(daemon=True)
        self.rows = 0
        self._rig = rig
        self._ending = threading.Event()

    def run(self) -> None:
        while not self._ending.wait(0.1):
            numbers = range(self.rows, self.rows + EACH)
            values = {"ROP": [*map(float, numbers)], "ROPA": [one + 0.5 for one in numbers]}
            try:
                self._rig.grow("t", [at(one) for one in numbers], values)
                self._rig.grow("d", [500 + one / 8 for one in numbers], values)
            except WitsmlError:
                continue  # the same rows again: the store keeps them by index
            self.rows += EACH

    def end(self) -> int:
        """How many rows there are."""
        self._ending.set()
        self.join()
        return self.rows


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

        def stored(log: str) -> int:
            """By a connection of its own: one that stays would end when the database goes away."""
            with sdk.connect(sdk.runtime_of(api.app).settings, "default") as connection:
                row = connection.execute(
                    "SELECT rows FROM witsml_log_state WHERE log_id = %s", (log,)
                ).fetchone()
            return 0 if row is None else int(row[0])

        try:
            for number in range(kills):
                process.start()
                before = stored(by_time), stored(by_depth)
                wait_until(
                    lambda: stored(by_time) > before[0] and stored(by_depth) > before[1],  # noqa: B023
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
                wait_until(lambda: stored(log) >= rows, 60, what="all rows")  # noqa: B023
            time.sleep(0.2)
        finally:
            growth.end()
            process.kill()
            server.stop()
        assert (stored(by_time), stored(by_depth)) == (rows, rows)
        check_readings(rig, by_time, rows)
        check_depths(rig, by_depth, rows)


def check_readings(rig: Rig, log: str, rows: int) -> None:
    """Each reading is there, and as it lies in the store once."""
    with sdk.connect(sdk.runtime_of(rig.api.app).settings, "default") as connection:
        found = connection.execute(
            "SELECT ts, value FROM historian_hot JOIN historian_source s ON s.id = source_id"
            " WHERE s.name = %s",
            (f"witsml/{log}",),
        ).fetchall()
    start = microseconds(BEGIN)
    readings = sorted(
        (round((microseconds(ts) - start) / 1_000_000), value)
        for ts, values in found
        for value in values
    )
    assert readings == sorted((one, one + more) for one in range(rows) for more in (0.0, 0.5))


def check_depths(rig: Rig, log: str, rows: int) -> None:
    key = uuid.UUID(rig.api.get(f"/api/v1/witsml/logs/{log}").data["well_log_id"])
    with sdk.connect(sdk.runtime_of(rig.api.app).settings, "default") as connection:
        found = connection.execute(
            "SELECT rows, first_index, last_index FROM well_logs_log WHERE id = %s", (key,)
        ).fetchone()
        counted = connection.execute(
            "SELECT count, minimum, maximum, mean FROM well_logs_curve WHERE log_id = %s"
            " ORDER BY position",
            (key,),
        ).fetchall()
    assert found == (rows, 500.0, 500 + (rows - 1) / 8)
    assert counted == [
        (rows, more, rows - 1 + more, pytest.approx((rows - 1) / 2 + more)) for more in (0.0, 0.5)
    ]
