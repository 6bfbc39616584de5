"""`wellhead db`: migrations by hand."""

import click
from flask import Flask
from rich.console import Console
from rich.table import Table

from wellhead.cli.main import ConfiguredGroup, Context, config_option
from wellhead.database.migrate import Migrator
from wellhead.errors import DatabaseError
from wellhead.runtime import Runtime


@click.group(name="db", cls=ConfiguredGroup, help="Migrate and inspect the database.")
@config_option
def command() -> None:
    pass


@command.command(help="Bring every tenant and plugin to the newest revision.")
@click.pass_obj
def upgrade(context: Context) -> None:
    _, migrator = app_and_migrator(context.runtime("db"), makes=True)
    changed = migrator.upgrade()
    click.echo(f"{changed} branches upgraded." if changed else "Everything is up to date.")
    off = [
        name
        for name, record in context.runtime("db").plugins.records.items()
        if record.status == "failed"
    ]
    if off:
        raise click.ClickException(f"switched off: {', '.join(off)}; see `wellhead plugins`")


@command.command(
    help="Take one plugin (or `core`) of one tenant down to REVISION; `base` = nothing."
)
@click.argument("plugin")
@click.argument("revision")
@click.option("--tenant", default="default", show_default=True, help="Whose tables.")
@click.pass_obj
def downgrade(context: Context, plugin: str, revision: str, tenant: str) -> None:
    _migrator(context).downgrade(plugin, revision, tenant)
    click.echo(f"{plugin} of tenant {tenant} is at {revision}.")


@command.command(help="Show where each branch stands.")
@click.pass_obj
def status(context: Context) -> None:
    table = Table("tenant", "branch", "at", "newest", "state")
    colours = {"up to date": "green", "pending": "yellow", "off": "bright_black", "orphan": "red"}
    for state in _migrator(context).status():
        table.add_row(
            state.tenant,
            state.branch,
            state.current or "-",
            state.head or "-",
            f"[{colours[state.state]}]{state.state}[/]",
        )
    console = Console()
    Console(width=max(console.width, 100)).print(table)


@command.command(help="Write a new revision of PLUGIN from the difference to the database.")
@click.argument("plugin")
@click.option("-m", "--message", required=True, help="What it changes.")
@click.pass_obj
def revision(context: Context, plugin: str, message: str) -> None:
    click.echo(_migrator(context).revision(plugin, message))


@command.command(help="Print the SQL of roles and schemas, for a superuser to run.")
@click.option("--tenant", default="default", show_default=True, help="Whose tables.")
@click.pass_obj
def grants(context: Context, tenant: str) -> None:
    from wellhead.database import roles
    from wellhead.database.scope import Scope, check_tenant_name

    urls = context.runtime("db").urls
    statements = roles.application_statements(urls)
    for scope in (Scope(None), Scope(check_tenant_name(tenant))):
        statements += roles.scope_statements(urls, scope)
        statements += roles.grant_statements(urls, scope)
    for statement in statements:
        click.echo(f"{statement.as_string()};")


def _migrator(context: Context) -> Migrator:
    return migrator_of(context.runtime("db"))


def migrator_of(runtime: Runtime) -> Migrator:
    """Of the runtime's database; an embedded one that rests runs until the command has ended."""
    return app_and_migrator(runtime)[1]


def app_and_migrator(runtime: Runtime, *, makes: bool = False) -> tuple[Flask, Migrator]:
    """As `migrator_of`, with the app whose context it needs. makes: an embedded database that is
    not there yet; without it that is refused, as somebody forgot to say which configuration."""
    from wellhead.base import working_app
    from wellhead.database.embedded import EmbeddedPostgres

    if runtime.urls.embedded:
        server = EmbeddedPostgres(runtime.settings.data_dir)
        if not server.initialised and not makes:
            raise DatabaseError(
                "there is no database in the data directory",
                field="data_dir",
                value=str(runtime.settings.data_dir),
                remedy="Name the configuration with --config, or make it: `wellhead run` does, "
                "and `wellhead db upgrade`",
            )
        if server.pid() is None:
            server.start()
            click.get_current_context().call_on_close(server.stop)
    app = working_app(runtime)
    return app, Migrator(app, runtime.urls, runtime.plugins)
