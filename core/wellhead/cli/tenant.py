"""`wellhead tenant`: the companies that one installation serves."""

import click
from flask import Flask
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from wellhead.audit.actor import Actor, acting
from wellhead.care import tenants
from wellhead.cli.database import app_and_migrator
from wellhead.cli.main import ConfiguredGroup, Context, config_option
from wellhead.database.migrate import Migrator


@click.group(name="tenant", cls=ConfiguredGroup, help="Add, list, suspend and drop tenants.")
@config_option
def command() -> None:
    pass


@command.command(help="Make the tenant NAME: schema, PostgreSQL role, tables of all plugins.")
@click.argument("name")
@click.option("--title", help="The company's name, for people.")
@click.option("--admin", metavar="EMAIL", help="Its first administrator.")
@click.pass_obj
def add(context: Context, name: str, title: str | None, admin: str | None) -> None:
    app, migrator = _open(context)
    with acting(Actor("cli")):
        password = tenants.add_tenant(app, migrator, name, title, admin)
    click.echo(f"The tenant {name} is there.")
    if admin is None:
        click.echo(f"It has no administrator yet: `wellhead tenant admin {name} EMAIL`")
    else:
        _tell(admin, password)


@command.command(help="Make EMAIL an administrator of the tenant NAME.")
@click.argument("name")
@click.argument("email")
@click.pass_obj
def admin(context: Context, name: str, email: str) -> None:
    app, _ = _open(context)
    with acting(Actor("cli")):
        password = tenants.add_administrator(app, name, email)
    _tell(email, password)


@command.command(name="list", help="Show the tenants, with members and size of the tables.")
@click.pass_obj
def show(context: Context) -> None:
    app, _ = _open(context)
    table = Table("tenant", "title", "state", "members", "MB")
    for tenant in tenants.list_tenants(app):
        state = "[yellow]suspended[/]" if tenant.suspended else "[green]open[/]"
        size = f"{tenant.size / 1e6:.1f}"
        table.add_row(tenant.name, escape(tenant.title or ""), state, str(tenant.members), size)
    Console().print(table)


@command.command(help="Lock out all users of the tenant NAME; readings are still stored.")
@click.argument("name")
@click.pass_obj
def suspend(context: Context, name: str) -> None:
    _set_suspended(context, name, True)
    click.echo(f"The tenant {name} is suspended.")


@command.command(help="Let the users of the tenant NAME in again.")
@click.argument("name")
@click.pass_obj
def resume(context: Context, name: str) -> None:
    _set_suspended(context, name, False)
    click.echo(f"The tenant {name} is open.")


@command.command(help="Drop the tenant NAME with all its data. A backup is the only way back.")
@click.argument("name")
@click.option("--yes", is_flag=True, help="Do not ask for the name.")
@click.pass_obj
def drop(context: Context, name: str, yes: bool) -> None:
    app, migrator = _open(context)
    tenants.check_drop(app, name)
    if not yes:
        click.echo(f"All that the tenant {name} has will be gone; only a backup brings it back.")
        typed = click.prompt("Type its name to drop it", default="", show_default=False)
        if typed != name:
            raise click.ClickException("That is another name; nothing was dropped.")
    with acting(Actor("cli")):
        tenants.drop_tenant(app, migrator, name)
    click.echo(f"The tenant {name} is gone.")


def _tell(email: str, password: str | None) -> None:
    if password is None:
        click.echo(f"{email} is an administrator of it, and keeps their own password.")
    else:
        click.echo(f"Log in as {email} with the password {password}")
        click.echo("It is shown this once.")


def _set_suspended(context: Context, name: str, suspended: bool) -> None:
    app, _ = _open(context)
    with acting(Actor("cli")):
        tenants.suspend_tenant(app, name, suspended)


def _open(context: Context) -> tuple[Flask, Migrator]:
    return app_and_migrator(context.runtime("tenant"))
