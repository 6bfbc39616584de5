"""The lines of migrations: the platform's, the core's in each tenant, and each plugin's in each.

Every branch has a version table of its own in the schema it migrates, so a plugin that is
uninstalled leaves its tables behind and never stops the others from upgrading.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path

import psycopg
from alembic.config import Config
from alembic.script import ScriptDirectory
from flask_migrate import Migrate
from psycopg import sql

from wellhead.database.scope import Scope
from wellhead.errors import DatabaseError
from wellhead.plugins.info import Status
from wellhead.plugins.manager import PluginManager

MIGRATIONS = "wellhead.migrations"
VERSION_TABLE = "alembic_version_"
"""Begin of the names of version tables."""


@dataclass(frozen=True, slots=True)
class Branch:
    """name: `platform`, `core` or the plugin's; versions: folder of its revisions; head: the newest
    of them."""

    name: str
    versions: Path
    head: str | None

    @property
    def version_table(self) -> str:
        return f"{VERSION_TABLE}{self.name}"

    def knows(self, revision: str) -> bool:
        return any(script.revision == revision for script in self.script().walk_revisions())

    def script(self) -> ScriptDirectory:
        return ScriptDirectory.from_config(config_of(self.versions))


def package_folder(package: str) -> Path:
    """The folder of an installed package. Raises DatabaseError when there is none."""
    if find_spec(package) is None:
        raise DatabaseError("no such package of migrations", field="migrations()", value=package)
    return Path(str(files(package)))


def make_branch(name: str, versions: Path) -> Branch:
    """Read the revisions. Raises whatever reading them does: they are Python files."""
    script = ScriptDirectory.from_config(config_of(versions))
    return Branch(name, versions, script.get_current_head())


def config_of(versions: Path) -> Config:
    """Alembic's configuration for one branch, made by Flask-Migrate (needs an app context)."""
    config: Config = Migrate(directory=str(package_folder(MIGRATIONS))).get_config()
    config.set_main_option("version_locations", str(versions).replace("%", "%%"))
    config.set_main_option("path_separator", "newline")
    return config


def platform_branch() -> Branch:
    return make_branch("platform", package_folder(f"{MIGRATIONS}.platform") / "versions")


def tenant_branches(plugins: PluginManager) -> list[Branch]:
    """The core's branch, then the enabled plugins', dependencies first; a plugin whose revisions
    are not there, or cannot be read, is switched off."""
    branches = [make_branch("core", package_folder(f"{MIGRATIONS}.tenant") / "versions")]
    for name, package in plugins.collect("migrations"):
        if plugins.records[name].status is not Status.ENABLED:
            continue  # it needed one that has just been switched off
        try:
            branches.append(make_branch(name, package_folder(package) / "versions"))
        except (Exception, SystemExit) as error:  # isolates: revisions are foreign code
            reason = f"hook migrations: {type(error).__name__}: {error}"
            plugins.switch_off(name, Status.FAILED, reason)
    return branches


def current_revisions(
    connection: psycopg.Connection, scopes: Iterable[Scope]
) -> dict[tuple[str, str], str]:
    """(schema, branch name) → revision, of every version table, also of plugins not installed."""
    schemas = [scope.schema for scope in scopes]
    found = connection.execute(
        "SELECT schemaname, tablename FROM pg_tables"
        " WHERE schemaname = ANY(%s) AND starts_with(tablename, %s)",
        (schemas, VERSION_TABLE),
    ).fetchall()
    if not found:
        return {}
    query = sql.SQL(" UNION ALL ").join(
        sql.SQL("SELECT {}, {}, version_num FROM {}").format(
            sql.Literal(schema),
            sql.Literal(table.removeprefix(VERSION_TABLE)),
            sql.Identifier(schema, table),
        )
        for schema, table in found
    )
    return {(row[0], row[1]): row[2] for row in connection.execute(query).fetchall()}
