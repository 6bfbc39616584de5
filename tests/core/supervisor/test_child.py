"""One supervised process: it comes back, later each time, and its role says so."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from wellhead.run_state import Role
from wellhead.supervisor.child import Child
from wellhead.testing import wait_until


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "wellhead.toml"
    path.write_text(f'data_dir = "{tmp_path}"\n')
    return path


@pytest.fixture
def shell(config: Path) -> Iterator[Child]:
    """A child that runs until it is told to stop. Its parent listens to SIGHUP, as the supervisor
    does: under nohup the child would inherit that it is ignored."""
    before = signal.signal(signal.SIGHUP, lambda *_: None)
    child = Child("sleeper", (), config)
    child._command = ["sleep", "60"]
    yield child
    child.ask_to_stop()
    child.wait(time.monotonic() + 20)
    signal.signal(signal.SIGHUP, before)


def down(child: Child) -> bool:
    child.watch(time.monotonic())
    return child.pid is None


def up(child: Child) -> bool:
    child.watch(time.monotonic())
    return child.pid is not None


def test_a_killed_process_comes_back_and_its_role_says_so(shell: Child) -> None:
    shell.start()
    first = shell.pid
    assert first is not None
    assert shell.role() == Role("sleeper", first, shell.role().since)
    killed = time.time()
    os.kill(first, signal.SIGKILL)
    wait_until(lambda: down(shell), 20, what="the supervisor sees it")
    seen = time.time()
    role = shell.role()
    assert (role.pid, role.restarts, role.last_exit) == (None, 1, -9)
    assert role.next_start is not None
    assert killed + 0.5 <= role.next_start <= seen + 0.5
    wait_until(lambda: up(shell), 20, what="the next one")
    assert shell.pid != first
    assert (shell.role().restarts, shell.role().next_start) == (1, None)


def test_one_that_dies_at_once_is_started_later_each_time(config: Path) -> None:
    child = Child("broken", ("no-such-command",), config)
    now = float(int(time.monotonic()))  # whole, so that sums and differences are exact
    waits = []
    for _ in range(7):
        child._command = ["false"]
        child.watch(now)
        assert child._process is not None
        child._process.wait(20)
        child.watch(now)
        assert child.pid is None
        waits.append(child._due - now)
        child.watch(child._due - 0.01)
        assert child.pid is None, "not before its time"
        now = child._due
    assert waits == [0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0]
    assert (child.role().restarts, child.role().last_exit) == (7, 1)


def test_one_told_to_reload_before_it_can_listen_is_started_again(shell: Child) -> None:
    shell.start()
    first = shell.pid
    shell.reload()
    wait_until(lambda: up(shell) and shell.pid != first, 20, what="a new one")
    assert (shell.role().restarts, shell.role().last_exit) == (0, None)
