"""A host's view of one edge node and its devices: pure, no clock, no socket, no sleep.

Sparkplug specification 3.0.0, chapters 5 and 6.4. Aliases, datatypes and even which metrics there
are is known from births alone, and a birth that was missed gives an alias to another metric. So
messages are taken in the order of their sequence numbers; what comes early waits for what is
missing; and when that does not come, nothing more is taken until the node, asked for it, is born
again. A wrong number in a tag is worse than a missing one.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from wellhead_scada_mqtt.sparkplug.births import Birth
from wellhead_scada_mqtt.sparkplug.payload import MAX_METRICS, Key, Message
from wellhead_scada_mqtt.sparkplug.topics import Topic
from wellhead_scada_mqtt.sparkplug.write import BDSEQ

MAX_REORDER_S = 60.0
MAX_HELD = 64
"""Messages that wait for a missing one at most."""


@dataclass(frozen=True, slots=True)
class Born:
    """The node itself (device None) or a device of it was born, with these values."""

    device: str | None
    birth: Birth


@dataclass(frozen=True, slots=True)
class Data:
    """Metrics changed, all of which the birth knows. rows: intp[n], each one's row in it."""

    device: str | None
    birth: Birth
    rows: npt.NDArray[np.intp]
    message: Message


@dataclass(frozen=True, slots=True)
class Died:
    """A device is gone, or (device None) the node with all its devices.

    time: microseconds UTC on the node's own clock, 0 where that is not known
    """

    device: str | None
    time: int


@dataclass(frozen=True, slots=True)
class RebirthWanted:
    """The node is to be asked for its births; why is for people to read."""

    why: str


Event = Born | Data | Died | RebirthWanted


