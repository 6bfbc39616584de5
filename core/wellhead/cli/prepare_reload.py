"""`wellhead prepare-reload`: the supervisor's check of a new configuration, in a fresh process."""

import json
import sys
from dataclasses import asdict
from typing import Any

import click

from wellhead.cli.main import Context, config_option
from wellhead.errors import WellheadError


@click.command(
    name="prepare-reload",
    hidden=True,
    help="Check a configuration and migrate for it: the plan that runs as JSON on standard input, "
    "the next one or the error on standard output.",
)
@config_option
@click.pass_obj
def command(context: Context) -> None:
    from wellhead.supervisor.plan import Plan
    from wellhead.supervisor.prepare import prepare_reload

    old = Plan.from_json(json.load(sys.stdin))
    answer: dict[str, Any]
    try:
        answer = {"plan": asdict(prepare_reload(context.runtime("reload"), old))}
    except WellheadError as error:
        answer = {"error": str(error)}
    click.echo(json.dumps(answer))
