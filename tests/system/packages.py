"""Programs of an installed Wellhead, run as a user does: outside of any checkout."""

import os
import subprocess
from pathlib import Path
from typing import Any

import requests

from wellhead.testing.running import RunningWellhead

ROOT = Path(__file__).parents[2]


def run(*command: str | Path, cwd: Path, status: int = 0) -> str:
    """What the command prints; it must end with `status`."""
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
    assert done.returncode == status, f"{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    return done.stdout


def pip(programs: Path, *arguments: str | Path) -> None:
    """pip of the virtual environment whose `bin` is `programs`."""
    quiet = ("--disable-pip-version-check", "--quiet")
    run(programs / "python", "-m", "pip", *quiet, *arguments, cwd=programs)


def statuses(programs: Path, *options: str | Path) -> dict[str, str]:
    """Plugin → status, as `wellhead plugins` lists them."""
    lines = run(programs / "wellhead", *options, "plugins", cwd=programs).splitlines()
    rows = [[cell.strip() for cell in line.split("│")[1:-1]] for line in lines if "│" in line]
    return {row[0]: row[2] for row in rows}


class Client:
    """The administrator at the API of a running Wellhead."""

    def __init__(self, running: RunningWellhead) -> None:
        self._running = running
        self._session = running.log_in()

    def get(self, path: str) -> Any:
        return self._running.get(self._session, f"/api/v1{path}")

    def ask(self, path: str, body: Any = None) -> requests.Response:
        """Whatever a POST is answered with."""
        return self._session.post(f"{self._running.url}/api/v1{path}", json=body, timeout=30)

    def post(self, path: str, **body: Any) -> Any:
        """The record made."""
        answer = self.ask(path, body)
        assert answer.status_code == 201, answer.text
        return answer.json()["data"]
