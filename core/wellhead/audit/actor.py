"""On whose account the code runs, for the audit trail."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Actor:
    """source: the door the write came through: `api`, `cli`, `bootstrap`, a process's name, or
    `system` when nobody said.

    request_id: of the HTTP request, as in the log
    """

    source: str = "system"
    user_id: uuid.UUID | None = None
    email: str | None = None
    request_id: str | None = None


_current: ContextVar[Actor | None] = ContextVar("wellhead_actor", default=None)
_NOBODY = Actor()


def current_actor() -> Actor:
    """On whose account the code runs now; of a request its user."""
    return _current.get() or _NOBODY


def set_actor(actor: Actor | None) -> None:
    """From here on, in this context; the HTTP kit does it at the start and end of each request."""
    _current.set(actor)


@contextmanager
def acting(actor: Actor) -> Iterator[None]:
    """For the length of a block."""
    token = _current.set(actor)
    try:
        yield
    finally:
        _current.reset(token)
