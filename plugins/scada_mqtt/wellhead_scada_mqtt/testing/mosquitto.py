"""A real Mosquitto for tests: a process of its own on loopback, restarted and killed at will."""

import getpass
import os
import shutil
import signal
import socket
import subprocess
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import pytest

from wellhead.testing import free_port, wait_until

PROGRAM = shutil.which("mosquitto", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")

needs_mosquitto = pytest.mark.skipif(
    PROGRAM is None, reason="mosquitto is not installed: apt-get install mosquitto"
)


class Mosquitto:
    """Listens on `port` of 127.0.0.1 from `start`, or entering it as a context, on.

    folder: where its configuration, log and persistent sessions are
    lines: further lines of its configuration; those of the listener (certificates) first
    anonymous: whether anybody may connect without a user name
    log: sort of lines that it writes
    """

    def __init__(
        self,
        folder: Path,
        lines: Sequence[str] = (),
        *,
        anonymous: bool = True,
        log: str = "all",
    ) -> None:
        self.port = free_port()
        self._log = folder / "mosquitto.log"
        self._configuration = folder / "mosquitto.conf"
        self._configuration.write_text(
            "\n".join(
                [
                    f"user {getpass.getuser()}",  # as root it would become one without our files
                    f"listener {self.port} 127.0.0.1",
                    *lines,
                    f"allow_anonymous {str(anonymous).lower()}",
                    "persistence true",
                    f"persistence_location {folder}/",
                    f"log_type {log}",
                    "",
                ]
            ),
            encoding="utf-8",
        )
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> str:
        """What it wrote."""
        return self._log.read_text(encoding="utf-8", errors="replace")

    def start(self) -> None:
        """Returns when it listens. Raises AssertionError with its log when it does not."""
        assert PROGRAM is not None, "mark the test with needs_mosquitto"
        with self._log.open("ab") as output:
            self._process = subprocess.Popen(
                [PROGRAM, "-c", str(self._configuration)], stdout=output, stderr=output
            )
        try:
            wait_until(self._listens, what="mosquitto listening")
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.log}") from None

    def stop(self) -> None:
        """End it in an orderly way: it keeps what is persistent."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(timeout=10)
            self._process = None

    def kill(self) -> None:
        """kill -9."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(timeout=10)
            self._process = None

    def save(self) -> None:
        """Have it write what is persistent, which it does before it answers the next packet."""
        assert self._process is not None
        saved = self.log.count("Saving in-memory database")
        self._process.send_signal(signal.SIGUSR1)
        wait_until(lambda: self.log.count("Saving in-memory database") > saved, what="saving")

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _listens(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, f"mosquitto ended\n{self.log}"
        with socket.socket() as trial:
            return trial.connect_ex(("127.0.0.1", self.port)) == 0
