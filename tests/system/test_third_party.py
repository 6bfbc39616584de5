"""A third party's package comes by pip, works like a built-in plugin, goes and comes back."""

import shutil
import socketserver
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from wellhead.testing import wait_until
from wellhead.testing.running import RunningWellhead, data_folder

from .packages import ROOT, Client, pip, run, statuses

pytestmark = [pytest.mark.system, pytest.mark.wheel]

SOURCE = ROOT / "tests" / "third_party" / "wellhead_acme"
PLAIN = """
data_dir = "{data_dir}"
[plugins.simulator]
enabled = false
[plugins.console]
enabled = false
"""
GAUGES = "\n[plugins.acme]\ncheck_days = 30\n"


class GaugeHandler(socketserver.StreamRequestHandler):
    """A gauge: level 3.25 m, temperature 41.5 °C."""

    def handle(self) -> None:
        quantities = {"LEVEL": 3.25, "TEMPERATURE": 41.5}
        for line in self.rfile:
            _, *asked = line.decode().split()
            self.wfile.write(" ".join(str(quantities[name]) for name in asked).encode() + b"\n")


@pytest.fixture
def gauge() -> Iterator[int]:
    """Port of a gauge."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), GaugeHandler) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


@pytest.fixture
def acme(installed: Path, tmp_path: Path) -> Iterator[Path]:
    """The package of the third party, built; out of the environment again at the end."""
    source = shutil.copytree(SOURCE, tmp_path / "source")
    pip(installed, "wheel", "--no-deps", "--wheel-dir", tmp_path, source)
    [made] = tmp_path.glob("wellhead_acme-1.2.0-*.whl")
    yield made
    pip(installed, "uninstall", "--yes", "wellhead-acme")


class Site:
    """One installation: its programs, its data and two configurations, with acme's section and
    without."""

    def __init__(self, programs: Path, folder: Path) -> None:
        self.programs = programs
        self.folder = folder
        self.data_dir = folder / "data"
        self.config = folder / "wellhead.toml"

    def configure(self, *sections: str) -> None:
        text = PLAIN.format(data_dir=self.data_dir) + "".join(sections)
        self.config.write_text(text, encoding="utf-8")

    def wellhead(self, *arguments: str, status: int = 0) -> str:
        options = ("--config", self.config)
        program = self.programs / "wellhead"
        return run(program, *options, *arguments, cwd=self.folder, status=status)


def test_a_package_comes_works_goes_and_comes_back(installed: Path, acme: Path, gauge: int) -> None:
    with data_folder() as folder:
        site = Site(installed, folder)
        site.configure(GAUGES)
        pip(installed, "install", "--no-index", acme)
        assert statuses(installed, "--config", site.config)["acme"] == "enabled"
        assert "fail " not in site.wellhead("plugin", "check", "acme")
        assert "branches upgraded" in site.wellhead("db", "upgrade")
        use(site, gauge)

        pip(installed, "uninstall", "--yes", "wellhead-acme")
        site.configure()
        others_go_on(site)

        pip(installed, "install", "--no-index", acme)
        purged = site.wellhead("plugin", "purge", "acme", "--yes")
        assert "acme_gauge: 1 rows" in purged
        pip(installed, "uninstall", "--yes", "wellhead-acme")
        left = site.wellhead("doctor", status=1)  # the device that nothing can read any more
        assert "orphans" not in left
        assert left.count("action") == 1


def use(site: Site, gauge: int) -> None:
    """Everything the package brings, on a running Wellhead."""
    running = RunningWellhead(
        site.config, site.data_dir, command=(str(site.programs / "wellhead"),)
    )
    try:
        running.wait_ready()
        assert requests.get(f"{running.url}/api/v1/acme/gauges", timeout=30).status_code == 401
        client = Client(running)
        register_gauge(client)
        find_overdue(client)
        read_gauge(client, gauge)
        assert running.stop() == 0
    finally:
        running.end()


def register_gauge(client: Client) -> None:
    """Route, model, kind of asset, configuration."""
    field = client.post("/assets", kind="field", name="North")
    tank = client.post("/assets", kind="acme_tank", name="T-1", parent_id=field["id"])
    client.post("/acme/gauges", name="LT-1", tank_id=tank["id"])
    [listed] = client.get("/acme/gauges")
    assert (listed["name"], listed["tank_id"]) == ("LT-1", tank["id"])
    assert client.get("/acme/settings") == {"check_days": 30}


def find_overdue(client: Client) -> None:
    """The job is listed, runs in the scheduler when asked for, and writes what it found."""
    [job] = [job for job in client.get("/jobs") if job["plugin"] == "acme"]
    assert (job["name"], job["schedule"]) == ("acme.find_overdue", "every day")
    wait_until(  # refused while the run that every job begins with is not over
        lambda: client.ask("/jobs/acme.find_overdue/run").status_code == 202, 30, what="the job"
    )
    wait_until(lambda: client.get("/acme/gauges?overdue=true"), 30, what="an overdue gauge")


def read_gauge(client: Client, port: int) -> None:
    """The driver, in the gateway, from a real socket to the latest values."""
    options = {"host": "127.0.0.1", "port": port}
    device = client.post("/scada/devices", name="LT-1", driver="acme", options=options)["id"]
    group = client.post("/scada/scan-groups", device_id=device, name="fast", period_ms=200)["id"]
    ids = [
        client.post(
            "/scada/tags",
            device_id=device,
            scan_group_id=group,
            name=f"T1.{quantity}",
            unit=unit,
            datatype="float32",
            address={"quantity": quantity},
        )["id"]
        for quantity, unit in (("LEVEL", "m"), ("TEMPERATURE", "degC"))
    ]
    query = f"/tags/latest?ids={ids[0]},{ids[1]}"
    wait_until(lambda: client.get(query)["v"] == [3.25, 41.5], 30, what="readings of the gauge")


def others_go_on(site: Site) -> None:
    """Without the package: another plugin upgrades, and the doctor names what is left."""
    assert "acme" not in statuses(site.programs, "--config", site.config)
    site.wellhead("db", "downgrade", "witsml", "base")
    assert "1 branches upgraded" in site.wellhead("db", "upgrade")
    found = site.wellhead("doctor", status=1)
    assert "action  orphans: acme is not installed and has 1 tables in tenant default" in found
    assert "action  scada: tenant default: 1 devices need driver acme: " in found
    assert found.count("action") == 2
