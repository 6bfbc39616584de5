"""Reading a message: which of a topic's points it has values for, and which.

A pure decoder: whatever a message says, nothing raises; what cannot be used is a Trouble.
"""

from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import Any

import numpy as np
import orjson

from wellhead import sdk
from wellhead_scada_mqtt.columns import Columns, Places
from wellhead_scada_mqtt.convert import to_micros, to_quality, to_value
from wellhead_scada_mqtt.message import Message
from wellhead_scada_mqtt.pointer import Nowhere, parse_pointer, resolve, write_pointer

LARGEST_JSON = 1024 * 1024
"""Bytes of the longest JSON message that is read: some 10 ms of the event loop."""

MOST_READINGS = 10_000
"""Readings of the longest list that is read, for the same reason."""

Trouble = Callable[[str, object], None]
"""Told (what is wrong, what was found) of a part of a message that cannot be used."""

_PLAIN: dict[str, frozenset[type]] = {
    "number": frozenset({int, float}),
    "bool": frozenset({bool}),
    "string": frozenset(),
}
"""What JSON has for a datatype, where nothing needs to be looked at. orjson has no subclasses."""
_MARKED = sdk.quality.UNCERTAIN_LAST_USABLE


class Reader:
    """The points of one group that one topic feeds, and that have time, quality and list at the
    same pointers.

    points: (place in the group, point)
    """

    def __init__(self, points: Sequence[tuple[int, sdk.Point]], columns: Columns) -> None:
        self._columns = columns
        self.places: Places = np.array([place for place, _ in points], np.intp)
        address = points[0][1].address
        self._raw = address["payload"] == "raw"
        self._time = _steps(address["time"])
        self._quality = _steps(address["quality"])
        self._list = _steps(address["list"])
        objects: dict[tuple[tuple[str, ...], str], list[tuple[str, int, str]]] = {}
        self._whole: list[tuple[Places, str]] = []
        for place, point in points:
            steps = parse_pointer(point.address["pointer"])
            if steps:
                kind = point.datatype if point.datatype in ("bool", "string") else "number"
                member = (steps[-1], place, point.datatype)
                objects.setdefault((steps[:-1], kind), []).append(member)
            else:
                self._whole.append((np.array([place], np.intp), point.datatype))
        self._objects = [
            _Object(path, _PLAIN[kind], members) for (path, kind), members in objects.items()
        ]

    def bad(self, quality: int) -> None:
        """All of its points are bad, now."""
        self._columns.add(self.places, [np.nan] * len(self.places), 0, quality)

    def read(self, document: Any, text: str | None, retained: bool, trouble: Trouble) -> None:
        """What a message says.

        document: its JSON; text: it as text, None when it is none; retained: the broker had kept
        it, so it is the last usable value, and of now
        """
        if self._raw:
            self._value(text, 0, _MARKED if retained else sdk.quality.GOOD, trouble)
            return
        if self._list is None:
            self._entry(document, retained, trouble)
            return
        try:
            entries = resolve(document, self._list)
        except Nowhere:
            trouble("nothing at the pointer", write_pointer(self._list))
            return
        if not isinstance(entries, list):
            trouble("no list", entries)
            self.bad(sdk.quality.BAD_DEVICE_FAILURE)
            return
        if len(entries) * len(self.places) > MOST_READINGS:
            trouble(f"more than {MOST_READINGS} readings in a list", len(entries))
            self.bad(sdk.quality.BAD_DEVICE_FAILURE)
            return
        for entry in entries:
            self._entry(entry, retained, trouble)

    def _entry(self, document: Any, retained: bool, trouble: Trouble) -> None:
        quality = self._quality_of(document, trouble)
        time = 0
        if retained:
            quality = min(quality, _MARKED)
        elif self._time is not None:
            time = self._time_of(document, trouble)
            if not time:
                quality = min(quality, sdk.quality.UNCERTAIN)
        for some in self._objects:
            some.read(document, time, quality, self._columns, trouble)
        self._value(document, time, quality, trouble)

    def _value(self, said: Any, time: int, quality: int, trouble: Trouble) -> None:
        """Of the points that the message, or entry, as a whole is the value of."""
        for place, datatype in self._whole:
            _add(self._columns, place, said, datatype, time, quality, trouble)

    def _time_of(self, document: Any, trouble: Trouble) -> int:
        assert self._time is not None
        try:
            said = resolve(document, self._time)
        except Nowhere:
            said = None
        time = to_micros(said)
        if not time:
            trouble("no time", said)
        return time

    def _quality_of(self, document: Any, trouble: Trouble) -> int:
        if self._quality is None:
            return sdk.quality.GOOD
        try:
            said = resolve(document, self._quality)
        except Nowhere:
            return sdk.quality.GOOD  # many a device says it only when it is not
        quality = to_quality(said)
        if quality is None:
            trouble("no quality", said)
            return sdk.quality.UNCERTAIN
        return quality


