"""The start under the supervisor: the web first, and what reads devices does not wait for long."""

import dataclasses
import errno
import os
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import cast

import pytest
import structlog

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
from wellhead.supervisor.preparing import Preparing
from wellhead.supervisor.signals import Signals
from wellhead.testing import free_port, wait_until


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
    assert not is_prepared(tmp_path), "the database is not ready"
    write_state(tmp_path, RunState(4711, prepared=True))
    assert is_prepared(tmp_path)
    forget_state(tmp_path)
    assert not is_prepared(tmp_path)


@pytest.fixture
def plan() -> Plan:
    return Plan(
        web=dataclasses.asdict(WebSettings(port=free_port())),
        fixed={},
        statuses={},
        reasons={},
        digests={},
        processes=(
            Planned(WEB, ("web",), ()),
            Planned("reader", ("status",), (), without_database=True),
            Planned("teller", ("status",), ()),
        ),
    )


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
    heard = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = [signal.getsignal(number) for number in heard]
    yield supervise.Supervisor(tmp_path, accepted, Signals(), Notifier({}), web)
    for number, handler in zip(heard, before, strict=True):
        signal.signal(number, handler)


@pytest.mark.parametrize(
    ("alone", "ready", "others"), [(0.2, 5.0, {"reader", "teller"}), (60.0, 0.2, set())]
)
def test_the_others_wait_for_the_web_and_not_for_ever(
    supervisor: supervise.Supervisor,
    plan: Plan,
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
            supervisor.run(plan, Administrator("a@example.com"), None)
    finally:
        supervisor.end()
    state = read_state(tmp_path)
    assert state is not None
    assert {role.name for role in state.roles} == {WEB} | others


class SlowDatabase:
    """As Preparing, of a database that is away until `told`. patient: see there"""

    def __init__(self, plan: Plan, patient: bool) -> None:
        self.plan, self._patient, self.asked = plan, patient, 0
        self.away: str | None = "it does not answer"
        self.told = threading.Event()

    @property
    def done(self) -> bool:
        return self.told.is_set()

    @property
    def patient(self) -> bool:
        self.asked += 1
        return self._patient

    def result(self) -> Administrator:
        return Administrator("a@example.com")


@pytest.mark.parametrize(("patient", "others"), [(True, {"reader"}), (False, set())])
def test_what_needs_no_database_does_not_wait_for_one_that_was_there_before(
    supervisor: supervise.Supervisor,
    plan: Plan,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    patient: bool,
    others: set[str],
) -> None:
    monkeypatch.setattr(supervise, "_ALONE_SECONDS", 0.1)
    database = SlowDatabase(plan, patient)

    def seen() -> set[str]:
        state = read_state(tmp_path)
        if state is None or state.away != "it does not answer":
            return set()
        assert not state.prepared
        return {role.name for role in state.roles}

    def look() -> None:
        try:
            wait_until(lambda: seen() == {WEB} | others, 20, what="what is started")
            wait_until(lambda: database.asked > (0 if patient else 5), 20, what="some rounds")
            assert seen() == {WEB} | others
        finally:
            database.told.set()

    with ThreadPoolExecutor(1) as beside:
        looked = beside.submit(look)
        try:
            administrator = supervisor.wait_for(cast(Preparing, database))
        finally:
            supervisor.end()
        looked.result()
    assert administrator == Administrator("a@example.com")


def test_a_reload_is_refused_until_the_database_is_ready(
    supervisor: supervise.Supervisor, plan: Plan, tmp_path: Path
) -> None:
    database = SlowDatabase(plan, patient=False)

    def refused(number: int) -> bool:
        state = read_state(tmp_path)
        return bool(state and state.reload and state.reload.number == number)

    def ask() -> None:
        try:
            for number in (1, 2):
                os.kill(os.getpid(), signal.SIGHUP)
                wait_until(partial(refused, number), 20, what="a refusal")
        finally:
            database.told.set()

    with ThreadPoolExecutor(1) as beside:
        asked = beside.submit(ask)
        try:
            supervisor.wait_for(cast(Preparing, database))
        finally:
            supervisor.end()
        asked.result()
    state = read_state(tmp_path)
    assert state is not None
    assert state.reload is not None
    assert "the database is not ready yet" in str(state.reload.error)


def test_a_full_disk_keeps_the_state_from_being_written_and_nothing_else(
    supervisor: supervise.Supervisor,
    plan: Plan,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    database = SlowDatabase(plan, patient=False)
    database.away = None
    full = threading.Event()
    tries = []

    def write(data_dir: Path, state: RunState) -> None:
        if full.is_set():
            tries.append(state)
            raise OSError(errno.ENOSPC, "No space left on device")
        write_state(data_dir, state)

    monkeypatch.setattr(supervise, "write_state", write)

    def away() -> str | None:
        state = read_state(tmp_path)
        return state.away if state else None

    def look() -> None:
        try:
            wait_until(lambda: read_state(tmp_path), 20, what="a first state")
            full.set()
            database.away = "it went away"
            wait_until(lambda: len(tries) > 2, 20, what="it to be tried again")
            assert away() is None
            full.clear()
            wait_until(lambda: away() == "it went away", 20, what="the state")
        finally:
            database.told.set()

    with ThreadPoolExecutor(1) as beside:
        looked = beside.submit(look)
        try:
            assert supervisor.wait_for(cast(Preparing, database)) is not None
        finally:
            supervisor.end()
        looked.result()


def test_where_nothing_does_without_the_database_that_is_said_once(
    supervisor: supervise.Supervisor, plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervise, "_ALONE_SECONDS", 0.0)
    web_alone = dataclasses.replace(plan, processes=plan.processes[:1])
    database = SlowDatabase(web_alone, patient=True)
    rounds: list[float] = []

    def look(now: float) -> None:
        rounds.append(now)
        if len(rounds) > 5:
            database.told.set()

    monkeypatch.setattr(supervisor._children[WEB], "watch", look)
    try:
        with structlog.testing.capture_logs() as logs:
            assert supervisor.wait_for(cast(Preparing, database)) is not None
    finally:
        supervisor.end()
    said = [line for line in logs if "what needs no database" in line["event"]]
    assert (len(said), database.asked) == (1, 1)
