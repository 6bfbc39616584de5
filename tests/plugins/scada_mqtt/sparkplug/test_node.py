"""A host's view of an edge node: what it takes, what it waits for, and when it asks again."""

from typing import Any

import numpy as np
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    precondition,
    rule,
    run_state_machine_as_test,
)

from wellhead_scada_mqtt.sparkplug import write
from wellhead_scada_mqtt.sparkplug._generated.sparkplug_b_pb2 import Metric
from wellhead_scada_mqtt.sparkplug.node import (
    MAX_HELD,
    Born,
    Data,
    Died,
    Event,
    NodeView,
    RebirthWanted,
)
from wellhead_scada_mqtt.sparkplug.payload import decode, readings
from wellhead_scada_mqtt.sparkplug.topics import Topic

NOW_MS = 1_700_000_000_000
REORDER = 2.0
PATIENCE = 5.0


def bdseq(number: int) -> Metric:
    return write.metric("int64", number, name=write.BDSEQ, time=NOW_MS)


def named(*names: str, first: int = 0, **changed: Any) -> list[Metric]:
    """Metrics of a birth, aliases from `first` on."""
    return [
        write.metric("float32", 0.0, name=name, alias=first + n, time=NOW_MS, **changed)
        for n, name in enumerate(names)
    ]


def changed(alias: int, value: float = 1.0) -> Metric:
    return write.metric("float32", value, alias=alias, time=NOW_MS, typed=False)


class Story:
    """A view, and what it is told, at times that only go on when said."""

    def __init__(self, *expected: str) -> None:
        self.view = NodeView(REORDER, PATIENCE, frozenset(expected))
        self.now = 100.0

    def hear(
        self, verb: str, seq: int | None, *metrics: Metric, device: str | None = None
    ) -> list[Event]:
        message = decode(write.payload(metrics, NOW_MS, seq))
        return self.view.hear(Topic("pad", verb, "rtu", device), message, self.now)

    def wait(self, seconds: float) -> list[Event]:
        self.now += seconds
        return self.view.overdue(self.now)

    def born(self, number: int = 0) -> None:
        """The node with metric `p` of alias 0, the device `pump` with `speed` of alias 10."""
        self.hear("NBIRTH", 0, bdseq(number), *named("p"))
        self.hear("DBIRTH", 1, *named("speed", first=10), device="pump")


def asked(events: list[Event]) -> bool:
    return any(isinstance(event, RebirthWanted) for event in events)


def test_births_are_tables_and_data_finds_its_rows_by_alias_and_by_name() -> None:
    story = Story()
    [born] = story.hear("NBIRTH", 0, bdseq(0), *named("p", "t"))
    assert isinstance(born, Born)
    assert (born.device, list(born.birth.names)) == (None, ["bdSeq", "p", "t"])

    [data] = story.hear("NDATA", 1, changed(1), write.metric("float32", 2.0, name="p"))

    assert isinstance(data, Data)
    assert data.rows.tolist() == [2, 1]
    assert story.view.deadline is None


def test_sequence_numbers_go_on_after_255_with_0() -> None:
    story = Story()
    story.hear("NBIRTH", 250, bdseq(0), *named("p"))

    for seq in (251, 252, 253, 254, 255, 0, 1):
        [data] = story.hear("NDATA", seq, changed(0))
        assert isinstance(data, Data)


def test_a_message_that_overtook_another_waits_for_it() -> None:
    story = Story()
    story.born()

    assert story.hear("NDATA", 3, changed(0, 3.0)) == []
    assert story.hear("DDATA", 4, changed(10, 4.0), device="pump") == []
    assert story.view.deadline == story.now + REORDER
    late = story.hear("NDATA", 2, changed(0, 2.0))

    assert [event.message.values for event in late if isinstance(event, Data)] == [[2], [3], [4]]
    assert story.view.deadline is None


def test_a_missing_message_costs_one_request_for_births() -> None:
    story = Story()
    story.born()
    story.hear("NDATA", 3, changed(0))

    assert story.wait(REORDER / 2) == []
    assert asked(story.wait(REORDER / 2))
    assert story.hear("NDATA", 4, changed(0)) == []  # neither taken nor asked again
    story.born()
    [data] = story.hear("NDATA", 2, changed(0))
    assert isinstance(data, Data)


def test_a_node_that_does_not_obey_counts_as_gone_and_is_asked_again() -> None:
    story = Story()
    story.born()
    story.hear("NDATA", 9, changed(0))
    story.wait(REORDER)

    [died] = story.wait(PATIENCE)

    assert died == Died(None, NOW_MS * 1000 + round((REORDER + PATIENCE) * 1e6))
    assert story.view.deadline is None
    assert asked(story.hear("NDATA", 10, changed(0)))


