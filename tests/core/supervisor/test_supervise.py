"""The start under the supervisor: the web first, and what reads devices does not wait for long."""

import dataclasses
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from wellhead.auth.bootstrap import Administrator
from wellhead.errors import WellheadError
from wellhead.run_state import (
    SUPERVISED_VARIABLE,
    RunState,
    forget_state,
    is_prepared,
    read_state,
    write_state,
)
from wellhead.settings.model import WebSettings
from wellhead.supervisor import supervise
from wellhead.supervisor.accepted import Accepted
from wellhead.supervisor.child import Child
from wellhead.supervisor.notify import Notifier
from wellhead.supervisor.plan import WEB, Plan, Planned
from wellhead.supervisor.signals import Signals
from wellhead.testing import free_port


def test_a_web_process_waits_for_its_own_supervisor_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(SUPERVISED_VARIABLE, raising=False)
    assert is_prepared(tmp_path), "it was started alone"
    monkeypatch.setenv(SUPERVISED_VARIABLE, "4711")
    assert not is_prepared(tmp_path)
    write_state(tmp_path, RunState(4712))
    assert not is_prepared(tmp_path), "that of a run that was killed"
    write_state(tmp_path, RunState(4711))
    assert is_prepared(tmp_path)
    forget_state(tmp_path)
    assert not is_prepared(tmp_path)


@pytest.fixture
def supervisor(tmp_path: Path) -> Iterator[supervise.Supervisor]:
    """Of a web process that runs and never answers, and of one other process."""
    config = tmp_path / "wellhead.toml"
    config.write_text(f'data_dir = "{tmp_path}"\n')
    accepted = Accepted(tmp_path, config)
    accepted.take()
    accepted.accept()
    web = Child(WEB, (), accepted.path)
    web._command = ["sleep", "60"]
    web.start()
    plan = Plan(
        web=dataclasses.asdict(WebSettings(port=free_port())),
        fixed={},
        statuses={},
        reasons={},
        digests={},
        processes=(Planned(WEB, ("web",), ()), Planned("reader", ("status",), ())),
    )
    heard = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = [signal.getsignal(number) for number in heard]
    yield supervise.Supervisor(tmp_path, plan, accepted, Signals(), Notifier({}), web, None)
    for number, handler in zip(heard, before, strict=True):
        signal.signal(number, handler)


@pytest.mark.parametrize(("alone", "ready", "others"), [(0.2, 5.0, {"reader"}), (60.0, 0.2, set())])
def test_the_others_wait_for_the_web_and_not_for_ever(
    supervisor: supervise.Supervisor,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    alone: float,
    ready: float,
    others: set[str],
) -> None:
    monkeypatch.setattr(supervise, "_ALONE_SECONDS", alone)
    monkeypatch.setattr(supervise, "_READY_SECONDS", ready)
    try:
        with pytest.raises(WellheadError, match="was not ready"):
            supervisor.run(Administrator("a@example.com"))
    finally:
        supervisor.end()
    state = read_state(tmp_path)
    assert state is not None
    assert {role.name for role in state.roles} == {WEB} | others
