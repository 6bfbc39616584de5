"""What is published: the wheel, built from the sdist and installed where no checkout is near."""

from importlib.metadata import entry_points
from pathlib import Path

import pytest

from wellhead.plugins.loader import GROUP
from wellhead.testing import free_port, wait_until
from wellhead.testing.running import RunningWellhead, data_folder

from .packages import ROOT, run, statuses

pytestmark = [pytest.mark.system, pytest.mark.wheel]

CONFIG = """
[plugins.simulator]
run = true
wells = 1
"""


def test_the_installed_wheel_finds_its_plugins(installed: Path) -> None:
    ours = {
        point.name
        for point in entry_points(group=GROUP)
        if point.dist is not None and point.dist.name == "wellhead"
    }

    assert statuses(installed) == dict.fromkeys(ours, "enabled")


def test_the_installed_wheel_runs(installed: Path) -> None:
    place = run(
        installed / "python", "-c", "import wellhead; print(wellhead.__file__)", cwd=installed
    )
    assert str(ROOT) not in place
    with data_folder() as folder:
        config = folder / "wellhead.toml"
        config.write_text(CONFIG, encoding="utf-8")
        wellhead = RunningWellhead(
            config,
            folder / "data",
            command=(str(installed / "wellhead"),),
            environment={"WELLHEAD__PLUGINS__SIMULATOR__BASE_PORT": str(free_port())},
        )
        try:
            wellhead.wait_ready()
            session = wellhead.log_in()
            wait_until(
                lambda: session.get(f"{wellhead.url}/api/v1/tags/latest?ids=1", timeout=10).json()[
                    "data"
                ]["t"],
                30,
                what="a first value",
            )
            page = session.get(wellhead.url, timeout=10)
            assert "text/html" in page.headers["Content-Type"], "the console's files are packaged"
            states = {plugin["status"] for plugin in wellhead.get(session, "/api/v1/plugins")}
            assert states == {"enabled"}
            assert wellhead.stop() == 0
        finally:
            wellhead.end()
