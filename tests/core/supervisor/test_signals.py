"""What SIGHUP means: reload, unless it came because the terminal is gone."""

import os
import pty
import signal
import subprocess
import sys
from collections.abc import Callable

PROGRAM = """
from wellhead.supervisor.signals import Signals
signals = Signals()
print("listening", flush=True)
while signals.wait(20):
    print("reload", signals.take_reload(), flush=True)
print("stop", flush=True)
"""


def listening(before: Callable[[], None]) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM],
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=before,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "listening\n"
    return process


def test_hang_up_reloads_and_termination_stops() -> None:
    with listening(lambda: None) as process:
        assert process.stdout is not None
        process.send_signal(signal.SIGHUP)
        assert process.stdout.readline() == "reload True\n"
        process.send_signal(signal.SIGTERM)
        assert process.stdout.read() == "stop\n"


def test_a_closed_window_stops() -> None:
    window, terminal = pty.openpty()
    # opened by the leader of a session, a terminal becomes that session's
    with listening(lambda: os.close(os.open(os.ttyname(terminal), os.O_RDWR))) as process:
        assert process.stdout is not None
        process.send_signal(signal.SIGHUP)
        assert process.stdout.readline() == "reload True\n", "the terminal is still there"
        os.close(window)
        os.close(terminal)
        assert process.stdout.read() == "stop\n"
