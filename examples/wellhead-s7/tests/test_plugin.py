"""The plugin's face: it loads by name, and its sample is what the driver takes."""

import tomllib
from importlib.resources import files

from wellhead import sdk
from wellhead_s7 import plugin
from wellhead_s7.driver import S7Driver
from wellhead_s7.plan import make_plan


def test_driver_and_server_load_by_name() -> None:
    assert plugin.drivers()[0].load() is S7Driver
    assert issubclass(plugin.device_servers()[0].load(), sdk.DeviceServer)


def test_the_sample_is_a_device_and_tags_that_can_be() -> None:
    sample = tomllib.loads(files("wellhead_s7").joinpath("sample.toml").read_text("utf-8"))
    options = S7Driver.device_schema().load(sample["device"]["options"])
    points = []
    for number, tag in enumerate(sample["tags"]):
        address = S7Driver.address_schema().load(tag["address"])
        points.append(sdk.Point(number, tag["name"], tag["datatype"], address))
        S7Driver.check_point(points[-1], options)

    [spans] = make_plan(points).requests

    assert len(spans) == 3
