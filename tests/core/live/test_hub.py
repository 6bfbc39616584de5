"""The hub without sockets: who gets which readings, once, whatever the order of events."""

import json
from collections import deque
from dataclasses import replace
from itertools import count
from typing import Any
from uuid import UUID
from weakref import WeakKeyDictionary

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from wellhead.auth.identity import Identity
from wellhead.field.batch import Batch
from wellhead.live.client import FLOOR_SECONDS, Client
from wellhead.live.frames import to_payloads
from wellhead.live.hub import STALL_SECONDS, Hub
from wellhead.live.recent import Position

GOOD = 192
PUBLISHER = "0a1b2c3d"
hub_numbers: "WeakKeyDictionary[Hub, count[int]]" = WeakKeyDictionary()


class Line:
    """An outlet whose other side reads when told to."""

    def __init__(self) -> None:
        self.queue: deque[bytes] = deque()
        self.messages: list[dict[str, Any]] = []
        self.stalled = 0.0
        self.ended: object = None

    def send(self, frame: bytes) -> int:
        self.queue.append(frame)
        return len(frame)

    def depth(self) -> int:
        return len(self.queue)

    def goodbye(self, code: int, reason: str) -> None:
        self.ended = (code, reason)

    def cut(self) -> None:
        self.ended = "cut"

    def stalled_for(self, now: float) -> float:
        return self.stalled

    def read(self, client: Client, now: float = 0.0) -> None:
        while self.queue:
            while self.queue:
                frame = self.queue.popleft()
                self.messages.append(json.loads(frame[frame.index(b"{") :]))
            client.drained(now)


def connected(hub: Hub, tenant: str = "default") -> tuple[Client, Line]:
    line = Line()
    who = Identity(UUID(int=1), "a@example.com", tenant, (), frozenset(), UUID(int=2))
    client = Client(who, line)
    hub.add(client)
    return client, line


def tags_of(*tags: int) -> "np.typing.NDArray[np.int32]":
    return np.array(tags, np.int32)


def readings(*rows: tuple[int, int]) -> Batch:
    """(tag, time) rows whose value is the time."""
    return Batch(
        0,
        np.array([tag for tag, _ in rows], np.int32),
        np.array([time for _, time in rows], np.int64),
        np.array([time for _, time in rows], np.float64),
        np.full(len(rows), GOOD, np.int16),
    )


def put(hub: Hub, tenant: str, batch: Batch) -> bool:
    """As heard from a publisher that has published nothing else but what this hub heard."""
    number = hub_numbers.setdefault(hub, count(1))
    [payload] = to_payloads(tenant, batch, PUBLISHER, next(number))
    return hub.put(payload, 0.0)


def seen(line: Line, tag: int) -> list[int]:
    """Times of the readings of a tag that arrived, in order, snapshots included."""
    return [
        time
        for message in line.messages
        for time, its_tag in zip(message.get("t", ()), message.get("tags", ()), strict=True)
        if its_tag == tag
    ]


def test_texts_reach_the_screen_through_snapshot_frame_and_what_was_held_back() -> None:
    hub = Hub()
    client, line = connected(hub)
    hub.set_tags(client, tags_of(1, 5))
    client.hold()
    put(hub, "default", replace(readings((5, 10), (1, 10)), texts={0: "held"}))
    hub.flush(0.0)
    client.release(replace(readings((5, 9)), texts={0: "snapshot"}), None, "p", 0.0)
    put(hub, "default", replace(readings((1, 11), (9, 11), (5, 11)), texts={2: "frame"}))
    hub.flush(0.0)
    line.read(client)
    assert [message["v"] for message in line.messages] == [
        ["snapshot"],
        [10.0, "held"],
        [11.0, "frame"],
    ]


def test_each_gets_its_own_tags_and_equal_subscriptions_share_one_frame() -> None:
    hub = Hub()
    (a, line_a), (b, line_b), (c, line_c) = (connected(hub) for _ in range(3))
    hub.set_tags(a, tags_of(1, 5))
    hub.set_tags(b, tags_of(1, 5))
    hub.set_tags(c, tags_of(5, 9))
    put(hub, "default", readings((9, 10), (1, 10), (4, 10)))
    hub.flush(0.0)
    assert line_a.queue[0] is line_b.queue[0]
    for client, line in ((a, line_a), (b, line_b), (c, line_c)):
        line.read(client)
    assert [message["tags"] for message in line_a.messages] == [[1]]
    assert [message["tags"] for message in line_c.messages] == [[9]]


