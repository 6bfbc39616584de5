"""The plugin's face: light to import, and a sample that its own rules and a server take."""

import asyncio
import subprocess
import sys
import tomllib
from importlib.resources import files
from pathlib import Path

from asyncua import ua

from wellhead import sdk
from wellhead_scada_opcua import plugin
from wellhead_scada_opcua.driver import OpcUaDriver

from . import pki
from .helpers import LoopbackDialer, field, listening, until

T = ua.VariantType


def test_the_plugin_module_does_not_import_asyncua() -> None:
    code = "import sys, wellhead_scada_opcua.plugin; sys.exit('asyncua' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_driver_and_server_load_by_name() -> None:
    assert issubclass(plugin.drivers()[0].load(), sdk.Driver)
    assert issubclass(plugin.device_servers()[0].load(), sdk.DeviceServer)


def test_the_sample_is_a_device_that_can_be_and_is_listened_to(tmp_path: Path) -> None:
    """At a server that has its nodes, with its security and its user."""
    text = files("wellhead_scada_opcua").joinpath("sample.toml").read_text(encoding="utf-8")
    sample = tomllib.loads(text)
    assert sample["device"]["driver"] == plugin.drivers()[0].name
    points = []
    for number, tag in enumerate(sample["tags"]):
        where = OpcUaDriver.address_schema().load(tag["address"])
        points.append(sdk.Point(number, tag["name"], tag["datatype"], where))
    shown = pki.certificate()
    pki.trust(tmp_path, shown)
    (tmp_path / "passwords").mkdir()
    (tmp_path / "passwords" / "scm1").write_text("correct horse\n")

    async def work() -> None:
        users = pki.Users("wellhead", "correct horse")
        async with field(pki.secured(shown, users)) as server:
            given = {**sample["device"]["options"], "host": "127.0.0.1", "port": server.port}
            options = OpcUaDriver.device_schema().load(given)
            for point in points:
                OpcUaDriver.check_point(point, options)
            index = await server.server.register_namespace("urn:scm1")
            for name, value, kind in (
                ("CK-1.CalculatedPosition", 37.5, T.Float),
                ("PT-1.ProcessVariable", 212.5, T.Float),
                ("XV-1.Position", 2, T.Int32),
            ):
                node = ua.NodeId(name, index)
                await server.server.nodes.objects.add_variable(node, name, ua.Variant(value, kind))
            made = OpcUaDriver(
                sdk.DeviceSpec("1", "SCM-1", options, sample["device"]["timeout_s"], tmp_path),
                LoopbackDialer(),
            )
            try:
                await made.open()
                async with listening(made, sdk.PushGroup("g", 0.1, tuple(points))) as box:
                    await until(lambda: box.values(2) and box.values(4), "the present values")
                assert box.values(0) == [37.5]
                assert box.values(1) == [212.5]
                assert box.values(2) == [2.0]
                assert [quality for _, _, quality in box.rows(3)] == [4]  # no such node
                assert box.values(4) == [37.5]
            finally:
                await made.close()

    asyncio.run(work())
