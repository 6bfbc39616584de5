"""A long file from the real server: a client is told when it breaks off."""

import http.client
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import psycopg
import pytest

from wellhead import sdk
from wellhead.testing import ApiClient, free_port, wait_until
from wellhead_historian.store.choice import make_writer
from wellhead_historian.testing import BASE, FAR, make_source, make_tags, scan

pytestmark = pytest.mark.system
TAGS, SCANS = 100, 4000  # some 20 MB, far more than sockets hold


@pytest.fixture
def port(config_file: Path, tmp_path: Path) -> Iterator[int]:
    """Of a running `wellhead web` with one worker."""
    number = free_port()
    with config_file.open("a") as file:
        file.write(f"[web]\nport = {number}\nworkers = 1\n")
    command = [sys.executable, "-m", "wellhead", "--config", str(config_file), "web"]
    with (tmp_path / "web.log").open("w") as log:
        server = subprocess.Popen(command, stdout=log, stderr=log)
    try:

        def ready() -> bool:
            assert server.poll() is None, (tmp_path / "web.log").read_text()
            try:
                return answer(number, "GET", "/health/ready", None, "").status == 200
            except OSError:
                return False

        wait_until(ready, timeout=60, what="a web process that is ready")
        yield number
    finally:
        server.terminate()
        server.wait(15)


def answer(port: int, method: str, path: str, body: object, token: str) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    headers = {
        "Content-Type": "application/json",
        "Authorization": f"Bearer {token}",
        "Connection": "close",
    }
    connection.request(method, path, None if body is None else json.dumps(body), headers)
    return connection.getresponse()


def test_a_file_that_breaks_off_is_not_taken_for_whole(
    api: ApiClient, settings: sdk.Settings, database_admin_url: str, port: int, tmp_path: Path
) -> None:
    with sdk.connect(settings, "default") as connection:
        tags = make_tags(connection, TAGS)
        source = make_source(connection)
        writer = make_writer(connection)
        with connection.transaction():
            writer.write([scan(source, BASE + n * 1000, tags) for n in range(SCANS)], FAR)
    body = {"tags": tags.tolist(), "from": "2025-06-15T15:00:00Z", "to": "2025-06-15T16:00:00Z"}
    query = "/api/v1/tags/readings/query"

    whole = answer(port, "POST", query, {**body, "format": "jsonl"}, str(api.token))
    assert (whole.status, whole.getheader("Transfer-Encoding")) == (200, "chunked")
    rows = [json.loads(line) for line in whole.read().splitlines()]
    assert [row["tag"] for row in rows] == tags.tolist()
    assert {len(row["t"]) for row in rows} == {SCANS}
    assert np.array_equal(rows[-1]["v"], np.full(SCANS, TAGS - 1.0))

    broken = answer(port, "POST", query, {**body, "format": "csv"}, str(api.token))
    assert broken.read(8) == b"tag,name"
    with psycopg.connect(database_admin_url, autocommit=True) as admin:
        admin.execute("ALTER TABLE tenant_default.historian_hot RENAME TO elsewhere")
        with pytest.raises((http.client.IncompleteRead, ConnectionError)):
            broken.read()
        admin.execute("ALTER TABLE tenant_default.elsewhere RENAME TO historian_hot")
    assert "historian_hot" in (tmp_path / "web.log").read_text()
    assert answer(port, "GET", "/health/ready", None, "").status == 200
