"""The plugin's face: a sample that its own rules accept."""

import tomllib
from importlib.resources import files

from wellhead import sdk
from wellhead_scada_mqtt.driver import MqttDriver


def test_the_sample_is_a_device_and_tags_that_can_be() -> None:
    text = files("wellhead_scada_mqtt").joinpath("sample.toml").read_text(encoding="utf-8")
    sample = tomllib.loads(text)
    assert sample["device"]["driver"] == "mqtt"
    options = MqttDriver.device_schema().load(sample["device"]["options"])
    for number, tag in enumerate(sample["tags"]):
        address = MqttDriver.address_schema().load(tag["address"])
        one = sdk.Point(number, tag["name"], tag["datatype"], address)
        MqttDriver.check_point(one, options)
        if address["command_topic"]:
            MqttDriver.check_write(one, options)
