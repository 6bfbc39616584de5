"""Readings between processes: PostgreSQL's NOTIFY on one channel.

The process that committed readings publishes them; every web process listens on one connection of
its own. What was published while it was not connected is lost to it, so the hub is told of every
reconnection and gives its clients a fresh snapshot.
"""

import random
import secrets
import threading
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

import psycopg
import structlog

from wellhead.database.events import CHANNEL as EVENTS
from wellhead.database.events import Event, parse_event
from wellhead.database.urls import database_urls
from wellhead.field.batch import Batch
from wellhead.live.frames import Payload, PayloadError, to_payloads
from wellhead.settings import Settings

CHANNEL = "wellhead_live"
_CONNECT_SECONDS = 10
_WAKE_SECONDS = 0.5
_STOP_SECONDS = 5.0
_FIRST_WAIT = 0.2
_LONGEST_WAIT = 5.0
log = structlog.get_logger(__name__)


@dataclass(slots=True)
class _Publisher:
    """One connection that publishes. next: number of the next payload, by tenant"""

    name: str
    next: dict[str, int]


_publishers: "WeakKeyDictionary[psycopg.Connection[Any], _Publisher]" = WeakKeyDictionary()


def publish_readings(connection: psycopg.Connection[Any], tenant: str, batch: Batch) -> None:
    """Tell every web process of readings that are on disk.

    connection: not inside the transaction that stored them: notifying commits wait for each other
    Raises psycopg.Error; the readings are safe all the same, only screens miss them.
    """
    publisher = _publishers.setdefault(connection, _Publisher(secrets.token_hex(4), {}))
    number = publisher.next.get(tenant, 1)
    payloads = [str(payload) for payload in to_payloads(tenant, batch, publisher.name, number)]
    # counted before they are sent: those that fail leave a hole, which resuming clients see
    publisher.next[tenant] = number + len(payloads)
    if payloads:
        with nullcontext() if connection.autocommit else connection.transaction():
            connection.execute(
                "SELECT pg_notify(%s, payload) FROM string_to_table(%s, E'\\n') WITH ORDINALITY"
                " AS piece(payload, place) ORDER BY place",
                (CHANNEL, "\n".join(payloads)),
            )


class Listener:
    """A thread (a greenlet, where threads are) with one connection that listens for ever.

    heard: called with each payload; raises PayloadError for one whose readings are none
    event: called with each event of `sdk.emit`
    connected: called after every connection, before anything is heard on it
    """

    def __init__(
        self,
        settings: Settings,
        *,
        heard: Callable[[Payload], None],
        event: Callable[[Event], None],
        connected: Callable[[], None],
    ) -> None:
        self._settings = settings
        self._heard = heard
        self._event = event
        self._connected = connected
        self._away = False
        self._stop = threading.Event()
        self._listening = threading.Event()
        self._thread = threading.Thread(target=self._run, name="live-bus", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def wait(self, seconds: float) -> bool:
        """Wait until the first connection listens. False when it does not yet."""
        return self._listening.wait(seconds)

    def stop(self) -> None:
        """End the thread and its connection; returns when they are gone."""
        self._stop.set()
        self._thread.join(_STOP_SECONDS)

    def _run(self) -> None:
        wait = _FIRST_WAIT
        while not self._stop.is_set():
            try:
                with self._connect() as connection:
                    wait = _FIRST_WAIT
                    self._listen(connection)
            except psycopg.Error as error:
                if not self._away:
                    log.warning("live: no database, will reconnect", error=str(error).strip())
                self._away = True
            self._stop.wait(wait * random.uniform(0.7, 1.3))  # noqa: S311 (jitter)
            wait = min(wait * 2, _LONGEST_WAIT)

    def _connect(self) -> psycopg.Connection[Any]:
        urls = database_urls(self._settings)
        return psycopg.connect(
            urls.libpq(urls.app),
            autocommit=True,
            connect_timeout=_CONNECT_SECONDS,
            application_name="wellhead-live",
            keepalives_idle=10,
            keepalives_interval=5,
            keepalives_count=3,
        )

    def _listen(self, connection: psycopg.Connection[Any]) -> None:
        connection.execute(f"LISTEN {CHANNEL}")
        connection.execute(f"LISTEN {EVENTS}")
        if self._away:
            log.info("live: the database is back")
        self._away = False
        self._connected()
        self._listening.set()
        while not self._stop.is_set():
            for notification in connection.notifies(timeout=_WAKE_SECONDS):
                if notification.channel == EVENTS:
                    self._event(parse_event(notification.payload))
                else:
                    self._hear(notification.payload)

    def _hear(self, text: str) -> None:
        try:
            self._heard(Payload.parse(text))
        except PayloadError as error:
            log.warning("live: a notification is not ours", error=str(error))
