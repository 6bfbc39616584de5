"""Northwards: what is in the outbox is at the broker, in order, through its absence."""

import asyncio
import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
import pytest
from marshmallow import ValidationError

from wellhead import sdk
from wellhead.testing import wait_until
from wellhead_historian.testing import BASE, batch_of, make_tags
from wellhead_scada_mqtt.northward import Northward, NorthwardOptions
from wellhead_scada_mqtt.testing import Mosquitto, needs_mosquitto
from wellhead_uplink.edge.outbox import OutboxWriter
from wellhead_uplink.edge.process import kinds_of, maker
from wellhead_uplink.edge.sender import Sender

from .helpers import connected, until


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Mosquitto]:
    with Mosquitto(tmp_path) as running:
        yield running


@pytest.fixture
def connection(settings: sdk.Settings) -> Iterator[psycopg.Connection[Any]]:
    with sdk.connect(settings, "default", autocommit=True) as made:
        yield made


def sender(runtime: sdk.Runtime, port: int, **options: Any) -> Sender:
    """As the process makes it of the configuration."""
    entry = {"kind": "mqtt", "options": {"host": "127.0.0.1", "port": port, **options}}
    connect = partial(sdk.connect, runtime.settings, "default", autocommit=True)
    make = maker(kinds_of(runtime), "default", entry)
    return Sender("default", "north", make, connect, ["north"])


@needs_mosquitto
def test_readings_reach_the_broker_in_order_through_its_absence(
    runtime: sdk.Runtime, connection: psycopg.Connection[Any], broker: Mosquitto
) -> None:
    first, second = make_tags(connection, 2, "a/b+").tolist()
    connection.execute("UPDATE historian_tag SET unit = 'bar' WHERE id = %s", (first,))
    write = OutboxWriter(1 << 30)
    at_work = sender(runtime, broker.port)

    def queue(step: int) -> None:
        rows = [(first, BASE + step, float(step), 192), (second, BASE + step, float("nan"), 8)]
        with connection.transaction():
            write(connection, [batch_of(1, rows)])

    def spoil(number: int) -> None:
        """A row that a disk has damaged."""
        with connection.transaction():
            connection.execute("UPDATE uplink_outbox SET packed = 'x' WHERE id = %s", (number,))

    def at(position: int) -> bool:
        found = connection.execute("SELECT position FROM uplink_destination")
        row = found.fetchone()
        return row is not None and int(row[0]) == position

    def two_are_heard(messages: list[Any], number: int) -> bool:
        numbers = [json.loads(message.payload)["n"] for message in messages]
        return numbers.count(number) == 2

    async def main() -> list[Any]:
        heard: list[Any] = []
        queue(1)
        at_work.start()
        for begin in (2, 5):
            async with connected(broker.port, "listener", session_expiry_s=0) as (one, messages):
                await one.subscribe(["wellhead/#"])
                for step in range(begin, begin + 2):
                    queue(step)
                await asyncio.to_thread(wait_until, partial(at, begin + 1))
                await until(partial(two_are_heard, messages, begin + 1))
                heard += messages
            if begin == 2:
                broker.stop()
                queue(4)  # kept while nobody takes it
                await asyncio.to_thread(wait_until, lambda: state(connection) == "away")
                spoil(4)
                broker.start()
                await asyncio.to_thread(wait_until, partial(at, 4), 20)
        return heard

    try:
        heard = asyncio.run(main())
    finally:
        assert at_work.stop(10)
    aside = connection.execute("SELECT id, reason FROM uplink_quarantine").fetchall()
    assert [(number, "packed" in reason) for number, reason in aside] == [(4, True)]
    by_topic: dict[str, list[Any]] = {}
    for message in heard:
        by_topic.setdefault(message.topic, []).append(json.loads(message.payload))
    assert sorted(by_topic) == ["wellhead/default/-/a_b_1", "wellhead/default/-/a_b_2"]
    one = by_topic["wellhead/default/-/a_b_1"]
    values = dict.fromkeys(value for body in one for value in body["v"])
    # again is allowed, out of order not; the first may have come before anybody listened
    assert [value for value in values if value > 1] == [2.0, 3.0, 5.0, 6.0]
    assert one[0]["tag"] == "a/b+1"
    assert one[0]["unit"] == "bar"
    assert one[0]["q"][0] == 192
    two = by_topic["wellhead/default/-/a_b_2"][-1]
    assert (two["v"][-1], two["q"][-1], two["t"][-1]) == (None, 8, BASE + 6)


def state(connection: psycopg.Connection[Any]) -> str:
    row = connection.execute("SELECT state FROM uplink_destination").fetchone()
    return row[0] if row else ""


class Described:
    """A tag of a report."""

    unit: str | None = None
    device: str | None = "RTU/1"
    asset: str | None = None

    def __init__(self, name: str) -> None:
        self.name = name


def test_messages_are_columns_with_texts_as_texts_and_bounded() -> None:
    options = NorthwardOptions().load({"host": "127.0.0.1", "topic": "x/{device}"})
    north = Northward("default", options)
    try:
        north._tags = {1: Described("A"), 2: Described("B")}
        batch = batch_of(1, [(1 + step % 2, BASE + step, 1.5, 192) for step in range(2001)])
        batch = sdk.Batch(
            1, batch.tags, batch.times, batch.values, batch.qualities, {1: "drilling"}
        )
        found = [(topic, json.loads(body)) for topic, body in north._messages([batch], 7)]
        assert [topic for topic, _ in found] == ["x/RTU_1"] * 3
        assert [len(body["t"]) for _, body in found] == [1000, 1000, 1]
        assert found[0][1]["tag"][:3] == ["A", "B", "A"]
        assert found[0][1]["v"][:3] == [1.5, "drilling", 1.5]
        assert found[2][1]["t"] == [BASE + 2000]
        with pytest.raises(ConnectionError, match="not known yet"):
            list(north._messages([batch_of(1, [(9, BASE, 1.0, 192)])], 8))
    finally:
        north.close()


@pytest.mark.parametrize("topic", ["{tags}", "a/#", "+", "/", ""])
def test_a_topic_that_cannot_be_published_to_is_refused(topic: str) -> None:
    with pytest.raises(ValidationError):
        NorthwardOptions().load({"host": "x", "topic": topic})
