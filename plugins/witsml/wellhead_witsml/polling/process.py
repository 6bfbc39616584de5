"""The process `witsml`: of all that run for a tenant one reads its stores, the others stand by.

Which one holds a lock of PostgreSQL for as long as its connection lives. Should two believe that
they do, as after a partition, each answer is still stored once: a look stores nothing when the
log's cursor has moved since it asked.
"""

import os
import signal
import socket
import threading
import time
import uuid
from collections.abc import Callable, Sequence
from functools import cache, partial
from typing import Any

import psycopg
import structlog
from flask import Flask

from wellhead import sdk
from wellhead_witsml.polling.answers import end_unanswered
from wellhead_witsml.polling.worker import Worker

log = structlog.get_logger(__name__)
_EVERY_S = 0.25
_BEAT_S = 2.0
_AWAY_S = 2.0
_STOP_S = 3.0
_LOCK = "SELECT pg_try_advisory_lock(hashtext('wellhead witsml'), hashtext(current_schema()))"
_BEAT = """
INSERT INTO witsml_reader (id, process, started_at, heard_at) VALUES (1, %s, now(), now())
ON CONFLICT (id) DO UPDATE SET process = excluded.process, heard_at = now(),
    started_at = CASE WHEN witsml_reader.process = excluded.process
        THEN witsml_reader.started_at ELSE now() END
"""
_STORES = "SELECT id FROM witsml_store WHERE enabled"
_ASKED = """
SELECT store_id FROM witsml_request WHERE state = 'pending' AND deadline > now()
UNION SELECT store_id FROM witsml_write WHERE state = 'pending' AND deadline > now()
"""


def run(runtime: sdk.Runtime, tenants: Sequence[str]) -> None:
    """Until SIGTERM or SIGINT. A look that is under way is rolled back, and comes again."""
    ending = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ending.set())
    made_app = cache(partial(sdk.make_app, runtime))
    readers = [TenantReader(runtime.settings, tenant, made_app) for tenant in tenants]
    log.info("witsml runs", tenants=list(tenants))
    while not ending.is_set():
        for reader in readers:
            reader.go()
        ending.wait(_EVERY_S)
    for reader in readers:
        reader.close()
    log.info("witsml stopped")


class TenantReader:
    """One tenant's stores. made_app: the app, which is made when there is a store to read"""

    def __init__(self, settings: sdk.Settings, tenant: str, made_app: Callable[[], Flask]) -> None:
        self._settings = settings
        self._tenant = tenant
        self._made_app = made_app
        self._process = f"{socket.gethostname()}:{os.getpid()}"
        self._connection: psycopg.Connection[Any] | None = None
        self._holds = False
        self._workers: dict[uuid.UUID, Worker] = {}
        self._next_beat = 0.0
        self._error: str | None = None

    @property
    def reads(self) -> bool:
        """Whether it is this one, and no other process, that reads the tenant's stores."""
        return self._holds

    def go(self) -> None:
        """Look whether it is this process that reads, which stores there are, and what is asked."""
        now = time.monotonic()
        beat = now >= self._next_beat
        if not beat and not self._holds:
            return
        try:
            if beat:
                self._next_beat = now + _BEAT_S
                self._beat()
            if self._holds:
                self._wake_asked()
        except psycopg.Error as error:
            text = str(error).strip()
            if text != self._error:
                log.warning("witsml: no database, will try again", tenant=self._tenant, error=text)
            self._error = text
            self.close()
            self._next_beat = time.monotonic() + _AWAY_S

    def close(self) -> None:
        """Stop reading, and let another process do it."""
        for worker in self._workers.values():
            worker.end()
        give_up = time.monotonic() + _STOP_S
        for worker in self._workers.values():
            worker.join(max(0.0, give_up - time.monotonic()))
        self._workers.clear()
        if self._connection is not None:
            self._connection.close()
        self._connection, self._holds = None, False

    def _beat(self) -> None:
        if self._connection is None:
            self._connection = sdk.connect(self._settings, self._tenant, autocommit=True)
            self._error = None
        if not self._holds:
            row = self._connection.execute(_LOCK).fetchone()
            if row is None or not row[0]:
                return
            self._holds = True
            log.info("witsml: reads the stores", tenant=self._tenant)
        self._connection.execute(_BEAT, (self._process,))
        self._hire({row[0] for row in self._connection.execute(_STORES)})

    def _hire(self, stores: set[uuid.UUID]) -> None:
        """A worker for each store that is enabled."""
        for key in self._workers.keys() - stores:
            self._workers.pop(key).end()
        if stores and not self._workers:
            with self._made_app().app_context(), sdk.tenant(self._tenant):
                end_unanswered()
        for key in stores - self._workers.keys():
            worker = self._workers[key] = Worker(self._made_app(), self._tenant, key)
            worker.start()

    def _wake_asked(self) -> None:
        assert self._connection is not None
        if not self._workers:
            return
        for row in self._connection.execute(_ASKED):
            if row[0] in self._workers:
                self._workers[row[0]].wake()
