"""A start that cannot be says which key, what was found there and what to do, in one line."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from wellhead.testing import free_port
from wellhead.testing.running import data_folder

pytestmark = pytest.mark.system


@pytest.fixture
def folder() -> Iterator[Path]:
    with data_folder() as made:
        yield made


def run(folder: Path, text: str, **environ: str) -> str:
    """The one line that a failing `wellhead run` ends with."""
    config = folder / "wellhead.toml"
    config.write_text(text)
    done = subprocess.run(
        [sys.executable, "-m", "wellhead", "--config", str(config), "run"],
        env={**os.environ, "WELLHEAD_DATA_DIR": str(folder / "data"), **environ},
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
    *_, last = [line for line in done.stderr.splitlines() if line.startswith("Error: ")]
    return last.removeprefix("Error: ")


def test_a_port_in_use(folder: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        message = run(folder, "", WELLHEAD_PORT=str(port))

    assert message == (
        f"[web] host, port: cannot listen there: Address already in use "
        f"(found '127.0.0.1:{port}'). "
        "Stop what uses the port, or choose another one: WELLHEAD_PORT=8081"
    )


def test_an_unreachable_database(folder: Path) -> None:
    port = free_port()

    message = run(folder, f"[database]\nurl = 'postgresql://app:hunter2@127.0.0.1:{port}/wh'\n")

    assert message.startswith("[database] url: ")
    assert f"127.0.0.1:{port}" in message
    assert "hunter2" not in message
    assert message.count(". ") >= 1, "a remedy"


def test_an_unknown_key(folder: Path) -> None:
    assert run(folder, "[web]\nprot = 1\n") == (
        '[web] prot: unknown configuration key. Did you mean "port"?'
    )


def test_a_section_of_a_plugin_that_is_not_there(folder: Path) -> None:
    message = run(folder, "[plugins.scda]\n")

    assert message.startswith("[plugins.scda]: no plugin of this name is installed")
    assert 'Did you mean "scada"?' in message


def test_a_data_directory_that_cannot_be_made(folder: Path) -> None:
    message = run(folder, "", WELLHEAD_DATA_DIR="/proc/nope")

    assert message == (
        "data_dir: cannot be made: No such file or directory (found '/proc/nope'). "
        "Name a folder that this user may write to (WELLHEAD_DATA_DIR), or make it one"
    )


def test_a_missing_configuration_file(folder: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "wellhead", "run", "--config", str(folder / "no.toml")],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.returncode == 1
    assert done.stderr.startswith("Error: --config: configuration file not found")
