"""`wellhead plugins`: the table of what is installed.

Many plugins fail only when the whole is put together, at their models, permissions or routes. So it
is, in a folder of its own, as looking leaves nothing behind.
"""

import tempfile
from dataclasses import replace
from pathlib import Path

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from wellhead.cli.main import Context, config_option
from wellhead.plugins.info import Status

_COLOURS = {Status.ENABLED: "green", Status.DISABLED: "bright_black"}


@click.command(name="plugins", help="Show the installed plugins, their status and why.")
@config_option
@click.pass_obj
def command(context: Context) -> None:
    from wellhead.app import create_app

    runtime = context.runtime_as_running("plugins")
    with tempfile.TemporaryDirectory(prefix="wh-plugins-") as folder:
        create_app(replace(runtime, settings=replace(runtime.settings, data_dir=Path(folder))))
    table = Table("plugin", "version", "status", "package", "why")
    for _, record in sorted(runtime.plugins.records.items()):
        colour = _COLOURS.get(record.status, "red")
        table.add_row(
            record.name,
            record.version,
            f"[{colour}]{record.status}[/]",
            record.distribution,
            escape(record.reason),
        )
    console = Console()
    console = Console(width=max(console.width, 100))
    console.print(table)
