"""The loop of `wellhead run`: children kept alive, their state written down, reloads done."""

import json
import os
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

import psutil
import structlog

from wellhead.auth.bootstrap import Administrator
from wellhead.errors import WellheadError
from wellhead.run_state import Reload, RunState, write_state
from wellhead.supervisor.accepted import Accepted
from wellhead.supervisor.address import is_ready, reachable
from wellhead.supervisor.child import Child, command_line
from wellhead.supervisor.notify import Notifier
from wellhead.supervisor.plan import WEB, Plan, Planned, Steps, steps
from wellhead.supervisor.preparing import Preparing
from wellhead.supervisor.server import DatabaseServer
from wellhead.supervisor.signals import Signals

_STOP_SECONDS = 10.0
_READY_SECONDS = 60.0
_PREPARE_SECONDS = 300.0
_RENEW_SECONDS = 90.0
_ALONE_SECONDS = 5.0
"""The others wait for the web at its start, since all at once each would take several times as
long; not longer, since no reading is taken before they run."""
_NOT_YET = "it is being started or made ready"
_LOOK_SECONDS = 0.1
_ROUND_SECONDS = 0.5
log = structlog.get_logger(__name__)


class Supervisor:
    """Keeps the processes of a plan alive, and goes to another plan when asked to reload.

    web: the web process, which is there already
    """

    def __init__(
        self, data_dir: Path, accepted: Accepted, signals: Signals, notifier: Notifier, web: Child
    ) -> None:
        self._data_dir = data_dir
        self._accepted = accepted
        self._signals = signals
        self._notifier = notifier
        self._plan: Plan
        self._database: DatabaseServer | None = None
        self._children = {WEB: web}
        self._state = RunState(os.getpid())
        self._told: RunState | None = None

    def wait_for(self, preparing: Preparing) -> Administrator | None:
        """Until the database is ready; None when told to stop before. Raises what went wrong.

        When that takes long, and it is a database that was ready before, what does its work without
        one is started.
        """
        begun, reading = time.monotonic(), False
        while self._signals.wait(_LOOK_SECONDS):
            if preparing.done:
                return preparing.result()
            self._look_after()
            if self._signals.take_reload():
                self._refuse_reload()
            long = time.monotonic() > begun + _ALONE_SECONDS
            self._tell(away=preparing.away or (_NOT_YET if long else None))
            plan = preparing.plan
            if long and plan is not None and not reading and preparing.patient:
                reading = True
                log.warning("what needs no database is started, it is not ready yet")
                self._start([one for one in plan.processes if one.without_database])
                self._notifier.ready("waiting for the database, devices are read")
        return None

    def run(
        self, plan: Plan, administrator: Administrator, database: DatabaseServer | None
    ) -> None:
        """Until told to stop. Raises WellheadError when the web does not get ready.

        database: the embedded server, kept alive too; None when it is somebody else's
        """
        self._plan, self._database = plan, database
        if plan.failures:
            self._begin_anew()  # they have put together what has failed since
        self._tell(failures=plan.failures, off=plan.off, prepared=True, away=None)
        begun = time.monotonic()
        while self._signals.wait(_ROUND_SECONDS if self._state.ready else _LOOK_SECONDS):
            self._look_after()
            if self._state.ready:
                if self._signals.take_reload():
                    self._reload()
            elif is_ready(self._plan.web_settings):
                self._start_others()
                self._tell(ready=True)
                self._notifier.ready(f"serving {self._plan.web_settings.bind}")
                _announce(self._plan, administrator)
            elif time.monotonic() > begun + _READY_SECONDS:
                raise WellheadError(
                    f"the web process was not ready within {_READY_SECONDS:.0f} s",
                    remedy="The lines above say what it waits for",
                )
            elif time.monotonic() > begun + _ALONE_SECONDS:
                self._start_others()

    def end(self) -> None:
        """The web first, so that nobody asks for what is going away, then the others."""
        web = [child for name, child in self._children.items() if name == WEB]
        stop(web)
        stop([child for child in self._children.values() if child not in web])

    def _start_others(self) -> None:
        self._start([one for one in self._plan.processes if one.name not in self._children])

    def _start(self, processes: Sequence[Planned]) -> None:
        for planned in processes:
            self._add(planned).start()

    def _begin_anew(self) -> None:
        """End what runs; what is still to run is started by the next look after it."""
        stop(list(self._children.values()))
        planned = {one.name for one in self._plan.processes}
        self._children = {name: one for name, one in self._children.items() if name in planned}

    def _add(self, planned: Planned) -> Child:
        child = Child(planned.name, planned.arguments, self._accepted.path)
        self._children[planned.name] = child
        return child

    def _look_after(self) -> None:
        now = time.monotonic()
        if self._database:
            self._database.watch(now)
        for child in self._children.values():
            child.watch(now)
        self._tell()
        self._notifier.beat()

    def _tell(self, **changes: Any) -> None:
        """Write down how everything is, if it is not as it was."""
        database = [self._database.role()] if self._database else []
        roles = (*database, *(child.role() for child in self._children.values()))
        self._state = replace(self._state, roles=roles, **changes)
        if self._state == self._told:
            return
        try:
            write_state(self._data_dir, self._state)
        except OSError as error:  # a full disk: what runs goes on, and the next round tries again
            if self._told is not None:
                log.error("`wellhead status` shows an old state", reason=str(error))
            self._told = None
        else:
            self._told = self._state

    # --- reloading ------------------------------------------------------------------------------

    def _next_reload(self) -> int:
        return self._state.reload.number + 1 if self._state.reload else 1

    def _refuse_reload(self) -> None:
        reason = "the database is not ready yet: reload again when it is, `wellhead status` says so"
        log.error("reload refused, nothing is changed", reason=reason)
        self._tell(reload=Reload(self._next_reload(), error=reason))

    def _reload(self) -> None:
        number = self._next_reload()
        log.info("reloading", number=number, configuration=str(self._accepted.source))
        self._notifier.reloading()
        self._tell(reloading=number)
        try:
            lines = self._change()
        except WellheadError as error:
            self._accepted.refuse()
            # the copy that was checked is nobody's file
            reason = str(error).replace(str(self._accepted.candidate), str(self._accepted.source))
            log.error("reload refused, nothing is changed", reason=reason)
            outcome, status = Reload(number, error=reason), f"reload refused: {reason}"
        else:
            log.info("reloaded", number=number, done=lines)
            outcome, status = Reload(number, lines), f"serving {self._plan.web_settings.bind}"
        self._tell(reloading=None, reload=outcome)
        self._notifier.ready(status)

    def _change(self) -> tuple[str, ...]:
        """Go to the configuration as it is now. Raises WellheadError before anything changes."""
        self._accepted.take()
        old, new = self._plan, self._prepared()
        self._accepted.accept()
        self._plan = new
        self._tell(failures=new.failures, off=new.off)
        web = self._children[WEB]
        workers = _workers(web)
        todo = steps(old, new)
        for name in todo.reloaded:
            self._children[name].reload()
        self._restart(todo)
        return (
            *_switched(old, new),
            self._renewed(web, workers),
            *(f"{name}: reloaded" for name in todo.reloaded if name != WEB),
            *(f"{name}: stopped" for name in todo.stopped),
            *(f"{name}: restarted, {why}" for name, why in todo.restarted.items()),
            *(f"{name}: started" for name in todo.started),
            *(f"{name}: untouched" for name in todo.untouched),
        )

    def _prepared(self) -> Plan:
        """Have a fresh process check the candidate, migrate for it and say what it makes of it."""
        command = command_line(["prepare-reload"], self._accepted.candidate)
        with TemporaryFile("w+") as asked, TemporaryFile("w+") as answered:
            json.dump(asdict(self._plan), asked)
            asked.seek(0)
            with subprocess.Popen(command, stdin=asked, stdout=answered) as process:
                if not self._until(lambda: process.poll() is not None, _PREPARE_SECONDS):
                    process.kill()
            answered.seek(0)
            lines = answered.read().splitlines()
        try:
            answer = json.loads(lines[-1])
        except (IndexError, ValueError):
            raise WellheadError(
                f"the check of the configuration ended with {process.returncode}",
                remedy="The log says why",
            ) from None
        if "error" in answer:
            raise WellheadError(answer["error"])
        return Plan.from_json(answer["plan"])

    def _restart(self, todo: Steps) -> None:
        ending = [self._children[name] for name in (*todo.stopped, *todo.restarted)]
        stop(ending)
        for child in ending:
            del self._children[child.name]
        new = {*todo.started, *todo.restarted}
        self._start([one for one in self._plan.processes if one.name in new])

    def _renewed(self, web: Child, before: set[int]) -> str:
        """Wait until new workers serve and the old ones have ended what they were at."""

        def renewed() -> bool:
            now = _workers(web)
            return not now & before and len(now) >= self._plan.web_settings.workers

        if self._until(renewed, _RENEW_SECONDS):
            return f"{WEB}: workers renewed"
        return f"{WEB}: workers not renewed within {_RENEW_SECONDS:.0f} s, see the log"

    def _until(self, condition: Callable[[], bool], seconds: float) -> bool:
        """Wait for it while the children are looked after; False when told to stop meanwhile."""
        deadline = time.monotonic() + seconds
        while not condition():
            if not self._signals.wait(_LOOK_SECONDS) or time.monotonic() > deadline:
                return False
            self._look_after()
        return True


def stop(children: list[Child]) -> None:
    """End these together; those that do not end in time are killed."""
    for child in children:
        child.ask_to_stop()
    deadline = time.monotonic() + _STOP_SECONDS
    for child in children:
        child.wait(deadline)


def _workers(web: Child) -> set[int]:
    try:
        return {worker.pid for worker in psutil.Process(web.pid).children()} if web.pid else set()
    except psutil.NoSuchProcess:
        return set()


def _switched(old: Plan, new: Plan) -> list[str]:
    found = []
    for name, status in new.statuses.items():
        if status != old.statuses.get(name):
            reason = f" ({new.reasons[name]})" if name in new.reasons else ""
            found.append(f"plugin {name}: {status}{reason}")
    return found


def _announce(plan: Plan, administrator: Administrator) -> None:
    address = reachable(plan.web_settings).bind
    lines = [f"Wellhead is ready at http://{address}", *administrator.how_to_log_in()]
    print("\n" + "\n".join(lines) + "\n", flush=True)  # noqa: T201
