"""The properties of a metric: its quality, and what a birth says about a tag to be made of it."""

from typing import Any

from google.protobuf.message import DecodeError

from wellhead import sdk
from wellhead_scada_mqtt.sparkplug._generated.sparkplug_b_pb2 import PropertySet

MAX_BYTES = 16 * 2**10
"""A longer set is not read."""

_QUALITIES = {0: sdk.quality.BAD, 192: sdk.quality.GOOD, 500: sdk.quality.UNCERTAIN_LAST_USABLE}
"""Bad, good and stale: Sparkplug specification 3.0.0, section 6.4.8. Those are all."""


def quality_of(properties: bytes) -> int:
    """The OPC quality that a metric's properties say. Good where they say none; bad where the
    properties cannot be read or the code is none of Sparkplug's."""
    if b"Quality" not in properties:
        return sdk.quality.GOOD
    code = read(properties).get("Quality")
    return _QUALITIES.get(code, sdk.quality.BAD) if isinstance(code, int) else sdk.quality.BAD


def read(properties: bytes) -> dict[str, Any]:
    """The properties by key, without the nested ones; none at all when they make no sense."""
    if len(properties) > MAX_BYTES:
        return {}
    try:
        found = PropertySet.FromString(properties)
    except DecodeError:
        return {}
    if len(found.keys) != len(found.values):
        return {}
    values: dict[str, Any] = {}
    for key, value in zip(found.keys, found.values, strict=True):
        field = value.WhichOneof("value")
        if field and not value.is_null:
            values[key] = getattr(value, field)
    return values
