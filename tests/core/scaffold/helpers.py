"""Writing a plugin's package as its author does, and running programs in it."""

import os
import subprocess
import sys
from pathlib import Path

from click.testing import CliRunner

import wellhead
from wellhead.cli.main import cli


def new(*arguments: str) -> str:
    """What `wellhead plugin new` prints; raises what it refuses."""
    done = CliRunner().invoke(cli, ["plugin", "new", *arguments], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


def run(folder: Path, *command: str | Path, **environment: str) -> str:
    """What a Python module of the environment prints in `folder`, where it must succeed. The
    package there is not installed."""
    done = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=folder,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout[-4000:]}\n{done.stderr[-4000:]}"
    return done.stdout


CORE = str(Path(wellhead.__file__).parents[1])
