"""What systemd hears, over a real socket."""

import os
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from wellhead.supervisor.notify import Notifier


@pytest.fixture(params=["path", "abstract"])
def channel(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, socket.socket]]:
    name = str(tmp_path / "n") if request.param == "path" else f"@wellhead-test-{os.getpid()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(name.replace("@", "\0"))
        listener.settimeout(10)
        yield name, listener


def test_each_message_in_its_form(channel: tuple[str, socket.socket]) -> None:
    name, listener = channel
    environ = {"NOTIFY_SOCKET": name, "HOME": "/"}
    notifier = Notifier(environ)
    assert environ == {"HOME": "/"}, "nobody inherits it"

    def hear(say: Callable[[], None]) -> list[str]:
        say()
        return listener.recv(4096).decode().splitlines()

    assert hear(lambda: notifier.ready("serving")) == ["READY=1", "STATUS=serving"]
    before = time.monotonic_ns() // 1000
    kind, when = hear(notifier.reloading)
    assert kind == "RELOADING=1"
    assert before <= int(when.removeprefix("MONOTONIC_USEC=")) <= time.monotonic_ns() // 1000
    assert hear(notifier.stopping)[0] == "STOPPING=1"


def test_the_watchdog_is_fed_when_systemd_asks_for_it(channel: tuple[str, socket.socket]) -> None:
    name, listener = channel
    fed = Notifier({"NOTIFY_SOCKET": name, "WATCHDOG_USEC": "60000000"})
    fed.beat()
    fed.beat()
    assert listener.recv(4096) == b"WATCHDOG=1"
    listener.settimeout(0.05)
    other = Notifier({"NOTIFY_SOCKET": name, "WATCHDOG_USEC": "60000000", "WATCHDOG_PID": "1"})
    other.beat()
    with pytest.raises(TimeoutError):
        listener.recv(4096)


def test_without_systemd_or_with_its_socket_gone_nothing_happens() -> None:
    Notifier({}).ready("serving")
    Notifier({"NOTIFY_SOCKET": "/nonexistent"}).stopping()
