"""One live client: what it subscribed to and what is still to be sent to it.

A client is *holding* while its snapshot is being read: readings that arrive meanwhile are kept and
sent after it, without those the snapshot already had. It holds as well while its outlet is full, so
a client on a slow line gets the newest values late instead of all values later and later, and owes
the server no more memory than one reading a tag.
"""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from wellhead.auth.identity import Identity
from wellhead.field.batch import Batch
from wellhead.live.frames import encode_message, encode_readings, newest_of_each_tag

FLOOR_SECONDS = 10.0
"""How long readings are compared with the snapshot they may already have been in: notifications
that overtook it are on their way for milliseconds, and a clock set back must not blank a screen."""

_FRAMES_AHEAD = 4
_NOTHING = np.empty(0, np.int32)


class Outlet(Protocol):
    """Where a client's frames go: sent whole, in order, by one writer."""

    def send(self, frame: bytes) -> int:
        """Queue a whole frame. Never blocks."""

    def depth(self) -> int:
        """Frames queued and not yet sent."""

    def goodbye(self, code: int, reason: str) -> None:
        """Say goodbye with a close frame, then cut. Never blocks."""

    def cut(self) -> None:
        """End the connection at once. Never blocks."""

    def stalled_for(self, now: float) -> float:
        """Seconds that the frame being sent has been waiting for the other side."""


@dataclass(frozen=True, slots=True)
class _Floor:
    """The readings a snapshot had, by tag (sorted), compared with until a moment. sent: bool[n],
    which of them another reading of the same time has taken the place of"""

    readings: Batch
    until: float
    sent: npt.NDArray[np.bool_]

    def covers(self, batch: Batch) -> npt.NDArray[np.bool_]:
        """bool[m], which of these readings, one a tag, the snapshot makes needless."""
        known = self.readings
        at = np.searchsorted(known.tags, batch.tags)
        at[at == len(known)] = 0
        mine = known.tags[at] == batch.tags
        now = mine & (known.times[at] == batch.times)
        other = known.values[at].view(np.int64) != batch.values.view(np.int64)
        self.sent[at[now & (other | (known.qualities[at] != batch.qualities))]] = True
        old = mine & (batch.times < known.times[at])
        needless: npt.NDArray[np.bool_] = old | (now & ~self.sent[at])
        return needless


class Client:
    """A socket's subscription and its unsent readings. Every method may be called by any thread.

    who: as of the ticket; the tenant is whose readings it gets
    events: names of what it follows beside readings
    """

    def __init__(self, who: Identity, outlet: Outlet) -> None:
        self.who = who
        self.outlet = outlet
        self.tags: npt.NDArray[np.int32] = _NOTHING
        self.events: frozenset[str] = frozenset()
        self._lock = threading.Lock()
        self._held: list[Batch] = []
        self._held_until = ""
        self._at = ""  # position of the last message that had one
        self._holds = 0
        self._floors: list[_Floor] = []

    def hold(self) -> None:
        """Keep what arrives until `release`; holds nest."""
        with self._lock:
            self._holds += 1

    def release(
        self,
        snapshot: Batch,
        subscribed: Sequence[int] | None,
        position: str,
        now: float,
        **more: Any,
    ) -> None:
        """Send the snapshot, then what was held and is newer.

        subscribed: the tag ids a request added, None when the snapshot repeats a subscription
        position: as of before the hold
        """
        if subscribed is not None:
            more["subscribed"] = subscribed
        snapshot = newest_of_each_tag(snapshot)
        with self._lock:
            self.outlet.send(encode_readings("snapshot", snapshot, p=self._to(position), **more))
            if len(snapshot):
                sent = np.zeros(len(snapshot), np.bool_)
                self._floors.append(_Floor(snapshot, now + FLOOR_SECONDS, sent))
            self._holds -= 1
            self._flush_held(now)

    def resume(self, missed: Batch, subscribed: Sequence[int], position: str, now: float) -> None:
        """Send all that the client missed while it was away, then what was held."""
        with self._lock:
            come = self._to(position)
            self.outlet.send(encode_readings("resumed", missed, subscribed=subscribed, p=come))
            self._holds -= 1
            self._flush_held(now)

    def abandon(self, now: float) -> None:
        """End a hold whose snapshot could not be read."""
        with self._lock:
            self._holds -= 1
            self._flush_held(now)

    def offer(self, batch: Batch, frame: bytes, position: str, now: float) -> None:
        """New readings of the client's tags, one a tag, and the same as a frame."""
        with self._lock:
            if self._holds or self._held or self.outlet.depth() >= _FRAMES_AHEAD:
                self._keep(batch)
                self._held_until = position
                return
            fresh = self._not_in_snapshot(batch, now)
            if len(fresh):
                self._at = position
            if fresh is batch:
                self.outlet.send(frame)
            elif len(fresh):
                self.outlet.send(encode_readings("frame", fresh, p=position))

    def beat(self, message: Mapping[str, Any], position: str) -> None:
        """Send a heartbeat, with the position where all until then was sent: not to one that has
        yet to say where it goes on."""
        with self._lock:
            if len(self.tags) and not self._holds and not self._held:
                message = {**message, "p": self._to(position)}
            self.outlet.send(encode_message(message))

    def drained(self, now: float) -> None:
        """The outlet has nothing left to send: it may have what was held back for it."""
        with self._lock:
            self._flush_held(now)

    def _to(self, position: str) -> str:
        """The position of a message: no further than before while readings are held behind it."""
        if not self._held or not self._at:
            self._at = position
        return self._at

    def _keep(self, batch: Batch) -> None:
        self._held.append(batch)
        if len(self._held) > _FRAMES_AHEAD:
            self._held = [newest_of_each_tag(Batch.join(self._held))]

    def _flush_held(self, now: float) -> None:
        if self._holds or not self._held:
            return
        batch = newest_of_each_tag(Batch.join(self._held))
        self._held = []
        batch = batch.take(np.isin(batch.tags, self.tags))
        batch = self._not_in_snapshot(batch, now)
        if len(batch):
            self._at = self._held_until
            self.outlet.send(encode_readings("frame", batch, p=self._at))

    def _not_in_snapshot(self, batch: Batch, now: float) -> Batch:
        self._floors = [floor for floor in self._floors if now < floor.until]
        for floor in self._floors:
            old = floor.covers(batch)
            if old.any():
                batch = batch.take(~old)
        return batch