def test_the_newest_reading_of_a_tag_in_a_frame_wins() -> None:
    hub = Hub(lambda: 5)
    client, line = connected(hub)
    hub.set_tags(client, tags_of(1, 2))
    put(hub, "default", readings((1, 10), (2, 10)))
    put(hub, "default", readings((1, 12), (1, 11)))
    hub.flush(0.0)
    line.read(client)
    columns = {"t": [12, 10], "tags": [1, 2], "v": [12.0, 10.0], "q": [GOOD, GOOD]}
    assert line.messages == [{"type": "frame", **columns, "p": f"5.{PUBLISHER}-2"}]


def test_a_tenant_never_sees_anothers_readings() -> None:
    hub = Hub()
    ours, line = connected(hub, "ours")
    theirs, other = connected(hub, "theirs")
    hub.set_tags(ours, tags_of(1))
    hub.set_tags(theirs, tags_of(1))
    put(hub, "theirs", readings((1, 10)))
    hub.flush(0.0)
    assert not line.queue
    assert other.queue


def test_nothing_is_kept_for_nobody() -> None:
    hub = Hub()
    client, _ = connected(hub)
    assert not put(hub, "default", readings((1, 10)))
    hub.set_tags(client, tags_of(1))
    assert hub.wants("default")
    hub.remove(client)
    assert not hub.wants("default")
    assert not hub.groups()
    assert not hub.clients()


def test_a_removed_client_cannot_subscribe_again() -> None:
    hub = Hub()
    client, _ = connected(hub)
    hub.remove(client)
    hub.set_tags(client, tags_of(1))
    assert not hub.groups()


def test_a_slow_client_gets_the_newest_values_late_and_owes_no_more_than_one_a_tag() -> None:
    hub = Hub()
    (slow, line), (quick, other) = connected(hub), connected(hub)
    for client in (slow, quick):
        hub.set_tags(client, tags_of(1, 2))
    for time in range(1000):
        put(hub, "default", readings((1, time), (2, time)))
        hub.flush(0.0)
        other.read(quick)
    assert len(line.queue) < 10
    line.read(slow)
    assert seen(line, 1)[-1] == 999
    assert seen(other, 1) == list(range(1000))
    put(hub, "default", readings((1, 1000)))
    hub.flush(0.0)
    line.read(slow)
    assert seen(line, 1)[-1] == 1000


def test_who_stalls_is_named() -> None:
    hub = Hub()
    (_, line), (fine, _) = connected(hub), connected(hub)
    line.stalled = STALL_SECONDS
    assert [client.outlet for client in hub.stalled(0.0)] == [line]
    assert fine in hub.clients()


def test_a_reading_after_a_clock_set_back_is_shown_once_the_snapshot_is_old() -> None:
    hub = Hub()
    client, line = connected(hub)
    client.hold()
    hub.set_tags(client, tags_of(1))
    client.release(readings((1, 5000)), [1], "", now=0.0)
    put(hub, "default", readings((1, 4000)))
    hub.flush(FLOOR_SECONDS - 0.1)
    put(hub, "default", readings((1, 4001)))
    hub.flush(FLOOR_SECONDS)
    line.read(client)
    assert seen(line, 1) == [5000, 4001]


def test_a_reading_that_takes_the_place_of_the_snapshots_is_sent_and_so_is_what_follows() -> None:
    hub = Hub()
    client, line = connected(hub)
    client.hold()
    hub.set_tags(client, tags_of(1, 2))
    snapshot = readings((1, 10), (2, 10))
    client.release(snapshot, [1, 2], "", now=0.0)
    corrected = replace(snapshot, values=np.array([3.0, 10.0]))
    for batch in (snapshot, corrected, snapshot):
        put(hub, "default", batch)
        hub.flush(1.0)
    line.read(client)
    sent = [dict(zip(one["tags"], one["v"], strict=True)) for one in line.messages]
    assert sent == [{1: 10.0, 2: 10.0}, {1: 3.0}, {1: 10.0}]


def test_a_snapshot_that_fails_loses_nothing_that_came_meanwhile() -> None:
    hub = Hub()
    client, line = connected(hub)
    client.hold()
    hub.set_tags(client, tags_of(1))
    put(hub, "default", readings((1, 7)))
    hub.flush(0.0)
    assert not line.queue
    client.abandon(0.0)
    line.read(client)
    assert seen(line, 1) == [7]


def test_what_was_held_for_a_tag_given_up_is_not_sent() -> None:
    hub = Hub()
    client, line = connected(hub)
    hub.set_tags(client, tags_of(1, 2))
    client.hold()
    put(hub, "default", readings((1, 7), (2, 7)))
    hub.flush(0.0)
    hub.set_tags(client, tags_of(2))
    client.release(readings(), [], "", 0.0)
    line.read(client)
    assert (seen(line, 1), seen(line, 2)) == ([], [7])


