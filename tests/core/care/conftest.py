"""The command line on the test's own database, and plugins with tables to try it on."""

import json
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click.testing
import psycopg
import pytest

from wellhead.cli.main import cli
from wellhead.testing.plugins import PluginWorkshop

Command = Callable[..., click.testing.Result]
_REVISION = """
import sqlalchemy as sa
from alembic import op
revision = "{name}_0001"
down_revision = None

def upgrade() -> None:
    op.create_table("{name}_pump", sa.Column("id", sa.Integer, primary_key=True))
    key = sa.ForeignKey("{name}_pump.id")
    op.create_table("{name}_motor", sa.Column("id", sa.Integer, key))

def downgrade() -> None:
    {downgrade}
"""
_DOWN = 'op.drop_table("{name}_motor"); op.drop_table("{name}_pump")'


@pytest.fixture
def wellhead(config_file: Path) -> Command:
    """Runs `wellhead` with arguments; `input` answers its questions."""

    def run(*arguments: str, input: str | None = None) -> click.testing.Result:  # noqa: A002
        return click.testing.CliRunner().invoke(
            cli, ["--config", str(config_file), *arguments], input=input
        )

    return run


@pytest.fixture
def findings(wellhead: Command) -> Callable[[], list[dict[str, Any]]]:
    """What `wellhead doctor --json` finds; its exit status must agree."""

    def ask() -> list[dict[str, Any]]:
        result = wellhead("doctor", "--json")
        body = json.loads(result.stdout)
        assert result.exit_code == (0 if body["well"] else 1)
        assert body["well"] == all(item["verdict"] != "action" for item in body["findings"])
        found: list[dict[str, Any]] = body["findings"]
        return found

    return ask


@pytest.fixture
def with_tables(workshop: PluginWorkshop) -> Callable[..., None]:
    """Makes a plugin with two tables; `downgrade` is the body of its migration's."""

    def make(name: str, downgrade: str = _DOWN, info: str = "") -> None:
        # a name of its own each time: an imported package stays where it was found
        package = workshop.folder / f"{name}_migrations_{uuid.uuid4().hex}"
        (package / "versions").mkdir(parents=True)
        (package / "__init__.py").touch()
        (package / "versions" / "0001_first.py").write_text(
            _REVISION.format(name=name, downgrade=downgrade.format(name=name))
        )
        body = f"@hookimpl\ndef migrations():\n    return '{package.name}'\n"
        workshop.plugin(name, body, info=info)

    return make


@pytest.fixture
def query(database_admin_url: str) -> Callable[[str], list[tuple[Any, ...]]]:
    """Runs one statement as the superuser; its rows."""

    def run(statement: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(database_admin_url, autocommit=True) as connection:
            cursor = connection.execute(statement)
            return cursor.fetchall() if cursor.description else []

    return run


@pytest.fixture
def tables(query: Callable[[str], list[tuple[Any, ...]]]) -> Callable[[str], set[str]]:
    """Names of the default tenant's tables that contain a text."""

    def named(part: str) -> set[str]:
        rows = query("SELECT tablename FROM pg_tables WHERE schemaname = 'tenant_default'")
        return {name for (name,) in rows if part in name}

    return named
