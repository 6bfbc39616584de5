"""An edge's database and a centre's, on the run's one PostgreSQL, and a centre that serves."""

import dataclasses
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from flask import Flask
from werkzeug.serving import make_server

from wellhead import sdk
from wellhead.app import create_app
from wellhead.database.extension import db
from wellhead.runtime import Runtime
from wellhead.testing import ApiClient
from wellhead.testing.cluster import Cluster

Connect = Callable[[], psycopg.Connection[Any]]


@pytest.fixture
def edge(settings: sdk.Settings) -> Connect:
    """Connections into the edge's database, in autocommit."""
    return lambda: sdk.connect(settings, "default", autocommit=True)


@pytest.fixture
def connection(edge: Connect) -> Iterator[psycopg.Connection[Any]]:
    with edge() as made:
        yield made


@pytest.fixture(scope="session")
def composed_centre(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """What tests have as their centre in turn; its database is there while one of them runs."""
    settings = sdk.Settings(
        data_dir=tmp_path_factory.mktemp("centre"),
        database=cluster.settings(f"wh_{uuid.uuid4().hex[:12]}"),
        plugins={"uplink": {"accept": True}},
    )
    return create_app(Runtime.make(settings))


@pytest.fixture
def centre(composed_centre: Flask, cluster: Cluster, template_database: str) -> Iterator[Flask]:
    """Another Wellhead, which accepts edges."""
    runtime = sdk.runtime_of(composed_centre)
    with cluster.database(template_database, runtime.urls.app.database):
        yield composed_centre
        with composed_centre.app_context():
            db.engine.dispose()
    assert not runtime.failures()


@pytest.fixture
def at_centre(centre: Flask) -> Iterator[psycopg.Connection[Any]]:
    """A connection into the centre's database, in autocommit."""
    settings = sdk.runtime_of(centre).settings
    with sdk.connect(settings, "default", autocommit=True) as made:
        yield made


@pytest.fixture
def client(centre: Flask) -> ApiClient:
    """The centre's administrator."""
    return ApiClient(centre).as_role("admin")


@dataclasses.dataclass(frozen=True, slots=True)
class Address:
    """Where the centre serves, and what an edge needs to send there."""

    port: int
    key_file: Path

    def options(self, port: int | None = None) -> dict[str, Any]:
        return {
            "url": f"http://127.0.0.1:{port or self.port}",
            "edge": "pad-7",
            "key_file": str(self.key_file),
        }


@pytest.fixture
def served(centre: Flask, client: ApiClient, tmp_path: Path) -> Iterator[Address]:
    """The centre on a port of loopback."""
    with serving(centre, client, tmp_path) as address:
        yield address


@contextmanager
def serving(
    centre: Flask, client: ApiClient, tmp_path: Path, tls: tuple[Path, Path] | None = None
) -> Iterator[Address]:
    """tls: certificate and key, for https"""
    key = client.post(
        "/api/v1/auth/keys", {"name": "pad-7", "scopes": ["uplink.send"], "days": 1}
    ).data["key"]
    path = tmp_path / "centre.key"
    path.write_text(key + "\n", encoding="utf-8")
    pair = None if tls is None else (str(tls[0]), str(tls[1]))
    server = make_server("127.0.0.1", 0, centre, threaded=True, ssl_context=pair)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield Address(server.server_port, path)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
