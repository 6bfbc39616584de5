"""One supervised process: started, watched, restarted with back-off, reloaded, stopped."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import structlog

from wellhead.run_state import SUPERVISED_VARIABLE, Role

_PR_SET_PDEATHSIG = 1
_FIRST_WAIT = 0.5
_LONGEST_WAIT = 30.0
_STEADY_SECONDS = 60.0
log = structlog.get_logger(__name__)


def end_with_parent() -> None:
    """Ask the kernel for SIGTERM when the supervisor dies, however it dies (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != int(os.environ[SUPERVISED_VARIABLE]):
            sys.exit(0)  # it died before the kernel was asked


def command_line(arguments: Sequence[str], config: Path) -> list[str]:
    """`wellhead <arguments>` with this configuration file and this Python."""
    return [sys.executable, "-m", "wellhead", "--config", str(config), *arguments]


class Child:
    """`wellhead <arguments>` as a process of its own session, so that Ctrl-C reaches only the
    supervisor, which stops its children in order."""

    def __init__(self, name: str, arguments: Sequence[str], config: Path) -> None:
        self.name = name
        self._command = command_line(arguments, config)
        self._process: subprocess.Popen[bytes] | None = None
        self._started = 0.0
        self._since = 0.0
        self._restarts = 0
        self._last_exit: int | None = None
        self._wait = _FIRST_WAIT
        self._due = 0.0
        self._next_start = 0.0

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    def role(self) -> Role:
        """How it is, for people."""
        next_start = None if self._process else self._next_start
        return Role(self.name, self.pid, self._since, self._restarts, self._last_exit, next_start)

    def start(self) -> None:
        environment = {**os.environ, SUPERVISED_VARIABLE: str(os.getpid())}
        self._process = subprocess.Popen(self._command, env=environment, start_new_session=True)
        self._started = time.monotonic()
        self._since = time.time()
        log.info("started", process=self.name, pid=self._process.pid)

    def watch(self, now: float) -> None:
        """Restart it when it has ended, later each time that it ends soon again."""
        if self._process is None:
            if now >= self._due:
                self.start()
            return
        code = self._process.poll()
        if code is None:
            return
        if code == -signal.SIGHUP:
            self.start()  # told to reload before it could listen
            return
        if now - self._started > _STEADY_SECONDS:
            self._wait = _FIRST_WAIT
        log.error("ended by itself", process=self.name, exit=code, restart_in=self._wait)
        self._process = None
        self._restarts += 1
        self._last_exit = code
        self._due = now + self._wait
        self._next_start = time.time() + self._wait
        self._wait = min(self._wait * 2, _LONGEST_WAIT)

    def reload(self) -> None:
        """Have it read its configuration again (SIGHUP); one that is down will anyway."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGHUP)

    def ask_to_stop(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()

    def wait(self, deadline: float) -> None:
        """Wait until it has ended; kill its session when the deadline (monotonic) passes."""
        if self._process is None:
            return
        try:
            self._process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            log.error("does not stop, killing it", process=self.name, pid=self._process.pid)
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        log.info("stopped", process=self.name)
        self._process = None
