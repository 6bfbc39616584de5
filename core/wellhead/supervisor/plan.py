"""What a configuration makes `wellhead run` keep alive, and the way from one to the next.

A plan is plain values: it is made in a process of its own, that may import plugins in their newest
version, and travels to the supervisor as JSON.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from wellhead.plugins.contributions import ProcessSpec
from wellhead.plugins.info import PluginRecord, Status
from wellhead.runtime import Runtime
from wellhead.settings import Settings
from wellhead.settings.model import LISTENING, WebSettings

WEB = "web"
_CORE = (WEB, "scheduler")
_WRONG = (Status.LOAD_ERROR, Status.CONFIG_ERROR, Status.FAILED)
_BROKEN = (Status.UNAVAILABLE, *_WRONG)


@dataclass(frozen=True, slots=True)
class Planned:
    """One process. concerns: plugins whose configuration it works with; reloads: those whose
    changes it takes over at SIGHUP; without_database: as ProcessSpec's."""

    name: str
    arguments: tuple[str, ...]
    concerns: tuple[str, ...]
    reloads: tuple[str, ...] = ()
    without_database: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """web: its section
    fixed: digest of each part of the configuration that is read once, at start
    statuses: of each plugin; reasons: why one is off
    digests: of the version and configuration of each enabled plugin
    """

    web: Mapping[str, Any]
    fixed: Mapping[str, str]
    statuses: Mapping[str, str]
    reasons: Mapping[str, str]
    digests: Mapping[str, str]
    processes: tuple[Planned, ...]

    @classmethod
    def of(cls, runtime: Runtime) -> "Plan":
        """Asks the plugins for their processes."""
        records = runtime.plugins.records
        configs = {record.name: record.config for record in runtime.plugins.enabled()}
        found = _processes(runtime, configs)
        enabled = [record.name for record in runtime.plugins.enabled()]
        return cls(
            web=asdict(runtime.settings.web),
            fixed=fixed(runtime.settings),
            statuses={name: str(record.status) for name, record in records.items()},
            reasons={name: record.reason for name, record in records.items() if record.reason},
            digests={name: _digest([records[name].version, configs[name]]) for name in enabled},
            processes=(
                *(Planned(name, (name,), tuple(enabled)) for name in _CORE),
                *(_planned(name, spec, records) for name, spec in found if name in enabled),
            ),
        )

    @classmethod
    def from_json(cls, document: dict[str, Any]) -> "Plan":
        """The plan whose `asdict` went through JSON."""
        processes = tuple(
            Planned(
                one["name"],
                tuple(one["arguments"]),
                tuple(one["concerns"]),
                tuple(one["reloads"]),
                one["without_database"],
            )
            for one in document["processes"]
        )
        return cls(**{**document, "processes": processes})

    @property
    def web_settings(self) -> WebSettings:
        return WebSettings(**self.web)

    @property
    def failures(self) -> dict[str, str]:
        """The plugins that failed after they were loaded, and why."""
        return {
            name: self.reasons.get(name, "")
            for name, status in self.statuses.items()
            if status == Status.FAILED
        }

    @property
    def off(self) -> dict[str, str]:
        """The plugins that are off for an error, and why."""
        return {
            name: self.reasons.get(name, "")
            for name, status in self.statuses.items()
            if status in _WRONG
        }


@dataclass(frozen=True, slots=True)
class Steps:
    """What to do with each process, by name; restarted ones with the plugins that changed."""

    stopped: tuple[str, ...]
    started: tuple[str, ...]
    restarted: Mapping[str, str]
    reloaded: tuple[str, ...]
    untouched: tuple[str, ...]


def refusals(old: Plan, new: Plan) -> list[str]:
    """Why `new` cannot take the place of `old` while everything runs."""
    found = [
        f"{key} changed, which needs a restart of `wellhead run`"
        for key in new.fixed
        if new.fixed[key] != old.fixed.get(key)
    ]
    for name, status in new.statuses.items():
        if status in _BROKEN and (old.statuses.get(name), old.reasons.get(name)) != (
            status,
            new.reasons.get(name),
        ):
            found.append(f"plugin {name} would be off: {status}: {new.reasons.get(name)}")
    return found


def steps(old: Plan, new: Plan) -> Steps:
    """The least that must be done to go from `old` to `new`; the web is always reloaded."""
    before = {planned.name: planned for planned in old.processes}
    after = {planned.name: planned for planned in new.processes}
    changed = {
        name
        for name in {*old.digests, *new.digests}
        if old.digests.get(name) != new.digests.get(name)
    }
    restarted: dict[str, str] = {}
    reloaded, untouched = [], []
    for name, planned in after.items():
        if name not in before:
            continue
        concerned = sorted(changed.intersection({*planned.concerns, *before[name].concerns}))
        if name == WEB:
            reloaded.append(name)
        elif before[name].arguments != planned.arguments:
            restarted[name] = "its command changed"
        elif beyond := [plugin for plugin in concerned if plugin not in planned.reloads]:
            restarted[name] = f"{', '.join(beyond)} changed"
        elif planned.reloads and changed:
            reloaded.append(name)
        else:
            untouched.append(name)
    return Steps(
        stopped=tuple(name for name in before if name not in after),
        started=tuple(name for name in after if name not in before),
        restarted=restarted,
        reloaded=tuple(reloaded),
        untouched=tuple(untouched),
    )


def _processes(
    runtime: Runtime, configs: Mapping[str, Mapping[str, Any]]
) -> list[tuple[str, ProcessSpec]]:
    """(plugin, process); a plugin whose process has the name of another's is switched off."""
    found: list[tuple[str, ProcessSpec]] = []
    taken = {*_CORE}
    for plugin, specs in runtime.plugins.collect("processes", configs=configs):
        names = [spec.name for spec in specs]
        twice = [name for name in names if name in taken or names.count(name) > 1]
        if twice:
            reason = f"hook processes: the name {twice[0]!r} is taken; rename the process"
            runtime.plugins.switch_off(plugin, Status.FAILED, reason)
            continue
        taken.update(names)
        found += [(plugin, spec) for spec in specs]
    return found


def _planned(plugin: str, spec: ProcessSpec, records: Mapping[str, PluginRecord]) -> Planned:
    concerns = spec.concerns
    if concerns is None:
        found = [plugin]
        for name in found:
            info = records[name].info
            found += [needed for needed in (info.requires if info else ()) if needed not in found]
        concerns = tuple(found)
    return Planned(spec.name, spec.arguments, concerns, spec.reloads, spec.without_database)


def fixed(settings: Settings) -> dict[str, str]:
    """Digest of each part that is read once, at start."""
    parts = {
        "data_dir": str(settings.data_dir),
        "[database]": asdict(settings.database),
        "[log]": asdict(settings.log),
        **{f"[web] {key}": getattr(settings.web, key) for key in LISTENING},
    }
    return {name: _digest(part) for name, part in parts.items()}


def _digest(value: Any) -> str:
    """Not the value: it may hold passwords, and nobody needs to read it."""
    text = json.dumps(value, sort_keys=True, default=repr)
    return hashlib.sha256(text.encode()).hexdigest()
