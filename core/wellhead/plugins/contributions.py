"""The typed things a plugin hands to the core through its hooks."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

ROLES = ("admin", "manager", "engineer", "operator", "viewer")


@dataclass(frozen=True, slots=True)
class Permission:
    """One thing a user may be allowed to do, `<plugin>.<action>`, and the roles that may.

    The role admin has every permission and need not be named. `platform.<plugin>.<action>` goes
    beyond one tenant: no role has it, administrators of the platform do.
    """

    name: str
    description: str
    roles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AssetKind:
    """A kind of node of the plant tree, with the kinds it may hang under (none named = any).

    moves: False when a node stays under the parent it was made under
    """

    name: str
    title: str
    parents: tuple[str, ...] = ()
    moves: bool = True


@dataclass(frozen=True, slots=True)
class Lazy:
    """A class of a plugin by name, so that `plugin.py` need not import it: `module:Class`."""

    name: str
    title: str
    target: str

    def load(self) -> Any:
        """Import the module and return the class. Raises ImportError or AttributeError."""
        module, _, attribute = self.target.partition(":")
        return getattr(import_module(module), attribute)


@dataclass(frozen=True, slots=True)
class Job:
    """Work that the scheduler does at set times; `target` is a function by name,
    `module:function`, called without arguments in an app context.

    name: `<plugin>.<what>`
    every: how often, on a grid counted from 1970 in UTC: a day is from midnight to midnight UTC
    cron: instead of `every`, five fields in the time zone `zone`; days of the week by name
    max_seconds: a run that takes longer is `timed_out`, and its place is given to another job
    scope: `tenant` runs once in each tenant, as that tenant; `platform` runs once, in no tenant

    A run missed while no scheduler ran is made up for once, however many were missed. No two runs
    of a job in one tenant go on at the same time. One that raises is recorded as failed, and
    comes again when it is due.
    """

    name: str
    description: str
    target: str
    every: timedelta | None = None
    cron: str | None = None
    zone: str = "UTC"
    max_seconds: float = 300.0
    scope: Literal["tenant", "platform"] = "tenant"

    def load(self) -> Callable[[], object]:
        """Import the module and return the function. Raises ImportError or AttributeError."""
        module, _, attribute = self.target.partition(":")
        function: Callable[[], object] = getattr(import_module(module), attribute)
        return function


@dataclass(frozen=True, slots=True)
class ProcessSpec:
    """A process that `wellhead run` keeps alive: `wellhead <arguments>`.

    concerns: plugins whose configuration it works with; None = its own and those that it requires,
        directly or not. `wellhead reload` restarts the process when one of them has changed.
    reloads: those of them whose changes it takes over without a restart, at SIGHUP, from
        `runtime.again()`; such a process gets a SIGHUP whichever plugin has changed.
    without_database: whether it does its work while the database is away, from its very start; it
        is started before the others when those have to wait for the database.
    """

    name: str
    arguments: tuple[str, ...]
    concerns: tuple[str, ...] | None = None
    reloads: tuple[str, ...] = ()
    without_database: bool = False


@dataclass(frozen=True, slots=True)
class Health:
    """How one part is doing: `ok` decides /health/ready when `required`; `detail` is for people."""

    part: str
    ok: bool
    detail: str
    required: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of `wellhead doctor`: what is so, and what to do about it.

    part: what was looked at, `files` or the plugin's name say
    verdict: `ok`, `info` (nothing to do) or `action` (somebody should do what `remedy` says)
    """

    part: str
    verdict: Literal["ok", "info", "action"]
    text: str
    remedy: str = ""


class Unproven(Exception):
    """Raised by the check of a rule that cannot be judged here; the text says why."""


@dataclass(frozen=True, slots=True)
class CheckSubject:
    """The plugin that `wellhead plugin check` looks at.

    folder: of its source, with the pyproject.toml; None when an installed plugin is checked by name
    offers: what it answers to a hook without arguments, nothing when it has none
    """

    name: str
    folder: Path | None
    offers: Callable[[str], Sequence[Any]]


@dataclass(frozen=True, slots=True)
class CheckRule:
    """One thing that `wellhead plugin check` asks of a plugin.

    name: also of the section about it in `docs`
    title: what must be so, in one line
    check: what is not so, each with its remedy; empty when all is well. Raises Unproven.
    docs: the page
    """

    name: str
    title: str
    check: Callable[[], Sequence[str]]
    docs: str = "docs/plugin-check.md"


@dataclass(frozen=True, slots=True)
class CurrentValue:
    """The newest reading of one tag of an asset.

    time: microseconds UTC, None before the first reading
    reason: why the quality is not good, where that is known
    quantity: what is measured, of `sdk.units.QUANTITIES`; None = what the unit usually means
    text: what it says, of a tag whose readings are texts and no values
    state: the name of the value, of a tag that counts states
    """

    tag: int
    name: str
    asset: str
    unit: str | None
    value: float | None
    quality: int
    time: int | None
    reason: str | None = None
    quantity: str | None = None
    text: str | None = None
    state: str | None = None


@dataclass(frozen=True, slots=True)
class LiveTopic:
    """What a live client may subscribe to by name (`tags`, `devices`, `assets`).

    resolve: the ids the client sent, to the tag ids that exist, sorted, as int32[n]; it runs inside
    the client's tenant and raises ValueError naming an id that is malformed
    within_assets: `resolve` leaves out what the user may not see (`sdk.only_visible`); without it
    the topic is closed to users who are limited to assets
    """

    name: str
    resolve: Callable[[Sequence[Any]], npt.NDArray[np.int32]]
    within_assets: bool = False


@dataclass(frozen=True, slots=True)
class LiveEvents:
    """What live clients may follow beside readings: `{"type": "subscribe", "events": [name]}`.

    kind: of the events (`sdk.emit`) that it is about
    permission: who may follow it
    show: an event's data → what is sent, as JSON; None = nothing. It runs inside the tenant, as a
    user with the client's limit to assets, once for all clients of the same limit
    within_assets: `show` answers None where the user may not see it; without it the topic is closed
    to users who are limited to assets
    """

    name: str
    kind: str
    permission: str
    show: Callable[[Mapping[str, Any]], Mapping[str, Any] | None]
    within_assets: bool = False