class _Object:
    """Points of one kind that are members of one JSON object: fetched all at once when all are
    `plain`.

    members: name, place in the group, datatype of each
    """

    def __init__(
        self,
        path: tuple[str, ...],
        plain: frozenset[type],
        members: Sequence[tuple[str, int, str]],
    ) -> None:
        self._path = path
        self._plain = plain
        self._members = [
            (name, write_pointer((*path, name)), np.array([place], np.intp), datatype)
            for name, place, datatype in members
        ]
        self._places = np.array([place for _, place, _ in members], np.intp)
        names = [name for name, _, _ in members]
        self._fetch: Callable[[Any], Any] = itemgetter(*names)
        self._alone = len(names) == 1

    def read(
        self, document: Any, time: int, quality: int, columns: Columns, trouble: Trouble
    ) -> None:
        try:
            found = resolve(document, self._path) if self._path else document
        except Nowhere:
            trouble("nothing at the pointer", write_pointer(self._path))
            return
        if self._plain and isinstance(found, dict):
            try:
                values = self._fetch(found)
            except KeyError:
                pass
            else:
                if self._alone:
                    values = (values,)
                if self._plain.issuperset(map(type, values)):
                    columns.add(self._places, values, time, quality)
                    return
        for name, pointer, place, datatype in self._members:
            try:
                said = resolve(found, (name,))
            except Nowhere:
                trouble("nothing at the pointer", pointer)
                continue
            _add(columns, place, said, datatype, time, quality, trouble)


class Topic:
    """What one topic, or filter, feeds.

    heard: when, by the event loop's clock; stale: it has been silent too long, and its points
    are told so
    """

    def __init__(self, name: str, readers: Sequence[Reader], raw: bool) -> None:
        self.name = name
        self.readers = tuple(readers)
        self.heard = 0.0
        self.stale = False
        self._raw = raw

    def read(self, message: Message, trouble: Trouble) -> None:
        """Everything that `message` brings."""
        document, text = None, None
        if not self._raw:
            if len(message.payload) > LARGEST_JSON:
                trouble(f"more than {LARGEST_JSON} bytes of JSON", len(message.payload))
                self.bad(sdk.quality.BAD_DEVICE_FAILURE)
                return
            try:
                document = orjson.loads(message.payload)
            except orjson.JSONDecodeError as error:
                trouble("not JSON", str(error))
                self.bad(sdk.quality.BAD_DEVICE_FAILURE)
                return
        else:
            try:
                text = message.payload.decode()
            except UnicodeDecodeError:
                trouble("not text", message.payload)
        for reader in self.readers:
            reader.read(document, text, message.retain, trouble)

    def bad(self, quality: int) -> None:
        """All of its points are bad, now."""
        for reader in self.readers:
            reader.bad(quality)


def _add(
    columns: Columns,
    place: Places,
    said: Any,
    datatype: str,
    time: int,
    quality: int,
    trouble: Trouble,
) -> None:
    value = to_value(said, datatype)
    if value is None:
        trouble(f"no {datatype}", said)
        columns.add(place, (np.nan,), time, min(quality, sdk.quality.BAD_SENSOR_FAILURE))
    elif value[1] is not None:
        columns.add_text(place, value[1], time, quality)
    else:
        columns.add(place, (value[0],), time, quality)


def _steps(pointer: str | None) -> tuple[str, ...] | None:
    return None if pointer is None else parse_pointer(pointer)
