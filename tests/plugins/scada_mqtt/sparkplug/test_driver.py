"""The host application against a real Mosquitto and an edge node that is one by the book."""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from wellhead import sdk
from wellhead.testing import Fault, FaultProxy
from wellhead_scada_mqtt.sparkplug.edge import EdgeNode
from wellhead_scada_mqtt.testing import Mosquitto, needs_mosquitto

from ..helpers import connected, until
from .field import POINTS, driver, edge, listening, point

pytestmark = needs_mosquitto
GOOD = sdk.quality.GOOD
NOT_CONNECTED = sdk.quality.BAD_NOT_CONNECTED


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Its port."""
    with Mosquitto(tmp_path_factory.mktemp("mosquitto")) as mosquitto:
        yield mosquitto.port


def run(story: Callable[[], Awaitable[None]]) -> None:
    async def act() -> None:
        async with asyncio.timeout(20):
            await story()

    asyncio.run(act())


def test_births_bring_what_is_so_and_data_what_changes(broker: int) -> None:
    async def story() -> None:
        async with listening(broker, *POINTS) as (_, mailbox), edge(broker) as node:
            await until(lambda: mailbox.reads("note", "on"))
            assert [mailbox.last(name) for name in ("p", "speed", "count")] == [
                (1.5, GOOD),
                (50.0, GOOD),
                (-7.0, GOOD),
            ]
            node.update({(None, "p"): 2.5, ("pump", "note"): "tripped", ("pump", "count"): None})
            await until(lambda: mailbox.reads("note", "tripped"))
            assert mailbox.last("p") == (2.5, GOOD)
            _, null, quality, at = next(r for r in reversed(mailbox.heard) if r[0] == "count")
            assert (null != null, quality) == (True, sdk.quality.BAD)
            assert abs(at / 1e6 - time.time()) < 60

    run(story)


def test_a_host_that_comes_later_asks_for_the_births(broker: int) -> None:
    async def story() -> None:
        async with edge(broker) as node, listening(broker, *POINTS) as (_, mailbox):
            await until(lambda: mailbox.reads("p", 1.5))
            assert node.rebirths == 1

    run(story)


def test_a_lost_message_is_found_and_the_births_asked_for_once(broker: int) -> None:
    async def story() -> None:
        async with (
            listening(broker, *POINTS, reorder_timeout_s=0.1) as (_, mailbox),
            edge(broker) as node,
        ):
            await until(lambda: mailbox.reads("speed", 50.0))
            node.lose_a_message()
            node.update({("pump", "speed"): 60.0})
            await until(lambda: node.rebirths == 1)
            await until(lambda: mailbox.reads("speed", 60.0))  # by the births
            node.update({("pump", "speed"): 61.0})
            await until(lambda: mailbox.reads("speed", 61.0))
            assert node.rebirths == 1

    run(story)


def test_a_node_whose_line_breaks_is_bad_by_its_will_and_good_again(broker: int) -> None:
    async def story() -> None:
        proxy = FaultProxy(broker)
        await proxy.start()
        async with listening(broker, *POINTS) as (_, mailbox):
            async with edge(proxy.port) as node:
                await until(lambda: mailbox.reads("note", "on"))
                await proxy.set(Fault.RESET)
                node.update({(None, "p"): 3.0})
                await until(lambda: mailbox.last("note") is not None and len(bad(mailbox)) == 4)
                assert {row[2] for row in bad(mailbox)} == {NOT_CONNECTED}
                await proxy.set(Fault.PASS)
            async with edge(broker):
                await until(lambda: mailbox.reads("note", "on"))
                assert mailbox.last("p") == (1.5, GOOD)
        await proxy.stop()

    def bad(mailbox: Any) -> list[Any]:
        return [row for row in mailbox.heard if row[2] < 64]

    run(story)


def test_a_farewell_and_a_lost_device_are_bad_too(broker: int) -> None:
    async def story() -> None:
        async with listening(broker, *POINTS) as (_, mailbox):
            async with edge(broker) as node:
                await until(lambda: mailbox.reads("note", "on"))
                node.device_dies("pump")
                await until(lambda: gone(mailbox) == {"speed", "count", "note"})
            await until(lambda: gone(mailbox) == {"p", "speed", "count", "note"})

    def gone(mailbox: Any) -> set[str]:
        last = {row[0]: row[2] for row in mailbox.heard}
        return {name for name, quality in last.items() if quality == NOT_CONNECTED}

    run(story)


def test_what_is_missing_or_of_another_sort_is_bad_alone(broker: int) -> None:
    wrong = (point(8, "no such"), point(9, "note", "pump"), point(10, "p", datatype="string"))

    async def story() -> None:
        async with listening(broker, *POINTS, *wrong) as (host, mailbox), edge(broker):
            await until(lambda: mailbox.reads("note", "on"))
            read = await host.read(host.plan((*POINTS, *wrong)))
            assert read.values[:3].tolist() == [1.5, 50.0, -7.0]
            assert read.texts == {3: "on"}
            configuration = sdk.quality.BAD_CONFIGURATION
            assert read.qualities.tolist() == [GOOD] * 4 + [configuration] * 3
            rows = [row for row in mailbox.heard if row[2] == configuration]
            assert sorted(row[0] for row in rows) == ["no such", "note", "p"]

    run(story)


def test_a_node_that_is_not_there_is_bad_after_the_patience(broker: int) -> None:
    async def story() -> None:
        async with listening(broker, *POINTS, birth_timeout_s=0.2) as (_, mailbox):
            await until(lambda: len(mailbox.heard) == 4)
            assert {row[2] for row in mailbox.heard} == {NOT_CONNECTED}

    run(story)


def test_late_data_keeps_its_time_and_does_not_become_the_newest(broker: int) -> None:
    async def story() -> None:
        async with listening(broker, *POINTS) as (host, mailbox), edge(broker) as node:
            await until(lambda: mailbox.reads("note", "on"))
            node.update({(None, "p"): 9.5}, historical=True)
            node.update({("pump", "speed"): 51.0})
            await until(lambda: mailbox.reads("speed", 51.0))
            [late] = [row for row in mailbox.heard if row[1] == 9.5]
            assert 59 < time.time() - late[3] / 1e6 < 90
            assert mailbox.last("p") == (1.5, GOOD)
            assert (await host.read(host.plan(POINTS[:1]))).values[0] == 1.5

    run(story)


def test_the_host_says_when_it_is_there_and_when_not(broker: int) -> None:
    async def story() -> None:
        def states() -> list[Any]:
            return [json.loads(message.payload) for message in heard]

        async with connected(broker, "watcher", session_expiry_s=0) as (watcher, heard):
            await watcher.subscribe(["spBv1.0/STATE/rig7"])
            async with listening(broker, *POINTS, host_id="rig7"):
                await until(lambda: [s["online"] for s in states()] == [True])
                # the will of an earlier connection comes late: the host takes it back
                await watcher.publish("spBv1.0/STATE/rig7", b'{"online":false,"timestamp":1}')
                await until(lambda: [s["online"] for s in states()] == [True, False, True])
                assert states()[0] == states()[2]
            await until(lambda: len(states()) > 3)
            assert states()[3]["online"] is False
            assert states()[3]["timestamp"] >= states()[0]["timestamp"]

    run(story)


def test_a_host_whose_line_breaks_is_away_by_its_will(broker: int) -> None:
    async def story() -> None:
        def states() -> list[Any]:
            return [json.loads(message.payload) for message in heard]

        proxy = FaultProxy(broker)
        await proxy.start()
        async with connected(broker, "watcher", session_expiry_s=0) as (watcher, heard):
            await watcher.subscribe(["spBv1.0/STATE/rig8"])
            async with listening(proxy.port, *POINTS, host_id="rig8") as (_, mailbox):
                await until(lambda: [s["online"] for s in states()] == [True])
                await proxy.stop()
                await until(lambda: [s["online"] for s in states()] == [True, False])
                assert states()[0]["timestamp"] == states()[1]["timestamp"]
                assert mailbox.task is not None
                with pytest.raises(sdk.DeviceUnreachable):
                    await mailbox.task

    run(story)


def test_a_command_comes_to_the_device_and_is_read_back(broker: int) -> None:
    async def story() -> None:
        async with listening(broker, *POINTS) as (host, mailbox), edge(broker) as node:
            await until(lambda: mailbox.reads("note", "on"))
            values: list[float | str] = [7.25, 33.5, -300.0, "off"]
            for one, value in zip(POINTS, values, strict=True):
                await host.write(one, value)
                assert mailbox.reads(one.name, value)
            assert list(node.commanded.values()) == values
            await host.write(POINTS[1], 33.5)  # once more is no change, and well

    run(story)


def test_a_command_that_cannot_be_is_refused_and_nothing_is_sent(broker: int) -> None:
    async def story() -> None:
        async with listening(broker, *POINTS) as (host, mailbox):
            with pytest.raises(sdk.WriteRefused, match="not there"):
                await host.write(POINTS[0], 1.0)
            async with edge(broker) as node:
                await until(lambda: mailbox.reads("note", "on"))
                for one, value, why in (
                    (POINTS[2], 1.5, "whole numbers"),
                    (POINTS[2], 40_000.0, "holds -32768 to 32767"),
                    (POINTS[2], float("nan"), "whole numbers"),
                    (POINTS[3], 1.0, "cannot hold"),
                    (point(9, "no such"), 1.0, "no such metric"),
                ):
                    with pytest.raises(sdk.WriteRefused, match=why):
                        await host.write(one, value)
                assert node.commanded == {}

    run(story)


def test_a_command_that_shows_no_effect_is_unknown(
    broker: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(EdgeNode, "_obey", lambda *_: None)

    async def story() -> None:
        async with listening(broker, *POINTS) as (host, mailbox), edge(broker):
            await until(lambda: mailbox.reads("note", "on"))
            host.device = replace(host.device, timeout=1.5)
            with pytest.raises(sdk.WriteUnconfirmed, match="did not read it"):
                await host.write(POINTS[0], 8.0)

    run(story)


def test_browsing_shows_nodes_devices_and_their_metrics(broker: int) -> None:
    async def story() -> None:
        async with listening(broker, *POINTS) as (host, mailbox), edge(broker):
            await until(lambda: mailbox.reads("note", "on"))
            [folders] = [some async for some in host.browse({"start": None})]
            assert [found.branch for found in folders] == ["pad/rtu", "pad/rtu/pump"]
            [found] = [some async for some in host.browse({"start": "pad/rtu/pump"})]
            assert [(one.name, one.datatype, one.value) for one in found] == [
                ("speed", "float32", 50.0),
                ("count", "int16", -7.0),
                ("note", "string", "on"),
            ]
            assert found[0].address == dict(POINTS[1].address)
            assert [some async for some in host.browse({"start": "pad/nobody"})] == []

    run(story)


def test_a_connection_that_does_not_listen_reads_writes_and_browses_too(broker: int) -> None:
    async def story() -> None:
        async with edge(broker):
            host = driver(broker)
            try:
                await host.open()
                read = await host.read(host.plan(POINTS))
                assert read.values[:3].tolist() == [1.5, 50.0, -7.0]
                await host.write(POINTS[0], 2.5)
                host.device = replace(host.device, timeout=4.0)  # all of which browsing takes
                [folders] = [some async for some in host.browse({"start": None})]
                assert len(folders) == 2
            finally:
                await host.close()

    run(story)


def test_a_death_is_acknowledged_once_it_is_on_disk(tmp_path: Path) -> None:
    async def story(mosquitto: Mosquitto) -> None:
        async with listening(mosquitto.port, *POINTS) as (_, mailbox):
            async with edge(mosquitto.port) as node:
                await until(lambda: mailbox.reads("note", "on"))
                mailbox.keep = False
                assert node._client is not None
                await node._client.publish("spBv1.0/pad/NDEATH/rtu", node._death())
            await until(lambda: not mailbox.kept[-1].done())
            acknowledged = "Received PUBACK from wellhead-d1"
            before = mosquitto.log.count(acknowledged)
            for future in mailbox.kept:
                if not future.done():
                    future.set_result(None)
            await until(lambda: mosquitto.log.count(acknowledged) == before + 1)

    with Mosquitto(tmp_path) as mosquitto:
        run(lambda: story(mosquitto))


def test_what_the_spool_refuses_ends_the_connection(broker: int) -> None:
    async def story() -> None:
        async with listening(broker, *POINTS) as (_, mailbox), edge(broker):
            mailbox.keep = False
            await until(lambda: mailbox.kept and not mailbox.kept[-1].done())
            mailbox.kept[-1].set_exception(sdk.NotKept("the spool is full"))
            assert mailbox.task is not None
            with pytest.raises(sdk.NotKept):
                await mailbox.task

    run(story)
