"""From entry points to enabled plugins in dependency order, one bad plugin never stopping another.

pluggy's own `load_setuptools_entrypoints` is neither guarded nor ordered, so the loader reads the
entry points itself, imports only what the configuration leaves on, and lets pluggy check names and
signatures of the hook implementations.
"""

import importlib.util
from collections.abc import Iterable
from graphlib import CycleError, TopologicalSorter
from importlib.metadata import EntryPoint, entry_points
from types import ModuleType

import structlog

from wellhead.errors import ConfigError
from wellhead.plugins.info import API_VERSION, PluginInfo, PluginRecord, Status
from wellhead.plugins.manager import PluginManager
from wellhead.settings import Settings
from wellhead.settings.checking import check_section, did_you_mean, key_name

GROUP = "wellhead.plugins"
log = structlog.get_logger(__name__)


def load_plugins(settings: Settings, found: Iterable[EntryPoint] | None = None) -> PluginManager:
    """Every plugin on this machine with its status, the enabled ones registered.

    found: the entry points to take instead of the installed ones (tests)
    Raises ConfigError for a section `[plugins.<name>]` of a plugin that is not installed.
    """
    points = sorted(
        entry_points(group=GROUP) if found is None else found, key=lambda point: point.name
    )
    _refuse_foreign_sections(settings, {point.name for point in points})
    records: dict[str, PluginRecord] = {}
    for point in points:
        distribution = point.dist.name if point.dist else "unknown"
        if point.name in records:
            _refuse_twin(records[point.name], distribution)
        else:
            records[point.name] = _examine(point, distribution, settings)
    manager = PluginManager(records, _order(records))
    for record in records.values():
        if record.status not in (Status.ENABLED, Status.DISABLED):
            log.error(
                "plugin is off", plugin=record.name, status=record.status, reason=record.reason
            )
    manager.register_all()
    return manager


def _refuse_foreign_sections(settings: Settings, installed: set[str]) -> None:
    for name in settings.plugins:
        if name not in installed:
            raise ConfigError(
                "no plugin of this name is installed",
                field=f"[plugins.{name}]",
                remedy=f"{did_you_mean(name, installed)} "
                "(otherwise install its package, or remove the section)",
            )


def _refuse_twin(first: PluginRecord, distribution: str) -> None:
    if first.status is Status.DISABLED:
        return
    _off(
        first,
        Status.LOAD_ERROR,
        f"both {first.distribution} and {distribution} provide a plugin of this name; "
        f"uninstall one of them",
    )


def _examine(point: EntryPoint, distribution: str, settings: Settings) -> PluginRecord:
    record = PluginRecord(point.name, distribution, Status.ENABLED)
    if not settings.plugin_enabled(point.name):
        return _off(
            record, Status.DISABLED, f"switched off by [plugins.{point.name}] enabled = false"
        )
    try:
        module = point.load()
    except (Exception, SystemExit) as error:  # isolates: a plugin's import runs foreign code
        log.error("plugin cannot be imported", plugin=point.name, exc_info=True)
        return _off(record, Status.LOAD_ERROR, f"import failed: {type(error).__name__}: {error}")
    info = getattr(module, "info", None)
    if not isinstance(module, ModuleType) or not isinstance(info, PluginInfo):
        return _off(
            record, Status.LOAD_ERROR, f"{point.value} is no module with `info = PluginInfo(…)`"
        )
    record.module = module
    record.info = info
    if info.name != point.name:
        return _off(
            record,
            Status.LOAD_ERROR,
            f"calls itself {info.name!r} but its entry point is {point.name!r}; make them equal",
        )
    problem = _api_problem(info.api)
    if problem:
        return _off(record, Status.LOAD_ERROR, problem)
    missing = [name for name in info.modules if not _importable(name)]
    if missing:
        package = f"'{distribution}[{info.extra}]'" if info.extra else " ".join(missing)
        return _off(
            record, Status.UNAVAILABLE, f"needs {', '.join(missing)}: pip install {package}"
        )
    return _configure(record, info, settings)


def _importable(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except (Exception, SystemExit):  # isolates: the package above a dotted name is imported
        return False


def _configure(record: PluginRecord, info: PluginInfo, settings: Settings) -> PluginRecord:
    section = dict(settings.plugins.get(record.name, {}))
    section.pop("enabled", None)
    name = f"plugins.{record.name}"
    try:
        if info.config_schema is not None:
            record.config = check_section(name, section, info.config_schema)
        elif section:
            raise ConfigError(
                "unknown configuration key",
                field=key_name(name, (next(iter(section)),)),
                remedy="This plugin has nothing to configure but `enabled`",
            )
    except ConfigError as error:
        return _off(record, Status.CONFIG_ERROR, str(error))
    except (Exception, SystemExit) as error:  # isolates: a schema's validators are foreign code
        log.error("configuration schema failed", plugin=record.name, exc_info=True)
        return _off(
            record, Status.CONFIG_ERROR, f"its schema failed: {type(error).__name__}: {error}"
        )
    return record


def _off(record: PluginRecord, status: Status, reason: str) -> PluginRecord:
    record.status = status
    record.reason = reason
    return record


def _api_problem(wanted: str) -> str | None:
    major, _, minor = wanted.partition(".")
    here_major, _, here_minor = API_VERSION.partition(".")
    if not (wanted.isascii() and major.isdecimal() and minor.isdecimal()):
        return f'info.api must be "major.minor", not {wanted!r}'
    if int(major) != int(here_major) or int(minor) > int(here_minor):
        return (
            f"was written for plugin API {wanted}, this Wellhead has {API_VERSION}; "
            f"install a version of the plugin for API {API_VERSION}"
        )
    return None


def _order(records: dict[str, PluginRecord]) -> list[str]:
    """Names of the enabled plugins, dependencies first; those in a circle are switched off."""
    while True:
        graph = {
            name: sorted(
                other
                for other in {*record.info.requires, *record.info.after}
                if other in records and records[other].status is Status.ENABLED
            )
            for name, record in records.items()
            if record.status is Status.ENABLED and record.info
        }
        try:
            order = list(TopologicalSorter(graph).static_order())
        except CycleError as error:
            circle = error.args[1]
            for name in set(circle):
                _off(
                    records[name],
                    Status.DEPENDENCY_ERROR,
                    f"circular dependency {' → '.join(circle)}; remove one `requires` or `after`",
                )
            continue
        return order
