"""`wellhead doctor`: what is wrong, and what to do about it."""

import json
from dataclasses import asdict

import click

from wellhead.cli.main import Context, config_option

_COLOURS = {"ok": "green", "info": "bright_black", "action": "red"}


@click.command(name="doctor")
@config_option
@click.option("--json", "as_json", is_flag=True, help="One JSON object, for programs.")
@click.pass_obj
def command(context: Context, as_json: bool) -> None:
    """Examine this installation: one verdict a line, each problem with its remedy.

    Nothing is changed. An embedded database that does not run is started for the look and stopped
    again. Ends with 1 when something needs to be done.
    """
    from wellhead.care.doctor import examine
    from wellhead.logs import configure_logs
    from wellhead.settings.model import LogSettings

    configure_logs(LogSettings(level="error"), "doctor")
    found = examine(context.settings)
    well = all(finding.verdict != "action" for finding in found)
    if as_json:
        body = {"well": well, "findings": [asdict(finding) for finding in found]}
        click.echo(json.dumps(body, indent=2))
    else:
        for finding in found:
            verdict = click.style(f"{finding.verdict:6}", fg=_COLOURS[finding.verdict])
            click.echo(f"{verdict}  {finding.part}: {finding.text}")
            if finding.remedy:
                click.echo(f"        {finding.remedy}")
    if not well:
        click.get_current_context().exit(1)