def test_so_many_messages_that_wait_are_a_missing_one() -> None:
    story = Story()
    story.born()

    early = [asked(story.hear("NDATA", 3 + n, changed(0))) for n in range(MAX_HELD + 1)]

    assert early == [False] * MAX_HELD + [True]


def test_data_before_births_and_of_an_unborn_device_asks_for_births() -> None:
    story = Story()
    assert asked(story.hear("NDATA", 7, changed(0)))
    story.hear("NBIRTH", 0, bdseq(0), *named("p"))

    assert asked(story.hear("DDATA", 1, changed(10), device="pump"))


def test_what_waited_before_a_birth_is_not_taken_after_it() -> None:
    story = Story()
    story.born()
    story.hear("NDATA", 3, changed(0, 33.0))

    story.born(number=1)
    taken = [story.hear("NDATA", seq, changed(0, float(seq))) for seq in (2, 3)]

    values = [
        event.message.values for events in taken for event in events if isinstance(event, Data)
    ]
    assert values == [[2.0], [3.0]]


def test_a_device_s_data_waits_for_the_birth_after_its_node_s() -> None:
    story = Story()
    story.born()
    story.hear("NBIRTH", 0, bdseq(1), *named("p"))

    [wanted] = story.hear("DDATA", 1, changed(10), device="pump")

    assert isinstance(wanted, RebirthWanted)


def test_an_unknown_alias_asks_once_and_the_known_ones_are_taken() -> None:
    story = Story()
    story.born()

    data, wanted = story.hear("NDATA", 2, changed(0), changed(77))
    assert isinstance(data, Data)
    assert (data.rows.tolist(), data.message.keys) == ([1], [0])
    assert isinstance(wanted, RebirthWanted)
    story.born()
    assert not asked(story.hear("NDATA", 2, changed(0), changed(77)))


def test_a_death_counts_for_the_birth_of_its_number_and_once() -> None:
    story = Story()
    story.born(number=4)

    assert story.hear("NDEATH", None, bdseq(3)) == []  # the will of the connection before
    assert story.hear("NDEATH", None, bdseq(4)) == [Died(None, NOW_MS * 1000)]
    assert story.hear("NDEATH", None, bdseq(4)) == []  # the will after the farewell
    assert asked(story.hear("NDATA", 2, changed(0)))


def test_a_device_dies_alone_and_is_born_again_with_other_aliases() -> None:
    story = Story()
    story.born()

    story.now += 3
    assert story.hear("DDEATH", 2, device="pump") == [Died("pump", NOW_MS * 1000)]
    [born] = story.hear("DBIRTH", 3, *named("torque", "speed", first=10), device="pump")
    assert isinstance(born, Born)
    [data] = story.hear("DDATA", 4, changed(11), device="pump")
    assert isinstance(data, Data)
    assert born.birth.names[data.rows[0]] == "speed"


def test_devices_that_are_not_born_again_with_their_node_are_gone() -> None:
    story = Story("never seen")
    story.born()
    story.hear("NBIRTH", 0, bdseq(1), *named("p"))

    gone = story.wait(PATIENCE)

    assert [event.device for event in gone if isinstance(event, Died)] == ["never seen", "pump"]


def test_an_expected_node_is_asked_and_gone_when_it_does_not_answer() -> None:
    story = Story()

    assert asked(story.view.expect(story.now))
    assert story.wait(PATIENCE / 2) == []
    assert story.wait(PATIENCE / 2) == [Died(None, 0)]


def test_a_message_without_a_number_is_not_taken() -> None:
    story = Story()
    story.born()

    [wanted] = story.hear("NDATA", None, changed(0))

    assert isinstance(wanted, RebirthWanted)


