"""`wellhead plugin check`: a verdict a rule, for authors and their CI."""

import json
from dataclasses import asdict

import click

from wellhead.cli.main import Context, config_option
from wellhead.errors import WellheadError

_COLOURS = {"ok": "green", "unproven": "yellow", "fail": "red"}


@click.command(name="check")
@config_option
@click.argument("target")
@click.option("--json", "as_json", is_flag=True, help="One JSON object, for programs.")
@click.option(
    "--limit",
    type=click.FloatRange(min=0, min_open=True),
    default=300.0,
    show_default=True,
    help="Seconds to wait for the next verdict before the plugin counts as hanging.",
)
@click.option(
    "--database-url",
    help="PostgreSQL server to run migrations on, as its superuser, in a database that is made and "
    "dropped; default one of the check's own.",
)
@click.pass_obj
def command(
    context: Context, target: str, as_json: bool, limit: float, database_url: str | None
) -> None:
    """Check the plugin TARGET: the folder of its pyproject.toml, or an installed plugin's name.

    Migrations are run up, down and up, on a PostgreSQL that is started for it. Drivers are read
    through a line that goes bad in every way that devices know, which takes some seconds each. Ends
    with 1 when a rule is broken.
    """
    from wellhead.check.apart import judge_apart
    from wellhead.logs import configure_logs
    from wellhead.settings.model import LogSettings

    configure_logs(LogSettings(level="error"), "check")
    verdicts = []
    try:
        for verdict in judge_apart(target, context.settings(), limit, database_url):
            verdicts.append(verdict)
            if not as_json:
                click.echo(
                    click.style(f"{verdict.outcome:8}", fg=_COLOURS[verdict.outcome])
                    + f"  {verdict.rule}: {verdict.title}"
                )
                for text in verdict.texts:
                    click.echo(f"          {text}")
                if verdict.outcome == "fail":
                    click.echo(f"          {verdict.docs}")
    except WellheadError as error:
        raise click.ClickException(str(error)) from error
    good = all(verdict.outcome != "fail" for verdict in verdicts)
    if as_json:
        body = {"good": good, "verdicts": [asdict(verdict) for verdict in verdicts]}
        click.echo(json.dumps(body, indent=2))
    if not good:
        click.get_current_context().exit(1)
