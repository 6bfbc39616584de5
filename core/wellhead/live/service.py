"""The live side of one web process: its hub, its listener, and two threads that keep them going.

Everything starts with the first client, in the process that serves it (after gunicorn has forked),
or with `listen`. The pump sends frames. The keeper cuts who does not read, ends sockets whose
session has ended, sends the heartbeat, and reads snapshots again after the listener was away; it
may wait for the database, the pump never does.
"""

import threading
import time
from collections.abc import Callable, Sequence
from functools import reduce
from typing import Any

import numpy as np
import numpy.typing as npt
import structlog
from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from wellhead.auth.identity import Identity, acting_as
from wellhead.auth.sessions import live_identities
from wellhead.database.extension import tenant as inside
from wellhead.field.batch import Batch
from wellhead.live.bus import Listener
from wellhead.live.client import Client, Outlet
from wellhead.live.events import EventDesk
from wellhead.live.frames import EMPTY, Payload, encode_message
from wellhead.live.hub import Hub
from wellhead.live.recent import Position
from wellhead.live.tickets import PERMISSION
from wellhead.live.topics import Topics
from wellhead.plugins.info import Status
from wellhead.runtime import Runtime

FRAME_SECONDS = 0.05
_ROUND_SECONDS = 0.25
_ROUNDS_A_LOOK = 4  # at sessions, every second
_ROUNDS_A_BEAT = 80  # of the heart, every 20 s
_JOIN_SECONDS = 10.0
_FIRST_CONNECTION_SECONDS = 3.0
SESSION_ENDED = 4401
RESTARTING = 1012
EXTENSION = "wellhead_live"
log = structlog.get_logger(__name__)


