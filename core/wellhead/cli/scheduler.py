"""`wellhead scheduler`: the process that runs the jobs."""

from dataclasses import replace

import click

from wellhead.cli.main import Context, config_option

_CONNECTIONS = 20
"""A job that hangs keeps its connection, and must not leave the others without one."""


@click.command(name="scheduler", help="Run the jobs of the core and the plugins.")
@config_option
@click.pass_obj
def command(context: Context) -> None:
    import asyncio

    from wellhead.base import working_app
    from wellhead.jobs.scheduler import SchedulerProcess

    runtime = context.runtime("scheduler", counts=True)
    database = runtime.settings.database
    pool = max(database.pool_size, _CONNECTIONS)
    settings = replace(runtime.settings, database=replace(database, pool_size=pool))
    asyncio.run(SchedulerProcess(working_app(replace(runtime, settings=settings))).run())
