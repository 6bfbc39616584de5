"""The STATE of a host application: whether it is there, for the edge nodes that wait for it.

Sparkplug specification 3.0.0, section 6.4.27: JSON, QoS 1, retained; the birth has the time that
the will of the same connection has, so that a will of an earlier connection shows as such.
"""

from dataclasses import dataclass

import orjson

from wellhead_scada_mqtt.broker import Will
from wellhead_scada_mqtt.sparkplug.topics import NAMESPACE


@dataclass(frozen=True, slots=True)
class HostState:
    """since: milliseconds UTC at which the connection was begun"""

    host: str
    since: int

    @property
    def topic(self) -> str:
        return f"{NAMESPACE}/STATE/{self.host}"

    @property
    def will(self) -> Will:
        return Will(self.topic, _json(False, self.since), retain=True)

    @property
    def online(self) -> bytes:
        return _json(True, self.since)

    def offline(self, now: int) -> bytes:
        """The last word of one that leaves in an orderly way."""
        return _json(False, now)


def says_offline(payload: bytes) -> bool:
    """Whether a STATE says that its host is away."""
    try:
        said = orjson.loads(payload)
    except ValueError:
        return False
    return isinstance(said, dict) and said.get("online") is False


def _json(online: bool, timestamp: int) -> bytes:
    return orjson.dumps({"online": online, "timestamp": timestamp})
