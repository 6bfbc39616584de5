"""The plugin's face: light to import, and a sample that its own rules accept."""

import asyncio
import re
import subprocess
import sys
import tomllib
from dataclasses import replace
from importlib.resources import files

from wellhead import sdk
from wellhead_scada_modbus import plugin
from wellhead_scada_modbus.driver import ModbusDriver
from wellhead_scada_modbus.plan import Plan
from wellhead_scada_modbus.server import ModbusServer

from .helpers import LoopbackDialer


def test_the_sample_is_a_device_and_tags_that_are_read() -> None:
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
    assert len(Plan(points, options).blocks) == 5

    async def read() -> list[float]:
        base = options["address_base"]  # the server counts from 0
        served = [
            replace(one, address={**one.address, "address": one.address["address"] - base})
            for one in points
        ]
        server = ModbusServer()
        port = await server.start("127.0.0.1", 0, served)
        server.publish({one.tag: one.tag % 2 for one in served})
        here = {**options, "host": "127.0.0.1", "port": port}
        device = ModbusDriver(sdk.DeviceSpec("1", "FC-101", here, 2.0), LoopbackDialer())
        try:
            await device.open()
            found = await device.read(device.plan(points))
        finally:
            await device.close()
            await server.stop()
        assert sdk.quality.is_good(found.qualities).all()
        return [float(value) for value in found.values]

    assert asyncio.run(read()) == [one.tag % 2 for one in points]


def test_the_readme_s_device_can_be() -> None:
    text = files("wellhead_scada_modbus").joinpath("README.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```toml\n(.*?)```", text, re.DOTALL)
    device = tomllib.loads(example)["device"]
    assert device["driver"] == plugin.drivers()[0].name
    options = ModbusDriver.device_schema().load(device["options"])
    assert options["serial_port"].startswith("/dev/serial/")


def test_the_readme_names_every_option_and_part_of_an_address() -> None:
    text = files("wellhead_scada_modbus").joinpath("README.md").read_text(encoding="utf-8")
    named = set(re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE))
    fields = {*ModbusDriver.device_schema().fields, *ModbusDriver.address_schema().fields}
    assert fields <= named


def test_driver_and_server_load_by_name() -> None:
    assert issubclass(plugin.drivers()[0].load(), sdk.Driver)
    assert issubclass(plugin.device_servers()[0].load(), sdk.DeviceServer)


def test_the_plugin_module_does_not_import_pyserial() -> None:
    code = "import sys, wellhead_scada_modbus.plugin; sys.exit('serial' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
