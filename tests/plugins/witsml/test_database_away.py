"""R3: PostgreSQL crashes while logs are followed, and comes back: no gap, nothing twice."""

import shutil
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from tests.plugins.witsml.conftest import LOOPBACK
from tests.plugins.witsml.growth import CURVES, Growth, check_depths, check_readings, stored
from tests.plugins.witsml.rig import Rig

from wellhead import sdk
from wellhead.app import create_app
from wellhead.database.embedded import EmbeddedPostgres
from wellhead.database.migrate import Migrator
from wellhead.testing import ApiClient, wait_until
from wellhead.testing.fixtures import make_users
from wellhead_witsml.polling.worker import Worker
from wellhead_witsml.protocol.client import Store as Client
from wellhead_witsml.protocol.http import Site
from wellhead_witsml.store.functions import Rules
from wellhead_witsml.store.server import StoreServer


@pytest.fixture
def postgres() -> Iterator[EmbeddedPostgres]:
    """A server of this test's own, with every safety on: it is going to be crashed."""
    folder = Path(tempfile.mkdtemp(prefix="wh-"))  # short: the socket's path has a limit
    server = EmbeddedPostgres(folder)
    try:
        server.start()
        yield server
    finally:
        server.stop("immediate")
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def own_app(postgres: EmbeddedPostgres) -> Iterator[Flask]:
    runtime = sdk.Runtime.make(sdk.Settings(data_dir=postgres.pgdata.parent))
    app = create_app(runtime)
    Migrator(app, runtime.urls, runtime.plugins).upgrade()
    with app.app_context():
        make_users()
    yield app
    with app.app_context():
        sdk.db.engine.dispose()


@pytest.mark.soak
def test_r3_a_crashed_database_loses_and_doubles_no_row(
    own_app: Flask, postgres: EmbeddedPostgres
) -> None:
    api = ApiClient(own_app).as_role("admin")
    with StoreServer(Rules(max_nodes=20)) as server, Client(Site(server.url), LOOPBACK) as writer:
        store = {"name": "Rig", "url": server.url, "allow_plain": True}
        key = api.post("/api/v1/witsml/stores", store).data["id"]
        worker = Worker(own_app, "default", uuid.UUID(key))
        rig = Rig("Rig", server, writer, api, key, worker)
        rig.fill()
        rig.bring()
        rig.start_log("t", CURVES)
        rig.start_log("d", CURVES, index_type="measured depth")
        logs = rig.follow("t"), rig.follow("d")
        growth = Growth(rig)
        growth.start()
        worker.start()
        try:
            for _ in range(3):
                for log in logs:
                    before = stored(rig, log)
                    wait_until(lambda: stored(rig, log) > before, 30, what="rows")  # noqa: B023
                postgres.stop("immediate")
                grown = growth.rows + 40
                wait_until(lambda: growth.rows > grown, 30, what="a backlog")  # noqa: B023
                postgres.start()
            rows = growth.end()
            for log in logs:
                wait_until(lambda: stored(rig, log) >= rows, 60, what="all rows")  # noqa: B023
        finally:
            growth.end()
            worker.end()
            worker.join()
    assert [stored(rig, log) for log in logs] == [rows, rows]
    check_readings(rig, logs[0], rows)
    check_depths(rig, logs[1], rows)
