"""`wellhead plugin purge`: a plugin's tables go, before or after its package does."""

from dataclasses import replace

import click

from wellhead.care.purge import Purge, refuse_required
from wellhead.cli.database import migrator_of
from wellhead.cli.main import Context, config_option
from wellhead.database.scope import check_tenant_name
from wellhead.errors import WellheadError
from wellhead.plugins.info import PluginRecord, Status
from wellhead.plugins.loader import load_plugins
from wellhead.runtime import Runtime
from wellhead.settings import Settings
from wellhead.supervisor.accepted import settings_in_force
from wellhead.supervisor.lock import is_held


@click.command(name="purge")
@config_option
@click.argument("name")
@click.option("--tenant", default="all", show_default=True, help="Only this tenant's tables.")
@click.option("--orphan", is_flag=True, help="The package is gone: drop the tables by their names.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def command(context: Context, name: str, tenant: str, orphan: bool, yes: bool) -> None:
    """Drop the tables of the plugin NAME, with all that is in them, in every tenant.

    Done before `pip uninstall`, with the plugin's own migrations. It refuses while a plugin that is
    on requires it, while others' tables depend on its own, and while `wellhead run` is up with the
    plugin on. What goes is shown, with the number of rows, and asked about.
    """
    configured = context.runtime("purge")
    installed = name in configured.plugins.records
    _refuse(configured, name, orphan)
    runtime = _with_plugin(configured, name) if installed else configured
    migrator = migrator_of(runtime)
    tenants = sorted({state.tenant for state in migrator.status() if state.branch == "core"})
    if tenant != "all":
        if check_tenant_name(tenant) not in tenants:
            remedy = f"One of {', '.join(tenants)}"
            raise WellheadError(
                "there is no such tenant", field="--tenant", value=tenant, remedy=remedy
            )
        tenants = [tenant]
    purge = Purge(name, tenants, runtime.urls, runtime.plugins, migrator)
    shares = purge.shares()
    if not shares:
        click.echo(f"{name} has no tables.")
        return
    if not (installed or orphan):
        count = sum(len(share.rows) for share in shares)
        raise WellheadError(
            f"the plugin is not installed, and has {count} tables",
            field=name,
            remedy="Install it again and purge it then, or drop the tables by their names "
            f"with --orphan: those that begin with {name}_",
        )
    for share in shares:
        click.echo(f"tenant {share.tenant}, revision {share.revision or 'base'}:")
        for table, rows in share.rows.items():
            click.echo(f"  {table}: {rows} rows")
    if not yes:
        click.confirm("Drop all of this? It cannot be undone", abort=True)
    purge.drop(shares) if orphan else purge.migrate_down(shares)
    click.echo(f"{name} is purged.")
    if installed and configured.settings.plugin_enabled(name):
        package = configured.plugins.records[name].distribution
        click.echo(
            f"Uninstall {package}, or set [plugins.{name}] enabled = false: "
            "the next start with it on makes its tables again."
        )


def _refuse(configured: Runtime, name: str, orphan: bool) -> None:
    if name in ("core", "platform"):
        raise WellheadError("not a plugin", field="NAME", value=name)
    if orphan and name in configured.plugins.records:
        raise WellheadError(
            "the plugin is installed", field=name, remedy="Leave --orphan out, or uninstall it"
        )
    refuse_required(name, configured.plugins)
    settings = configured.settings
    record = configured.plugins.records.get(name)
    if record is None or not is_held(settings.data_dir):
        return
    running = settings_in_force(settings.data_dir)
    if record.status is not Status.DISABLED or (running and running.plugin_enabled(name)):
        raise WellheadError(
            "`wellhead run` is up with the plugin on",
            field=name,
            remedy=f"Set [plugins.{name}] enabled = false, then `wellhead reload`; or stop it",
        )


def _with_plugin(configured: Runtime, name: str) -> Runtime:
    """The runtime with the plugin and all it requires on, whatever the configuration says: its own
    migrations know best what is its own. Raises WellheadError when it cannot be loaded."""
    settings, plugins = configured.settings, configured.plugins
    while True:
        record = plugins.records[name]
        if record.status is Status.ENABLED:
            return replace(configured, settings=settings, plugins=plugins)
        needs = _needs(plugins.records, name)
        off = [needed for needed in needs if not settings.plugin_enabled(needed)]
        if not off:
            raise WellheadError(
                f"the plugin is {record.status}: {record.reason}",
                field=name,
                remedy="Repair that, or uninstall it and purge with --orphan",
            )
        settings = _switched_on(settings, off)
        plugins = load_plugins(settings)


def _needs(records: dict[str, PluginRecord], name: str) -> list[str]:
    """The plugin and, as far as they are loaded, those it requires, and those they require."""
    found = [name]
    for needed in found:
        info = records[needed].info
        requires = info.requires if info else ()
        found += [other for other in requires if other in records and other not in found]
    return found


def _switched_on(settings: Settings, names: list[str]) -> Settings:
    sections = {name: {**settings.plugins.get(name, {}), "enabled": True} for name in names}
    return replace(settings, plugins={**settings.plugins, **sections})
