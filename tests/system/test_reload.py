"""`wellhead reload` under load: no request fails, no scan is missed, a bad file changes nothing."""

import http.client
import itertools
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import requests
import websocket

from wellhead import sdk
from wellhead.run_state import read_state
from wellhead.testing import free_port, wait_until
from wellhead.testing.running import RunningWellhead, data_folder

pytestmark = pytest.mark.system

SECOND = 1_000_000
RESTARTING = 1012
WELLS = ("W01", "W02")
GOOD, BAD_CONFIGURATION = sdk.quality.GOOD, sdk.quality.BAD_CONFIGURATION
FIELD = "[plugins.simulator]\nrun = {run}\nwells = 2\nbase_port = {port}\n"


def two_free_ports() -> int:
    def first() -> int | None:
        port = free_port()
        with socket.socket() as trial:
            return port if trial.connect_ex(("127.0.0.1", port + 1)) else None

    return wait_until(first, 10, what="two neighbouring ports") or 0


class Systemd:
    """The other end of NOTIFY_SOCKET, an abstract datagram socket."""

    def __init__(self) -> None:
        self.name = f"wellhead-test-{os.getpid()}"
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(f"\0{self.name}")
        self._socket.setblocking(False)
        self._heard: list[str] = []

    def heard(self) -> list[str]:
        """The first line of every message so far."""
        try:
            while True:
                self._heard.append(self._socket.recv(4096).decode().splitlines()[0])
        except BlockingIOError:
            return self._heard


class Installation:
    """A `wellhead run` whose configuration file is edited."""

    def __init__(self, folder: Path, systemd: Systemd) -> None:
        self.file = folder / "wellhead.toml"
        self._port = two_free_ports()
        self.write("")
        self.wellhead = RunningWellhead(
            self.file, folder / "data", environment={"NOTIFY_SOCKET": f"@{systemd.name}"}
        )

    def write(self, more: str, run: str = "true") -> None:
        self.file.write_text(FIELD.format(port=self._port, run=run) + more)

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "wellhead", "--config", str(self.file), *arguments],
            env={**os.environ, "WELLHEAD_DATA_DIR": str(self.wellhead.data_dir)},
            capture_output=True,
            text=True,
            timeout=90,
            check=False,
        )

    def reload(self) -> list[str]:
        done = self.command("reload")
        assert done.returncode == 0, done.stderr + self.wellhead.output()
        return done.stdout.splitlines()

    def pids(self) -> dict[str, int | None]:
        state = read_state(self.wellhead.data_dir)
        assert state is not None
        # a scheduler is a new one whenever a plugin changed, whose jobs it may have
        return {role.name: role.pid for role in state.roles if role.name != "scheduler"}


class Load:
    """GETs from several threads, on connections that are kept and on new ones.

    answers: how often each status came; failures: what did not come
    """

    def __init__(self, wellhead: RunningWellhead, token: str, paths: list[str]) -> None:
        self.answers: Counter[int] = Counter()
        self.failures: list[str] = []
        self._port = wellhead.port
        self._paths = paths
        self._headers = {"Authorization": token}
        self._stop = threading.Event()
        self._threads = [
            threading.Thread(target=self._run, args=(kept,)) for kept in (True, True, False, False)
        ]

    @contextmanager
    def on(self) -> Iterator[None]:
        for thread in self._threads:
            thread.start()
        try:
            yield
        finally:
            self._stop.set()
            for thread in self._threads:
                thread.join(30)

    def _run(self, kept: bool) -> None:
        connection = self._connection()
        for path in itertools.cycle(self._paths):
            if self._stop.wait(0.02):
                break
            try:
                connection.request("GET", path, headers=self._headers)
                answer = connection.getresponse()
                answer.read()
                self.answers[answer.status] += 1
            except (OSError, http.client.HTTPException) as error:
                self.failures.append(f"{path}, kept={kept}: {error!r}")
                connection = self._connection()
            if not kept:
                connection.close()
        connection.close()

    def _connection(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self._port, timeout=20)