STEP = st.one_of(
    st.tuples(st.just("commit"), st.integers(0, 3)),
    st.tuples(st.just("deliver"), st.integers(1, 3)),
    st.tuples(st.just("flush"), st.just(0)),
    st.tuples(st.just("subscribe"), st.integers(1, 15)),
    st.tuples(st.just("query"), st.just(0)),
    st.tuples(st.just("answer"), st.just(0)),
    st.tuples(st.just("resync"), st.just(0)),
    st.tuples(st.just("read"), st.just(0)),
    st.tuples(st.just("reconnect"), st.just(0)),
)


class Field:
    """A store, a bus that is late, and one client, moved one step at a time."""

    def __init__(self) -> None:
        ticks = count(0, 10_000_000)
        self.hub = Hub(lambda: next(ticks))
        self.hub.listening()
        self.client, self.line = connected(self.hub)
        self.store = dict.fromkeys(range(4), 0)
        self.bus: deque[Batch] = deque()
        self.delivered = dict.fromkeys(range(4), 0)
        self.asked: list[tuple[list[int], bool, str]] = []
        self.answers: deque[tuple[Batch, list[int] | None, str]] = deque()

    def commit(self, tag: int) -> None:
        self.store[tag] += 1
        self.bus.append(readings((tag, self.store[tag])))

    def deliver(self, count: int) -> None:
        for _ in range(min(count, len(self.bus))):
            batch = self.bus.popleft()
            put(self.hub, "default", batch)
            self.delivered[int(batch.tags[0])] = int(batch.times[0])

    def flush(self, _: int) -> None:
        self.hub.flush(0.0)

    def subscribe(self, mask: int) -> None:
        wanted = [tag for tag in range(4) if mask >> tag & 1]
        self.client.hold()
        added = sorted(set(wanted) - set(self.client.tags.tolist()))
        self.hub.set_tags(self.client, np.union1d(self.client.tags, tags_of(*wanted)))
        self.asked.append((added, True, self.hub.position("default")))

    def resync(self, _: int) -> None:
        self.client.hold()
        self.asked.append((self.client.tags.tolist(), False, self.hub.position("default")))

    def query(self, _: int) -> None:
        if self.asked:
            tags, first, position = self.asked.pop(0)
            snapshot = readings(*((tag, self.store[tag]) for tag in tags))
            self.answers.append((snapshot, tags if first else None, position))

    def answer(self, _: int) -> None:
        if self.answers:
            snapshot, subscribed, position = self.answers.popleft()
            self.client.release(snapshot, subscribed, position, 0.0)

    def read(self, _: int) -> None:
        self.line.read(self.client)

    def reconnect(self, _: int) -> None:
        """The connection breaks, what had not been read is lost; the client goes on from there."""
        positions = [message["p"] for message in self.line.messages if "p" in message]
        if not positions or self.asked or self.answers:
            return
        tags, messages = self.client.tags, self.line.messages
        newest = {tag: max(seen(self.line, tag), default=0) for tag in tags.tolist()}
        self.hub.remove(self.client)
        self.client, self.line = connected(self.hub)
        self.line.messages = messages
        self.client.hold()
        position = self.hub.position("default")
        missed = self.hub.resume(self.client, tags, Position.parse(positions[-1]))
        assert missed is not None, "everything is still there"
        for tag in tags.tolist():
            times = missed.times[missed.tags == tag].tolist()
            until = self.delivered[tag]
            assert times == list(range(until - len(times) + 1, until + 1)), "a hole, or a double"
            assert until - len(times) <= newest[tag], "a reading is missing"
        self.client.resume(missed, tags.tolist(), position, 0.0)


@settings(max_examples=500, deadline=None)
@given(st.lists(STEP, max_size=60))
def test_no_gap_and_no_double_between_snapshot_and_frames(steps: list[tuple[str, int]]) -> None:
    field = Field()
    for name, argument in steps:
        getattr(field, name)(argument)
    while field.asked or field.answers:
        field.query(0)
        field.answer(0)
    field.deliver(len(field.bus))
    field.flush(0)
    field.read(0)
    for tag in field.client.tags.tolist():
        times = seen(field.line, tag)
        assert times[-1] == field.store[tag], "the newest reading never arrived"
        assert times == sorted(times), "a reading was overtaken by an older one"
    framed = [
        (tag, time)
        for message in field.line.messages
        if message["type"] == "frame"
        for tag, time in zip(message["tags"], message["t"], strict=True)
    ]
    assert len(framed) == len(set(framed)), "a reading came twice in frames"
    for place, message in enumerate(field.line.messages):
        if message["type"] == "snapshot":
            shown = dict(zip(message["tags"], message["t"], strict=True))
            for later in field.line.messages[place + 1 :]:
                if later["type"] == "frame":
                    for tag, time in zip(later["tags"], later["t"], strict=True):
                        assert time > shown.get(tag, -1), "a frame repeats the snapshot"
