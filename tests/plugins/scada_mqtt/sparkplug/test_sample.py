"""The sample and the README say what the driver takes, and an edge node fills the sample."""

import asyncio
import tomllib
from importlib.resources import files
from pathlib import Path
from typing import Any

from wellhead import sdk
from wellhead_scada_mqtt.broker import BrokerSchema, connect_options
from wellhead_scada_mqtt.sparkplug.datatypes import METRIC_DATATYPES
from wellhead_scada_mqtt.sparkplug.driver import SparkplugDriver
from wellhead_scada_mqtt.sparkplug.edge import EdgeNode
from wellhead_scada_mqtt.testing import Mosquitto, needs_mosquitto

from ..helpers import LoopbackDialer, until
from .field import listening


def sample() -> tuple[dict[str, Any], list[sdk.Point]]:
    """The device of sparkplug/sample.toml, and its tags as points."""
    text = files("wellhead_scada_mqtt").joinpath("sparkplug", "sample.toml").read_text("utf-8")
    found = tomllib.loads(text)
    points = []
    for number, tag in enumerate(found["tags"]):
        address = SparkplugDriver.address_schema().load(tag["address"])
        points.append(sdk.Point(number, tag["name"], tag["datatype"], address))
    return found["device"], points


def test_the_sample_is_a_device_and_tags_that_can_be_and_the_readme_shows_it() -> None:
    folder = files("wellhead_scada_mqtt")
    text = folder.joinpath("sparkplug", "sample.toml").read_text(encoding="utf-8")
    assert f"```toml\n{text}```" in folder.joinpath("README.md").read_text(encoding="utf-8")
    device, points = sample()
    assert device["driver"] == "sparkplug"
    options = SparkplugDriver.device_schema().load(device["options"])
    for one in points:
        SparkplugDriver.check_point(one, options)
        SparkplugDriver.check_write(one, options)


@needs_mosquitto
def test_the_sample_is_filled_by_the_births_of_its_edge_node(tmp_path: Path) -> None:
    device, points = sample()
    own = {key: device["options"][key] for key in ("host_id", "groups")}
    reads: tuple[float | str, ...] = (31.5, 50.0, "running")
    values = dict(zip((one.name for one in points), reads, strict=True))

    async def main(port: int) -> None:
        options = BrokerSchema().load({"host": "127.0.0.1", "port": port, "session_expiry_s": 0})
        first = points[0].address
        node = EdgeNode(
            connect_options(options, "PAD-7"), LoopbackDialer(), first["group"], first["node"]
        )
        node.update(
            {
                node.add(one.datatype, one.address["metric"], one.address["device"]): value
                for one, value in zip(points, values.values(), strict=True)
            }
        )
        try:
            async with listening(port, *points, **own) as (_, mailbox):
                await node.start()
                await until(lambda: all(mailbox.reads(name, values[name]) for name in values))
        finally:
            await node.stop()

    with Mosquitto(tmp_path) as broker:
        asyncio.run(main(broker.port))


def test_the_readme_names_every_option_and_datatype() -> None:
    readme = files("wellhead_scada_mqtt").joinpath("README.md").read_text(encoding="utf-8")
    own = {"host_id", "groups", "reorder_timeout_s", "birth_timeout_s"}
    assert own <= SparkplugDriver.device_schema().fields.keys()
    assert "session_expiry_s" not in SparkplugDriver.device_schema().fields
    ends = {"int8", "int64", "uint8", "uint64"}  # the table says "to" for those in between
    whole = {name for name in METRIC_DATATYPES if "int" in name}
    for name in own | (METRIC_DATATYPES.keys() - whole) | ends:
        assert f"`{name}`" in readme, name
