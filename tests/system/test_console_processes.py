"""Two web processes of one database, gunicorn on gevent: what the console stands on."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
import pytest
import requests
import websocket

from wellhead import sdk
from wellhead.testing import free_port, wait_until
from wellhead.testing.client import PASSWORD

pytestmark = pytest.mark.system
CLIENTS = 20
GOING_AWAY = 1012
STOP_SECONDS = 5.0


class Web:
    """One `wellhead web`."""

    def __init__(self, config: Path, log: Path) -> None:
        self.port = free_port()
        self.log = log
        self.origin = f"http://127.0.0.1:{self.port}"
        with log.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "wellhead", "--config", str(config), "web"],
                env={**os.environ, "WELLHEAD_PORT": str(self.port)},
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def ready(self) -> bool:
        assert self.process.poll() is None, self.log.read_text()
        try:
            return requests.get(f"{self.origin}/health/live", timeout=2).ok
        except requests.ConnectionError:
            return False

    def ticket(self) -> str:
        login = {"email": "viewer@example.com", "password": PASSWORD}
        answer = requests.post(f"{self.origin}/api/v1/auth/login", json=login, timeout=10).json()
        bearer = {"Authorization": f"Bearer {answer['data']['access_token']}"}
        ticket = requests.post(f"{self.origin}/api/v1/live/ticket", headers=bearer, timeout=10)
        text: str = ticket.json()["data"]["ticket"]
        return text

    def connect(self, ticket: str) -> websocket.WebSocket:
        socket = websocket.create_connection(
            f"ws://127.0.0.1:{self.port}/api/v1/live", origin=self.origin, timeout=10
        )
        socket.send(json.dumps({"type": "auth", "ticket": ticket}))
        assert hear(socket)["type"] == "ready"
        return socket


@contextmanager
def running(config: Path, log: Path) -> Iterator[Web]:
    web = Web(config, log)
    try:
        wait_until(web.ready, timeout=30, what="wellhead web ready")
        yield web
    finally:
        web.process.send_signal(signal.SIGTERM)
        try:
            web.process.wait(10)
        finally:
            web.process.kill()


def hear(socket: websocket.WebSocket) -> dict[str, Any]:
    message: dict[str, Any] = json.loads(socket.recv())
    return message


def batch_of(tag: int, value: float) -> sdk.Batch:
    now = np.array([time.time_ns() // 1000], np.int64)
    good = np.array([sdk.quality.GOOD], np.int16)
    return sdk.Batch(1, np.array([tag], np.int32), now, np.array([value]), good)


def test_two_processes_many_clients_and_a_clean_end(
    config_file: Path, settings: sdk.Settings, database_admin_url: str, tmp_path: Path
) -> None:
    with psycopg.connect(database_admin_url) as connection:
        row = connection.execute(
            "INSERT INTO tenant_default.historian_tag (name, datatype) VALUES ('T', 'float32')"
            " RETURNING id"
        ).fetchone()
    assert row is not None
    tag: int = row[0]
    logs = tmp_path / "one.log", tmp_path / "two.log"
    with running(config_file, logs[0]) as one, running(config_file, logs[1]) as two:
        given_by_one = one.ticket()
        sockets = [two.connect(given_by_one)]  # a ticket is good in every process
        sockets += [web.connect(web.ticket()) for web in (one, two) for _ in range(CLIENTS // 2)]
        for socket in sockets:
            socket.send(json.dumps({"type": "subscribe", "tags": [tag]}))
            assert hear(socket)["type"] == "snapshot"
        with sdk.connect(settings, "default") as connection:
            for value in (1.5, 2.5, 3.5):
                sdk.publish_readings(connection, "default", batch_of(tag, value))
                for socket in sockets:
                    message = hear(socket)
                    assert (message["type"], message["v"]) == ("frame", [value])
        started = time.monotonic()
        one.process.send_signal(signal.SIGTERM)
        one.process.wait(STOP_SECONDS)
        assert time.monotonic() - started <= STOP_SECONDS
        opcode, data = sockets[1].recv_data()
        assert (opcode, int.from_bytes(data[:2], "big")) == (8, GOING_AWAY)
    for log in logs:
        text = log.read_text()
        assert given_by_one not in text, "a ticket is in the log"
        assert not re.search(r"Traceback|\berror\b", text), text
