"""`wellhead run` from nothing to values, stopped and started again: what `make run` promises."""

import re
import signal
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from wellhead.testing import free_port, wait_until
from wellhead.testing.running import RunningWellhead, data_folder

pytestmark = pytest.mark.system

DEMO = Path(__file__).parents[2] / "deploy" / "demo.toml"
FIELD = {"WELLHEAD__PLUGINS__SIMULATOR__WELLS": "1"}


@pytest.fixture
def folder() -> Iterator[Path]:
    with data_folder() as made:
        yield made


def start(folder: Path, base_port: int) -> RunningWellhead:
    environment = FIELD | {"WELLHEAD__PLUGINS__SIMULATOR__BASE_PORT": str(base_port)}
    return RunningWellhead(DEMO, folder / "data", environment=environment)


def nothing_is_left(wellhead: RunningWellhead, family: list[psutil.Process], device: int) -> None:
    _, alive = psutil.wait_procs(family, timeout=10)
    assert [process.cmdline() for process in alive] == []
    assert not wellhead.listens(wellhead.port)
    assert not wellhead.listens(device)
    assert list((wellhead.data_dir / "postgres").glob(".s.PGSQL*")) == []
    assert not (wellhead.data_dir / "postgres" / "postmaster.pid").exists()


def test_first_value_stop_and_second_start(folder: Path) -> None:
    device = free_port()
    wellhead = start(folder, device)
    try:
        wellhead.wait_ready()
        assert "Log in as admin@wellhead.local with the password " in wellhead.output()
        password = wellhead.data_dir / "secrets" / "admin-password"
        assert password.stat().st_mode & 0o777 == 0o600
        session = wellhead.log_in()
        [tag] = wellhead.get(session, "/api/v1/tags?name=W01.BHP")

        def first_values() -> list[int]:
            path = f"/api/v1/tags/{tag['id']}/readings?from=2020-01-01T00:00:00Z"
            times: list[int] = wellhead.get(session, path)["t"]
            return times

        before = wait_until(first_values, 30, what="a first value in the API")
        family = wellhead.family()
        assert len(family) > 5

        assert wellhead.stop(signal.SIGINT) == 0
        nothing_is_left(wellhead, family, device)
        ended = re.findall(
            r"stopped .*process='?(.+?)'?(?: role=|$)", wellhead.output(), re.MULTILINE
        )
        assert ended[0] == "web", "nobody asks for what is going away"
        assert set(ended[1:]) == {
            "gateway main",
            "scheduler",
            "simulator",
            "calculator",
            "witsml",
            "witsml rig",
        }

        wellhead = start(folder, device)
        wellhead.wait_ready()
        assert "with the password" not in wellhead.output(), "it is shown once"
        session = wellhead.log_in()
        after = wait_until(
            lambda: (times := first_values()) and times[-1] > before[-1] and times,
            30,
            what="a value of the second start",
        )
        assert isinstance(after, list)
        assert after[: len(before)] == before
        assert wellhead.get(session, "/api/v1/wells?name=W01"), "seeded once"
        family = wellhead.family()

        assert wellhead.stop(signal.SIGTERM, group=False) == 0
        nothing_is_left(wellhead, family, device)
    finally:
        wellhead.end()


def test_a_killed_supervisor_takes_its_processes_along(folder: Path) -> None:
    device = free_port()
    wellhead = start(folder, device)
    try:
        wellhead.wait_ready()
        children = psutil.Process(wellhead.process.pid).children(recursive=True)
        assert children

        wellhead.stop(signal.SIGKILL, group=False)

        _, alive = psutil.wait_procs(children, timeout=20)
        assert [process.cmdline() for process in alive] == []

        wellhead = start(folder, device)  # adopts the database server that was left alone
        wellhead.wait_ready()
        family = wellhead.family()
        assert wellhead.stop(signal.SIGINT) == 0
        nothing_is_left(wellhead, family, device)
    finally:
        wellhead.end()
