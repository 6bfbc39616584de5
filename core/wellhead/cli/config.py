"""`wellhead config`: the field's configuration out of the database into files, and back."""

from collections import Counter
from pathlib import Path

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

from wellhead.audit.actor import Actor, acting
from wellhead.care.tenants import require_tenant
from wellhead.cli.database import app_and_migrator
from wellhead.cli.main import ConfiguredGroup, Context, config_option
from wellhead.database.extension import tenant as inside
from wellhead.database.scope import DEFAULT_TENANT
from wellhead.errors import WellheadError
from wellhead.plugins.portable import PortableRecords
from wellhead.portable.csv_file import from_csv, to_csv
from wellhead.portable.document import Document, require_kind
from wellhead.portable.plan import Action, Plan
from wellhead.portable.toml_file import from_toml, to_toml
from wellhead.portable.transfer import export_records, import_records, portable_records

_COLOURS: dict[Action, str] = {"create": "green", "change": "yellow", "remove": "red"}
_tenant_option = click.option(
    "--tenant", default=DEFAULT_TENANT, show_default=True, help="Whose records."
)


@click.group(
    name="config",
    cls=ConfiguredGroup,
    help="Export and import devices, tags and what else plugins keep.",
)
@config_option
def command() -> None:
    pass


@command.command(name="export")
@_tenant_option
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="File, or for CSV a folder; TOML goes to standard output without it.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["toml", "csv"]),
    default="toml",
    show_default=True,
    help="csv: a file a kind of record, for spreadsheets.",
)
@click.pass_obj
def write(context: Context, tenant: str, out: Path | None, form: str) -> None:
    """Write the configuration of a tenant, the same text for the same records."""
    if form == "csv" and out is None:
        raise WellheadError(
            "CSV is a file a kind of record", field="--out", remedy="Name a folder for them"
        )
    app, _ = app_and_migrator(context.runtime("config"))
    with app.app_context(), inside(require_tenant(app, tenant)):
        kinds = portable_records(editing=False)
        tables, secrets = export_records(kinds.values())
    try:
        if out is None:
            click.echo(to_toml(tables), nl=False)
        elif form == "toml":
            out.write_bytes(to_toml(tables).encode())
        else:
            out.mkdir(parents=True, exist_ok=True)
            for name, rows in tables.items():
                (out / f"{name}.csv").write_bytes(to_csv(kinds[name], rows).encode())
    except OSError as error:
        raise WellheadError(
            f"cannot be written: {error.strerror}", field="--out", value=str(out)
        ) from error
    for secret in secrets:
        click.echo(f"Secret, so left out: {secret}", err=True)


@command.command(name="import")
@click.argument("file", type=click.Path(path_type=Path, exists=True))
@_tenant_option
@click.option("--dry-run", is_flag=True, help="Only show what would be done.")
@click.option("--prune", is_flag=True, help="Remove records that FILE has not, of its kinds.")
@click.pass_obj
def read(context: Context, file: Path, tenant: str, dry_run: bool, prune: bool) -> None:
    """Make the records of a tenant what FILE says: TOML, CSV, or a folder of CSV files.

    A CSV file is called after its records, scada.tags.csv. All is stored, or with an error nothing.
    """
    app, _ = app_and_migrator(context.runtime("config"))
    with app.app_context(), inside(require_tenant(app, tenant)), acting(Actor("cli")):
        kinds = portable_records(editing=True)
        document = _document(file, kinds)
        plan = import_records(kinds, document, prune=prune, dry_run=dry_run)
    _tell(plan, dry_run)


def _document(path: Path, kinds: dict[str, PortableRecords]) -> Document:
    files = sorted(path.glob("*.csv")) if path.is_dir() else [path]
    if not files:
        raise WellheadError("has no CSV files", field="FILE", value=str(path))
    document = Document()
    for file in files:
        try:
            data = file.read_bytes()
            text = "" if file.suffix == ".csv" else data.decode()
        except (OSError, UnicodeDecodeError) as error:
            raise WellheadError(
                f"cannot be read: {error}", field="FILE", value=str(file)
            ) from error
        if file.suffix == ".csv":
            require_kind(file.stem, kinds, "FILE")
            found = from_csv(data, file.name, kinds[file.stem])
        else:
            found = from_toml(text, file.name, kinds)
        document.records |= found.records
        document.problems += found.problems
    return document


def _tell(plan: Plan, dry_run: bool) -> None:
    table = Table("", Column("records", no_wrap=True), "name", "what changes")
    for step in plan.steps:
        if step.action == "unchanged":
            continue
        changes = "\n".join(
            f"{field}: {_word(old)} → {_word(new)}" for field, (old, new) in step.changes.items()
        )
        table.add_row(
            f"[{_COLOURS[step.action]}]{step.action}[/]",
            step.records,
            escape(" / ".join(str(part) for part in step.key)),
            escape(changes),
        )
    if not plan.empty:
        Console().print(table)
    counts = Counter(step.action for step in plan.steps)
    actions: tuple[Action, ...] = ("create", "change", "remove", "unchanged")
    summary = ", ".join(f"{counts[action]} {action}" for action in actions)
    click.echo(f"{summary}. " + ("Nothing was stored." if dry_run else "Done."))


def _word(value: object) -> str:
    return "nothing" if value is None else str(value)
