"""The field of `make run`, as it is started: every scan is stored, and the documentation is true.

One server for all tests here: five wells of 40 tags. W01 and W04 are scanned over Modbus TCP each
second, W02 and W05 publish everything by MQTT each second, W03 tells over OPC UA what changed.
"""

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from wellhead.testing import free_port, wait_until
from wellhead.testing.running import RunningWellhead, data_folder

pytestmark = pytest.mark.system

ROOT = Path(__file__).parents[2]
DEMO = ROOT / "deploy" / "demo.toml"
BLOCK = re.compile(r"```(\w+)\n(.*?)```", re.DOTALL)
SECOND = 1_000_000
GOOD = 192


def five_free_ports() -> int:
    """The first of five neighbouring ports that nothing listens on."""

    def first() -> int | None:
        port = free_port()
        return port if port < 60_000 and all(map(is_free, range(port, port + 5))) else None

    return wait_until(first, 10, what="five free neighbouring ports") or 0


def is_free(port: int) -> bool:
    with socket.socket() as trial:
        return trial.connect_ex(("127.0.0.1", port)) != 0


@pytest.fixture(scope="module")
def first_device() -> int:
    return five_free_ports()


@pytest.fixture(scope="module")
def wellhead(first_device: int) -> Iterator[RunningWellhead]:
    environment = {"WELLHEAD__PLUGINS__SIMULATOR__BASE_PORT": str(first_device)}
    with data_folder() as folder:
        running = RunningWellhead(DEMO, folder / "data", environment=environment)
        try:
            running.wait_ready()
            session = running.log_in()
            wait_until(lambda: all_connected(running, session), 60, what="all devices connected")
            wait_until(lambda: rig_connected(running, session), 60, what="the rig's store met")
            yield running
        finally:
            running.end()


def all_connected(running: RunningWellhead, session: Any) -> bool:
    devices = running.get(session, "/api/v1/scada/devices")
    states = [(device["state"] or {}).get("status") for device in devices]
    return states == ["connected"] * 5


def rig_connected(running: RunningWellhead, session: Any) -> bool:
    [store] = running.get(session, "/api/v1/witsml/stores")
    return bool(store["status"]["state"] == "connected")


def rfc3339(microseconds: int) -> str:
    return datetime.fromtimestamp(microseconds / SECOND, UTC).isoformat().replace("+00:00", "Z")


