"""Waiting for a condition, never for time."""

import socket
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def wait_until(condition: Callable[[], T], timeout: float = 10.0, what: str = "condition") -> T:
    """The first true answer of `condition`, asked every 20 ms. Raises AssertionError naming `what`
    and the last answer after `timeout` seconds."""
    deadline = time.monotonic() + timeout
    while True:
        answer = condition()
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise AssertionError(f"{what} did not come about in {timeout} s; last: {answer!r}")
        time.sleep(0.02)


def free_port() -> int:
    """A TCP port on loopback that nothing listens on."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        port: int = trial.getsockname()[1]
        return port