@pytest.fixture
def systemd() -> Systemd:
    return Systemd()


@pytest.fixture
def installation(systemd: Systemd) -> Iterator[Installation]:
    with data_folder() as folder:
        made = Installation(folder, systemd)
        try:
            made.wellhead.wait_ready()
            yield made
        finally:
            made.wellhead.end()


def open_screen(wellhead: RunningWellhead, session: requests.Session) -> websocket.WebSocket:
    ticket = session.post(f"{wellhead.url}/api/v1/live/ticket", timeout=10).json()["data"]["ticket"]
    screen = websocket.create_connection(
        f"ws://127.0.0.1:{wellhead.port}/api/v1/live", origin=wellhead.url, timeout=60
    )
    screen.send(json.dumps({"type": "auth", "ticket": ticket}))
    assert json.loads(screen.recv())["type"] == "ready"
    return screen


def close_code(screen: websocket.WebSocket) -> int:
    """What the server closes it with; pings are answered until then, as it wants within 20 s."""
    while True:
        frame = screen.recv_frame()  # type: ignore[no-untyped-call]  # other ways answer it
        if frame.opcode == websocket.ABNF.OPCODE_PING:
            screen.pong(frame.data)
        if frame.opcode == websocket.ABNF.OPCODE_CLOSE:
            return int.from_bytes(frame.data[:2], "big")


def rfc3339(microseconds: int) -> str:
    return datetime.fromtimestamp(microseconds / SECOND, UTC).isoformat().replace("+00:00", "Z")


def test_reload_under_load(installation: Installation, systemd: Systemd) -> None:
    wellhead = installation.wellhead
    session = wellhead.log_in()
    tags = [wellhead.get(session, f"/api/v1/tags?name={well}.BHP")[0]["id"] for well in WELLS]
    latest = f"/api/v1/tags/latest?ids={','.join(map(str, tags))}"

    def newest() -> list[int]:
        times: list[int] = wellhead.get(session, latest)["t"]
        return times if len(times) == len(tags) else []

    begin = max(wait_until(newest, 30, what="a value of every device"))
    assert systemd.heard() == ["READY=1"]
    screen = open_screen(wellhead, session)
    pids = installation.pids()
    load = Load(wellhead, str(session.headers["Authorization"]), ["/health/live", latest])
    with load.on(), ThreadPoolExecutor(1) as pool:
        closed = pool.submit(close_code, screen)
        assert installation.reload() == [
            "web: workers renewed",
            "scheduler: untouched",
            "calculator: untouched",
            "gateway main: untouched",
            "witsml: untouched",
            "simulator: untouched",
        ]
        assert closed.result(60) == RESTARTING
        assert session.get(f"{wellhead.url}/", timeout=10).status_code == 200

        installation.write("[plugins.console]\nenabled = false\n[plugins.scada]\nretries = 2\n")
        lines = installation.reload()
        assert lines[0].startswith("plugin console: disabled")
        assert "gateway main: reloaded" in lines
        assert "simulator: untouched" in lines
        assert session.get(f"{wellhead.url}/", timeout=10).status_code == 404

        changed = installation.pids()
        for text, named in {
            "[web]\nprot = 1\n": ["prot"],
            "[database]\npool_size = 9\n[plugins.scada]\nretries = 99\n": [
                "[database] changed, which needs a restart",
                "plugin scada would be off: config_error",
            ],
        }.items():
            installation.write(text)
            refused = installation.command("reload")
            assert refused.returncode == 1
            assert len(refused.stderr.splitlines()) == 1
            assert all(reason in refused.stderr for reason in named)
        assert installation.pids() == changed
        assert session.get(f"{wellhead.url}/", timeout=10).status_code == 404

        installation.write("[plugins.scada]\nretries = 2\n")
        assert "plugin console: enabled" in installation.reload()
        assert session.get(f"{wellhead.url}/", timeout=10).status_code == 200
    assert installation.pids() == changed == pids
    assert load.failures == []
    assert set(load.answers) == {200}
    assert load.answers[200] > 200
    end = int(time.time() * SECOND)
    wait_until(lambda: min(newest() or [0]) > end, 20, what="the last scan in the store")
    for tag in tags:
        window = f"from={rfc3339(begin)}&to={rfc3339(end)}"
        found = wellhead.get(session, f"/api/v1/tags/{tag}/readings?{window}")
        assert {round((b - a) / SECOND) for a, b in pairwise(found["t"])} == {1}
    a_file_that_is_no_toml_is_refused_by_name(installation, systemd)
    plugins_go_and_come_back_with_their_processes(installation, session, tags[0])
    a_killed_process_comes_back_and_says_so(installation, session)
    assert wellhead.stop(signal.SIGTERM, group=False) == 0
    assert systemd.heard()[-1] == "STOPPING=1"
    assert "no `wellhead run` is up" in installation.command("reload").stderr
    assert installation.command("status").returncode == 1


