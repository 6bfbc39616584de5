"""`wellhead user`: for whoever runs the server and is locked out."""

import click
from flask import Flask
from rich.console import Console
from rich.table import Table

from wellhead.audit.actor import Actor, acting
from wellhead.care import accounts
from wellhead.cli.database import app_and_migrator
from wellhead.cli.main import ConfiguredGroup, Context, config_option


@click.group(name="user", cls=ConfiguredGroup, help="See users, renew a password, lock a user out.")
@config_option
def command() -> None:
    pass


@command.command(name="list", help="Show all users, with their roles in each tenant.")
@click.pass_obj
def show(context: Context) -> None:
    table = Table("user", "state", "platform", "roles")
    for account in accounts.list_accounts(_open(context)):
        state = "[red]disabled[/]" if account.disabled else "[green]open[/]"
        roles = "\n".join(f"{tenant}: {held}" for tenant, held in account.memberships.items())
        table.add_row(account.email, state, "admin" if account.platform_admin else "", roles)
    Console().print(table)


@command.command(help="Give EMAIL a new random password, end all sessions, let a disabled user in.")
@click.argument("email")
@click.pass_obj
def passwd(context: Context, email: str) -> None:
    app = _open(context)
    with acting(Actor("cli")):
        password = accounts.renew_password(app, email)
    click.echo(f"Log in as {email} with the password {password}")
    click.echo("It is shown this once.")


@command.command(help="Lock EMAIL out of all tenants, until `wellhead user passwd`.")
@click.argument("email")
@click.pass_obj
def disable(context: Context, email: str) -> None:
    app = _open(context)
    with acting(Actor("cli")):
        accounts.disable_account(app, email)
    click.echo(f"{email} is locked out.")


@command.command(help="Make EMAIL an administrator of the platform, or no longer one.")
@click.argument("email")
@click.option("--off", is_flag=True, help="No longer one.")
@click.pass_obj
def platform(context: Context, email: str, off: bool) -> None:
    app = _open(context)
    with acting(Actor("cli")):
        accounts.set_platform_admin(app, email, not off)
    click.echo(f"{email} {'no longer administers' if off else 'administers'} the platform.")


def _open(context: Context) -> Flask:
    return app_and_migrator(context.runtime("user"))[0]
