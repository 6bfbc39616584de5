"""A thread a store: it answers what is asked of the store and follows its logs, one after another,
so that a store that hangs holds up no other."""

import threading
import time
import uuid
from contextlib import suppress
from typing import Any

import psycopg
import structlog
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from wellhead import sdk
from wellhead_witsml.models import Log, LogState, Store
from wellhead_witsml.polling import state as states
from wellhead_witsml.polling.answers import answer_one, shown_capabilities
from wellhead_witsml.polling.discovery import EVERY_S, discover
from wellhead_witsml.polling.follow import Memory, failed, look, too_fast
from wellhead_witsml.polling.followed import followed
from wellhead_witsml.protocol.client import Store as Client
from wellhead_witsml.protocol.errors import (
    PollingTooFast,
    StoreRefused,
    StoreUnreachable,
    WitsmlError,
)
from wellhead_witsml.sites import allow_list, client_of

log = structlog.get_logger(__name__)
_IDLE_S = 2.0
_AWAY_S = 2.0
_FIRST_BACKOFF_S = 1.0
_MOST_DOWN = 6  # doublings: a store that is down is tried again within about a minute


class Worker(threading.Thread):
    """One store's. `wake` it when something is asked; `end` it and join."""

    def __init__(self, app: Flask, tenant: str, store_id: uuid.UUID) -> None:
        super().__init__(name=f"witsml {store_id}", daemon=True)
        self._app = app
        self._tenant = tenant
        self._store_id = store_id
        self._woken = threading.Event()
        self._ending = threading.Event()
        self._client: Client | None = None
        self._made_of: Any = None
        self._capable = False
        self._memories: dict[uuid.UUID, Memory] = {}
        self._down = 0
        self._not_before = 0.0
        self._next_discovery = 0.0

    def wake(self) -> None:
        self._woken.set()

    def end(self) -> None:
        self._ending.set()
        self._woken.set()

    def run(self) -> None:
        with self._app.app_context(), sdk.tenant(self._tenant):
            while not self._ending.is_set():
                self._woken.clear()
                wait = self.turn()
                _drop_session()
                if not self._ending.is_set():
                    self._woken.wait(wait)
        self._close()

    def turn(self) -> float:
        """Do one thing, in the app's context and the tenant; seconds to wait before the next."""
        try:
            return self._one()
        except (SQLAlchemyError, psycopg.Error, sdk.DatabaseError) as error:
            _drop_session()
            log.warning("witsml: no database, will try again", error=str(error).strip()[:200])
        except Exception:  # isolates: one store from the others
            _drop_session()
            log.error("witsml: a look failed", store=str(self._store_id), exc_info=True)
        return _AWAY_S

    def _one(self) -> float:
        store = sdk.db.session.get(Store, self._store_id)
        if store is None or not store.enabled:
            return _IDLE_S
        sdk.db.session.expunge(store)  # its values are kept beyond the transaction
        sdk.db.session.rollback()
        if answer_one(lambda: self._connected(store), self._store_id):
            return 0.0
        rest = self._not_before - time.monotonic()
        if rest > 0:
            return min(rest, _IDLE_S)
        try:
            client = self._connected(store)
            if self._down or not self._capable:
                self._greet(client, store.name)
            self._discover(client, store)
            return self._follow(client, store.zone)
        except WitsmlError as error:  # those of one log alone do not come here
            return self._away(store.name, error)

    def _connected(self, store: Store) -> Client:
        made_of = store.updated_at
        if self._client is None or self._made_of != made_of:
            self._close()
            settings = sdk.runtime_of(self._app).settings
            self._client = client_of(store, settings, allow_list(sdk.plugin_config("witsml")))
            self._made_of, self._capable = made_of, False
        return self._client

    def _greet(self, client: Client, name: str) -> None:
        """What it can do, when it is met and after it was away."""
        shown = shown_capabilities(client, client.get_cap())
        states.set_store(self._store_id, "connected", None, shown)
        sdk.db.session.commit()
        if self._down:
            log.info("witsml: the store is back", store=name)
        self._down, self._capable = 0, True

    def _discover(self, client: Client, store: Store) -> None:
        """Look for logs that are new, now and then."""
        now = time.monotonic()
        if not store.follow_growing or now < self._next_discovery:
            return
        self._next_discovery = now + EVERY_S
        failures = discover(client, store)
        reason = f"not followed: {'; '.join(failures)}" if failures else None
        states.set_store(store.id, "connected", reason)
        sdk.db.session.commit()

    def _follow(self, client: Client, zone: str) -> float:
        """A look at the log that is due the longest."""
        due = sdk.db.session.execute(
            select(Log.id, func.extract("epoch", LogState.next_poll_at - func.now()))
            .outerjoin(LogState)
            .where(Log.store_id == self._store_id, Log.enabled)
            .order_by(LogState.next_poll_at.nulls_first())
            .limit(1)
        ).one_or_none()
        if due is None:
            return _IDLE_S
        if due[1] is not None and due[1] > 0:
            return min(float(due[1]), _IDLE_S)
        asked = followed(due[0])
        sdk.db.session.rollback()
        if asked is None:
            return 0.0
        memory = self._memories.setdefault(asked.id, Memory())
        try:
            look(client, zone, asked, memory)
        except PollingTooFast as error:
            sdk.db.session.rollback()
            too_fast(asked, memory, error, client.capabilities.change_detection_s or 0.0)
        except (StoreUnreachable, StoreRefused):
            raise
        except (sdk.WellheadError, sdk.ApiError) as error:
            sdk.db.session.rollback()
            failed(asked, memory, error)
        return 0.0

    def _away(self, name: str, error: WitsmlError) -> float:
        sdk.db.session.rollback()
        if not self._down:
            log.warning("witsml: the store is away", store=name, error=str(error))
        states.set_store(self._store_id, "down", str(error))
        sdk.db.session.commit()
        wait = states.backoff_s(_FIRST_BACKOFF_S, min(self._down, _MOST_DOWN))
        self._down += 1
        self._not_before = time.monotonic() + wait
        for memory in self._memories.values():
            memory.header = None
        return min(wait, _IDLE_S)

    def _close(self) -> None:
        if self._client is not None:
            self._client.close()
        self._client = None


def _drop_session() -> None:
    """Give the connection back. One that was lost raises for that, too, and must end no thread."""
    with suppress(SQLAlchemyError, psycopg.Error):
        sdk.db.session.rollback()
    with suppress(SQLAlchemyError, psycopg.Error):
        sdk.db.session.remove()
