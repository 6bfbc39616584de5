"""What one web process heard lately, so that a client which was away for a moment misses nothing.

Every publisher (a connection of a gateway) numbers what it publishes, and PostgreSQL brings its
notifications to every listener in that order. A *position* says how far a client has come: the last
number of each publisher. Any web process can therefore tell whether it still has everything since,
whichever process the client was connected to; if it has not, the client gets a snapshot instead.
"""

import re
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field

from wellhead.live.frames import Payload

KEEP_SECONDS = 60.0
KEEP_PAYLOADS = 20_000
KEEP_BYTES = 32 << 20
_NAMED_PUBLISHERS = 64
"""In a position, the newest. Of the others a client is taken to have nothing, so where there are
more it gets a snapshot."""
_KNOWN_PUBLISHERS = 4096
_CLOCKS_DIFFER = 2_000_000  # µs by which the clocks of web processes may disagree
_POSITION = re.compile(r"\d{1,19}(\.[0-9a-f]{8}-\d{1,18}){0,64}")


class NoPosition(ValueError):
    """A text that is no position of ours."""


@dataclass(frozen=True, slots=True)
class Position:
    """How far a client has come. time: µs UTC when it was there; last: number by publisher"""

    time: int
    last: Mapping[str, int]

    def __str__(self) -> str:
        parts = [f"{publisher}-{number}" for publisher, number in self.last.items()]
        return ".".join([str(self.time), *parts])

    @classmethod
    def parse(cls, text: object) -> "Position":
        """Raises NoPosition."""
        if not isinstance(text, str) or not _POSITION.fullmatch(text):
            raise NoPosition("not a position: send the `p` of the last message as it came")
        time, *parts = text.split(".")
        pairs = (part.split("-") for part in parts)
        return cls(int(time), {publisher: int(number) for publisher, number in pairs})


@dataclass(slots=True)
class _Tenant:
    payloads: deque[Payload] = field(default_factory=deque)
    last: dict[str, int] = field(default_factory=dict)


class Recent:
    """The payloads of the last KEEP_SECONDS, fewer where there are too many. Not thread-safe: its
    owner holds a lock."""

    def __init__(self) -> None:
        self._tenants: dict[str, _Tenant] = {}
        self._order: deque[tuple[float, Payload]] = deque()
        self._bytes = 0
        self._complete_from: int | None = None

    def listening(self, time: int) -> None:
        """Nothing is missed from here on (µs UTC); what was heard before is worth nothing now."""
        self._tenants.clear()
        self._order.clear()
        self._bytes = 0
        self._complete_from = time

    def add(self, payload: Payload, now: float) -> None:
        """What was heard now (monotonic seconds)."""
        tenant = self._tenants.setdefault(payload.tenant, _Tenant())
        tenant.payloads.append(payload)
        tenant.last.pop(payload.publisher, None)  # the newest are the last of the dictionary
        tenant.last[payload.publisher] = payload.number
        if len(tenant.last) > _KNOWN_PUBLISHERS:
            del tenant.last[next(iter(tenant.last))]
        self._order.append((now, payload))
        self._bytes += len(payload.body)
        while self._order and self._too_much(now):
            _, oldest = self._order.popleft()
            self._tenants[oldest.tenant].payloads.popleft()
            self._bytes -= len(oldest.body)

    def position(self, tenant: str, time: int) -> Position:
        """How far somebody has come who has heard everything until now (µs UTC)."""
        known = self._tenants.get(tenant)
        return Position(time, dict(list(known.last.items())[-_NAMED_PUBLISHERS:]) if known else {})

    def since(self, tenant: str, position: Position, time: int) -> list[Payload] | None:
        """All of a tenant's payloads after a position, in order; None when some may be missing.

        time: now, µs UTC: a position of later is of a clock that was set back since, and does not
        say whether it is of before `listening`
        """
        if self._complete_from is None or self._complete_from > position.time - _CLOCKS_DIFFER:
            return None
        if position.time > time + _CLOCKS_DIFFER:
            return None
        known = self._tenants.get(tenant, _Tenant())
        missed = [
            payload
            for payload in known.payloads
            if payload.number > position.last.get(payload.publisher, 0)
        ]
        found = dict.fromkeys(known.last, 0)
        for payload in missed:
            found[payload.publisher] = found.get(payload.publisher, 0) + 1
        for publisher, last in known.last.items():
            if found[publisher] != max(0, last - position.last.get(publisher, 0)):
                return None
        return missed

    def _too_much(self, now: float) -> bool:
        return (
            len(self._order) > KEEP_PAYLOADS
            or self._bytes > KEEP_BYTES
            or now - self._order[0][0] > KEEP_SECONDS
        )
