"""The example driver is a package like any third party's: built outside the checkout, installed
beside the published wheel, right by its own tests, and its values come in."""

import shutil
import struct
from collections.abc import Iterator
from pathlib import Path

import pytest
from snap7.server import Server
from snap7.type import SrvArea

from wellhead.testing import wait_until
from wellhead.testing.running import RunningWellhead, data_folder

from .packages import ROOT, Client, pip, run, statuses

pytestmark = [pytest.mark.system, pytest.mark.wheel]

CONFIG = """
[plugins.simulator]
enabled = false
"""


@pytest.fixture(scope="module")
def source(installed: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Its source, copied away; its wheel is built from there and installed."""
    folder = tmp_path_factory.mktemp("s7")
    copy = shutil.copytree(ROOT / "examples" / "wellhead-s7", folder / "source")
    pip(installed, "wheel", "--no-deps", "--wheel-dir", folder, copy)
    [wheel] = folder.glob("wellhead_s7-1.0.0-*.whl")
    pip(installed, "install", "-c", ROOT / "constraints.txt", f"{wheel}[dev]")
    yield copy
    pip(installed, "uninstall", "--yes", "wellhead-s7")


@pytest.fixture
def controller() -> Iterator[int]:
    """Port of a controller whose DB10.DBD4 is 12.5."""
    memory = bytearray(8)
    struct.pack_into(">f", memory, 4, 12.5)
    server = Server(log=False)
    server.register_area(SrvArea.DB, 10, memory)
    server.start_to("127.0.0.1", 0)
    assert server.server_socket is not None
    yield server.server_socket.getsockname()[1]
    server.stop()


def test_its_own_tests_pass(installed: Path, source: Path) -> None:
    run(installed / "python", "-m", "pytest", "-q", "tests", cwd=source)


def test_it_passes_the_check(installed: Path, source: Path) -> None:
    verdicts = run(installed / "wellhead", "plugin", "check", ".", cwd=source).splitlines()

    assert len(verdicts) > 10
    assert {verdict.split()[0] for verdict in verdicts} == {"ok"}


def test_its_values_come_in(installed: Path, source: Path, controller: int) -> None:
    with data_folder() as folder:
        config = folder / "wellhead.toml"
        config.write_text(CONFIG, encoding="utf-8")
        assert statuses(installed, "--config", config)["s7"] == "enabled"
        running = RunningWellhead(config, folder / "data", command=(str(installed / "wellhead"),))
        try:
            running.wait_ready()
            client = Client(running)
            tag = configure(client, controller)
            wait_until(
                lambda: client.get(f"/tags/latest?ids={tag}")["v"] == [12.5], 30, what="12.5 bar"
            )
            assert running.stop() == 0
        finally:
            running.end()


def configure(client: Client, port: int) -> int:
    """A device, a scan group and a tag; the tag's id."""
    options = {"host": "127.0.0.1", "port": port}
    device = client.post("/scada/devices", name="PLC-7", driver="s7", options=options)["id"]
    group = client.post("/scada/scan-groups", device_id=device, name="1 s", period_ms=1000)["id"]
    made = client.post(
        "/scada/tags",
        device_id=device,
        scan_group_id=group,
        name="K7.SUCTION_PRESSURE",
        unit="bar",
        datatype="float32",
        address={"area": "DB", "db": 10, "byte": 4},
    )
    found: int = made["id"]
    return found
