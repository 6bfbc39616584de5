"""A published message, read from its packet.

paho can do that too, but makes an object of 27 properties and a lock of each message: four fifths
of what receiving one costs, and with many at hand the garbage collector doubles it.
"""

from typing import NamedTuple

from paho.mqtt import MQTTException

_PROPERTY_BYTES = 4
"""Bytes of the longest length of properties (MQTT 5.0, section 1.5.5)."""


class MalformedMessage(MQTTException):
    """A packet that is no published message."""


class Message(NamedTuple):
    """retain: the broker had kept it, it is no news; dup: it may have come before; mid: number
    under which one of QoS 1 is acknowledged, else 0"""

    topic: str
    payload: bytes
    qos: int
    retain: bool
    dup: bool
    mid: int


def read_message(flags: int, body: bytes | bytearray, properties: bool) -> Message:
    """The PUBLISH packet with these `flags` (the four lower bits of its first byte) and `body`
    (what follows its length; MQTT 5.0 and 3.1.1, section 3.3).

    properties: whether there are some (MQTT 5), which are passed over: nothing that Wellhead asks
    of a broker lets one change what a message means. Raises MalformedMessage.
    """
    qos = flags >> 1 & 3
    end = 2 + int.from_bytes(body[:2], "big")
    start = end + 2 if qos else end
    if len(body) < max(start, 2) or qos > 1:
        raise MalformedMessage("a message that ends too early, or of a QoS not asked for")
    mid = int.from_bytes(body[end:start], "big")
    if properties:
        start = _after_properties(body, start)
    try:
        topic = body[2:end].decode()
    except UnicodeDecodeError:
        raise MalformedMessage("a topic that is no UTF-8") from None
    return Message(topic, bytes(body[start:]), qos, bool(flags & 1), bool(flags & 8), mid)


def _after_properties(body: bytes | bytearray, start: int) -> int:
    length = 0
    for place, byte in enumerate(body[start : start + _PROPERTY_BYTES]):
        length |= (byte & 0x7F) << 7 * place
        if byte < 0x80:
            end = start + place + 1 + length
            if end > len(body):
                break
            return end
    raise MalformedMessage("properties that end too early")
