"""JSON pointers (RFC 6901): where in a message a value is."""

import re
from typing import Any

_ESCAPES = re.compile(r"~(?![01])")
_INDEX = re.compile(r"0|[1-9][0-9]*")


class Nowhere(LookupError):
    """The document has nothing at this pointer."""


def parse_pointer(text: str) -> tuple[str, ...]:
    """The pointer's steps; "" is the whole document. Raises ValueError."""
    if not text:
        return ()
    if not text.startswith("/"):
        raise ValueError('begins with "/", or is empty for the whole message')
    if _ESCAPES.search(text):
        raise ValueError('writes "~" as "~0" and "/" within a name as "~1"')
    return tuple(step.replace("~1", "/").replace("~0", "~") for step in text[1:].split("/"))


def write_pointer(steps: tuple[str, ...]) -> str:
    """The text that `parse_pointer` takes apart into `steps`."""
    return "".join("/" + step.replace("~", "~0").replace("/", "~1") for step in steps)


def resolve(document: Any, steps: tuple[str, ...]) -> Any:
    """What the document has there. Raises Nowhere."""
    for step in steps:
        if isinstance(document, dict) and step in document:
            document = document[step]
        elif isinstance(document, list) and _INDEX.fullmatch(step) and len(step) < 10:
            place = int(step)
            if place >= len(document):
                raise Nowhere
            document = document[place]
        else:
            raise Nowhere
    return document
