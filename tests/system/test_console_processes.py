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
from socket import SO_RCVBUF, SOL_SOCKET
from threading import Event, Thread
from typing import Any

import numpy as np
import psutil
import psycopg
import pytest
import requests
import websocket

from wellhead import sdk
from wellhead.testing import free_port, wait_until
from wellhead.testing.client import PASSWORD

pytestmark = pytest.mark.system
CLIENTS = 10
GOING_AWAY = 1012
STOP_SECONDS = 5.0
CUT_SECONDS = 20.0  # 2 s until buffers are full, 8 s of standing still, and a busy machine


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

    def memory(self) -> int:
        """Bytes that the worker holds."""
        (worker,) = psutil.Process(self.process.pid).children()
        resident: int = worker.memory_info().rss
        return resident

    def ticket(self) -> str:
        login = {"email": "viewer@example.com", "password": PASSWORD}
        answer = requests.post(f"{self.origin}/api/v1/auth/login", json=login, timeout=10).json()
        bearer = {"Authorization": f"Bearer {answer['data']['access_token']}"}
        ticket = requests.post(f"{self.origin}/api/v1/live/ticket", headers=bearer, timeout=10)
        text: str = ticket.json()["data"]["ticket"]
        return text

    def connect(self, ticket: str, **options: Any) -> websocket.WebSocket:
        socket = websocket.create_connection(
            f"ws://127.0.0.1:{self.port}/api/v1/live", origin=self.origin, timeout=10, **options
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


def make_tags(database_admin_url: str, count: int) -> list[int]:
    with psycopg.connect(database_admin_url) as connection:
        rows = connection.execute(
            "INSERT INTO tenant_default.historian_tag (name, datatype)"
            " SELECT 'T' || place, 'float32' FROM generate_series(1, %s) place RETURNING id",
            (count,),
        ).fetchall()
    return [row[0] for row in rows]


def test_two_processes_many_clients_and_a_clean_end(
    config_file: Path, settings: sdk.Settings, database_admin_url: str, tmp_path: Path
) -> None:
    (tag,) = make_tags(database_admin_url, 1)
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


def test_a_client_that_stops_reading_costs_the_others_nothing(
    config_file: Path, settings: sdk.Settings, database_admin_url: str, tmp_path: Path
) -> None:
    """100 tags, 10,000 updates a second: the slow one is cut within 10 s, memory stays."""
    tags = make_tags(database_admin_url, 100)
    with running(config_file, tmp_path / "web.log") as web:
        small = [(SOL_SOCKET, SO_RCVBUF, 4096)]
        quick, slow = web.connect(web.ticket()), web.connect(web.ticket(), sockopt=small)
        for client in (quick, slow):
            client.send(json.dumps({"type": "subscribe", "tags": tags}))
            assert hear(client)["type"] == "snapshot"
        before, most, lags = web.memory(), 0, []
        ended = Event()
        publisher = Thread(target=publish_on, args=(settings, tags, ended))
        publisher.start()
        started = time.monotonic()
        try:
            while "does not read, cut" not in web.log.read_text():
                message = hear(quick)
                if message["type"] == "frame":
                    lags.append(time.time() - message["t"][0] / 1e6)
                most = max(most, web.memory())
                assert time.monotonic() - started < CUT_SECONDS, "the slow client is still there"
            assert hear(quick)["type"] == "frame"
        finally:
            ended.set()
            publisher.join()
        print(f"p99 lag of the other client {np.quantile(lags, 0.99) * 1e3:.0f} ms")
        assert most - before <= 10 << 20


def publish_on(settings: sdk.Settings, tags: list[int], ended: Event) -> None:
    """100 readings every 10 ms, until told to end."""
    good = np.full(len(tags), sdk.quality.GOOD, np.int16)
    ids = np.array(tags, np.int32)
    with sdk.connect(settings, "default") as connection:
        while not ended.wait(0.01):
            now = time.time_ns() // 1000
            values = np.full(len(tags), now % 1e6)
            batch = sdk.Batch.scan(1, now, ids, values, good)
            sdk.publish_readings(connection, "default", batch)
