"""The unit file for systemd, as systemd itself reads it."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

UNIT = Path(__file__).parents[3] / "deploy" / "wellhead.service"
TOO_OLD = "Failed to parse service type, ignoring: notify-reload"


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd here")
def test_systemd_finds_nothing_wrong_with_the_unit(tmp_path: Path) -> None:
    text = UNIT.read_text()
    here = re.sub(r"/opt/wellhead/bin/wellhead", sys.executable, text)
    here = re.sub(r"(?m)^(User|Group)=.*", r"\1=root", here)
    (tmp_path / UNIT.name).write_text(here)
    done = subprocess.run(
        ["systemd-analyze", "verify", str(tmp_path / UNIT.name)],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    complaints = [line for line in done.stderr.splitlines() if UNIT.name in line]
    assert [line for line in complaints if TOO_OLD not in line] == [], done.stderr
    assert done.returncode == 0, done.stderr
