"""`wellhead status`: the processes that `wellhead run` keeps alive, from its own notes."""

import datetime as dt

import click
from rich.console import Console
from rich.table import Table

from wellhead.cli.main import Context, config_option
from wellhead.cli.reload import running_state


@click.command(name="status")
@config_option
@click.pass_obj
def command(context: Context) -> None:
    """Show the processes of the running Wellhead.

    One row a process: its pid, since when, how often it ended by itself, with which exit code (a
    negative one is a signal), and when it will be started if it is down. Before them, the plugins
    that are off for an error in all of them. Ends with 1 when nothing runs, a process is down or a
    plugin is off.
    """
    state = running_state(context.settings())
    table = Table("process", "pid", "since", "restarts", "last exit", "next start")
    for role in state.roles:
        table.add_row(
            role.name,
            str(role.pid or "-"),
            _time(role.since),
            str(role.restarts),
            "-" if role.last_exit is None else str(role.last_exit),
            _time(role.next_start),
        )
    click.echo(f"supervisor {state.pid}: {'ready' if state.ready else 'starting'}")
    if state.away is not None:
        click.echo(
            f"the database is not ready, what is read meanwhile is kept in the spools: {state.away}"
        )
    if state.reload is not None:
        result = f"refused: {state.reload.error}" if state.reload.error else "done"
        click.echo(f"reload {state.reload.number}: {result}")
    for name, reason in sorted(state.off.items()):
        click.echo(f"plugin {name} is off: {reason}")
    console = Console()
    console = Console(width=max(console.width, 100))
    console.print(table)
    if state.off or any(role.pid is None for role in state.roles):
        click.get_current_context().exit(1)


def _time(seconds: float | None) -> str:
    if not seconds:
        return "-"
    return dt.datetime.fromtimestamp(seconds, dt.UTC).strftime("%Y-%m-%d %H:%M:%SZ")
