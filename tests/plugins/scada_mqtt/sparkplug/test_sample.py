"""The sample and the README say what the driver takes."""

import tomllib
from importlib.resources import files

from wellhead import sdk
from wellhead_scada_mqtt.sparkplug.datatypes import METRIC_DATATYPES
from wellhead_scada_mqtt.sparkplug.driver import SparkplugDriver


def test_the_sample_is_a_device_and_tags_that_can_be_and_the_readme_shows_it() -> None:
    folder = files("wellhead_scada_mqtt")
    text = folder.joinpath("sparkplug", "sample.toml").read_text(encoding="utf-8")
    assert f"```toml\n{text}```" in folder.joinpath("README.md").read_text(encoding="utf-8")
    sample = tomllib.loads(text)
    assert sample["device"]["driver"] == "sparkplug"
    options = SparkplugDriver.device_schema().load(sample["device"]["options"])
    for number, tag in enumerate(sample["tags"]):
        address = SparkplugDriver.address_schema().load(tag["address"])
        one = sdk.Point(number, tag["name"], tag["datatype"], address)
        SparkplugDriver.check_point(one, options)
        SparkplugDriver.check_write(one, options)


def test_the_readme_names_every_option_and_datatype() -> None:
    readme = files("wellhead_scada_mqtt").joinpath("README.md").read_text(encoding="utf-8")
    own = {"host_id", "groups", "reorder_timeout_s", "birth_timeout_s"}
    assert own <= SparkplugDriver.device_schema().fields.keys()
    assert "session_expiry_s" not in SparkplugDriver.device_schema().fields
    ends = {"int8", "int64", "uint8", "uint64"}  # the table says "to" for those in between
    whole = {name for name in METRIC_DATATYPES if "int" in name}
    for name in own | (METRIC_DATATYPES.keys() - whole) | ends:
        assert f"`{name}`" in readme, name
