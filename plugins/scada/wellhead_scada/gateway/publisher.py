"""What was stored, told to the screens: on a connection and a thread of its own.

Notifying commits wait for each other, so what is stored while one is under way goes out as one.
Screens may miss readings, the database never does: what cannot be told is dropped.
"""

import threading
from collections import deque
from collections.abc import Callable
from typing import Any

import psycopg
import structlog

from wellhead import sdk

log = structlog.get_logger(__name__)

_MOST_BATCHES = 5000
_GATHER_S = 0.02
_PAUSE_S = 1.0


class Publisher:
    """connect: a new connection inside the tenant; may raise psycopg.Error or WellheadError"""

    def __init__(self, connect: Callable[[], psycopg.Connection[Any]], tenant: str) -> None:
        self._connect = connect
        self._tenant = tenant
        self._batches: deque[sdk.Batch] = deque(maxlen=_MOST_BATCHES)
        self._some = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="publisher", daemon=True)

    def offer(self, batch: sdk.Batch) -> None:
        """Readings that are stored. Never blocks; from any thread."""
        self._batches.append(batch)
        self._some.set()

    def start(self) -> None:
        self._thread.start()

    def stop(self, timeout: float) -> None:
        """End the thread; what it has not told stays untold."""
        self._stopping.set()
        self._some.set()
        self._thread.join(timeout)

    def _run(self) -> None:
        away = False
        while not self._stopping.is_set():
            try:
                with self._connect() as connection:
                    if away:
                        log.info("live: screens show new readings again")
                    away = False
                    self._publish(connection)
            except (psycopg.Error, OSError, sdk.WellheadError) as error:
                if not away:
                    log.warning(
                        "live: no database, screens show no new readings until it is back",
                        reason=str(error).strip(),
                    )
                away = True
                self._stopping.wait(_PAUSE_S)
                self._batches.clear()  # by then they are old, and screens get a snapshot

    def _publish(self, connection: psycopg.Connection[Any]) -> None:
        while not self._stopping.is_set():
            self._some.wait()
            self._stopping.wait(_GATHER_S)
            self._some.clear()
            batches = []
            while self._batches:
                batches.append(self._batches.popleft())
            if batches:
                sdk.publish_readings(connection, self._tenant, sdk.Batch.join(batches))
