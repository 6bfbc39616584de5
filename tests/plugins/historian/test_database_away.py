"""R3: PostgreSQL crashes and comes back; nothing is lost, and the backlog melts away."""

import shutil
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import psutil
import psycopg
import pytest

from wellhead import sdk
from wellhead.app import create_app
from wellhead.database.embedded import EmbeddedPostgres
from wellhead.database.migrate import Migrator
from wellhead.testing import wait_until
from wellhead_historian.forwarding.forwarder import Forwarder
from wellhead_historian.spool.spool import Spool
from wellhead_historian.testing import BASE, make_source, make_tags, scan

TAGS = 100
PERIOD = 0.02  # 50 scans of 100 tags a second: 5,000 readings/s


@pytest.fixture
def own_settings() -> Iterator[sdk.Settings]:
    """A server of this test's own, that is going to be crashed: every safety is on but the one that
    others may switch off there."""
    folder = Path(tempfile.mkdtemp(prefix="wh-"))  # short: the socket's path has a limit
    server = EmbeddedPostgres(folder)
    settings = sdk.Settings(data_dir=folder)
    try:
        server.start()
        runtime = sdk.Runtime.make(settings)
        app = create_app(runtime)
        Migrator(app, runtime.urls, runtime.plugins).upgrade()
        with app.app_context():
            sdk.db.engine.dispose()
        with psycopg.connect(server.url(), autocommit=True) as connection:
            connection.execute("ALTER SYSTEM SET synchronous_commit = off")
            connection.execute("SELECT pg_reload_conf()")
        yield settings
    finally:
        server.stop("immediate")
        shutil.rmtree(folder, ignore_errors=True)


class Feeder(threading.Thread):
    """A live source: a scan every PERIOD until it is stopped."""

    def __init__(self, spool: Spool, source: int, tags: np.ndarray) -> None:
        super().__init__(daemon=True)
        self._spool, self._source, self._tags = spool, source, tags
        self.stopping = threading.Event()
        self.sent = 0

    def run(self) -> None:
        while not self.stopping.wait(PERIOD):
            new = scan(self._source, BASE + self.sent, self._tags, first=self.sent)
            self._spool.append(new).result(10)
            self.sent += 1


@pytest.mark.alone
@pytest.mark.parametrize(
    "outage", [200, pytest.param(30_000, marks=pytest.mark.soak)], ids=["fast", "ten minutes"]
)
def test_r3_a_crashed_database_loses_nothing(
    own_settings: sdk.Settings, tmp_path: Path, outage: int
) -> None:
    """outage: scans that pile up"""
    with sdk.connect(own_settings, "default") as connection:
        source, tags = make_source(connection), make_tags(connection, TAGS)
    server = EmbeddedPostgres(own_settings.data_dir)
    spool = Spool(tmp_path / "spool.db")
    forwarder = Forwarder(spool, lambda: sdk.connect(own_settings, "default"))
    forwarder.start()
    feeder = Feeder(spool, source, tags)
    feeder.start()
    wait_until(lambda: forwarder.state.batches > 20, what="live forwarding")
    memory = psutil.Process().memory_info().rss
    server.stop("immediate")
    at_stop = forwarder.state.batches
    wait_until(
        lambda: feeder.sent > at_stop + outage, timeout=60 + 2 * outage * PERIOD, what="a backlog"
    )
    assert not forwarder.state.connected
    grown = (psutil.Process().memory_info().rss - memory) / 2**20
    server.start()
    wait_until(lambda: forwarder.state.connected, timeout=30, what="the reconnection")
    begun, sent = time.monotonic(), feeder.sent
    wait_until(
        lambda: forwarder.state.batches >= sent, timeout=30 + outage * PERIOD, what="catching up"
    )
    speed = (sent - at_stop) * PERIOD / (time.monotonic() - begun)
    feeder.stopping.set()
    feeder.join(10)
    wait_until(lambda: spool.backlog == (0, 0), what="an empty spool")
    assert forwarder.stop(10)
    spool.close()
    with sdk.connect(own_settings, "default") as connection:
        rows = connection.execute("SELECT value[1]::int8 FROM historian_hot ORDER BY seq")
        assert [row[0] for row in rows] == list(range(feeder.sent))
    print(f"{feeder.sent} scans, caught up {speed:.0f} × live, memory +{grown:.1f} MiB")
    assert speed >= 5
    assert grown <= 50