class Scans:
    """What of every tag is to be stored from now on, whatever else is done at the field.

    tags: all of the wells; starts: by id, half a scan after the last one that is known to be there
    """

    def __init__(self, wellhead: RunningWellhead) -> None:
        self._wellhead = wellhead
        self._session = wellhead.log_in()
        self.tags: list[dict[str, Any]] = []
        for page in (1, 2, 3):
            some = self._get(f"/api/v1/tags?per_page=100&page={page}")
            self.tags += [tag for tag in some if tag["name"].startswith("W0")]  # not the rig's
        self._names = ",".join(str(tag["id"]) for tag in self.tags)
        begin = wait_until(self._newest, 60, what="a good value of every tag")
        ids = [tag["id"] for tag in self.tags]
        self.starts = {tag: last + SECOND // 2 for tag, last in zip(ids, begin, strict=True)}

    def _get(self, path: str) -> Any:
        return self._wellhead.get(self._session, path)

    def _newest(self) -> list[int]:
        columns = self._get(f"/api/v1/tags/latest?ids={self._names}")
        times: list[int] = columns["t"]
        return times if len(times) == len(self.tags) and min(columns["q"]) == GOOD else []

    def wait_for(self, seconds: int) -> None:
        """Until that many seconds of scans are in the store."""
        changing = [tag["name"][:3] != "W03" for tag in self.tags]
        end = max(self.starts.values()) + seconds * SECOND

        def last_of_those_that_come_every_second() -> int:
            times = zip(self._newest(), changing, strict=False)
            return min((t for t, every in times if every), default=0)

        # Asking all the time would be a load of its own, so the clock is watched and not the API.
        wait_until(lambda: time.time() * SECOND > end, seconds + 5, what="the end of the scans")
        self._session = self._wellhead.log_in()
        wait_until(
            lambda: last_of_those_that_come_every_second() > end, 30, what="the last scan stored"
        )

    def wrong(self, seconds: int) -> dict[str, Any]:
        """The tags that lack a reading or have one too many, with how many and of what quality."""
        found = {}
        for tag in self.tags:
            start = self.starts[tag["id"]]
            window = f"from={rfc3339(start)}&to={rfc3339(start + seconds * SECOND)}"
            readings = self._get(f"/api/v1/tags/{tag['id']}/readings?{window}")
            if not as_often_as_it_should_be(tag["name"], readings, seconds):
                found[tag["name"]] = (len(readings["t"]), set(readings["q"]))
        return found


@pytest.fixture(scope="module", autouse=True)
def scans(wellhead: RunningWellhead) -> Scans:
    """Those of the whole module, which begin before its first test."""
    return Scans(wellhead)


def as_often_as_it_should_be(name: str, found: dict[str, Any], seconds: int) -> bool:
    """All good and each once: a second apart where they are scanned, each second where they are
    published, and where only changes are told, as often as a noisy instrument changes."""
    apart = [later - earlier for earlier, later in pairwise(found["t"])]
    if set(found["q"]) - {GOOD} or min(apart, default=1) <= 0:
        return False
    match name[:3]:
        case "W01" | "W04":
            return len(found["t"]) == seconds and {round(each / SECOND) for each in apart} == {1}
        case "W02" | "W05":
            return abs(len(found["t"]) - seconds) <= 1
    often = abs(len(found["t"]) - seconds) <= 2
    return often if name == "W03.BHP" else len(found["t"]) <= seconds + 2


def snippets(page: str, language: str) -> str:
    """All blocks of a page in one language, as one script."""
    found = BLOCK.findall((ROOT / page).read_text(encoding="utf-8"))
    return "\n".join(text for kind, text in found if kind == language)


def here(script: str, wellhead: RunningWellhead, first_device: int) -> str:
    """The script with this server's address, folder and device in place of the usual ones."""
    usual = {
        "http://127.0.0.1:8080": wellhead.url,
        "var/secrets/": f"{wellhead.data_dir}/secrets/",
        '"port": 15020': f'"port": {first_device}',
    }
    for text, replacement in usual.items():
        script = script.replace(text, replacement)
    return script


def execute(*command: str, **options: Any) -> str:
    done: subprocess.CompletedProcess[str] = subprocess.run(
        command, capture_output=True, text=True, timeout=400, check=False, **options
    )
    assert done.returncode == 0, f"{done.stdout[-2000:]}\n{done.stderr[-2000:]}"
    return done.stdout


def test_five_minutes_with_curl(wellhead: RunningWellhead, first_device: int) -> None:
    readme = here(snippets("README.md", "bash"), wellhead, first_device)
    integrators = here(snippets("docs/integrators.md", "bash"), wellhead, first_device)

    printed = execute("bash", "-euo", "pipefail", "-c", f"{readme}\n{integrators}")

    assert '"name":"W01.BHP"' in printed
    assert '"unit":"bar"' in printed
    assert '"name":"Discovery 1"' in printed
    assert '"name":"FC101.PRESSURE"' in printed
    assert '"name":"T301.PRIMARY"' in printed
    assert '"created":10,"failed":0' in printed, "tags of what was found"
    assert printed.count('"ok":true') == 2, "both test reads answered"
    assert printed.count('"state":"verified"') >= 3, "a set point over each protocol"
    assert '"success":false' not in printed


def test_a_command_to_a_choke(wellhead: RunningWellhead, first_device: int) -> None:
    readme = here(snippets("README.md", "bash"), wellhead, first_device)
    begin = readme[: readme.index("\napi ")]
    commands = here(snippets("docs/commands.md", "bash"), wellhead, first_device)

    printed = execute("bash", "-euo", "pipefail", "-c", f"{begin}\n{commands}")

    assert '"state":"verified"' in printed
    assert '"why":"it reads back 40"' in printed
    assert '"success":false' not in printed


def test_a_client_in_python(wellhead: RunningWellhead, first_device: int) -> None:
    execute(sys.executable, "-c", here(snippets("docs/api.md", "python"), wellhead, first_device))


def test_a_rig_drills_over_witsml(wellhead: RunningWellhead) -> None:
    """Not first, since it takes a while to have drilled so far, and before the tour makes a run."""
    session = wellhead.log_in()
    by_depth, by_time = wellhead.get(session, "/api/v1/witsml/logs?sort=name")
    assert (by_depth["name"], by_time["name"]) == ("Drilling by depth", "Rig sensors by time")

    def grown(log: str, rows: int) -> Any:
        status = wellhead.get(session, f"/api/v1/witsml/logs/{log}")["status"]
        return status if status["state"] == "growing" and status["rows"] > rows else None

    before = wait_until(lambda: grown(by_time["id"], 0), 60, what="rows by time")
    wait_until(lambda: grown(by_time["id"], before["rows"]), 60, what="more rows by time")
    status = wait_until(lambda: grown(by_depth["id"], 0), 120, what="rows by depth")
    assert status["unit"] == "m"
    [run] = wellhead.get(session, "/api/v1/drilling/runs")
    live = wellhead.get(session, f"/api/v1/drilling/runs/{run['id']}/live")
    shown = {channel["role"]: channel for channel in live["channels"]}
    assert {"hole_depth", "weight_on_bit", "torque", "rate_of_penetration"} <= shown.keys()
    assert 1_500 <= shown["hole_depth"]["value"] < 2_600
    log = wellhead.get(session, f"/api/v1/witsml/logs/{by_depth['id']}")["well_log_id"]
    assert wellhead.get(session, f"/api/v1/well-logs/{log}")["rows"] >= status["rows"]


def test_a_well_from_spud_to_reservoir(
    wellhead: RunningWellhead, first_device: int, tmp_path: Path
) -> None:
    tour = here(snippets("docs/tour.md", "bash"), wellhead, first_device)

    printed = execute("bash", "-euo", "pipefail", "-c", tour, cwd=tmp_path)

    assert '"success":false' not in printed
    assert '"tvd":[2638.73' in printed, "minimum curvature between two stations"
    assert '"hours":25.0' in printed, "the night in which clocks go back"
    assert '"value":72367.6' in printed, "Teale's energy, psi"
    assert '"state":"approved"' in printed
    plots = sorted(tmp_path.glob("*.png"))
    assert len(plots) == 10
    for plot in plots:
        assert plot.read_bytes().startswith(b"\x89PNG"), plot.name
    assert "Top drive repaired" in (tmp_path / "report.html").read_text(encoding="utf-8")
    assert '"created":150,"replaced":0,"skipped":0,"failed":0,"dry_run":false' in printed
    assert '"hours_on":23.0,"hours_down":0.0' in printed, "the night in which clocks go forward"
    assert '"state":"stale"' in printed, "a meter that was proved later"
    maximum = values_of(printed, "maximum_rate")
    assert maximum == [pytest.approx(1_067.1, abs=0.05)], "Vogel's example, STB/d"
    [permeability] = values_of(printed, "permeability")
    assert permeability == pytest.approx(21.1, rel=0.02), "what the well's oil flows by, mD"
    [mapped] = values_of(printed, "central")
    new, balanced = values_of(printed, "oil_in_place")
    assert new == pytest.approx(9.17e6, rel=0.01), "Sm3, by the days and the two pressures"
    days = (tmp_path / "days.csv").read_text(encoding="utf-8").splitlines()[1:]
    made = sum(float(day.split(",")[4]) for day in days)
    assert values_of(printed, "oil_produced")[0] == pytest.approx(made)
    assert balanced == pytest.approx(mapped, rel=0.01), "the volumes and pressures of the past"


def values_of(printed: str, name: str) -> list[float]:
    """The values of the result lines of that name, in order."""
    found = re.findall(rf'"name":"{name}","title":"[^"]*","value":([^,]+),"unit"', printed)
    return [float(value) for value in found]


@pytest.mark.parametrize(
    "seconds", [60, pytest.param(600, marks=pytest.mark.soak)], ids=["one minute", "ten minutes"]
)
def test_every_scan_is_stored_once(scans: Scans, seconds: int) -> None:
    """Of the time in which the tests before this one use the field."""
    assert len(scans.tags) == 5 * 40
    scans.wait_for(seconds)
    assert scans.wrong(seconds) == {}, (
        f"expected {seconds} good readings a second apart of each scanned tag"
    )


def test_an_operators_commands(
    wellhead: RunningWellhead, first_device: int, tmp_path: Path
) -> None:
    """The last test here: it gives the administrator another password."""
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "WELLHEAD_CONFIG": str(DEMO),
        "WELLHEAD_DATA_DIR": str(wellhead.data_dir),
        "WELLHEAD_PORT": str(wellhead.port),
        "WELLHEAD__PLUGINS__SIMULATOR__BASE_PORT": str(first_device),
    }
    script = snippets("docs/operators.md", "bash")

    printed = execute(
        "bash", "-euo", "pipefail", "-c", script, env=environment, cwd=tmp_path, input="acme\n"
    )

    assert "web: workers renewed" in printed
    assert (tmp_path / "field.toml").exists()
