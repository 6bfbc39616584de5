"""Which points a broker can have, and what to change about one that it cannot."""

from collections.abc import Mapping, Sequence
from typing import Any

from paho.mqtt.client import topic_matches_sub

from wellhead import sdk
from wellhead_scada_mqtt.command import check_command
from wellhead_scada_mqtt.pointer import parse_pointer

DATATYPES = (
    "bool",
    "int8",
    "uint8",
    "int16",
    "uint16",
    "int32",
    "uint32",
    "int64",
    "uint64",
    "float32",
    "float64",
    "string",
)
_POINTERS = ("pointer", "time", "quality", "list")


def check(point: sdk.Point, options: Mapping[str, Any]) -> None:
    """Raises WellheadError naming field, value and remedy when `point` cannot be read from a
    broker with these options, or written."""
    if point.datatype not in DATATYPES:
        raise sdk.WellheadError(
            "is no datatype of MQTT",
            field="datatype",
            value=point.datatype,
            remedy=f"Use one of {', '.join(DATATYPES)}",
        )
    address = point.address
    filters = options["subscribe"]
    if filters and not _covered(address["topic"], filters):
        raise sdk.WellheadError(
            "is in no topic filter that the device subscribes to",
            field="address.topic",
            value=address["topic"],
            remedy="Add a filter for it to the device's `subscribe`, or leave that out",
        )
    for key in _POINTERS:
        _check_pointer(address, key)
    check_command(address)


def filters_of(points: Sequence[sdk.Point], options: Mapping[str, Any]) -> list[str]:
    """What to subscribe to for these points, without the shared group."""
    return options["subscribe"] or sorted({point.address["topic"] for point in points})


def _covered(topic: str, filters: Sequence[str]) -> bool:
    """Whether a filter has all that `topic` has; of a topic that is a filter, its wildcards are
    levels that only a wildcard has."""
    return any(known == topic or topic_matches_sub(known, topic) for known in filters)


def _check_pointer(address: Mapping[str, Any], key: str) -> None:
    text = address[key]
    if not text:
        return
    if address["payload"] == "raw":
        raise sdk.WellheadError(
            "has no meaning for a raw message",
            field=f"address.{key}",
            value=text,
            remedy="Leave it out, or use payload json",
        )
    try:
        parse_pointer(text)
    except ValueError as error:
        raise sdk.WellheadError(
            f"a JSON pointer {error}",
            field=f"address.{key}",
            value=text,
            remedy="Write it like /oil/rate",
        ) from None
