"""Which values a message has, as tags would be made of them."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

import orjson

from wellhead import sdk
from wellhead_scada_mqtt.message import Message
from wellhead_scada_mqtt.payload import LARGEST_JSON
from wellhead_scada_mqtt.pointer import write_pointer

_DEEPEST = 10
_PRINTABLE = re.compile(r"[^\x00-\x08\x0e-\x1f]{0,1000}")


class Survey:
    """What one browse finds, at most `left` values more."""

    def __init__(self, left: int) -> None:
        self.left = left
        self._known: set[tuple[str, ...]] = set()

    def look_at(self, messages: Iterable[Message]) -> list[sdk.Found]:
        """The values that were not found before."""
        found: list[sdk.Found] = []
        for some in (some for message in messages for some in _values_of(message)):
            key = tuple((some.address or {}).values())
            if key not in self._known and self.left:
                self._known.add(key)
                self.left -= 1
                found.append(some)
        return found


def _values_of(message: Message) -> Iterator[sdk.Found]:
    """Each number, bool and text in a message; of a list of readings those of its first entry."""
    document = None
    if len(message.payload) <= LARGEST_JSON:
        try:
            document = orjson.loads(message.payload)
        except orjson.JSONDecodeError:
            yield from _raw(message)
            return
    yield from _walk(message.topic, document, (), None)


def _raw(message: Message) -> Iterator[sdk.Found]:
    try:
        text = message.payload.decode()
    except UnicodeDecodeError:
        return
    if _PRINTABLE.fullmatch(text):
        yield sdk.Found(
            message.topic, "string", {"topic": message.topic, "payload": "raw"}, value=text
        )


def _walk(
    topic: str, document: Any, steps: tuple[str, ...], entries: tuple[str, ...] | None
) -> Iterator[sdk.Found]:
    """entries: pointer to the list that `steps` begin in, if any"""
    if isinstance(document, dict) and len(steps) < _DEEPEST:
        for name, member in document.items():
            yield from _walk(topic, member, (*steps, name), entries)
        return
    if isinstance(document, list):
        if document and entries is None:
            yield from _walk(topic, document[0], (), steps)
        return
    value: float | str
    if isinstance(document, bool):
        datatype, value = "bool", float(document)
    elif isinstance(document, int | float):
        datatype, value = "float64", float(document)
    elif isinstance(document, str):
        datatype, value = "string", document
    else:
        return
    address = {"topic": topic, "pointer": write_pointer(steps)}
    if entries is not None:
        address["list"] = write_pointer(entries)
    name = topic + write_pointer(entries or ()) + write_pointer(steps)
    yield sdk.Found(name, datatype, address, value=value)
