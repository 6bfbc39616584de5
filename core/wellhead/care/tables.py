"""Whose a table is, by the begin of its name, also when its plugin is no longer installed."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import psycopg

from wellhead.database.branches import VERSION_TABLE, current_revisions
from wellhead.database.scope import Scope

_PARTITIONS_ARE_THEIR_TABLES = """
    SELECT relname FROM pg_class
    WHERE relnamespace = to_regnamespace(%s) AND relkind IN ('r', 'p') AND NOT relispartition
    ORDER BY relname"""


@dataclass(slots=True)
class Inventory:
    """One tenant's tables.

    revisions: by branch, one for each version table; None in an empty one
    tables: by the plugin (or `core`) that owns them; None for names that begin with no known one's
    """

    tenant: str
    revisions: dict[str, str | None] = field(default_factory=dict)
    tables: dict[str | None, list[str]] = field(default_factory=dict)

    def orphans(self, installed: Iterable[str]) -> list[str]:
        """Plugins that are not installed and left a version table, or tables, behind."""
        known = {"core", *installed}
        named = {name for name in self.tables if name is not None}
        return sorted((named | set(self.revisions)) - known)


def owner_of(table: str, names: Iterable[str]) -> str | None:
    """Of several whose name the table's begins with, the longest: scada_modbus_x is not scada's."""
    return max((name for name in names if table.startswith(f"{name}_")), key=len, default=None)


def inventory(connection: psycopg.Connection, tenant: str, installed: Iterable[str]) -> Inventory:
    """What the tenant's schema holds, without version tables and partitions."""
    scope = Scope(tenant)
    at = connection.execute(_PARTITIONS_ARE_THEIR_TABLES, (scope.schema,)).fetchall()
    tables = [table for (table,) in at]
    versions = [table for table in tables if table.startswith(VERSION_TABLE)]
    known = current_revisions(connection, [scope])
    branches = [table.removeprefix(VERSION_TABLE) for table in versions]
    found = Inventory(tenant, {name: known.get((scope.schema, name)) for name in branches})
    names = {"core", *installed, *branches}
    for table in tables:
        if table not in versions:
            found.tables.setdefault(owner_of(table, names), []).append(table)
    return found
