"""What happens, told to live clients that follow it: a command's step, not a reading.

Events come over the same connection as readings and carry ids; what a client is shown the plugin
reads from the database, as a user of the client's limit to assets. It waits for the database, so it
has a thread of its own. What cannot be told is not kept: clients hear that they missed something,
and read the list again.
"""

import threading
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import structlog
from flask import Flask

from wellhead.auth.identity import acting_as
from wellhead.database.events import Event
from wellhead.database.extension import tenant
from wellhead.errors import WellheadError
from wellhead.live.client import Client
from wellhead.live.frames import encode_message
from wellhead.live.topics import SubscriptionError
from wellhead.plugins.contributions import LiveEvents
from wellhead.settings.checking import did_you_mean

_MOST_WAITING = 1000
log = structlog.get_logger(__name__)


class EventDesk:
    """One a process. clients: who is connected to it now. Every method may be called by any
    thread."""

    def __init__(self, app: Flask, clients: Callable[[], list[Client]]) -> None:
        self._app = app
        self._clients = clients
        self._topics: dict[str, LiveEvents] = {}
        self._waiting: deque[Event] = deque()
        self._some = threading.Event()
        self._stopping = False

    def add(self, plugin: str, topics: Iterable[LiveEvents]) -> None:
        """Take a plugin's topics. Raises WellheadError when one is there already."""
        for topic in topics:
            if topic.name in self._topics:
                raise WellheadError(
                    "another plugin has live events of this name",
                    field="live_events",
                    value=topic.name,
                    remedy="Give them another name",
                )
            self._topics[topic.name] = topic

    def names(self) -> list[str]:
        """What may be followed."""
        return sorted(self._topics)

    def change(self, client: Client, names: Any, *, follow: bool) -> None:
        """Follow these from now on, or no more. Raises SubscriptionError naming the one at
        fault."""
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            raise SubscriptionError("malformed", "must be a list of names", field="events")
        for name in names:
            self._check(client, name)
        chosen = frozenset(names)
        client.events = client.events | chosen if follow else client.events - chosen

    def heard(self, event: Event) -> None:
        """An event of any kind. Never blocks."""
        if not any(topic.kind == event.kind for topic in self._topics.values()):
            return
        if len(self._waiting) >= _MOST_WAITING:
            self._waiting.clear()
            self.missed()
        self._waiting.append(event)
        self._some.set()

    def missed(self) -> None:
        """Events may have been missed: tell everybody who follows any."""
        _send([client for client in self._clients() if client.events], {"type": "events_missed"})

    def run(self) -> None:
        """The thread."""
        while not self._stopping:
            self._some.wait()
            self._some.clear()
            while self._waiting and not self._stopping:
                event = self._waiting.popleft()
                for topic in self._topics.values():
                    if topic.kind == event.kind:
                        self._tell(topic, event)

    def stop(self) -> None:
        """End the thread."""
        self._stopping = True
        self._some.set()

    def _check(self, client: Client, name: str) -> None:
        topic = self._topics.get(name)
        if topic is None:
            raise SubscriptionError(
                "unknown_topic",
                "there are no live events of this name",
                field="events",
                value=name,
                remedy=did_you_mean(name, self._topics),
            )
        if not client.who.may(topic.permission):
            raise SubscriptionError(
                "permission_denied",
                f"it needs the permission {topic.permission}",
                field="events",
                value=name,
                remedy="Have an administrator give you a role with it",
            )
        if client.who.assets is not None and not topic.within_assets:
            raise SubscriptionError(
                "asset_limited",
                "it is not for users who are limited to assets",
                field="events",
                value=name,
                remedy="Follow others",
            )

    def _tell(self, topic: LiveEvents, event: Event) -> None:
        alike: dict[Any, list[Client]] = {}
        for client in self._clients():
            if topic.name in client.events and client.who.tenant == event.tenant:
                alike.setdefault(client.who.assets, []).append(client)
        for clients in alike.values():
            _send(clients, self._message(topic, event.data, clients))

    def _message(
        self, topic: LiveEvents, data: Mapping[str, Any], clients: Sequence[Client]
    ) -> dict[str, Any] | None:
        who = clients[0].who
        try:
            with self._app.app_context(), tenant(who.tenant), acting_as(who):
                shown = topic.show(data)
        except Exception:  # isolates: a plugin's events and its database, from the other clients
            log.error("live: event is not shown", topic=topic.name, exc_info=True)
            return {"type": "events_missed"}
        return None if shown is None else {"type": "event", "topic": topic.name, "data": shown}


def _send(clients: Sequence[Client], message: Mapping[str, Any] | None) -> None:
    if message is not None and clients:
        frame = encode_message(message)
        for client in clients:
            client.outlet.send(frame)
