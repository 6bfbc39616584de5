"""Which points a topic feeds: from messages to columns, each message parsed once."""

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from paho.mqtt.client import topic_matches_sub

from wellhead import sdk
from wellhead_scada_mqtt.columns import Columns
from wellhead_scada_mqtt.message import Message
from wellhead_scada_mqtt.payload import Reader, Topic
from wellhead_scada_mqtt.trouble import Troubles

_MOST_KNOWN = 100_000
"""Topics that are remembered with what they feed; with more, they are looked up again."""


class Topics:
    """Those that feed the points of some groups.

    groups: the points by group id
    """

    def __init__(self, groups: Mapping[str, Sequence[sdk.Point]], troubles: Troubles) -> None:
        self._troubles = troubles
        self._columns = {group: Columns(group) for group in groups}
        self._all = _topics_of(groups, self._columns)
        self._filters = [topic for topic in self._all if "+" in topic.name or "#" in topic.name]
        self._exact: dict[str, list[Topic]] = {}
        for topic in self._all:
            self._exact.setdefault(topic.name, []).append(topic)
        self._known: dict[str, Sequence[Topic]] = {}

    def read(self, messages: Iterable[Message], now: float) -> list[sdk.Pushed]:
        """What they bring, a Pushed a group. now: by the clock that `silent` is asked by"""
        for message in messages:
            topics = self._known.get(message.topic)
            if topics is None:
                topics = self._find(message.topic)
            if not topics:
                self._troubles.note_unasked(message.topic)
            for topic in topics:
                topic.heard = now
                topic.stale = False
                topic.read(message, partial(self._troubles.note, message.topic))
        return self._taken()

    def refused(self, filters: Sequence[str]) -> list[sdk.Pushed]:
        """The points that only these filters feed are bad: the broker does not let us read them."""
        for topic in self._all:
            if topic.name in filters:
                topic.bad(sdk.quality.BAD_CONFIGURATION)
        return self._taken()

    def silent(self, since: float) -> list[sdk.Pushed]:
        """The points of topics that were heard last before `since` are bad; each is said once a
        silence."""
        for topic in self._all:
            if not topic.stale and topic.heard <= since:
                topic.stale = True
                topic.bad(sdk.quality.BAD_COMM_FAILURE)
        return self._taken()

    def begin(self, now: float) -> None:
        """The silence of every topic counts from now."""
        for topic in self._all:
            topic.heard = now

    def _find(self, name: str) -> Sequence[Topic]:
        found = [
            *self._exact.get(name, ()),
            *(topic for topic in self._filters if topic_matches_sub(topic.name, name)),
        ]
        if len(self._known) >= _MOST_KNOWN:
            self._known.clear()
        self._known[name] = found
        return found

    def _taken(self) -> list[sdk.Pushed]:
        return [pushed for columns in self._columns.values() if (pushed := columns.take())]


def _topics_of(
    groups: Mapping[str, Sequence[sdk.Point]], columns: Mapping[str, Columns]
) -> list[Topic]:
    found: dict[tuple[str, bool], dict[tuple[Any, ...], list[tuple[int, sdk.Point]]]] = {}
    for group, points in groups.items():
        for place, point in enumerate(points):
            address = point.address
            raw = address["payload"] == "raw"
            where = (group, address["list"], address["time"], address["quality"])
            found.setdefault((address["topic"], raw), {}).setdefault(where, []).append(
                (place, point)
            )
    return [
        Topic(name, [Reader(points, columns[where[0]]) for where, points in readers.items()], raw)
        for (name, raw), readers in found.items()
    ]