def a_file_that_is_no_toml_is_refused_by_name(installation: Installation, systemd: Systemd) -> None:
    """By SIGHUP alone, as systemd sends it."""
    data_dir, before = installation.wellhead.data_dir, len(systemd.heard())
    state = read_state(data_dir)
    assert state is not None
    installation.write("[web")
    os.kill(state.pid, signal.SIGHUP)
    number = state.reload.number + 1 if state.reload else 1

    def refused() -> str | None:
        now = read_state(data_dir)
        return now.reload.error if now and now.reload and now.reload.number == number else None

    assert str(refused_for := wait_until(refused, 30, what="the refusal")).startswith(
        f"{installation.file}: not valid TOML"
    ), refused_for
    wait_until(lambda: systemd.heard()[before:] == ["RELOADING=1", "READY=1"], 20, what="systemd")


def plugins_go_and_come_back_with_their_processes(
    installation: Installation, session: requests.Session, tag: int
) -> None:
    wellhead = installation.wellhead

    def latest() -> dict[str, Any]:
        found: dict[str, Any] = wellhead.get(session, f"/api/v1/tags/latest?ids={tag}")
        return found

    gateway = installation.pids()["gateway main"]
    off = "\n[plugins.scada_modbus]\nenabled = false\n"
    installation.write(off, run="false")
    lines = installation.reload()
    assert {"simulator: stopped", "gateway main: reloaded"} <= set(lines)
    assert set(installation.pids()) == {
        "database",
        "web",
        "gateway main",
        "calculator",
        "witsml",
    }
    wait_until(lambda: latest()["q"] == [BAD_CONFIGURATION], 20, what="its tags turn bad")

    def reason() -> str:
        [device] = wellhead.get(session, "/api/v1/scada/devices?name=W01%20RTU%20(Modbus%20TCP)")
        return device["state"]["reason"] or ""

    wait_until(
        lambda: "no driver of this name is installed" in reason(), 20, what="what its device says"
    )

    installation.write("")
    lines = installation.reload()
    assert {"simulator: started", "gateway main: reloaded"} <= set(lines)
    wait_until(lambda: latest()["q"] == [GOOD], 20, what="good values again")
    assert installation.pids()["gateway main"] == gateway


def a_killed_process_comes_back_and_says_so(
    installation: Installation, session: requests.Session
) -> None:
    wellhead = installation.wellhead
    killed = installation.pids()["gateway main"]
    assert killed is not None
    os.kill(killed, signal.SIGKILL)

    def restarted() -> str | None:
        for part in wellhead.get(session, "/api/v1/health"):
            if (
                part["part"] == "process gateway main"
                and part["ok"]
                and "restarts" in part["detail"]
            ):
                return str(part["detail"])
        return None

    detail = wait_until(restarted, 20, what="a new gateway in the health")
    assert re.fullmatch(r"pid \d+ since \S+, restarts 1, last exit code -9", str(detail))
    shown = installation.command("status")
    assert shown.returncode == 0, shown.stdout + shown.stderr
    assert re.search(r"gateway main\W+\d+\W+\S+ \S+\W+1\W+-9", shown.stdout), shown.stdout
    assert "ended by itself" in wellhead.output()
