"""What is published: the wheel, built from the sdist and installed where no checkout is near."""

import os
import subprocess
import sys
import venv
from collections.abc import Iterator
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from wellhead.plugins.loader import GROUP
from wellhead.testing import free_port, wait_until
from wellhead.testing.running import RunningWellhead, data_folder

pytestmark = [pytest.mark.system, pytest.mark.wheel]

ROOT = Path(__file__).parents[2]
CONFIG = """
[plugins.simulator]
run = true
wells = 1
"""


def run(*command: str | Path, cwd: Path) -> str:
    # Without the checkout's environment: what is found must be what was installed.
    environ = {name: text for name, text in os.environ.items() if not name.startswith("PYTHON")}
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=environ,
        capture_output=True,
        text=True,
        timeout=400,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`python -m build` makes the sdist, and the wheel from that."""
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--outdir", folder, ROOT, cwd=folder)
    [made] = folder.glob("wellhead-*.whl")
    assert list(folder.glob("wellhead-*.tar.gz"))
    return made


@pytest.fixture(scope="module")
def installed(wheel: Path) -> Iterator[Path]:
    """The `bin` of a fresh virtual environment with the wheel and all its extras."""
    with data_folder() as folder:
        venv.create(folder / "venv", with_pip=True)
        programs = folder / "venv" / "bin"
        pip = (programs / "python", "-m", "pip", "--disable-pip-version-check", "--quiet")
        run(*pip, "install", "-c", ROOT / "constraints.txt", f"{wheel}[all]", cwd=folder)
        yield programs


def test_the_installed_wheel_finds_its_plugins(installed: Path) -> None:
    ours = {
        point.name
        for point in entry_points(group=GROUP)
        if point.dist is not None and point.dist.name == "wellhead"
    }
    listed = [
        [cell.strip() for cell in line.split("│")[1:-1]]
        for line in run(installed / "wellhead", "plugins", cwd=installed).splitlines()
        if line.startswith("│")
    ]

    assert {row[0]: row[2] for row in listed} == dict.fromkeys(ours, "enabled")


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
