"""All edge nodes of a broker as a host application sees them, and what their metrics read: pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from wellhead import sdk
from wellhead_scada_mqtt.sparkplug.binding import Layer, Want, all_bad, bind, push
from wellhead_scada_mqtt.sparkplug.births import Birth
from wellhead_scada_mqtt.sparkplug.node import Born, Data, Died, Event, NodeView, RebirthWanted
from wellhead_scada_mqtt.sparkplug.payload import Readings, decode, readings
from wellhead_scada_mqtt.sparkplug.topics import Topic

MAX_NODES = 5_000
"""Edge nodes that are followed at most, beyond those that have tags."""


class NotFollowed(sdk.DeviceError):
    """There are more edge nodes than are followed."""


class Owner(NamedTuple):
    """Whose metrics: an edge node's, or (device) those of a device of it."""

    group: str
    node: str
    device: str | None = None

    @classmethod
    def parse(cls, path: str) -> "Owner":
        """Of `group/node` or `group/node/device`; what is missing is nobody's."""
        group, node, device = (*path.split("/", 2), "", "")[:3]
        return cls(group, node, device or None)

    def __str__(self) -> str:
        return "/".join(part for part in self if part)


def owner_of(point: sdk.Point) -> Owner:
    """Whose metric a point is."""
    return Owner(point.address["group"], point.address["node"], point.address["device"])


@dataclass(slots=True, eq=False)
class Present:
    """What a node or device that is there reads now, row for row of its birth.

    times: microseconds UTC; layers: which points its rows are
    reports: how often each was reported since the birth
    """

    birth: Birth
    times: npt.NDArray[np.int64]
    values: npt.NDArray[np.float64]
    qualities: npt.NDArray[np.int16]
    texts: dict[int, str]
    reports: npt.NDArray[np.int64]
    layers: list[Layer] = field(default_factory=list)

    def take(
        self,
        live: npt.NDArray[np.intp] | slice,
        rows: npt.NDArray[np.intp],
        times: npt.NDArray[np.int64],
        read: Readings,
    ) -> None:
        """What was read at these rows of the birth is so now; `live` of it."""
        where = rows[live]
        self.times[where] = times[live]
        self.values[where] = read.values[live]
        self.qualities[where] = read.qualities[live]
        self.reports[where] += 1
        if read.texts:
            for new, row in zip(np.arange(len(rows))[live].tolist(), where.tolist(), strict=True):
                if new in read.texts:
                    self.texts[row] = read.texts[new]


@dataclass(slots=True)
class Outcome:
    """What follows from something heard: what to deliver, and whom to ask for births and why."""

    pushed: list[sdk.Pushed] = field(default_factory=list)
    rebirths: list[tuple[Owner, str]] = field(default_factory=list)

    def add(self, other: "Outcome") -> None:
        """And what follows from that."""
        self.pushed += other.pushed
        self.rebirths += other.rebirths


