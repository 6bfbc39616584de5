"""The ledger's number: what a connection that was given up still commits is stored once."""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import psycopg

from wellhead import sdk
from wellhead.testing import wait_until
from wellhead_historian.forwarding import ledger
from wellhead_historian.forwarding.forwarder import Forwarder
from wellhead_historian.spool.spool import Spool
from wellhead_historian.store.choice import make_reader, make_writer
from wellhead_historian.testing import BASE, FAR, scan

_WAITING = "SELECT count(*) FROM pg_locks WHERE NOT granted AND %s = ANY(pg_blocking_pids(pid))"


def test_r1_a_commit_that_comes_after_the_next_connection_looked_doubles_nothing(
    spool: Spool,
    settings: sdk.Settings,
    connection: psycopg.Connection[Any],
    stored_rows: Callable[[], int],
    source: int,
    tags: npt.NDArray[np.int32],
) -> None:
    """As after a cut in the network: the server still has the old transaction, and commits it."""
    batches = [scan(source, BASE + step, tags) for step in range(3)]
    forwarder = Forwarder(spool, lambda: sdk.connect(settings, "default"))
    forwarder.start()
    wait_until(lambda: forwarder.state.connected, timeout=20, what="the look at the ledger")
    with sdk.connect(settings, "default") as old, old.transaction():
        ledger.advance(old, spool.id, 1, 3)
        make_writer(old).write(batches, FAR)
        for batch in batches:
            spool.append(batch).result(10)

        def waits() -> bool:
            with connection.transaction():
                pid = old.info.backend_pid
                return connection.execute(_WAITING, (pid,)).fetchone() == (1,)

        wait_until(waits, timeout=20, what="the forwarder at the ledger's row")
    wait_until(lambda: spool.backlog == (0, 0), timeout=20, what="an empty spool")
    assert forwarder.stop(10)
    assert forwarder.state.readings == 0
    assert stored_rows() == 3
    found = make_reader(connection).read(int(tags[0]), BASE, FAR, 10)
    assert found.times.tolist() == [BASE, BASE + 1, BASE + 2]
