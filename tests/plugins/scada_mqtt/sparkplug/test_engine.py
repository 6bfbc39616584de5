"""Sparkplug with the real engine: what is stored of a broker that dies, and of commands."""

from pathlib import Path
from typing import Any

import pytest

from wellhead import sdk
from wellhead_scada.drivers import Drivers
from wellhead_scada.engine.clock import SystemClock, Timekeeper
from wellhead_scada.engine.config import DeviceConfig, GroupConfig, TagConfig
from wellhead_scada.engine.state import Status
from wellhead_scada.testing import Bench, play
from wellhead_scada_mqtt.sparkplug.driver import SparkplugDriver
from wellhead_scada_mqtt.sparkplug.edge import EdgeNode
from wellhead_scada_mqtt.testing import Mosquitto, needs_mosquitto

from ..helpers import LoopbackDialer
from .field import POINTS, edge

pytestmark = needs_mosquitto
NOT_CONNECTED = sdk.quality.BAD_NOT_CONNECTED


def device(port: int) -> DeviceConfig:
    """Its tags are 1 to 4, in the order of POINTS; the first is scaled."""
    tags = tuple(
        TagConfig(
            point.tag,
            point.name,
            point.datatype,
            point.address,
            scale=10.0 if point.tag == 1 else 1.0,
        )
        for point in POINTS
    )
    options = {"host": "127.0.0.1", "port": port, "host_id": "scada", "groups": ["pad"]}
    return DeviceConfig(
        "hub", "hub", "sparkplug", options, 0.5, True, (GroupConfig("g", "g", 1000, 1, tags),)
    )


def surroundings() -> dict[str, Any]:
    drivers = Drivers({})
    drivers.add("sparkplug", SparkplugDriver)
    clock = SystemClock()
    return {
        "drivers": drivers,
        "dialer": LoopbackDialer(),
        "clock": clock,
        "timekeeper": Timekeeper(clock),
    }


def latest(bench: Bench) -> dict[int, tuple[Any, int]]:
    """Value or text, and quality, of each tag's newest reading by time."""
    found: dict[int, tuple[int, Any, int]] = {}
    for batch in bench.rows.get(1, []):
        for row, tag in enumerate(batch.tags.tolist()):
            at = int(batch.times[row])
            value: Any = batch.texts.get(row, float(batch.values[row]))
            if tag not in found or at >= found[tag][0]:
                found[tag] = (at, value, int(batch.qualities[row]))
    return {tag: (value, quality) for tag, (_, value, quality) in found.items()}


def test_a_broker_that_dies_leaves_one_bad_row_and_the_births_make_all_good(
    tmp_path: Path,
) -> None:
    mosquitto = Mosquitto(tmp_path)

    async def story(bench: Bench) -> None:
        await bench.until(lambda: bench.state("hub").status is Status.CONNECTED)
        async with edge(mosquitto.port):
            await bench.until(lambda: latest(bench).get(4) == ("on", 192))
            assert latest(bench) == {1: (15.0, 192), 2: (50.0, 192), 3: (-7.0, 192), 4: ("on", 192)}
            rows = len(bench.rows[1])
            mosquitto.kill()
            await bench.until(lambda: len(bench.rows[1]) > rows)
            assert {quality for _, quality in latest(bench).values()} == {NOT_CONNECTED}
        mosquitto.start()
        async with edge(mosquitto.port):
            await bench.until(lambda: {q for _, q in latest(bench).values()} == {192})
        bad = [batch for batch in bench.rows[1][rows:] if batch.qualities[0] == NOT_CONNECTED]
        assert len(bad[0]) == 4

    with mosquitto:
        play(story, device(mosquitto.port), **surroundings())


def test_a_command_goes_there_and_back_and_one_that_does_not_ends_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def story(bench: Bench) -> None:
        await bench.until(lambda: bench.state("hub").status is Status.CONNECTED)
        async with edge(mosquitto.port) as node:
            await bench.until(lambda: latest(bench).get(4) == ("on", 192))
            await bench.engine.errand("hub", lambda hand: hand.write_tag(1, 42.0))
            assert node.commanded == {(None, "p"): 4.2}
            read = await bench.engine.errand("hub", lambda hand: hand.read_tag(1))
            assert (read.value, read.quality) == (42.0, 192)
            await bench.engine.errand("hub", lambda hand: hand.write_tag(4, "off"))
            assert latest(bench)[4] == ("off", 192)

            monkeypatch.setattr(EdgeNode, "_obey", lambda *_: None)
            with pytest.raises(sdk.WriteUnconfirmed):
                await bench.engine.errand("hub", lambda hand: hand.write_tag(1, 50.0))
            node.update({("pump", "speed"): 52.0})
            await bench.until(lambda: latest(bench)[2] == (52.0, 192))
            assert bench.state("hub").failures == 0

    with Mosquitto(tmp_path) as mosquitto:
        play(story, device(mosquitto.port), **surroundings())
