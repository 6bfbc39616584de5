"""All live clients of one process: readings in, one frame a subscription out.

Pure: no thread, no socket, no clock of its own. Clients with the same subscription form a group,
and a frame is encoded once a group. Readings wait for the next tick (`flush`), where the last one
a tag wins: a screen shows what is, the historian keeps what was.
"""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from wellhead.field.batch import Batch
from wellhead.live.client import Client
from wellhead.live.frames import encode_message, encode_readings, join, last_of_each_tag, pick

STALL_SECONDS = 8.0
"""A client that takes longer to take one frame is cut."""

_NOTHING = np.empty(0, np.int32)


@dataclass(slots=True)
class _Group:
    tenant: str
    tags: npt.NDArray[np.int32]
    clients: set[Client] = field(default_factory=set)


class Hub:
    """The clients and groups of one process. Every method may be called by any thread."""

    def __init__(self) -> None:
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

    def put(self, tenant: str, batch: Batch) -> bool:
        """Readings from the bus, for the next flush. False when nobody wants them."""
        with self._lock:
            if not self.wants(tenant):
                return False
            self._waiting.setdefault(tenant, []).append(batch)
            return True

    def flush(self, now: float) -> None:
        """Send what has waited, one frame a group that it concerns."""
        with self._lock:
            waiting, self._waiting = self._waiting, {}
            for tenant, batches in waiting.items():
                newest = last_of_each_tag(join(batches))
                for group in self._groups.values():
                    if group.tenant == tenant:
                        self._send(group, newest, now)

    def stalled(self, now: float) -> Iterator[Client]:
        """Clients that have not taken a frame for STALL_SECONDS."""
        for client in self.clients():
            if client.outlet.stalled_for(now) >= STALL_SECONDS:
                yield client

    def heartbeat(self, time: int) -> None:
        """Tell every client that the server is there, and its time (µs UTC)."""
        frame = encode_message({"type": "heartbeat", "t": time})
        for client in self.clients():
            client.outlet.send(frame)

    def groups(self) -> list[tuple[str, npt.NDArray[np.int32], list[Client]]]:
        """(tenant, tags, clients) of every distinct subscription."""
        with self._lock:
            return [
                (group.tenant, group.tags, list(group.clients)) for group in self._groups.values()
            ]

    @staticmethod
    def _send(group: _Group, newest: Batch, now: float) -> None:
        if len(newest) > len(group.tags):
            at = np.searchsorted(newest.tags, group.tags)
            at[at == len(newest.tags)] = 0
            mine = pick(newest, at[newest.tags[at] == group.tags])
        else:
            at = np.searchsorted(group.tags, newest.tags)
            at[at == len(group.tags)] = 0
            mine = pick(newest, group.tags[at] == newest.tags)
        if not len(mine):
            return
        frame = encode_readings("frame", mine)
        for client in group.clients:
            client.offer(mine, frame, now)

    def _leave(self, client: Client) -> None:
        key = (client.who.tenant, client.tags.tobytes())
        group = self._groups.get(key)
        if group is not None:
            group.clients.discard(client)
            if not group.clients:
                del self._groups[key]
