"""A module is begun, installed and proven as `wellhead plugin new` says, beside the wheel.

A driver is in test_tutorial.py, both kinds without the wheel in tests/core/scaffold.
"""

import shlex
from pathlib import Path

import pytest

from .packages import ROOT, pip, run, statuses

pytestmark = [pytest.mark.system, pytest.mark.wheel]


def test_what_it_says_to_do_next_works(installed: Path, tmp_path: Path) -> None:
    said = run(installed / "wellhead", "plugin", "new", "gas_lab", cwd=tmp_path)
    (_, folder), install, tests, check = (shlex.split(line) for line in said.splitlines()[2:])
    package = tmp_path / folder
    assert install == ["pip", "install", "-e", ".[dev]"]
    pip(installed, "install", "-c", ROOT / "constraints.txt", "-e", f"{package}[dev]")
    try:
        run(installed / tests[0], cwd=package)
        run(installed / check[0], *check[1:], cwd=package)
        run(installed / "mypy", cwd=package)
        run(installed / "ruff", "check", ".", cwd=package)
        run(installed / "ruff", "format", "--check", ".", cwd=package)
        assert statuses(installed)["gas_lab"] == "enabled"
    finally:
        pip(installed, "uninstall", "--yes", package.name)
