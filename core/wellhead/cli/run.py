"""`wellhead run`: everything under one supervisor."""

import click

from wellhead.cli.main import Context, config_option


@click.command(name="run", help="Start everything: database, web and what plugins declare.")
@config_option
@click.pass_obj
def command(context: Context) -> None:
    from wellhead.supervisor.run import run

    run(context.runtime("wellhead"))
