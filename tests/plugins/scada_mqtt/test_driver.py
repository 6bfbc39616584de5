"""The driver against a real Mosquitto: telemetry in, acknowledgement, sessions, commands, ACLs."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from wellhead import sdk
from wellhead_scada_mqtt.driver import MqttDriver
from wellhead_scada_mqtt.testing import Mosquitto, needs_mosquitto

from .helpers import Mailbox, connected, driver, listening, point, said, until

pytestmark = needs_mosquitto
GOOD, MARKED = sdk.quality.GOOD, sdk.quality.UNCERTAIN_LAST_USABLE


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Mosquitto]:
    with Mosquitto(tmp_path) as running:
        yield running


async def send(port: int, topic: str, *payloads: bytes, retain: bool = False) -> None:
    async with connected(port, "sender") as (sender, _):
        for payload in payloads:
            await sender.publish(topic, payload, retain=retain)


@pytest.mark.parametrize("version", ["5", "3.1.1"])
def test_telemetry_comes_in_once_and_is_acknowledged(broker: Mosquitto, version: str) -> None:
    points = [
        point("wells/W01/telemetry", "/oil"),
        point("wells/W01/telemetry", "/state", "string"),
        point("wells/W02/pump", datatype="bool", payload="raw"),
    ]

    async def main() -> None:
        async with listening(driver(broker.port, version=version), *points) as box:
            await send(broker.port, "wells/W01/telemetry", b'{"oil": 12.5, "state": "on"}')
            await send(broker.port, "wells/W02/pump", b"ON")
            await until(lambda: len(box.rows()) == 3)
        async with listening(driver(broker.port, version=version), *points) as again:
            await send(broker.port, "wells/W01/telemetry", b'{"oil": 13}')
            await until(lambda: again.rows())
        assert sorted(box.rows()) == [(0, 12.5, GOOD), (1, "on", GOOD), (2, 1.0, GOOD)]
        assert again.rows() == [(0, 13.0, GOOD)], "something acknowledged came again"

    asyncio.run(main())


@pytest.mark.parametrize("version", ["5", "3.1.1"])
def test_what_the_broker_kept_comes_first_and_is_marked(broker: Mosquitto, version: str) -> None:
    async def main() -> None:
        await send(broker.port, "t", b'{"v": 1, "at": 1700000000}', retain=True)
        async with listening(
            driver(broker.port, version=version), point("t", "/v", time="/at")
        ) as box:
            await until(lambda: box.rows())
            await send(broker.port, "t", b'{"v": 2, "at": 1700000060}')
            await until(lambda: len(box.rows()) == 2)
        assert box.rows() == [(0, 1.0, MARKED), (0, 2.0, GOOD)]
        assert box.times() == [0, 1_700_000_060_000_000]

    asyncio.run(main())


def test_messages_wait_at_the_broker_while_the_gateway_is_away(broker: Mosquitto) -> None:
    async def main() -> None:
        one = point("t")
        async with listening(driver(broker.port), one):
            pass
        await send(broker.port, "t", *(b"%d" % n for n in range(50)))
        async with listening(driver(broker.port), one) as box:
            await until(lambda: len(box.rows()) == 50)
        assert [value for _, value, _ in box.rows()] == list(range(50))

    asyncio.run(main())


def test_nothing_is_acknowledged_before_it_is_on_disk(broker: Mosquitto) -> None:
    async def main() -> None:
        one, box = point("t"), Mailbox()
        box.slow = True
        async with listening(driver(broker.port), one, mailbox=box):
            await send(broker.port, "t", b"1", b"2", b"3")
            await until(lambda: len(box.rows()) == 3)
        async with listening(driver(broker.port), one) as again:
            await until(lambda: len(again.rows()) == 3)
        async with listening(driver(broker.port), one) as last:
            await send(broker.port, "t", b"4")
            await until(lambda: last.rows())
        assert last.rows() == [(0, 4.0, GOOD)]

    asyncio.run(main())


def test_a_full_spool_leaves_the_messages_with_the_broker(broker: Mosquitto) -> None:
    async def main() -> None:
        one, box = point("t"), Mailbox()
        box.full = True
        with pytest.raises(sdk.NotKept):  # noqa: PT012
            made = driver(broker.port)
            await made.open()
            try:
                listen = asyncio.create_task(made.listen([sdk.PushGroup("g", 1, (one,))], box))
                await until(lambda: box.ready)
                await send(broker.port, "t", b"1", b"2")
                async with asyncio.timeout(10):
                    await listen
            finally:
                await made.close()
        async with listening(driver(broker.port), one) as again:
            await until(lambda: len(again.rows()) == 2)
        assert [value for _, value, _ in again.rows()] == [1.0, 2.0]

    asyncio.run(main())


@pytest.mark.parametrize(("version", "window", "at_once"), [("5", 30, 30), ("3.1.1", 30, 20)])
def test_more_than_20_unacknowledged_messages(
    broker: Mosquitto, version: str, window: int, at_once: int
) -> None:
    """As the README says: with MQTT 5 our window counts, with 3.1.1 Mosquitto's default of 20. The
    rest comes when the first are on disk."""

    async def main() -> None:
        one, box = point("t"), Mailbox()
        box.slow = True
        made = driver(broker.port, version=version, window=window)
        async with listening(made, one, mailbox=box):
            await send(broker.port, "t", *(b"%d" % n for n in range(60)))
            await until(lambda: len(box.rows()) >= at_once)
            assert len(box.rows()) == at_once
            box.keep()
            await until(lambda: len(box.rows()) == 60)
        assert [value for _, value, _ in box.rows()] == list(range(60))

    asyncio.run(main())


def test_with_3_1_1_the_brokers_window_counts(tmp_path: Path) -> None:
    async def main(port: int) -> None:
        one, box = point("t"), Mailbox()
        box.slow = True
        async with listening(driver(port, version="3.1.1", window=1), one, mailbox=box):
            await send(port, "t", *(b"%d" % n for n in range(80)))
            await until(lambda: len(box.rows()) >= 50)
            assert len(box.rows()) == 50
            box.keep()
            await until(lambda: len(box.rows()) == 80)

    with Mosquitto(tmp_path, ["max_inflight_messages 50"]) as broker:
        asyncio.run(main(broker.port))


def test_more_than_fits_is_left_with_the_broker_until_there_is_room(
    broker: Mosquitto, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wellhead_scada_mqtt.intake.MOST_UNKEPT", 50)

    async def main() -> None:
        one, box = point("t"), Mailbox()
        box.slow = True
        async with listening(driver(broker.port), one, mailbox=box):
            await send(broker.port, "t", *(b"%d" % n for n in range(60)))
            await until(lambda: len(box.rows()) >= 50)
            before = len(box.rows())
            await send(broker.port, "t", *(b"%d" % n for n in range(60, 400)))
            assert len(box.rows()) == before, "it went on reading"
            box.keep()
            await until(lambda: len(box.rows()) == 400)
        assert [value for _, value, _ in box.rows()] == list(range(400))

    asyncio.run(main())


def test_a_wide_filter_feeds_the_tags_of_many_topics(broker: Mosquitto) -> None:
    async def main() -> None:
        points = [point(f"wells/W{n:02}/telemetry", "/v") for n in range(20)]
        made = driver(broker.port, subscribe=["wells/+/telemetry"])
        async with listening(made, *points) as box:
            for n in range(21):  # one that no tag is of
                await send(broker.port, f"wells/W{n:02}/telemetry", b'{"v": %d}' % n)
            await until(lambda: len(box.rows()) == 20)
        assert box.rows() == [(n, float(n), GOOD) for n in range(20)]
        assert broker.log.count("(QoS 1)") == 1

    asyncio.run(main())


@pytest.mark.parametrize("end", ["stop", "kill"])
def test_a_broker_that_restarts_or_is_killed_has_kept_everything(
    broker: Mosquitto, end: str
) -> None:
    """With persistence: an orderly end saves; a killed Mosquitto has what it saved before."""

    async def main() -> None:
        one = point("t")
        async with listening(driver(broker.port), one) as box:
            await send(broker.port, "t", b"1")
            await until(lambda: box.rows())
        await send(broker.port, "t", b"2", b"3")
        broker.save()
        await send(broker.port, "other", b"")  # answered after the file is written
        await asyncio.to_thread(broker.stop if end == "stop" else broker.kill)
        with pytest.raises(sdk.DeviceUnreachable):
            await driver(broker.port).open()
        await asyncio.to_thread(broker.start)
        async with listening(driver(broker.port), one) as again:
            await until(lambda: len(again.rows()) == 2)
        assert [value for _, value, _ in again.rows()] == [2.0, 3.0]

    asyncio.run(main())


def test_shared_subscriptions_divide_the_messages(broker: Mosquitto) -> None:
    async def main() -> None:
        one = point("t")
        first = driver(broker.port, client_id="a", share_group="gateways")
        second = driver(broker.port, client_id="b", share_group="gateways")
        async with listening(first, one) as left, listening(second, one) as right:
            await send(broker.port, "t", *(b"%d" % n for n in range(20)))
            await until(lambda: len(left.rows()) + len(right.rows()) == 20)
            assert left.rows()
            assert right.rows()

    asyncio.run(main())


def test_changed_groups_unsubscribe_what_is_not_needed(broker: Mosquitto) -> None:
    async def main() -> None:
        made = driver(broker.port)
        old, new = point("old"), point("new")
        async with listening(made, old) as box:
            listen = asyncio.create_task(made.listen([sdk.PushGroup("g2", 1, (new,))], box))
            box.ready = False
            await until(lambda: box.ready)
            await send(broker.port, "old", b"1")
            await send(broker.port, "new", b"2")
            await until(lambda: box.rows())
            listen.cancel()
        assert box.rows() == [(0, 2.0, GOOD)]
        assert box.pushed[0].group == "g2"

    asyncio.run(main())


def test_a_silent_topic_turns_its_tags_bad_once(broker: Mosquitto) -> None:
    async def main() -> None:
        points = [point("silent"), point("talks")]
        async with listening(driver(broker.port, stale_after_s=0.5), *points) as box:
            async with connected(broker.port, "sender") as (sender, _):
                while (0, None, sdk.quality.BAD_COMM_FAILURE) not in box.rows():
                    await sender.publish("talks", b"1")
                    await asyncio.sleep(0.02)
            await until(lambda: (1, None, sdk.quality.BAD_COMM_FAILURE) in box.rows())
        stale = [place for place, _, quality in box.rows() if quality != GOOD]
        assert stale == [0, 1]

    asyncio.run(main())


# --- reading, writing, browsing -------------------------------------------------------------------


@pytest.mark.alone
def test_a_test_read_waits_for_what_was_not_heard_yet(broker: Mosquitto) -> None:
    async def main() -> None:
        points = [point("t", "/a"), point("t", "/b"), point("never")]
        made = driver(broker.port, timeout=1.5)
        async with listening(made, *points):
            reading = asyncio.create_task(made.read(made.plan(points)))
            await send(broker.port, "t", b'{"a": 1, "b": 2}')
            found = await reading
            async with asyncio.timeout(1.4):  # what is silent is waited for once
                await made.read(made.plan(points))
        assert found.values[:2].tolist() == [1, 2]
        assert found.qualities.tolist() == [GOOD, GOOD, sdk.quality.BAD_COMM_FAILURE]

    asyncio.run(main())


def test_a_device_that_is_not_listened_to_is_read_and_leaves_nothing_behind(
    broker: Mosquitto,
) -> None:
    async def main() -> None:
        await send(broker.port, "t", b"7", retain=True)
        made = driver(broker.port)
        await made.open()
        found = await made.read(made.plan([point("t")]))
        assert (found.values.tolist(), found.qualities.tolist()) == ([7.0], [MARKED])
        await made.close()
        await send(broker.port, "t", b"8")
        async with connected(broker.port, "wellhead-d1", session_expiry_s=100) as (_, heard):
            await send(broker.port, "other", b"")
            assert heard == []

    asyncio.run(main())


COMMAND = {"command_topic": "wells/W01/commands", "command": '{"choke": {value}}'}


@pytest.mark.parametrize("version", ["5", "3.1.1"])
def test_a_command_is_published_and_what_follows_is_the_read_back(
    broker: Mosquitto, version: str
) -> None:
    async def main() -> None:
        choke = point("wells/W01/telemetry", "/choke", **COMMAND)
        made = driver(broker.port, version=version)
        async with (
            connected(broker.port, "well") as (well, heard),
            listening(made, choke) as box,
        ):
            await well.subscribe(["wells/W01/commands"])
            await well.publish("wells/W01/telemetry", b'{"choke": 10}')
            await until(lambda: box.rows())
            await made.write(choke, 42.5)
            await until(lambda: heard)
            assert heard[0].payload == b'{"choke": 42.5}'
            assert not heard[0].retain
            reading = asyncio.create_task(made.read(made.plan([choke])))
            await well.publish("wells/W01/telemetry", b'{"choke": 42.5}')
            assert (await reading).values.tolist() == [42.5]
        async with connected(broker.port, "late") as (late, kept):
            await late.subscribe(["wells/W01/commands"])
            await late.publish("other", b"")
            assert kept == [], "a command was retained"

    asyncio.run(main())


def test_a_command_that_nobody_takes_is_refused(broker: Mosquitto) -> None:
    async def main() -> None:
        choke = point("t", "/choke", **COMMAND)
        made = driver(broker.port)
        async with listening(made, choke) as box:
            await send(broker.port, "t", b'{"choke": 10}')
            await until(lambda: box.rows())
            with pytest.raises(sdk.WriteRefused, match="nobody is subscribed"):
                await made.write(choke, 42.5)
            found = await made.read(made.plan([choke]))
            assert (found.values[0], found.qualities[0]) == (10, GOOD)
            with pytest.raises(sdk.WriteRefused, match="read-only"):
                await made.write(point("t"), 1.0)
            with pytest.raises(sdk.WriteRefused, match="is no number"):
                await made.write(choke, float("nan"))

    asyncio.run(main())


def test_browsing_finds_values_beside_the_readings(broker: Mosquitto) -> None:
    async def main() -> None:
        await send(broker.port, "wells/W01/telemetry", b'{"oil": {"rate": 1.5}}', retain=True)
        await send(broker.port, "wells/W02/log", b'{"rows": [{"t": 1, "p": 2}]}', retain=True)
        await send(broker.port, "wells/W03/state", b"flowing", retain=True)
        await send(broker.port, "plant/power", b"1", retain=True)
        made = driver(broker.port)
        oil = point("wells/W01/telemetry", "/oil/rate")
        async with listening(made, oil) as box:
            await until(lambda: box.rows())
            arguments = MqttDriver.browse_schema().load({"filter": "wells/#", "seconds": 3.0})
            found = [one async for some in made.browse(arguments) for one in some]
            await send(broker.port, "wells/W01/telemetry", b'{"oil": {"rate": 2}}')
            await send(broker.port, "wells/W01/other", b'{"oil": {"rate": 3}}')
            await until(lambda: len(box.rows()) > 1)
        assert {one.name: (one.datatype, one.value) for one in found} == {
            "wells/W01/telemetry/oil/rate": ("float64", 1.5),
            "wells/W02/log/rows/t": ("float64", 1.0),
            "wells/W02/log/rows/p": ("float64", 2.0),
            "wells/W03/state": ("string", "flowing"),
        }
        for one in found:
            assert one.address is not None
            MqttDriver.address_schema().load(one.address)
        assert box.rows() == [(0, 1.5, MARKED), (0, 2.0, GOOD)], "browsing made readings"

    asyncio.run(main())


# --- access ---------------------------------------------------------------------------------------


@pytest.fixture
def guarded(tmp_path: Path) -> Iterator[Mosquitto]:
    """Everybody may read wells/W01/telemetry and write wells/W01/commands, and no more."""
    rules = tmp_path / "acl"
    rules.write_text(
        "topic read wells/W01/telemetry\ntopic readwrite wells/W01/commands\n"
        "pattern write sender/#\n"
    )
    with Mosquitto(tmp_path, [f"acl_file {rules}"]) as running:
        yield running


def test_s17_a_wrong_topic_is_denied_by_mosquittos_access_list(guarded: Mosquitto) -> None:
    async def main() -> None:
        allowed = point("wells/W01/telemetry", "/a", command_topic="wells/W01/commands")
        other = point("wells/W02/telemetry", "/a", command_topic="wells/W02/commands")
        made = driver(guarded.port)
        async with (
            connected(guarded.port, "well") as (well, heard),
            listening(made, allowed, other) as box,
        ):
            await well.subscribe(["wells/W01/commands", "wells/W02/commands"])
            await made.write(allowed, 1.0)
            with pytest.raises(sdk.WriteRefused, match="Not authorized") as refused:
                await made.write(other, 2.0)
            assert "access list" in said(refused.value)
            await until(lambda: heard)
            assert [message.topic for message in heard] == ["wells/W01/commands"]
            assert box.rows() == []

    asyncio.run(main())


DYNAMIC = next(Path("/usr/lib").glob("**/mosquitto_dynamic_security.so"), None)


@pytest.mark.skipif(DYNAMIC is None, reason="this mosquitto has no dynamic security plugin")
@pytest.mark.parametrize(("version", "reason"), [("5", "Not authorized"), ("3.1.1", "Unspecified")])
def test_s17_a_refused_subscription_makes_its_tags_bad_and_says_why(
    tmp_path: Path, version: str, reason: str
) -> None:
    """Mosquitto's access list takes every subscription and sends nothing; its dynamic security
    refuses."""
    rules = tmp_path / "dynamic-security.json"
    allowed = [
        {"acltype": "subscribePattern", "topic": "wells/W01/#", "allow": True},
        {"acltype": "publishClientReceive", "topic": "wells/W01/#", "allow": True},
        {"acltype": "publishClientSend", "topic": "#", "allow": True},
    ]
    document = {
        "defaultACLAccess": dict.fromkeys(
            ("publishClientSend", "publishClientReceive", "subscribe", "unsubscribe"), False
        ),
        "roles": [{"rolename": "gateway", "acls": allowed}],
        "groups": [{"groupname": "everybody", "roles": [{"rolename": "gateway"}]}],
        "anonymousGroup": "everybody",
    }
    rules.write_text(json.dumps(document), encoding="utf-8")
    lines = [f"plugin {DYNAMIC}", f"plugin_opt_config_file {rules}"]

    async def main(port: int) -> None:
        made = driver(port, version=version)
        with capture_logs() as said_in_log:
            async with listening(made, point("wells/W01/t"), point("wells/W02/t")) as box:
                await send(port, "wells/W01/t", b"1")
                await until(lambda: len(box.rows()) == 2)
        assert box.rows() == [(1, None, sdk.quality.BAD_CONFIGURATION), (0, 1.0, GOOD)]
        (line,) = [one for one in said_in_log if one["log_level"] == "warning"]
        assert line["topics"] == ["wells/W02/t"]
        assert reason in line["reason"]
        assert "access list" in line["remedy"]

    with Mosquitto(tmp_path, lines) as broker:
        asyncio.run(main(broker.port))
