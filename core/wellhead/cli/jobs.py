"""`wellhead jobs`: what runs when, one run now, and how runs ended."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import click
from flask import Flask
from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

from wellhead.cli.main import ConfiguredGroup, Context, config_option, database_error
from wellhead.database.scope import DEFAULT_TENANT, check_tenant_name
from wellhead.errors import WellheadError
from wellhead.settings.checking import did_you_mean

_COLOURS = {"done": "green", "running": "cyan", "asked": "cyan"}
_LOOK_SECONDS = 0.1
_tenant_option = click.option(
    "--tenant", default=DEFAULT_TENANT, show_default=True, help="In which tenant."
)


@click.group(name="jobs", cls=ConfiguredGroup, invoke_without_command=True)
@config_option
@_tenant_option
@click.pass_context
def command(context: click.Context, tenant: str) -> None:
    """List the jobs, when each is due, and how its last run ended."""
    if context.invoked_subcommand is not None:
        return
    with _app(context.obj) as app:
        _list(app, _known_tenant(tenant))


def _list(app: Flask, tenant: str) -> None:
    from wellhead.jobs import ledger
    from wellhead.jobs.catalog import JOBS

    last = {scope: ledger.last_runs(scope) for scope in (tenant, None)}
    table = Table(
        *(Column(title, no_wrap=True) for title in ("job", "schedule", "next (UTC)")),
        *(Column(title, no_wrap=True) for title in ("last (UTC)", "ended")),
        "what it does",
    )
    now = datetime.now(UTC)
    for known in app.extensions[JOBS].listing():
        job = known.job
        run = last[tenant if job.scope == "tenant" else None].get(job.name)
        table.add_row(
            job.name,
            known.schedule.text,
            _time(known.schedule.after(now)),
            _time(run.started_at) if run else "never",
            _coloured(run.state) if run else "-",
            escape(job.description),
        )
    _print(table)


@command.command()
@click.argument("name")
@_tenant_option
@click.pass_obj
def run(context: Context, name: str, tenant: str) -> None:
    """Have a scheduler run the job NAME now, and wait until it has ended.

    Ends with 1 when the job does not end well.
    """
    from wellhead.jobs import ledger
    from wellhead.jobs.catalog import JOBS
    from wellhead.jobs.ledger import AlreadyRuns, Place

    with _app(context) as app:
        known = app.extensions[JOBS].find(name)
        if known is None:
            raise _unknown_job(app, name)
        silent = ledger.silence()
        if silent is None or silent > ledger.SILENT_SECONDS:
            raise WellheadError(
                "no scheduler runs", remedy="Start `wellhead run` or `wellhead scheduler`"
            )
        belongs = check_tenant_name(tenant) if known.job.scope == "tenant" else None
        place = Place(name, belongs)
        if belongs is not None and belongs not in ledger.active_tenants():
            raise WellheadError("no such tenant, or suspended", field="--tenant", value=tenant)
        try:
            asked = ledger.ask(place, "cli")
        except AlreadyRuns as error:
            raise WellheadError(
                str(error), field=name, remedy=f"See `wellhead jobs history {name}`"
            ) from None
        found = ledger.find(place, asked)
        while found.ended_at is None:
            time.sleep(_LOOK_SECONDS)
            found = ledger.find(place, asked)
    click.echo(f"{name}: {found.state}" + (f", {found.detail}" if found.detail else ""))
    if found.state != "done":
        click.get_current_context().exit(1)


@command.command()
@click.argument("name", required=False)
@_tenant_option
@click.option(
    "--limit",
    type=click.IntRange(min=1),
    default=20,
    show_default=True,
    help="How many runs at most.",
)
@click.pass_obj
def history(context: Context, name: str | None, tenant: str, limit: int) -> None:
    """Show the newest runs, of all jobs or of the job NAME."""
    from wellhead.jobs import ledger
    from wellhead.jobs.catalog import JOBS

    with _app(context) as app:
        known = app.extensions[JOBS].find(name) if name else None
        platform = known is not None and known.job.scope == "platform"
        runs = ledger.history(None if platform else _known_tenant(tenant), name, limit)
        if name and known is None and not runs:
            raise _unknown_job(app, name)
    table = Table("run", "job", "state", "asked by", "started (UTC)", "ended (UTC)", "detail")
    for found in runs:
        table.add_row(
            str(found.id),
            found.job,
            _coloured(found.state),
            found.asked_by,
            _time(found.started_at),
            _time(found.ended_at),
            escape(found.detail or ""),
        )
    _print(table)


@contextmanager
def _app(context: Context) -> Iterator[Flask]:
    """The app's context; a database that is away is said in one line."""
    from sqlalchemy.exc import SQLAlchemyError

    from wellhead.base import working_app

    app = working_app(context.runtime_as_running("jobs"))
    with app.app_context():
        try:
            yield app
        except SQLAlchemyError as error:
            raise database_error(error) from error


def _unknown_job(app: Flask, name: str) -> WellheadError:
    from wellhead.jobs.catalog import JOBS

    names = [known.job.name for known in app.extensions[JOBS].listing()]
    return WellheadError(
        "there is no such job", field="NAME", value=name, remedy=did_you_mean(name, names)
    )


def _known_tenant(name: str) -> str:
    """The name, of a tenant that there is, be it suspended."""
    from wellhead.database.extension import platform_session
    from wellhead.tenancy.models import Tenant

    with platform_session() as session:
        if session.get(Tenant, check_tenant_name(name)) is not None:
            return name
    raise WellheadError(
        "there is no such tenant", field="--tenant", value=name, remedy="`wellhead tenant list`"
    )


def _time(moment: Any) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S") if moment else "-"


def _coloured(state: str) -> str:
    return f"[{_COLOURS.get(state, 'red')}]{state}[/]"


def _print(table: Table) -> None:
    console = Console()
    Console(width=max(console.width, 120)).print(table)
