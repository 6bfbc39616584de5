"""What `wellhead run` says of itself, in a file that its processes and other commands read."""

import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

SUPERVISED_VARIABLE = "WELLHEAD_SUPERVISED"
"""Environment variable of the processes of a `wellhead run`: the pid of their supervisor."""

_FILE = "run.json"


@dataclass(frozen=True, slots=True)
class Role:
    """One process that is kept alive.

    pid: None while it is down
    since, next_start: seconds since 1970 UTC; when it was started last, when it will be
    restarts: how often it ended by itself; last_exit: its code then, negative = by that signal
    """

    name: str
    pid: int | None
    since: float
    restarts: int = 0
    last_exit: int | None = None
    next_start: float | None = None


@dataclass(frozen=True, slots=True)
class Reload:
    """How the last reload went: what was done, a line each, or why nothing was.

    number: counts the reloads of this run
    """

    number: int
    lines: tuple[str, ...] = ()
    error: str | None = None


@dataclass(frozen=True, slots=True)
class RunState:
    """pid: of the supervisor; prepared: whether the database is as it should be; away: why it
    is not, once that takes long; failures: plugins that failed after they were loaded, and why;
    off: all that are off for an error; reloading: number of the reload that is under way."""

    pid: int
    ready: bool = False
    roles: tuple[Role, ...] = ()
    failures: dict[str, str] = field(default_factory=dict)
    reloading: int | None = None
    reload: Reload | None = None
    prepared: bool = False
    away: str | None = None
    off: dict[str, str] = field(default_factory=dict)


def write_state(data_dir: Path, state: RunState) -> None:
    """Replace the file at once, so that no reader sees half of it."""
    new = data_dir / f".{_FILE}"
    with open(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(asdict(state), file)
    new.replace(data_dir / _FILE)


def read_state(data_dir: Path) -> RunState | None:
    """What the last `wellhead run` of the data directory wrote; whether that one still runs, its
    lock says. None when there is nothing of use."""
    try:
        found: dict[str, Any] = json.loads((data_dir / _FILE).read_text())
        reload = found.pop("reload")
        roles = tuple(Role(**role) for role in found.pop("roles"))
        done = Reload(reload["number"], tuple(reload["lines"]), reload["error"]) if reload else None
        return RunState(**found, roles=roles, reload=done)
    except (OSError, ValueError, TypeError, KeyError):
        return None


def is_prepared(data_dir: Path) -> bool:
    """Whether the supervisor of this process, if it has one, has the database ready."""
    supervisor = os.environ.get(SUPERVISED_VARIABLE)
    if supervisor is None:
        return True
    state = read_state(data_dir)
    return state is not None and state.pid == int(supervisor) and state.prepared


def forget_state(data_dir: Path) -> None:
    """Nothing runs any more."""
    (data_dir / _FILE).unlink(missing_ok=True)
