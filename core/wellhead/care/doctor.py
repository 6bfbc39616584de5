"""Everything `wellhead doctor` looks at, one after the other; what is down stops nothing else."""

from collections.abc import Callable, Iterator

from flask import Flask

from wellhead.app import create_app
from wellhead.care.database import DatabaseCheck
from wellhead.care.files import look_at_clock, look_at_files
from wellhead.errors import WellheadError
from wellhead.plugins.contributions import Finding
from wellhead.plugins.info import PluginRecord, Status
from wellhead.plugins.manager import PluginManager
from wellhead.runtime import Runtime
from wellhead.settings import Settings

_WITHOUT_IT = "Correct that first: the rest can be examined then"


def examine(load: Callable[[], Settings]) -> list[Finding]:
    """load: reads the configuration. What is wrong is found, not raised."""
    found = [look_at_clock()]
    try:
        settings = load()
        runtime = Runtime.make(settings)
        source = f"{settings.source} is in order" if settings.source else "none, so all defaults"
        found += [Finding("configuration", "ok", source), *look_at_files(settings.data_dir)]
        if not settings.data_dir.exists():
            return [*found, *_plugins(runtime.plugins)]  # composing would make it
        app = create_app(runtime)
    except (WellheadError, OSError) as error:
        return [*found, Finding("configuration", "action", str(error), _WITHOUT_IT)]
    check = DatabaseCheck(app, runtime)
    with check.up() as problem:
        found += [problem] if problem else check.look()
        found += _asked(app, runtime.plugins, check.tenants)
    return found + list(_plugins(runtime.plugins))  # last: some fail at what was done above


def _asked(app: Flask, plugins: PluginManager, tenants: list[str]) -> Iterator[Finding]:
    with app.app_context():
        for name, findings, error in plugins.attempt("diagnose", tenants=tenants):
            if error is None:
                yield from findings
            else:
                text = f"hook diagnose: {type(error).__name__}: {error}"
                yield Finding(name, "action", text, "Tell the author of the plugin")


def _plugins(plugins: PluginManager) -> Iterator[Finding]:
    for _, record in sorted(plugins.records.items()):
        if record.status is not Status.ENABLED:
            yield _off(record)
    yield Finding("plugins", "ok", f"{len(plugins.enabled())} are enabled")


def _off(record: PluginRecord) -> Finding:
    text = f"{record.name} is {record.status}: {record.reason}"
    if record.status is Status.DISABLED:
        return Finding("plugins", "info", text)
    remedy = f"Repair that, or switch it off: [plugins.{record.name}] enabled = false"
    return Finding("plugins", "action", text, remedy)