class Host:
    """`now` is everywhere the monotonic time in seconds. reorder, patience: see NodeView.

    present: of every node and device that is there
    """

    def __init__(self, reorder: float, patience: float) -> None:
        self._reorder = reorder
        self._patience = patience
        self._nodes: dict[tuple[str, str], NodeView] = {}
        self._waiting: set[tuple[str, str]] = set()
        self._wants: dict[Owner, list[Want]] = {}
        self.present: dict[Owner, Present] = {}

    @property
    def deadline(self) -> float | None:
        """When to call `overdue` at the latest, None while there is nothing to wait for."""
        times = (self._nodes[key].deadline for key in self._waiting)
        return min((time for time in times if time is not None), default=None)

    def watch(self, groups: Sequence[sdk.PushGroup]) -> Outcome:
        """Push the points of these groups from now on, and what they read now."""
        self._wants = {}
        for group in groups:
            for place, point in enumerate(group.points):
                want = Want(group.id, place, point.address["metric"], point.datatype == "string")
                self._wants.setdefault(owner_of(point), []).append(want)
        outcome = Outcome()
        for owner, present in self.present.items():
            self._push_all(owner, present, outcome)
        return outcome

    def expect(self, owners: Iterable[Owner], now: float) -> Outcome:
        """There should be these: ask for the births of those that there are not."""
        devices: dict[tuple[str, str], set[str]] = {}
        for group, node, device in owners:
            devices.setdefault((group, node), set()).update({device} if device else ())
        outcome = Outcome()
        for key in sorted(devices):
            view = self._nodes.setdefault(key, NodeView(self._reorder, self._patience))
            view.expected |= devices[key]
            if any(Owner(*key, device) not in self.present for device in (None, *devices[key])):
                self._apply(key, view.expect(now), outcome)
        return outcome

    def hear(self, topic: Topic, data: bytes, now: float) -> Outcome:
        """A message came. Raises NotFollowed, or PayloadError: what cannot be read is missing."""
        key, outcome = (topic.group, topic.node), Outcome()
        message = decode(data)
        if key not in self._nodes:
            if len(self._nodes) >= MAX_NODES:
                raise NotFollowed(
                    f"{MAX_NODES} edge nodes are followed already",
                    field="options.groups",
                    remedy="Give groups to another device",
                )
            self._nodes[key] = NodeView(self._reorder, self._patience)
        self._apply(key, self._nodes[key].hear(topic, message, now), outcome)
        return outcome

    def overdue(self, now: float) -> Outcome:
        """Time has passed."""
        outcome = Outcome()
        for key in sorted(self._waiting):
            self._apply(key, self._nodes[key].overdue(now), outcome)
        return outcome

    def read(self, points: Sequence[sdk.Point]) -> sdk.RawValues:
        """What these read now, of nodes and devices that are there."""
        values = np.full(len(points), np.nan)
        qualities = np.full(len(points), sdk.quality.BAD_NOT_CONNECTED, np.int16)
        texts: dict[int, str] = {}
        for place, point in enumerate(points):
            present = self.present.get(owner_of(point))
            if present is None:
                continue
            row = present.birth.rows.get(point.address["metric"])
            if row is None or present.birth.is_text(row) != (point.datatype == "string"):
                qualities[place] = sdk.quality.BAD_CONFIGURATION
                continue
            values[place], qualities[place] = present.values[row], present.qualities[row]
            if row in present.texts:
                texts[place] = present.texts[row]
        return sdk.RawValues(values, qualities, texts)

    # --- what happens to a node -----------------------------------------------------------------

    def _apply(self, key: tuple[str, str], events: Sequence[Event], outcome: Outcome) -> None:
        for event in events:
            match event:
                case Born(device, birth):
                    self._born(Owner(*key, device), birth, outcome)
                case Data(device):
                    self._changed(Owner(*key, device), event, outcome)
                case Died(device, time):
                    self._died(Owner(*key, device), time, outcome)
                case RebirthWanted(why):
                    outcome.rebirths.append((Owner(*key), why))
        if self._nodes[key].deadline is None:
            self._waiting.discard(key)
        else:
            self._waiting.add(key)

    def _born(self, owner: Owner, birth: Birth, outcome: Outcome) -> None:
        message = birth.message
        read = readings(message, birth.datatypes)
        # A birth says what is so now, also of what was measured long before a death in between.
        times = np.where(message.historical, message.times, np.maximum(message.times, message.sent))
        reports = np.zeros(len(times), np.int64)
        present = Present(birth, times, read.values, read.qualities, dict(read.texts), reports)
        self.present[owner] = present
        self._push_all(owner, present, outcome)

    def _push_all(self, owner: Owner, present: Present, outcome: Outcome) -> None:
        """Bind a table to the points that are wanted of it, and push all that it reads."""
        present.layers, refused = bind(present.birth, self._wants.get(owner, ()))
        read = Readings(present.values.copy(), present.qualities.copy(), dict(present.texts))
        rows = np.arange(len(present.values), dtype=np.intp)
        outcome.pushed += push(present.layers, rows, present.times.copy(), read)
        outcome.pushed += all_bad(
            refused, sdk.quality.BAD_CONFIGURATION, present.birth.message.sent
        )

    def _changed(self, owner: Owner, data: Data, outcome: Outcome) -> None:
        present, message, rows = self.present[owner], data.message, data.rows
        read = readings(message, present.birth.datatypes[rows])
        outcome.pushed += push(present.layers, rows, message.times, read)
        if message.historical.any():
            present.take(np.flatnonzero(~message.historical), rows, message.times, read)
        else:
            present.take(slice(None), rows, message.times, read)

    def _died(self, owner: Owner, time: int, outcome: Outcome) -> None:
        whole = owner.device is None
        for other in dict.fromkeys((*self._wants, *self.present)):
            if other == owner or (whole and other[:2] == owner[:2]):
                self.present.pop(other, None)
                wants = self._wants.get(other, ())
                outcome.pushed += all_bad(wants, sdk.quality.BAD_NOT_CONNECTED, time)