class Live:
    """One a process, in `app.extensions`. Every method may be called by any thread."""

    def __init__(self, app: Flask, runtime: Runtime) -> None:
        self.topics = Topics()
        self._app = app
        self._plugins = runtime.plugins
        self._hub = Hub()
        self.events = EventDesk(app, self.clients)
        self._listener = Listener(
            runtime.settings,
            heard=self._heard,
            event=self.events.heard,
            connected=self._connected,
        )
        self._news = threading.Event()
        self._missed = threading.Event()
        self._stop = threading.Event()
        self._ending: Callable[[], bool] = lambda: False
        self._starting = threading.Lock()
        self._threads: list[threading.Thread] = []

    def end_when(self, ending: Callable[[], bool]) -> None:
        """Say goodbye to all clients once `ending()` is true: the process is told to stop."""
        self._ending = ending

    def collect_topics(self) -> None:
        """Take the topics of all plugins; one whose topics cannot be used is switched off."""
        for hook, take in (("live_topics", self.topics.add), ("live_events", self.events.add)):
            for plugin, topics in self._plugins.collect(hook):
                try:
                    take(plugin, topics)
                except (Exception, SystemExit) as error:  # isolates: one plugin's topics
                    self._plugins.switch_off(plugin, Status.FAILED, f"hook {hook}: {error}")

    def join(self, identity: Identity, outlet: Outlet) -> Client:
        """A client that has shown a good ticket."""
        self.listen()
        self._listener.wait(_FIRST_CONNECTION_SECONDS)
        client = Client(identity, outlet)
        self._hub.add(client)
        return client

    def leave(self, client: Client) -> None:
        """A client whose socket has ended."""
        self._hub.remove(client)

    def clients(self) -> list[Client]:
        """Who is connected to this process now."""
        return self._hub.clients()

    def subscribe(
        self, client: Client, tags: npt.NDArray[np.int32], since: Position | None = None
    ) -> None:
        """Add tags (int32[n], sorted), send their newest readings, then every one that follows.

        since: how far the client had come before it lost its connection; it is sent all readings
        since then instead, where this process still has them
        In this order there is no gap: what is stored after the subscription is heard, what was
        stored before the snapshot is in it, and what is both is sent once.
        """
        added = np.setdiff1d(tags, client.tags)
        position = self._hub.position(client.who.tenant)  # before: rather a reading twice than none
        client.hold()
        if since is None:
            self._hub.change_tags(client, add=tags)
            self._show([client], added, added.tolist(), position)
            return
        missed = self._hub.resume(client, tags, since)
        if missed is None:
            self._show([client], added, added.tolist(), position, resumed=False)
        else:
            mine = missed.take(np.isin(missed.tags, added))
            client.resume(mine, added.tolist(), position, time.monotonic())

    def unsubscribe(self, client: Client, tags: npt.NDArray[np.int32]) -> None:
        """Take tags away; nothing of them is sent from now on."""
        self._hub.change_tags(client, drop=tags)

    def stop(self) -> None:
        """End the threads, say goodbye to the clients. For tests and embedding applications."""
        self._stop.set()
        self._news.set()
        self.events.stop()
        for thread in self._threads:
            thread.join(_JOIN_SECONDS)
        if self._threads:
            self._listener.stop()

    def listen(self) -> None:
        """Start now, once: who was connected to another process can go on at this one only with
        what it has heard since."""
        with self._starting:
            if not self._threads:
                self._threads = [
                    threading.Thread(target=self._pump, name="live-pump", daemon=True),
                    threading.Thread(target=self._keep, name="live-keeper", daemon=True),
                    threading.Thread(target=self.events.run, name="live-events", daemon=True),
                ]
                self._listener.start()
                for thread in self._threads:
                    thread.start()

    # --- readings ----------------------------------------------------------------------------

    def _heard(self, payload: Payload) -> None:
        if self._hub.put(payload, time.monotonic()):
            self._news.set()

    def _connected(self) -> None:
        self._hub.listening()
        self.events.missed()
        if self._hub.groups():  # who subscribes from now on misses nothing
            self._missed.set()

    def _pump(self) -> None:
        """A frame at once after silence, then at most one every FRAME_SECONDS."""
        while not self._stop.is_set():
            self._news.wait()
            self._news.clear()
            try:
                self._hub.flush(time.monotonic())
            except Exception:  # isolates: one frame from the next
                log.error("live: frame lost", exc_info=True)
                self._missed.set()
            self._stop.wait(FRAME_SECONDS)

    def _show(
        self,
        clients: Sequence[Client],
        tags: npt.NDArray[np.int32],
        subscribed: list[int] | None,
        position: str,
        **more: Any,
    ) -> None:
        """Read one snapshot and release the clients that hold for it."""
        snapshot = self._snapshot(clients[0].who.tenant, tags)
        for client in clients:
            if snapshot is None:
                client.abandon(time.monotonic())
            else:
                client.release(snapshot, subscribed, position, time.monotonic(), **more)

    def _snapshot(self, tenant: str, tags: npt.NDArray[np.int32]) -> Batch | None:
        """The newest readings; None, and another try soon, when they cannot be read now."""
        found = [EMPTY]
        try:
            with self._app.app_context(), inside(tenant):
                for plugin, batch, error in self._plugins.attempt("live_snapshot", tags=tags):
                    if isinstance(error, SQLAlchemyError):
                        raise error  # the database is away: the whole snapshot follows later
                    if error is not None:
                        log.error(
                            "hook failed", plugin=plugin, hook="live_snapshot", exc_info=error
                        )
                    if batch is not None:
                        found.append(batch)
        except Exception:  # isolates: a plugin's hook and its database, from the socket
            log.error("live: no snapshot, will try again", tenant=tenant, exc_info=True)
            self._missed.set()
            return None
        return Batch.join(found)

    # --- the keeper --------------------------------------------------------------------------

    def _keep(self) -> None:
        rounds = 0
        while not self._stop.wait(_ROUND_SECONDS) and not self._ending():
            rounds += 1
            try:
                self._cut_stalled()
                if rounds % _ROUNDS_A_LOOK == 0:
                    self._end_sessions()
                    self._drop_unseen()
                    self._resync()
                if rounds % _ROUNDS_A_BEAT == 0:
                    self._hub.heartbeat()
            except Exception:  # isolates: one round from the next
                log.error("live: keeper failed, goes on", exc_info=True)
        self._send_all_away()

    def _send_all_away(self) -> None:
        while clients := self._hub.clients():
            for client in clients:
                client.outlet.goodbye(RESTARTING, "The server restarts")
            self._cut_stalled()
            time.sleep(_ROUND_SECONDS)

    def _cut_stalled(self) -> None:
        for client in self._hub.stalled(time.monotonic()):
            log.warning("live: client does not read, cut", user=client.who.email)
            client.outlet.cut()

    def _end_sessions(self) -> None:
        clients = self._hub.clients()
        if not clients:
            return
        try:
            with self._app.app_context():
                alive = live_identities({client.who.login for client in clients})
        except SQLAlchemyError as error:
            log.warning("live: cannot look at sessions", error=str(error))
            return  # nothing arrives over a database that is away; look again in a second
        for client in clients:
            now = alive.get(client.who.login)
            if now is None or not now.may(PERMISSION) or _changed(now, client.who):
                client.outlet.goodbye(SESSION_ENDED, "The session has ended or changed")

    def _drop_unseen(self) -> None:
        """Take from clients limited to assets the tags that have been moved out of their sight. One
        question a limit, whatever the number of its clients."""
        limited: dict[tuple[str, Any], list[Client]] = {}
        for client in self._hub.clients():
            if client.who.assets is not None and len(client.tags):
                limited.setdefault((client.who.tenant, client.who.assets), []).append(client)
        for clients in limited.values():
            unseen = self._unseen(clients[0].who, reduce(np.union1d, [c.tags for c in clients]))
            for client in clients if len(unseen) else ():
                lost = np.intersect1d(client.tags, unseen)
                if len(lost):
                    self.unsubscribe(client, lost)
                    client.outlet.send(encode_message({"type": "unsubscribed", "tags": lost}))

    def _unseen(self, who: Identity, tags: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
        """Those of the tags that the user may not see any more; all when that cannot be told."""
        try:
            with self._app.app_context(), inside(who.tenant), acting_as(who):
                return np.setdiff1d(tags, self.topics.still_seen(tags))
        except SQLAlchemyError as error:
            log.warning("live: cannot look at assets", error=str(error))
            return EMPTY.tags  # nothing arrives over a database that is away; again in a second
        except Exception:  # isolates: a plugin's topic, from the other clients
            log.error("live: cannot tell what is seen, taken away", exc_info=True)
            return tags

    def _resync(self) -> None:
        if not self._missed.is_set():
            return
        self._missed.clear()
        for tenant, tags, clients in self._hub.groups():
            position = self._hub.position(tenant)
            for client in clients:
                client.hold()
            self._show(clients, tags, None, position)


def _changed(now: Identity, before: Identity) -> bool:
    return (now.roles, now.permissions, now.assets) != (
        before.roles,
        before.permissions,
        before.assets,
    )


def live_of(app: Flask) -> Live:
    live: Live = app.extensions[EXTENSION]
    return live
