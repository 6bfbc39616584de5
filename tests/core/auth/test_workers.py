"""Login under the real server: two gunicorn workers on gevent."""

import http.client
import json
import os
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from wellhead.auth.passwords import HASHES_AT_ONCE
from wellhead.auth.throttle import ACCOUNT_FAILURES
from wellhead.testing import free_port, wait_until

from .helpers import PASSWORD, hash_in_earnest

pytestmark = [pytest.mark.system, pytest.mark.alone]
WORKERS = 2


def ask(port: int, method: str, path: str, body: object = None) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request(
            method, path, json.dumps(body) if body else None, {"Content-Type": "application/json"}
        )
        return connection.getresponse().status
    finally:
        connection.close()


def log_in(port: int, role: str, password: str) -> int:
    body = {"email": f"{role}@example.com", "password": password}
    return ask(port, "POST", "/api/v1/auth/login", body)


@pytest.fixture
def port(app: Flask, config_file: Path, tmp_path: Path) -> Iterator[int]:
    """Of a running `wellhead web`."""
    hash_in_earnest(app, "viewer")
    number = free_port()
    with config_file.open("a") as file:
        file.write(f"[web]\nport = {number}\nworkers = {WORKERS}\n")
    command = [sys.executable, "-m", "wellhead", "--config", str(config_file), "web"]
    with (tmp_path / "web.log").open("w") as log:
        server = subprocess.Popen(command, stdout=log, stderr=log, env=os.environ)
    try:

        def ready() -> bool:
            assert server.poll() is None, (tmp_path / "web.log").read_text()
            try:
                return ask(number, "GET", "/health/ready") == 200
            except OSError:
                return False

        wait_until(ready, timeout=60, what="a web process that is ready")
        yield number
    finally:
        server.terminate()
        server.wait(15)


def in_parallel(port: int, count: int, password: str) -> list[int]:
    statuses: list[int] = []

    def work() -> None:
        statuses.append(log_in(port, "viewer", password))

    threads = [threading.Thread(target=work) for _ in range(count)]
    for thread in threads:
        thread.start()
    waits = []
    while any(thread.is_alive() for thread in threads):
        begun = time.perf_counter()
        assert ask(port, "GET", "/health/live") == 200
        waits.append(time.perf_counter() - begun)
    for thread in threads:
        thread.join(60)
    # hashing goes on in threads of its own: what else the worker serves does not queue behind it
    assert statistics.median(waits) < 0.25, waits
    return statuses


def test_logins_at_once_hold_up_nobody_and_share_one_throttle(port: int) -> None:
    assert in_parallel(port, 40, PASSWORD) == [200] * 40
    wrong = in_parallel(port, 40, "not the password")
    assert set(wrong) == {401, 429}
    most = ACCOUNT_FAILURES + WORKERS * HASHES_AT_ONCE - 1
    assert ACCOUNT_FAILURES <= wrong.count(401) <= most
    assert log_in(port, "viewer", PASSWORD) == 429
    assert log_in(port, "engineer", PASSWORD) == 200
    # a query of a thousand ids reaches the application, which asks for a login
    assert ask(port, "GET", "/api/v1/tags/latest?ids=" + ",".join(["1234567"] * 1000)) == 401
