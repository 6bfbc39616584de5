"""Small messages between processes, over PostgreSQL's NOTIFY.

An event goes out when the transaction that emitted it commits, and not at all when it rolls back.
Events may be missed while a listener is not connected; it hears of every reconnection and then
looks for itself.
"""

import asyncio
import json
import random
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import psycopg
import structlog
from sqlalchemy.orm import Session

from wellhead.database.extension import db
from wellhead.database.scope import current_scope
from wellhead.database.urls import database_urls
from wellhead.errors import WellheadError
from wellhead.settings import Settings

CHANNEL = "wellhead_events"
RECONNECTED = "events.reconnected"
"""Kind of the event that `listen` makes up after each connection: look for what was missed."""
_MAX_BYTES = 7900  # PostgreSQL refuses 8000
_MAX_WAIT_SECONDS = 5.0
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Event:
    """kind: `<plugin>.<what>`; tenant: None for one of the platform's."""

    kind: str
    tenant: str | None = None
    data: dict[str, Any] = field(default_factory=dict)


def emit(kind: str, data: Mapping[str, Any] | None = None, session: Session | None = None) -> None:
    """Tell every process, when the current transaction commits.

    session: another than `db.session`. Raises WellheadError for data over 7,900 bytes of JSON.
    """
    scope = current_scope()
    statement, parameters = event_entry(kind, scope.tenant if scope else None, data)
    (session or db.session).connection().exec_driver_sql(statement, parameters)


def event_entry(
    kind: str, tenant: str | None, data: Mapping[str, Any] | None = None
) -> tuple[str, dict[str, Any]]:
    """(statement, parameters) for psycopg: what `emit` does, on a connection of one's own.

    tenant: None for an event of the platform's. Raises WellheadError as `emit` does.
    """
    payload = json.dumps({"k": kind, "t": tenant, "d": dict(data or {})})
    if len(payload.encode()) > _MAX_BYTES:
        raise WellheadError(
            f"an event holds at most {_MAX_BYTES} bytes",
            field=kind,
            value=len(payload),
            remedy="Send ids, and let the listener read the rest",
        )
    return "SELECT pg_notify(%(channel)s, %(payload)s)", {"channel": CHANNEL, "payload": payload}


def parse_event(payload: str) -> Event:
    """The event in a notification's payload."""
    message = json.loads(payload)
    return Event(message["k"], message["t"], message["d"])


async def listen(settings: Settings) -> AsyncIterator[Event]:
    """Every event from now on, for ever; an `events.reconnected` after each (re)connection."""
    urls = database_urls(settings)
    wait, away = 0.2, False
    while True:
        try:
            connection = await psycopg.AsyncConnection.connect(
                urls.libpq(urls.app), autocommit=True, connect_timeout=10
            )
            async with connection:
                await connection.execute("LISTEN wellhead_events")
                if away:
                    log.info("events: the database is back")
                wait, away = 0.2, False
                yield Event(RECONNECTED)
                async for notification in connection.notifies():
                    yield parse_event(notification.payload)
        except psycopg.Error as error:
            if not away:
                log.warning("events: no database, will reconnect", error=str(error).strip())
            away = True
        await asyncio.sleep(wait * random.uniform(0.7, 1.3))  # noqa: S311 (jitter)
        wait = min(wait * 2, _MAX_WAIT_SECONDS)
