"""The register maps that come along: each makes a device and tags that the driver takes."""

import tomllib
from importlib.resources import files
from typing import Any

import pytest

from wellhead import sdk
from wellhead_scada.points import load_options, load_point
from wellhead_scada.templates.library import of_package
from wellhead_scada_modbus import plugin
from wellhead_scada_modbus.driver import ModbusDriver
from wellhead_scada_modbus.plan import Plan

TEMPLATES = sorted(
    file.name
    for file in files("wellhead_scada_modbus.templates").iterdir()
    if file.name.endswith(".toml")
)


def read(name: str) -> dict[str, Any]:
    text = files("wellhead_scada_modbus.templates").joinpath(name).read_text(encoding="utf-8")
    return tomllib.loads(text)


def test_each_can_be_used_and_the_readme_names_it() -> None:
    (package,) = plugin.device_templates()
    found = list(of_package(package, "scada_modbus"))
    assert [template.error for template in found] == [None] * len(TEMPLATES)
    text = files("wellhead_scada_modbus").joinpath("README.md").read_text(encoding="utf-8")
    for template in found:
        assert f"| `{template.name}` |" in text
    assert len({template.name for template in found}) == len(TEMPLATES) >= 6


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_is_a_device_that_can_be(name: str) -> None:
    template = read(name)
    head = template["template"]
    assert head["driver"] == "modbus"
    assert head["name"].replace("-", "_") + ".toml" == name
    assert head["source"]
    options = load_options(ModbusDriver, {"host": "192.168.10.31", **template["options"]})
    for group in template["groups"]:
        points = []
        for number, tag in enumerate(group["tags"]):
            if "unit" in tag:
                sdk.units.check_unit(tag["unit"])
            point = load_point(
                ModbusDriver, options, number, tag["name"], tag["datatype"], tag["address"]
            )
            assert tag["description"]
            points.append(point)
        plan = Plan(points, options)
        assert set(plan.begin().qualities.tolist()) == {sdk.quality.GOOD}
        assert len(plan.blocks) <= len(points)


def test_registers_are_where_the_documents_say() -> None:
    """One of each map, as it is asked for on the wire."""
    asked = {}
    for name in TEMPLATES:
        template = read(name)
        options = load_options(ModbusDriver, {"host": "192.168.10.31", **template["options"]})
        for group in template["groups"]:
            for tag in group["tags"]:
                point = load_point(
                    ModbusDriver, options, 1, tag["name"], tag["datatype"], tag["address"]
                )
                (block,) = Plan([point], options).blocks
                asked[name, tag["name"]] = (block.table, block.address, block.count)
    assert asked["eastron_sdm630.toml", "VOLTAGE_L1"] == ("input", 0x0000, 2)
    assert asked["eastron_sdm630.toml", "POWER"] == ("input", 0x0034, 2)
    assert asked["eastron_sdm630.toml", "ENERGY"] == ("input", 0x0156, 2)
    assert asked["schneider_pm5000.toml", "ENERGY_IN"] == ("holding", 3203, 4)
    assert asked["rockwell_1758_flo.toml", "TEMPERATURE"] == ("holding", 7001, 1)
    assert asked["rosemount_5300.toml", "PRIMARY"] == ("input", 1302, 2)
    assert asked["pneumercator_tms.toml", "HEIGHT"] == ("holding", 3, 2)
    assert asked["abb_acs550.toml", "CURRENT"] == ("holding", 103, 1)
