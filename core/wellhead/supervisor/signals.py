"""What the supervisor is asked by signals: SIGINT and SIGTERM to stop, SIGHUP to reload."""

import os
import signal
import sys
import threading
from types import FrameType


class Signals:
    """Listens from its creation on, in the main thread. stop: whether somebody asked for it."""

    def __init__(self) -> None:
        self.stop = False
        self._reload = False
        self._woken = threading.Event()
        self._terminal = _has_terminal()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._heard)

    def wait(self, seconds: float) -> bool:
        """Until asked for something, or the time is over; whether to go on."""
        self._woken.wait(0.0 if self.stop else seconds)
        self._woken.clear()
        return not self.stop

    def take_reload(self) -> bool:
        """Whether a reload was asked for since the last time."""
        asked, self._reload = self._reload, False
        return asked

    def _heard(self, number: int, frame: FrameType | None) -> None:
        hung_up = number == signal.SIGHUP and self._terminal and not _has_terminal()
        if number == signal.SIGHUP and not hung_up:
            self._reload = True
        elif not self.stop:
            if not hung_up:
                print("\nStopping …", file=sys.stderr, flush=True)  # noqa: T201
            self.stop = True
        self._woken.set()


def _has_terminal() -> bool:
    """A window that is closed sends SIGHUP too, and takes the terminal away before."""
    try:
        os.close(os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY))
    except OSError:
        return False
    return True
