"""All live clients of one process: readings in, one frame a subscription out.

Pure: no thread and no socket. Clients with the same subscription form a group,
and a frame is encoded once a group. Readings wait for the next tick (`flush`), where the newest
a tag wins: a screen shows what is, the historian keeps what was.
"""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from wellhead.field.batch import Batch
from wellhead.live.client import Client
from wellhead.live.frames import (
    EMPTY,
    Payload,
    PayloadError,
    encode_readings,
    newest_of_each_tag,
)
from wellhead.live.recent import Position, Recent

RESUME_READINGS = 50_000
"""More than this a client is not sent again, but a snapshot instead."""
STALL_SECONDS = 6.0
"""A client that takes longer to take one frame is cut."""

_NOTHING = np.empty(0, np.int32)


@dataclass(slots=True)
class _Group:
    tenant: str
    tags: npt.NDArray[np.int32]
    clients: set[Client] = field(default_factory=set)


class Hub:
    """The clients and groups of one process. Every method may be called by any thread.

    clock: time in µs UTC, for positions
    """

    def __init__(self, clock: Callable[[], int] = lambda: time.time_ns() // 1000) -> None:
        self._clock = clock
        self._recent = Recent()
        self._lock = threading.RLock()
        self._groups: dict[tuple[str, bytes], _Group] = {}
        self._clients: set[Client] = set()
        self._waiting: dict[str, list[Batch]] = {}

    def clients(self) -> list[Client]:
        """The clients there are now."""
        with self._lock:
            return list(self._clients)

    def wants(self, tenant: str) -> bool:
        """Whether anybody of this tenant is subscribed to anything."""
        with self._lock:
            return any(group.tenant == tenant for group in self._groups.values())

    def add(self, client: Client) -> None:
        """A client that has shown its ticket."""
        with self._lock:
            self._clients.add(client)

    def remove(self, client: Client) -> None:
        """A client whose socket is gone."""
        with self._lock:
            self._leave(client)
            self._clients.discard(client)

    def change_tags(
        self,
        client: Client,
        *,
        add: npt.NDArray[np.int32] = _NOTHING,
        drop: npt.NDArray[np.int32] = _NOTHING,
    ) -> None:
        """Subscribe to these tags (int32[n]) as well, and no more to those."""
        with self._lock:
            self.set_tags(client, np.setdiff1d(np.union1d(client.tags, add), drop))

    def set_tags(self, client: Client, tags: npt.NDArray[np.int32]) -> None:
        """Subscribe to exactly these tags: int32[n], sorted, each once."""
        with self._lock:
            self._leave(client)
            client.tags = tags
            if len(tags) and client in self._clients:
                tenant = client.who.tenant
                group = self._groups.setdefault(
                    (tenant, tags.tobytes()), _Group(tenant=tenant, tags=tags)
                )
                group.clients.add(client)

    def resume(
        self, client: Client, tags: npt.NDArray[np.int32], position: Position
    ) -> Batch | None:
        """Subscribe to these tags as well; the readings of all tags since a position, in order, or
        None when they are not all there or too many. What is heard from here on is offered."""
        with self._lock:
            self.flush(time.monotonic())  # what was heard before is in the answer
            missed = self._recent.since(client.who.tenant, position, self._clock())
            self.change_tags(client, add=tags)
        try:
            batch = Batch.join([EMPTY, *(payload.batch() for payload in missed or [])])
        except PayloadError:  # one that nobody had wanted, so that it had not been looked at
            return None
        return None if missed is None or len(batch) > RESUME_READINGS else batch

    def position(self, tenant: str) -> str:
        """How far a client has come that was sent everything until now: what waited is sent, or
        held by those that hold."""
        with self._lock:
            self.flush(time.monotonic())
            return self._position(tenant)

    def listening(self) -> None:
        """The bus is connected (again): what was published meanwhile is not known."""
        with self._lock:
            self._recent.listening(self._clock())

    def put(self, payload: Payload, now: float) -> bool:
        """Readings from the bus, for the next flush. False when nobody wants them. Raises
        PayloadError."""
        with self._lock:
            self._recent.add(payload, now)
            if not self.wants(payload.tenant):
                return False
            self._waiting.setdefault(payload.tenant, []).append(payload.batch())
            return True

    def flush(self, now: float) -> None:
        """Send what has waited, one frame a group that it concerns."""
        with self._lock:
            waiting, self._waiting = self._waiting, {}
            for tenant, batches in waiting.items():
                newest = newest_of_each_tag(Batch.join(batches))
                position = self._position(tenant)
                for group in self._groups.values():
                    if group.tenant == tenant:
                        self._send(group, newest, position, now)

    def stalled(self, now: float) -> Iterator[Client]:
        """Clients that have not taken a frame for STALL_SECONDS."""
        for client in self.clients():
            if client.outlet.stalled_for(now) >= STALL_SECONDS:
                yield client

    def heartbeat(self) -> None:
        """Tell every client that the server is there, its time (µs UTC), and how far the client has
        come: the last reading of its tags may be longer ago than anything is kept."""
        with self._lock:
            beat = {"type": "heartbeat", "t": self._clock()}
            tenants = {client.who.tenant for client in self._clients}
            positions = {tenant: self.position(tenant) for tenant in tenants}
            for client in self._clients:
                client.beat(beat, positions[client.who.tenant])

    def groups(self) -> list[tuple[str, npt.NDArray[np.int32], list[Client]]]:
        """(tenant, tags, clients) of every distinct subscription."""
        with self._lock:
            return [
                (group.tenant, group.tags, list(group.clients)) for group in self._groups.values()
            ]

    def _position(self, tenant: str) -> str:
        return str(self._recent.position(tenant, self._clock()))

    @staticmethod
    def _send(group: _Group, newest: Batch, position: str, now: float) -> None:
        if len(newest) > len(group.tags):
            at = np.searchsorted(newest.tags, group.tags)
            at[at == len(newest.tags)] = 0
            mine = newest.take(at[newest.tags[at] == group.tags])
        else:
            at = np.searchsorted(group.tags, newest.tags)
            at[at == len(group.tags)] = 0
            mine = newest.take(group.tags[at] == newest.tags)
        if not len(mine):
            return
        frame = encode_readings("frame", mine, p=position)
        for client in group.clients:
            client.offer(mine, frame, position, now)

    def _leave(self, client: Client) -> None:
        key = (client.who.tenant, client.tags.tobytes())
        group = self._groups.get(key)
        if group is not None:
            group.clients.discard(client)
            if not group.clients:
                del self._groups[key]