@dataclass(slots=True)
class NodeView:
    """`now` is everywhere the monotonic time in seconds.

    reorder: seconds that a missing message may take
    patience: seconds that the node may take over the births it was asked for; then it counts as
        gone, and is asked again if it has said something since, or when it does
    expected: devices that it should have
    """

    reorder: float
    patience: float
    expected: frozenset[str] = frozenset()
    births: dict[str | None, Birth] = field(default_factory=dict)
    _synced: bool = False
    _next: int = 0
    _bdseq: object = None
    _held: dict[int, tuple[Topic, Message]] = field(default_factory=dict)
    _held_until: float | None = None
    _asked: float | None = None
    _speaks: bool = False
    _awaited: set[str] = field(default_factory=set)
    _awaited_until: float | None = None
    _clock: tuple[int, float] | None = None
    _strange: set[tuple[str | None, Key | None]] = field(default_factory=set)

    @property
    def deadline(self) -> float | None:
        """When to call `overdue` at the latest; None while there is nothing to wait for."""
        times = (self._held_until, self._awaited_until, self._answer_until)
        return min((time for time in times if time is not None), default=None)

    @property
    def _answer_until(self) -> float | None:
        return None if self._asked is None or self._synced else self._asked + self.patience

    def expect(self, now: float) -> list[Event]:
        """There should be such a node: ask for it, and count it as gone if it does not answer."""
        return list(self._ask("the host has just connected", now))

    def hear(self, topic: Topic, message: Message, now: float) -> list[Event]:
        """A message of the node or of a device of it came, no command."""
        match topic.verb:
            case "NBIRTH":
                return list(self._born(message, now))
            case "NDEATH":
                return list(self._died(message, now))
            case _:
                return list(self._numbered(topic, message, now))

    def overdue(self, now: float) -> list[Event]:
        """Time has passed."""
        events: list[Event] = []
        if self._held_until is not None and self._held_until <= now:
            events += self._give_up(now)
        if self._awaited_until is not None and self._awaited_until <= now:
            events += [self._lost(device, now) for device in sorted(self._awaited)]
            self._awaited.clear()
            self._awaited_until = None
        if self._answer_until is not None and self._answer_until <= now:
            self._asked = None
            events += self._gone(now)
            if self._speaks:
                events += self._ask("it did not answer, and goes on", now)
        return events

    # --- births and deaths ----------------------------------------------------------------------

    def _born(self, message: Message, now: float) -> Iterator[Event]:
        self._synced, self._asked = True, None
        self._next = ((message.seq or 0) + 1) % 256
        self._bdseq = _bdseq(message)
        self._held.clear()
        self._held_until = None
        self._note_clock(message, now)
        self._awaited = {device for device in self.births if device is not None} | self.expected
        self._awaited_until = now + self.patience if self._awaited else None
        self.births[None] = Birth.of(message)
        yield Born(None, self.births[None])

    def _died(self, message: Message, now: float) -> Iterator[Event]:
        """A will may come after the next birth, and again after a farewell: it counts for the birth
        of its number alone."""
        number = _bdseq(message)
        if self.births and (number is None or self._bdseq in (None, number)):
            yield from self._gone(now)

    def _gone(self, now: float) -> Iterator[Event]:
        self._synced = False
        self._held.clear()
        self._held_until = self._awaited_until = None
        self._awaited.clear()
        self.births.clear()
        yield Died(None, self._time(now))

    def _lost(self, device: str, now: float) -> Died:
        self.births.pop(device, None)
        return Died(device, self._time(now))

    # --- what is numbered -----------------------------------------------------------------------

    def _numbered(self, topic: Topic, message: Message, now: float) -> Iterator[Event]:
        if not self._synced:
            yield from self._ask(f"{topic.verb} came before its births", now)
        elif message.seq is None:
            yield from self._ask(f"{topic.verb} has no sequence number", now)
        elif message.seq == self._next:
            yield from self._take(topic, message, now)
            while self._synced and (waiting := self._held.pop(self._next, None)):
                yield from self._take(*waiting, now)
            if not self._held:
                self._held_until = None
        elif message.seq in self._held or len(self._held) == MAX_HELD:
            yield from self._give_up(now)
        else:
            self._held[message.seq] = (topic, message)
            if self._held_until is None:
                self._held_until = now + self.reorder

    def _take(self, topic: Topic, message: Message, now: float) -> Iterator[Event]:
        """The next message in order."""
        self._next = (self._next + 1) % 256
        self._note_clock(message, now)
        device = topic.device
        if topic.verb == "DBIRTH" and device is not None:
            self._awaited.discard(device)
            self._awaited_until = self._awaited_until if self._awaited else None
            self.births[device] = Birth.of(message)
            yield Born(device, self.births[device])
        elif device in self._awaited or device not in self.births:
            if topic.verb != "DDEATH":
                yield from self._ask(f"data of {device} came before its birth", now)
        elif topic.verb == "DDEATH" and device is not None:
            yield self._lost(device, now)
        else:
            yield from self._data(device, message, now)

    def _data(self, device: str | None, message: Message, now: float) -> Iterator[Event]:
        birth = self.births[device]
        rows = birth.find(message)
        known = rows >= 0
        if known.all():
            yield Data(device, birth, rows, message)
            return
        if known.any():
            picked = np.flatnonzero(known)
            yield Data(device, birth, rows[picked], message.only(picked))
        strange = {(device, message.keys[row]) for row in np.flatnonzero(~known).tolist()}
        strange -= self._strange
        if strange and len(self._strange) < MAX_METRICS:
            # once: what a node did not put into the births it was asked for, it never will
            self._strange |= strange
            some = ", ".join(sorted(str(key) for _, key in strange)[:3])
            yield from self._ask(f"its births do not know {some}", now)

    def _give_up(self, now: float) -> Iterator[Event]:
        """A message is missing for good."""
        why = f"message {self._next} is missing, and {len(self._held)} that came after it are lost"
        self._synced = False
        self._held.clear()
        self._held_until = None
        yield from self._ask(why, now)

    def _ask(self, why: str, now: float) -> Iterator[Event]:
        """Once, and again only when there was no answer for a while."""
        self._speaks = self._asked is not None and now - self._asked < self.patience
        if not self._speaks:
            self._asked = now
            yield RebirthWanted(why)

    # --- the node's clock -----------------------------------------------------------------------

    def _note_clock(self, message: Message, now: float) -> None:
        if message.sent:
            self._clock = (message.sent, now)

    def _time(self, now: float) -> int:
        """What the node's own clock shows: a death between its readings must be between them also
        where that clock is wrong."""
        if self._clock is None:
            return 0
        sent, heard = self._clock
        return sent + round((now - heard) * 1e6)


def _bdseq(message: Message) -> object:
    """The number of the node's connection, None where the message says none."""
    keys = list(message.keys)
    return message.values[keys.index(BDSEQ)] if BDSEQ in keys else None
