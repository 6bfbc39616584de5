"""S10 and the rate limits: who is counted is the true peer, over real sockets, or the user."""

import shutil
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.client import HTTPConnection
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
from flask import Flask
from werkzeug.serving import make_server

from wellhead.app import create_app
from wellhead.database.extension import db
from wellhead.http import limits
from wellhead.runtime import Runtime
from wellhead.settings import Settings
from wellhead.testing import ApiClient, free_port, wait_until

PATH = "/api/v1/assets"
FREE = "/api/v1/openapi.json"


@pytest.fixture
def make_app(settings: Settings) -> Iterator[Callable[..., Flask]]:
    made: list[Flask] = []

    def make(proxies: tuple[str, ...] = (), **changes: Any) -> Flask:
        changed = replace(
            settings,
            limits=replace(settings.limits, **changes),
            web=replace(settings.web, proxies=list(proxies)),
        )
        made.append(create_app(Runtime.make(changed)))
        return made[-1]

    yield make
    for app in made:
        with app.app_context():
            db.engine.dispose()


@contextmanager
def served(app: Flask) -> Iterator[Callable[..., int]]:
    """A server on all loopback addresses; the function asks it from one of them."""
    server = make_server("0.0.0.0", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()

    def ask(source: str, **headers: str) -> int:
        sent = {name.replace("_", "-"): text for name, text in headers.items()}
        connection = HTTPConnection(
            "127.0.0.1", server.server_port, timeout=10, source_address=(source, 0)
        )
        try:
            connection.request("GET", FREE, headers=sent)
            return connection.getresponse().status
        finally:
            connection.close()

    try:
        yield ask
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_s10_a_forwarded_for_header_of_anybody_changes_nothing(
    make_app: Callable[..., Flask],
) -> None:
    with served(make_app(per_address="3/minute")) as ask:
        forged = [ask("127.0.0.2", X_Forwarded_For=f"203.0.113.{n}") for n in range(4)]
        assert forged == [200, 200, 200, 429]
        assert ask("127.0.0.3") == 200, "another peer has a count of its own"


def test_s10_a_proxy_of_ours_says_who_calls(make_app: Callable[..., Flask]) -> None:
    with served(make_app(("127.0.0.2/32", "127.0.0.9/32"), per_address="2/minute")) as ask:
        for client in ("203.0.113.1", "203.0.113.2"):
            through = [ask("127.0.0.2", X_Forwarded_For=client) for _ in range(3)]
            assert through == [200, 200, 429]
        # what the client wrote itself stands before what our proxies wrote, and is not looked at
        forged = [
            ask("127.0.0.2", X_Forwarded_For=f"198.51.100.{n}, 203.0.113.3, 127.0.0.9")
            for n in range(3)
        ]
        assert forged == [200, 200, 429]
        # nonsense is as good as nothing: the proxy itself is counted
        assert [ask("127.0.0.2", X_Forwarded_For="what, ever") for _ in range(3)][2] == 429
        # and who is no proxy of ours is not believed
        direct = [ask("127.0.0.3", X_Forwarded_For=f"203.0.113.{n}") for n in range(3)]
        assert direct == [200, 200, 429]


@pytest.mark.parametrize(
    "hops",
    [
        ["203.0.113.1:4711", "203.0.113.1:4712", "203.0.113.1"],
        ["[2001:db8::1]:4711", "2001:db8::1", "[2001:db8::1]"],
        ["2001:db8::1", "2001:db8::2", "2001:db8::ffff:0:0:1"],  # one subscriber's /64
    ],
)
def test_one_caller_is_counted_once_however_a_proxy_writes_it(
    make_app: Callable[..., Flask], hops: list[str]
) -> None:
    client = ApiClient(make_app(("127.0.0.1/32",), per_address="2/minute"))

    def ask(hop: str) -> int:
        return client.request("GET", FREE, headers={"X-Forwarded-For": hop}).status

    assert [ask(hop) for hop in hops] == [200, 200, 429]
    assert [ask(other) for other in ("203.0.113.9:1", "2001:db8:0:9::1")] == [200, 200]


def test_a_user_is_counted_wherever_the_requests_come_from(
    make_app: Callable[..., Flask],
) -> None:
    app = make_app(per_user="3/minute", per_address="")
    viewer, admin = ApiClient(app).as_role("viewer"), ApiClient(app).as_role("admin")
    assert [viewer.get(PATH).status for _ in range(3)] == [200, 200, 200]

    refused = viewer.get(PATH)

    assert (refused.status, refused.error["code"]) == (429, "too_many_requests")
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    assert f"Wait {refused.headers['Retry-After']} s" in refused.error["details"][0]["remedy"]
    assert admin.get(PATH).status == 200, "another user has a count of its own"


def test_health_is_answered_whatever_was_asked_before(make_app: Callable[..., Flask]) -> None:
    client = ApiClient(make_app(per_address="1/minute"))
    assert [client.get(FREE).status for _ in range(2)] == [200, 429]
    assert {client.get("/health/live").status for _ in range(5)} == {200}


def test_empty_means_no_limit(make_app: Callable[..., Flask]) -> None:
    client = ApiClient(make_app(per_address="", per_user=""))
    assert {client.get("/health/live").status for _ in range(50)} == {200}


class Redis:
    """One of the test's own, always on the same port."""

    def __init__(self, program: str, folder: Path) -> None:
        self._port = free_port()
        self._command = [program, "--port", str(self._port), "--bind", "127.0.0.1", "--save", ""]
        self._command += ["--dir", str(folder)]
        self._server: subprocess.Popen[bytes] | None = None
        self.url = f"redis://127.0.0.1:{self._port}"

    def start(self) -> None:
        self._server = subprocess.Popen(self._command, stdout=subprocess.DEVNULL)
        wait_until(self._listens, 20, what="Redis")

    def kill(self) -> None:
        if self._server is not None:
            self._server.kill()
            self._server.wait()

    def _listens(self) -> bool:
        with socket.socket() as trial:
            return trial.connect_ex(("127.0.0.1", self._port)) == 0


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[Redis]:
    program = shutil.which("redis-server")
    if program is None:
        pytest.skip("needs redis-server")
    made = Redis(program, tmp_path)
    made.start()
    yield made
    made.kill()


def test_processes_with_a_redis_count_together_and_without_it_each_alone(
    make_app: Callable[..., Flask], redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = monotonic()  # how long the requests and Redis's start take says nothing
    monkeypatch.setattr(limits, "monotonic", lambda: now)
    options = {"per_address": "4/minute", "redis_url": redis.url}
    one, other = (ApiClient(make_app(**options)) for _ in range(2))

    def together() -> list[int]:
        return [client.get(FREE).status for client in (one, other, one, other, one, other)]

    assert together() == [200] * 4 + [429] * 2

    redis.kill()

    # each counts for itself now, and nothing is a server error
    assert [one.get(FREE).status for _ in range(5)] == [200] * 4 + [429]
    assert [other.get(FREE).status for _ in range(5)] == [200] * 4 + [429]

    redis.start()
    assert one.get(FREE).status == 429, "it is not asked again at once"
    now += 5
    assert together() == [200] * 4 + [429] * 2
