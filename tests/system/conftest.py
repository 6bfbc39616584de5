"""The package as it is published, made and installed once for all tests that want it; a browser."""

import shutil
import sys
import venv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from wellhead.testing.running import data_folder

from .packages import ROOT, pip, run

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
    "--window-size=1420,960",
)


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`python -m build` makes the sdist, and the wheel from that."""
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--outdir", folder, ROOT, cwd=folder)
    [made] = folder.glob("wellhead-*.whl")
    assert list(folder.glob("wellhead-*.tar.gz"))
    return made


@pytest.fixture(scope="session")
def installed(wheel: Path) -> Iterator[Path]:
    """The `bin` of a fresh virtual environment with the wheel and all its extras."""
    with data_folder() as folder:
        venv.create(folder / "venv", with_pip=True)
        programs = folder / "venv" / "bin"
        pip(programs, "install", "-c", ROOT / "constraints.txt", f"{wheel}[all]")
        yield programs


@pytest.fixture
def chromium(tmp_path: Path) -> Iterator[Any]:
    """A fresh headless Chromium that keeps its console's log and that of its requests, and finds no
    host but this machine."""
    webdriver = pytest.importorskip("selenium.webdriver", reason="selenium is not installed")
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    driver = shutil.which("chromedriver")
    if not browser or not driver:
        pytest.skip("no chromium and chromedriver (apt-get install chromium chromium-driver)")
    options = webdriver.ChromeOptions()
    options.binary_location = browser
    for flag in (*FLAGS, f"--user-data-dir={tmp_path}/chromium"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    service = webdriver.ChromeService(executable_path=driver)
    page = webdriver.Chrome(options=options, service=service)
    try:
        yield page
    finally:
        page.quit()
