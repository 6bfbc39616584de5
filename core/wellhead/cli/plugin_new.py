"""`wellhead plugin new`: a package to begin with, which works as it is."""

import shlex
from pathlib import Path

import click

from wellhead.errors import WellheadError


@click.command(name="new")
@click.argument("name")
@click.option("--module", is_flag=True, help="A plugin with records and routes (the default).")
@click.option("--driver", is_flag=True, help="A plugin that speaks a field protocol.")
@click.option(
    "--path",
    type=click.Path(path_type=Path),
    help="Folder to write the package into; default ./wellhead-NAME.",
)
@click.option("--title", help="What people call it; default NAME with blanks.")
def command(name: str, module: bool, driver: bool, path: Path | None, title: str | None) -> None:
    """Write the package of a new plugin NAME, with tests, documentation and CI.

    NAME is lower-case words joined by single underscores. The package passes its own tests and
    `wellhead plugin check` as it is written; the rest is yours.
    """
    from wellhead.scaffold.names import check_name, check_title
    from wellhead.scaffold.write import write_plugin

    if module and driver:
        raise WellheadError(
            "a plugin is begun as one or the other",
            field="--driver",
            value="--module",
            remedy="Leave one of them out; a driver's package may have routes too",
        )
    check_name(name)
    title = check_title(name.replace("_", " ").capitalize() if title is None else title)
    folder = path or Path(f"wellhead-{name.replace('_', '-')}")
    count = write_plugin("driver" if driver else "module", name, title, folder)
    click.echo(f"Wrote {count} files into {folder}. Next:")
    click.echo()
    for step in (
        f"cd {shlex.quote(str(folder))}",
        "pip install -e '.[dev]'",
        "pytest",
        "wellhead plugin check .",
    ):
        click.echo(f"  {step}")
