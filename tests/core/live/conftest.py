"""A web process in threads with one small plugin that stores readings, and WebSocket clients."""

import json
import sys
import threading
import types
from collections.abc import Callable, Iterator, Sequence
from importlib.metadata import EntryPoint
from typing import Any

import numpy as np
import numpy.typing as npt
import psycopg
import pytest
import websocket
from flask import Flask
from werkzeug.serving import make_server

from wellhead import sdk
from wellhead.app import create_app
from wellhead.database.extension import db
from wellhead.database.urls import database_urls
from wellhead.live.bus import publish_readings
from wellhead.live.service import live_of
from wellhead.plugins.loader import load_plugins
from wellhead.runtime import Runtime
from wellhead.settings import Settings
from wellhead.testing import ApiClient

MODULE = "wellhead_live_test_plugin"
GOOD = 192


class Store:
    """Readings by tenant and tag, published like a historian's; tags 1 to 99 exist."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.latest: dict[tuple[str, int], tuple[int, float]] = {}
        self.before_snapshot: Callable[[], None] = lambda: None
        self.after_snapshot: Callable[[], None] = lambda: None
        self.connection: psycopg.Connection[Any] | None = None

    def commit(self, tenant: str, *rows: tuple[int, int]) -> sdk.Batch:
        """(tag, time) rows to disk; their value is the time."""
        for tag, time in rows:
            self.latest[tenant, tag] = (time, float(time))
        return batch_of(*rows)

    def publish(self, tenant: str, batch: sdk.Batch) -> None:
        if self.connection is None or self.connection.closed:
            urls = database_urls(self.settings)
            self.connection = psycopg.connect(urls.libpq(urls.app))
        publish_readings(self.connection, tenant, batch)

    def write(self, tenant: str, *rows: tuple[int, int]) -> None:
        self.publish(tenant, self.commit(tenant, *rows))

    def snapshot(self, tags: npt.NDArray[np.int32]) -> sdk.Batch:
        self.before_snapshot()
        tenant = sdk.current_tenant()
        rows = [
            (tag, self.latest[tenant, tag][0])
            for tag in tags.tolist()
            if (tenant, tag) in self.latest
        ]
        self.after_snapshot()
        return batch_of(*rows)

    def close(self) -> None:
        if self.connection is not None:
            self.connection.close()


def batch_of(*rows: tuple[int, int]) -> sdk.Batch:
    times = np.array([time for _, time in rows], np.int64)
    return sdk.Batch(
        1,
        np.array([tag for tag, _ in rows], np.int32),
        times,
        times.astype(np.float64),
        np.full(len(rows), GOOD, np.int16),
    )


def _tags(ids: Sequence[Any]) -> npt.NDArray[np.int32]:
    for given in ids:
        if not isinstance(given, int):
            raise ValueError(f"tag ids are integers, not {given!r}")
    return np.array(sorted({given for given in ids if 1 <= given < 100}), np.int32)


def _pads(ids: Sequence[Any]) -> npt.NDArray[np.int32]:
    """Pad `n` has the tags 10n to 10n + 2."""
    return np.array([10 * int(pad) + k for pad in sorted(set(ids)) for k in range(3)], np.int32)


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    kept = Store(settings)
    module = types.ModuleType(MODULE)

    @sdk.hookimpl
    def live_topics() -> list[sdk.LiveTopic]:
        return [sdk.LiveTopic("tags", _tags), sdk.LiveTopic("pads", _pads)]

    @sdk.hookimpl
    def live_snapshot(tags: npt.NDArray[np.int32]) -> sdk.Batch:
        return kept.snapshot(tags)

    info = sdk.PluginInfo(name="bench", version="1", api="1.0")
    vars(module).update(info=info, live_topics=live_topics, live_snapshot=live_snapshot)
    sys.modules[MODULE] = module
    yield kept
    del sys.modules[MODULE]
    kept.close()


@pytest.fixture
def app(settings: Settings, store: Store) -> Iterator[Flask]:
    """An app whose only plugin is the store."""
    made = bench_app(settings)
    yield made
    live_of(made).stop()
    with made.app_context():
        db.engine.dispose()


def bench_app(settings: Settings) -> Flask:
    point = EntryPoint("bench", MODULE, "wellhead.plugins")
    return create_app(Runtime(settings, load_plugins(settings, [point]), database_urls(settings)))


@pytest.fixture
def port(app: Flask) -> Iterator[int]:
    """Port of a threaded server of the app."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server.server_port
    live_of(app).stop()
    server.shutdown()
    thread.join()
    server.server_close()


class Screen:
    """A WebSocket client that remembers what it was told."""

    def __init__(self, port: int, **options: Any) -> None:
        self.socket = websocket.create_connection(
            f"ws://127.0.0.1:{port}/api/v1/live", timeout=10, **options
        )
        self.messages: list[dict[str, Any]] = []

    def say(self, **message: Any) -> None:
        self.socket.send(json.dumps(message))

    def hear(self, kind: str | None = None) -> dict[str, Any]:
        """The next message (of a kind). Raises websocket's errors at the end of the connection."""
        while True:
            text = self.socket.recv()
            if not text:
                raise websocket.WebSocketConnectionClosedException("closed")
            message: dict[str, Any] = json.loads(text)
            self.messages.append(message)
            if kind is None or message["type"] == kind:
                return message

    def hear_reading(self, tag: int, time: int) -> None:
        """Listen until this reading has come."""
        while (tag, time) not in self.readings():
            self.hear()

    def readings(self, kind: str | None = None) -> list[tuple[int, int]]:
        """(tag, time) of all readings so far, in order."""
        return [
            (tag, time)
            for message in self.messages
            if "t" in message and "tags" in message and kind in (None, message["type"])
            for tag, time in zip(message["tags"], message["t"], strict=True)
        ]

    def log_in(self, api: ApiClient) -> "Screen":
        self.say(type="auth", ticket=api.post("/api/v1/live/ticket").data["ticket"])
        assert self.hear()["type"] == "ready"
        return self

    def end(self) -> tuple[int | None, list[dict[str, Any]]]:
        """Listen to the end: (close code, messages heard until then)."""
        start = len(self.messages)
        while True:
            opcode, data = self.socket.recv_data(control_frame=False)
            if opcode == websocket.ABNF.OPCODE_CLOSE:
                code = int.from_bytes(data[:2], "big") if len(data) >= 2 else None
                return code, self.messages[start:]
            self.messages.append(json.loads(data))

    def close(self) -> None:
        self.socket.close(timeout=1)


@pytest.fixture
def screen(port: int) -> Iterator[Callable[..., Screen]]:
    """Opens WebSockets, closed at the end."""
    opened: list[Screen] = []

    def open_one(**options: Any) -> Screen:
        opened.append(Screen(port, **options))
        return opened[-1]

    yield open_one
    for one in opened:
        one.close()
