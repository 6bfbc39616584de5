"""A forwarder at work, and the end of what it has to do."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg

from wellhead.testing import wait_until
from wellhead_historian.forwarding.forwarder import Forwarder
from wellhead_historian.spool.spool import Spool

Connect = Callable[[], psycopg.Connection[Any]]


@contextmanager
def forwarding(spool: Spool, connect: Connect, **options: Any) -> Iterator[Forwarder]:
    forwarder = Forwarder(spool, connect, **options)
    forwarder.start()
    try:
        yield forwarder
    finally:
        assert forwarder.stop(10)


def delivered(spool: Spool) -> None:
    wait_until(lambda: spool.backlog == (0, 0), timeout=20, what="an empty spool")
