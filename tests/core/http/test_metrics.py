"""/metrics: numbers of several processes, behind a permission or on a port of its own."""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from prometheus_client.parser import text_string_to_metric_families

from wellhead import metrics
from wellhead.app import create_app
from wellhead.database.extension import db
from wellhead.runtime import Runtime
from wellhead.settings import Settings
from wellhead.testing import ApiClient


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """A command that another test ran in this process has its metrics shared from then on."""
    monkeypatch.delenv("PROMETHEUS_MULTIPROC_DIR", raising=False)


def value(text: str, name: str, **labels: str) -> float:
    """The sum of the samples with this name and these labels."""
    return sum(
        sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name == name and labels.items() <= sample.labels.items()
    )


def scrape(client: ApiClient) -> str:
    response = client.app.test_client().get(
        "/metrics", headers={"Authorization": f"Bearer {client.token}"}
    )
    assert response.status_code == 200
    assert response.headers["Content-Type"] == metrics.CONTENT_TYPE
    return response.get_data(as_text=True)


def test_requests_are_counted_by_route_and_not_by_path(api: ApiClient) -> None:
    labels = {"method": "GET", "route": "/api/v1/assets/<uuid:id>", "status": "404"}
    before = value(scrape(api), "wellhead_http_requests_total", **labels)
    for _ in range(3):
        api.get("/api/v1/assets/00000000-0000-0000-0000-000000000007")
    text = scrape(api)

    assert value(text, "wellhead_http_requests_total", **labels) == before + 3
    del labels["status"]
    assert value(text, "wellhead_http_request_seconds_count", **labels) >= 3


def test_invented_methods_are_counted_as_one(api: ApiClient) -> None:
    for method in ("BREW", "WHEN"):
        assert api.request(method, "/api/v1/assets").status == 405
    text = scrape(api)
    assert "BREW" not in text
    assert value(text, "wellhead_http_requests_total", method="other", status="405") >= 2


def test_it_takes_a_permission(api: ApiClient) -> None:
    assert api.anonymous().get("/metrics").status == 401
    assert api.as_role("viewer").get("/metrics").status == 403


@pytest.fixture
def with_port(settings: Settings) -> Iterator[Flask]:
    app = create_app(Runtime.make(replace(settings, web=replace(settings.web, metrics_port=9464))))
    yield app
    with app.app_context():
        db.engine.dispose()


def test_the_port_of_its_own_serves_it_to_anybody_and_nothing_else(with_port: Flask) -> None:
    client = with_port.test_client()
    there = {"SERVER_PORT": "9464"}
    assert client.get("/metrics", environ_overrides=there).status_code == 200
    for path in ("/api/v1/assets", "/health/live", "/api/v1/openapi.json", "/"):
        assert client.get(path, environ_overrides=there).status_code == 404, path
    # a Host header does not make a request come in by that port
    forged = client.get("/metrics", headers={"Host": "localhost:9464"})
    assert forged.status_code == 401


_PROCESS = """
import os, sys
from pathlib import Path
from wellhead import metrics
metrics.share(Path(sys.argv[1]))
metrics.counter("test_total", "A test").inc(int(sys.argv[2]))
metrics.gauge("test_level", "A test").set(int(sys.argv[2]))
if sys.argv[3] == "show":
    print(metrics.exposition().decode())
else:
    print("ready", flush=True)
    sys.stdin.read()
"""


def test_processes_are_added_up_and_the_gone_have_no_level(tmp_path: Path) -> None:
    environ = {name: text for name, text in os.environ.items() if "PROMETHEUS" not in name}

    def start(number: int, what: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-c", _PROCESS, str(tmp_path), str(number), what],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environ,
        )

    living = start(5, "wait")
    assert living.stdout is not None
    assert living.stdout.readline() == "ready\n"
    together, _ = start(7, "show").communicate(timeout=30)
    living.communicate(timeout=30)
    alone, _ = start(2, "show").communicate(timeout=30)

    assert value(together, "wellhead_test_total") == 12
    assert value(together, "wellhead_test_level") == 12
    assert value(alone, "wellhead_test_level") == 2
