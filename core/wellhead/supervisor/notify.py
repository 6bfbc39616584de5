"""Telling systemd how the service is (sd_notify(3)); nothing happens where there is no systemd.

Own code: the package systemd-watchdog is about the watchdog, it can say neither STOPPING nor
RELOADING with its time, which Type=notify-reload waits for. Only the supervisor speaks: the
variables are taken out of the environment, so that neither the database server nor gunicorn, which
would both say READY, inherits them.
"""

import os
import socket
import time
from collections.abc import MutableMapping

import structlog

log = structlog.get_logger(__name__)


class Notifier:
    """environ: where NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID are taken from, for good"""

    def __init__(self, environ: MutableMapping[str, str]) -> None:
        self._address = environ.pop("NOTIFY_SOCKET", "")
        timeout = environ.pop("WATCHDOG_USEC", "")
        whose = environ.pop("WATCHDOG_PID", "")
        mine = whose in ("", str(os.getpid()))
        self._every = int(timeout) / 2e6 if timeout.isdecimal() and mine else None
        self._beaten = 0.0

    def ready(self, status: str) -> None:
        """Started, or reloaded."""
        self._say("READY=1", f"STATUS={status}")

    def reloading(self) -> None:
        self._say("RELOADING=1", f"MONOTONIC_USEC={time.monotonic_ns() // 1000}")

    def stopping(self) -> None:
        self._say("STOPPING=1", "STATUS=stopping")

    def beat(self) -> None:
        """The supervisor's loop goes round; often enough when called twice a second."""
        if self._every is not None and time.monotonic() - self._beaten >= min(self._every, 5.0):
            self._beaten = time.monotonic()
            self._say("WATCHDOG=1")

    def _say(self, *lines: str) -> None:
        if not self._address:
            return
        address = self._address.replace("@", "\0", 1) if self._address[0] == "@" else self._address
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as channel:
            try:
                channel.sendto("\n".join(lines).encode(), socket.MSG_DONTWAIT, address)
            except OSError as error:
                log.warning("systemd cannot be told", socket=self._address, reason=str(error))
