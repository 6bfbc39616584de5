"""The plugin's face: light to import, and a sample that its own rules accept."""

import subprocess
import sys
import tomllib
from importlib.resources import files

from wellhead import sdk
from wellhead_scada_modbus import plugin
from wellhead_scada_modbus.driver import ModbusDriver
from wellhead_scada_modbus.plan import make_plan


def test_the_sample_is_a_device_and_tags_that_can_be() -> None:
    text = files("wellhead_scada_modbus").joinpath("sample.toml").read_text(encoding="utf-8")
    sample = tomllib.loads(text)
    assert sample["device"]["driver"] == plugin.drivers()[0].name
    options = ModbusDriver.device_schema().load(sample["device"]["options"])
    points = []
    for number, tag in enumerate(sample["tags"]):
        address = ModbusDriver.address_schema().load(tag["address"])
        one = sdk.Point(number, tag["name"], tag["datatype"], address)
        ModbusDriver.check_point(one, options)
        points.append(one)
    assert {one.datatype for one in points} <= ModbusDriver.datatypes
    assert len(make_plan(points, options).blocks) == 5


def test_driver_and_server_load_by_name() -> None:
    assert issubclass(plugin.drivers()[0].load(), sdk.Driver)
    assert issubclass(plugin.device_servers()[0].load(), sdk.DeviceServer)


def test_the_plugin_module_does_not_import_pymodbus() -> None:
    code = "import sys, wellhead_scada_modbus.plugin; sys.exit('pymodbus' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
