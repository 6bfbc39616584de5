"""The plugin's face: a sample that its own rules accept, and that a broker fills."""

import asyncio
import tomllib
from importlib.resources import files
from pathlib import Path
from typing import Any

from wellhead import sdk
from wellhead_scada_mqtt.driver import MqttDriver
from wellhead_scada_mqtt.testing import Mosquitto, needs_mosquitto

from .helpers import connected, driver, listening, until

_OF_ITS_BROKER = ("host", "tls", "ca_file", "username", "password_env")


def sample() -> tuple[dict[str, Any], list[sdk.Point]]:
    """The device of sample.toml, and its tags as points."""
    text = files("wellhead_scada_mqtt").joinpath("sample.toml").read_text(encoding="utf-8")
    found = tomllib.loads(text)
    points = []
    for number, tag in enumerate(found["tags"]):
        address = MqttDriver.address_schema().load(tag["address"])
        points.append(sdk.Point(number, tag["name"], tag["datatype"], address))
    return found["device"], points


def test_the_sample_is_a_device_and_tags_that_can_be() -> None:
    device, points = sample()
    assert device["driver"] == "mqtt"
    options = MqttDriver.device_schema().load(device["options"])
    for one in points:
        MqttDriver.check_point(one, options)
        if one.address["command_topic"]:
            MqttDriver.check_write(one, options)


@needs_mosquitto
def test_the_sample_is_filled_by_what_the_broker_brings(tmp_path: Path) -> None:
    device, points = sample()
    options = {key: device["options"][key] for key in device["options"].keys() - {*_OF_ITS_BROKER}}

    async def main(port: int) -> None:
        async with (
            listening(driver(port, **options), *points) as box,
            connected(port, "sender") as (sender, _),
        ):
            telemetry = b'{"ts": "2026-11-28T12:00:00Z", "oil": {"rate": 81.5}, "ok": true, '
            await sender.publish(
                "wells/W01/telemetry", telemetry + b'"state": "flowing", "choke": 42}'
            )
            await sender.publish(
                "wells/W02/telemetry",
                b'{"rows": [{"t": 1764331200, "p": 35}, {"t": 1764331260, "p": 36}]}',
            )
            await sender.publish("pad7/power", b"on")
            await until(lambda: len(box.rows()) == 6)
        assert sorted((place, value) for place, value, _ in box.rows()) == [
            (0, 81.5),
            (1, "flowing"),
            (2, 42.0),
            (3, 35.0),
            (3, 36.0),
            (4, 1.0),
        ]
        assert {quality for _, _, quality in box.rows()} == {sdk.quality.GOOD}

    with Mosquitto(tmp_path) as broker:
        asyncio.run(main(broker.port))