class Field(RuleBasedStateMachine):
    """An edge node behind a network that drops and reorders, and its view by the host.

    Each value says which metric it belongs to (its remainder by 100), so that one that lands
    elsewhere shows. What QoS 1 carries (the will) is not dropped; births and deaths of the node
    are not overtaken.
    """

    NAMES = ("a", "b", "c", "d")

    def __init__(self) -> None:
        super().__init__()
        self.view = NodeView(REORDER, PATIENCE)
        self.now = 0.0
        self.net: list[tuple[Topic, bytes]] = []
        self.seq = self.number = self.count = 0
        self.order = list(range(4))
        self.devices: dict[str, int] = {}
        self.seen: dict[tuple[str | None, str], float] = {}
        self.newest: dict[tuple[str | None, str], float] = {}
        self.asked_at: float | None = None
        self._births()

    # --- the node -------------------------------------------------------------------------------

    def _send(self, verb: str, metrics: list[Metric], device: str | None = None) -> None:
        data = write.payload(metrics, NOW_MS, None if verb == "NDEATH" else self.seq)
        if verb != "NDEATH":
            self.seq = (self.seq + 1) % 256
        self.net.append((Topic("g", verb, "n", device), data))

    def _value(self, device: str | None, name: str) -> float:
        self.count += 1
        value = self.count * 100.0 + self.NAMES.index(name)
        self.newest[device, name] = value
        return value

    def _table(self, device: str | None) -> list[Metric]:
        first = 0 if device is None else self.devices[device]
        return [
            write.metric(
                "float64",
                self._value(device, self.NAMES[n]),
                name=self.NAMES[n],
                alias=first + place,
            )
            for place, n in enumerate(self.order)
        ]

    def _births(self) -> None:
        self.seq = 0
        self._send("NBIRTH", [bdseq(self.number), *self._table(None)])
        for device in self.devices:
            self._send("DBIRTH", self._table(device), device)

    @rule(order=st.permutations(range(4)))
    def restarts(self, order: list[int]) -> None:
        self._send("NDEATH", [bdseq(self.number)])
        self.number += 1
        self.order = order
        self._births()

    @rule(device=st.sampled_from(["x", "y"]), first=st.sampled_from([10, 12, 20]))
    def device_is_born(self, device: str, first: int) -> None:
        self.devices[device] = first
        self._send("DBIRTH", self._table(device), device)

    @precondition(lambda self: self.devices)
    @rule()
    def device_dies(self) -> None:
        device, _ = self.devices.popitem()
        self._send("DDEATH", [], device)

    @rule(name=st.sampled_from(NAMES), pick=st.integers(0, 2))
    def data(self, name: str, pick: int) -> None:
        device = [None, *self.devices][pick % (1 + len(self.devices))]
        first = 0 if device is None else self.devices[device]
        alias = first + self.order.index(self.NAMES.index(name))
        metric = write.metric("float64", self._value(device, name), alias=alias, typed=False)
        self._send("NDATA" if device is None else "DDATA", [metric], device)

    # --- the network ----------------------------------------------------------------------------

    @precondition(lambda self: self.net)
    @rule(ahead=st.integers(0, 3))
    def delivers(self, ahead: int = 0) -> None:
        reach = next(
            (n for n, (topic, _) in enumerate(self.net) if topic.verb in ("NBIRTH", "NDEATH")),
            len(self.net),
        )
        topic, data = self.net.pop(min(ahead, max(reach - 1, 0)))
        self._see(self.view.hear(topic, decode(data), self.now))

    @precondition(lambda self: self.net and self.net[0][0].verb != "NDEATH")
    @rule()
    def drops(self) -> None:
        self.net.pop(0)

    @rule(seconds=st.sampled_from([0.1, 1.0, 3.0, 6.0]))
    def waits(self, seconds: float) -> None:
        self.now += seconds
        self._see(self.view.overdue(self.now))

    def _see(self, events: list[Event]) -> None:
        for event in events:
            match event:
                case RebirthWanted():
                    assert self.asked_at is None or self.now - self.asked_at > PATIENCE - 1e-6
                    self.asked_at = self.now
                    self._births()
                case Died(None):
                    self.seen.clear()
                case Died(device):
                    self.seen = {key: v for key, v in self.seen.items() if key[0] != device}
                case Born(device, birth):
                    self.asked_at = None if device is None else self.asked_at
                    self._read(device, birth, np.arange(len(birth.names)), birth.message)
                case Data(device, birth, rows, message):
                    self._read(device, birth, rows, message)

    def _read(self, device: Any, birth: Any, rows: Any, message: Any) -> None:
        values = readings(message, birth.datatypes[rows]).values
        for row, value in zip(rows.tolist(), values.tolist(), strict=True):
            name = birth.names[row] if row >= 0 else ""
            if name in self.NAMES:
                assert self.NAMES[int(value) % 100] == name, "a number in another metric's place"
                self.seen[device, name] = value

    def teardown(self) -> None:
        """Without further losses everything is as the node says, and nothing is waited for."""
        self.data("a", 0)
        for _ in range(50):
            while self.net:
                self.delivers()
            if self.view.deadline is None:
                break
            self.now = self.view.deadline
            self._see(self.view.overdue(self.now))
        alive = {
            key: value for key, value in self.newest.items() if key[0] in {None, *self.devices}
        }
        assert self.seen == alive


def test_a_hostile_network_puts_no_number_in_another_metric_s_place() -> None:
    short = settings(max_examples=50, stateful_step_count=30, deadline=None)
    run_state_machine_as_test(Field, settings=short)


@pytest.mark.soak
def test_a_hostile_network_puts_no_number_in_another_metric_s_place_for_long() -> None:
    long = settings(max_examples=2_000, stateful_step_count=60, deadline=None)
    run_state_machine_as_test(Field, settings=long)
