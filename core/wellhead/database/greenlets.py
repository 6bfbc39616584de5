"""Waiting for the database in the web's greenlets.

Under gevent psycopg waits with a poll that gevent makes up: a watcher, a timer and an event for
each answer, and a look ten times a second. Here a greenlet waits for its socket and nothing else,
which is a third less of what a short statement costs.
"""

from typing import Any, TypeVar

import psycopg
from gevent import get_hub
from psycopg.abc import PQGen
from psycopg.waiting import Ready
from sqlalchemy import Engine, event

Value = TypeVar("Value")


class GreenConnection(psycopg.Connection[Any]):
    """One whose greenlet alone waits, while others go on."""

    def wait(self, gen: PQGen[Value], interval: float = 0.1, timeout: float | None = None) -> Value:
        """What `gen` returns. It is told of what it waited for, in libev's numbers, which are
        psycopg's too: 1 to read, 2 to write."""
        if timeout is not None:
            return super().wait(gen, interval, timeout)
        hub = get_hub()
        try:
            wanted = next(gen)
            while True:
                watcher = hub.loop.io(self.pgconn.socket, wanted)
                try:
                    hub.wait(watcher)
                finally:
                    watcher.close()
                wanted = gen.send(Ready(wanted))
        except StopIteration as end:
            value: Value = end.value
            return value


def wait_in_greenlets(engine: Engine) -> None:
    """Have all connections that `engine` makes from here on wait so."""

    @event.listens_for(engine, "do_connect")
    def connect(_: Any, __: Any, arguments: list[Any], options: dict[str, Any]) -> Any:
        return GreenConnection.connect(*arguments, **options)
