"""Every hook of the core, grouped by when it is called.

A plugin implements a hook as a function of its `plugin.py` marked `@hookimpl`. Hooks that return
something are asked one plugin at a time: a plugin that raises, or returns something of the wrong
type, is switched off with its dependents, and the others go on.
"""

from collections.abc import Mapping, Sequence
from types import NoneType
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pluggy

from wellhead.field.batch import Batch
from wellhead.plugins.contributions import (
    AssetKind,
    CheckRule,
    CheckSubject,
    CurrentValue,
    Finding,
    Health,
    Job,
    Lazy,
    LiveEvents,
    LiveTopic,
    Permission,
    ProcessSpec,
)
from wellhead.plugins.portable import PortableRecords

if TYPE_CHECKING:
    import click
    from flask import Blueprint, Flask

PROJECT = "wellhead"
hookspec = pluggy.HookspecMarker(PROJECT)
"""Marks a function that a plugin's `addhooks` offers to other plugins as a hook."""
hookimpl = pluggy.HookimplMarker(PROJECT)
"""Marks a function of `plugin.py` as the plugin's part in the hook of its name; one of another
plugin's hooks is marked `@hookimpl(optionalhook=True)`."""

# --- at loading -------------------------------------------------------------------------------


@hookspec
def addhooks() -> Sequence[Any]:  # type: ignore[empty-body]
    """Modules or classes with `@hookspec` functions: hooks this plugin defines for others.

    Called once at loading, before the plugins' own hooks are checked against what is specified.
    Implementations of such a hook carry `@hookimpl(optionalhook=True)`, since the plugin that
    defines it may be switched off.
    """


# --- at composition, in every process that touches the database or serves ----------------------


@hookspec
def models() -> Sequence[type[Any]]:  # type: ignore[empty-body]
    """The plugin's ORM models, made with `sdk.model_base(name)`.

    Called once at start, before migrations and routes. Every table begins with `<plugin>_`.
    """


@hookspec
def migrations() -> str:  # type: ignore[empty-body]
    """The package that holds the plugin's Alembic revisions, `wellhead_<name>.migrations`.

    Called by every `wellhead db` command and by `wellhead run`.
    """


@hookspec
def permissions() -> Sequence[Permission]:  # type: ignore[empty-body]
    """The permissions the plugin's routes ask for, each named `<plugin>.<action>`.

    Called once at start, before `blueprints`.
    """


@hookspec
def blueprints() -> "Sequence[Blueprint]":  # type: ignore[empty-body]
    """The plugin's routes, as `sdk.Blueprint`s named `<plugin>` or `<plugin>_…`.

    Called once at start, after `permissions`, in processes that answer requests. Every route asks
    for a permission or is marked public.
    """


@hookspec
def asset_kinds() -> Sequence[AssetKind]:  # type: ignore[empty-body]
    """The kinds of plant-tree nodes the plugin brings. Called once at start."""


@hookspec
def drivers() -> Sequence[Lazy]:  # type: ignore[empty-body]
    """The field protocols the plugin speaks; each target is a `sdk.Driver` subclass.

    Called once at start; the class is imported when a device first needs it.
    """


@hookspec
def device_servers() -> Sequence[Lazy]:  # type: ignore[empty-body]
    """For simulation: servers that answer like a field device of the driver of the same name.

    Called when a simulated field starts; each target is a `sdk.DeviceServer` subclass.
    """


@hookspec
def device_templates() -> Sequence[str]:  # type: ignore[empty-body]
    """Packages whose `*.toml` files each describe a kind of device with its scan groups and tags,
    `wellhead_acme.templates` say. Called when somebody looks for templates; needs `scada`."""


@hookspec
def live_topics() -> Sequence[LiveTopic]:  # type: ignore[empty-body]
    """What live clients may subscribe to. Called once at start of a web process."""


@hookspec
def live_events() -> Sequence[LiveEvents]:  # type: ignore[empty-body]
    """What live clients may follow that is no reading. Called once at start of a web process."""


@hookspec
def jobs() -> Sequence[Job]:  # type: ignore[empty-body]
    """What the scheduler does for the plugin, each named `<plugin>.<what>`. Called once at start;
    the function is imported when a job first runs."""


@hookspec
def setup(app: "Flask") -> None:
    """Last word at composition: called once a process, after all routes are in place. The scheduler
    and commands answer no requests, and have none."""


# --- around `wellhead run` ----------------------------------------------------------------------


@hookspec
def commands() -> "Sequence[click.Command]":  # type: ignore[empty-body]
    """Commands for the `wellhead` command line. Called when the command line needs its list."""


@hookspec
def processes(configs: Mapping[str, Mapping[str, Any]]) -> Sequence[ProcessSpec]:  # type: ignore[empty-body]
    """Processes to keep alive beside the web. Called when `wellhead run` starts and at each reload.

    configs: the checked configuration of each enabled plugin, by name
    """


@hookspec
def seed(app: "Flask") -> None:
    """Create the records the plugin wants to find; called by `wellhead run` after migrations, in
    the default tenant, at every start: it must not create anything twice."""


@hookspec
def diagnose(tenants: Sequence[str]) -> Sequence[Finding]:  # type: ignore[empty-body]
    """What `wellhead doctor` should say of the plugin's own files and records. Called by it, in an
    app context.

    tenants: those to look into; none while the database is not to be reached
    """


@hookspec
def check_rules(subject: CheckSubject) -> Sequence[CheckRule]:  # type: ignore[empty-body]
    """Rules for plugins that add to this one, of `subject`; none when it has nothing to do with
    them. Called by `wellhead plugin check`, without an app context and without a database."""


@hookspec
def portable(editing: bool) -> Sequence[PortableRecords]:  # type: ignore[empty-body]
    """Records that `wellhead config` takes from one installation to another, those that others
    refer to first. Called by an export and an import, inside the tenant.

    editing: an import follows: hold the records against other edits to the end of the transaction
    """


# --- while running ------------------------------------------------------------------------------


@hookspec
def readings(batch: Batch) -> None:
    """New readings are on disk. Called after each commit, in the process that committed, in order
    a source. Must be quick. An exception is logged and the others are called; ten in a row switch
    the plugin off in that process, and the health page says so."""


@hookspec
def health() -> Sequence[Health]:  # type: ignore[empty-body]
    """How the plugin's parts are doing. Called for /health/ready and the health page."""


@hookspec
def current_values(assets: Sequence[str]) -> Sequence[CurrentValue]:  # type: ignore[empty-body]
    """The newest value of every tag of these assets (ids), called inside the caller's tenant when
    a page shows what an asset measures now."""


@hookspec
def live_snapshot(tags: npt.NDArray[np.int32]) -> Batch | None:
    """The newest reading of each of `tags` that has one, called when a live client subscribes."""


RESULT_TYPES: Mapping[str, type] = {
    "models": type,
    "permissions": Permission,
    "asset_kinds": AssetKind,
    "drivers": Lazy,
    "device_servers": Lazy,
    "device_templates": str,
    "live_topics": LiveTopic,
    "live_events": LiveEvents,
    "jobs": Job,
    "processes": ProcessSpec,
    "diagnose": Finding,
    "check_rules": CheckRule,
    "portable": PortableRecords,
    "health": Health,
    "current_values": CurrentValue,
}
"""Item type of each hook that returns a sequence; `blueprints` and `commands` are checked where
they are used, since their types are heavy to import."""

SINGLE_RESULT_TYPES: Mapping[str, tuple[type, ...]] = {
    "migrations": (str,),
    "live_snapshot": (Batch, NoneType),
}
"""Type of each hook that returns one thing."""
