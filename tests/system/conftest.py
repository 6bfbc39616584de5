"""The package as it is published, made and installed once for all tests that want it."""

import sys
import venv
from collections.abc import Iterator
from pathlib import Path

import pytest

from wellhead.testing.running import data_folder

from .packages import ROOT, pip, run


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
