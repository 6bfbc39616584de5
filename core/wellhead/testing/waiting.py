"""Waiting for a condition, never for time."""

import contextlib
import random
import socket
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
_NOT_HANDED_OUT = (10_000, 32_000)
_CHANCE = random.SystemRandom()


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
    """A TCP port on loopback that nothing listens on.

    It is none of those that the system hands out by itself, else whatever connects or listens
    somewhere meanwhile may take it before the caller does.
    """
    for _ in range(1000):
        port = _CHANCE.randint(*_NOT_HANDED_OUT)
        with socket.socket() as trial, contextlib.suppress(OSError):
            trial.bind(("127.0.0.1", port))
            return port
    raise AssertionError("no free port")
