"""Taking a plugin's tables away, by its own migrations or, once it is uninstalled, by their name.

Nothing goes that somebody else still needs: an enabled plugin that requires it, or a foreign key
of another's table. Every tenant's share goes with its version table and a row in its audit trail.
"""

import getpass
import json
import socket
from collections.abc import Sequence
from dataclasses import dataclass

import psycopg
from psycopg import sql

from wellhead.care.tables import inventory, owner_of
from wellhead.database.branches import VERSION_TABLE
from wellhead.database.migrate import Migrator
from wellhead.database.scope import Scope
from wellhead.database.urls import DatabaseUrls
from wellhead.errors import DatabaseError
from wellhead.plugins.info import Status
from wellhead.plugins.manager import PluginManager

_COUNTED_BELOW = 1_000_000


@dataclass(frozen=True, slots=True)
class Share:
    """What a plugin has in one tenant. revision: None where its migrations are at base already;
    rows: by table, "about …" where counting would take long"""

    tenant: str
    revision: str | None
    rows: dict[str, str]


class Purge:
    """Of the plugin `name` in `tenants`.

    plugins: as loaded with the plugin enabled, or without it when it is uninstalled
    """

    def __init__(
        self,
        name: str,
        tenants: Sequence[str],
        urls: DatabaseUrls,
        plugins: PluginManager,
        migrator: Migrator,
    ) -> None:
        self._name = name
        self._tenants = tenants
        self._urls = urls
        self._plugins = plugins
        self._migrator = migrator

    def shares(self) -> list[Share]:
        """What would go. Raises DatabaseError naming the foreign keys of others that depend."""
        with self._connect() as connection:
            found = []
            for tenant in self._tenants:
                held = inventory(connection, tenant, self._plugins.records)
                tables = held.tables.get(self._name, [])
                revision = held.revisions.get(self._name)
                if tables or self._name in held.revisions:
                    self._refuse_dependents(connection, tenant, tables, set(held.revisions))
                    rows = {table: _rows(connection, tenant, table) for table in tables}
                    found.append(Share(tenant, revision, rows))
            return found

    def migrate_down(self, shares: Sequence[Share]) -> None:
        """Take the plugin's branch to base in each tenant. Raises DatabaseError; what was taken
        away before that is gone, the rest is as it was."""
        for share in shares:
            if share.revision is not None:
                self._migrator.downgrade(self._name, "base", share.tenant)
            with self._connect() as connection:
                left = inventory(connection, share.tenant, self._plugins.records)
                if tables := left.tables.get(self._name):
                    raise DatabaseError(
                        f"the plugin's migrations leave tables in tenant {share.tenant}",
                        field=self._name,
                        value=", ".join(tables),
                        remedy=f"Uninstall it, then `wellhead plugin purge {self._name} --orphan`",
                    )
                self._record(connection, share)

    def drop(self, shares: Sequence[Share]) -> None:
        """Drop the tables by name, a tenant a transaction. Raises DatabaseError."""
        for share in shares:
            with self._connect() as connection:
                schema = Scope(share.tenant).schema
                names = sql.SQL(", ").join(sql.Identifier(schema, table) for table in share.rows)
                try:
                    if share.rows:
                        connection.execute(sql.SQL("DROP TABLE {}").format(names))
                except psycopg.errors.DependentObjectsStillExist as error:
                    raise DatabaseError(
                        f"something else needs the tables: {error.diag.message_detail}",
                        field=f"tenant {share.tenant}",
                        remedy="Drop that first",
                    ) from error
                self._record(connection, share)

    def _record(self, connection: psycopg.Connection, share: Share) -> None:
        """The end of a tenant's share, in one transaction: no version table, one audit row."""
        schema = Scope(share.tenant).schema
        table = f"{VERSION_TABLE}{self._name}"
        connection.execute(sql.SQL("DROP TABLE IF EXISTS {}").format(sql.Identifier(schema, table)))
        connection.execute(
            sql.SQL(
                "INSERT INTO {} (source, action, table_name, record_id, old, new)"
                " VALUES ('cli', 'delete', %s, %s, %s, %s)"
            ).format(sql.Identifier(schema, "core_audit")),
            (
                table,
                self._name,
                json.dumps({"revision": share.revision, "rows": share.rows}),
                json.dumps({"purged_by": f"{getpass.getuser()}@{socket.gethostname()}"}),
            ),
        )

    def _refuse_dependents(
        self, connection: psycopg.Connection, tenant: str, tables: list[str], branches: set[str]
    ) -> None:
        found = connection.execute(
            "SELECT child.relname, parent.relname, conname FROM pg_constraint"
            " JOIN pg_class child ON child.oid = conrelid"
            " JOIN pg_class parent ON parent.oid = confrelid"
            " WHERE contype = 'f' AND parent.relnamespace = to_regnamespace(%s)"
            " AND parent.relname = ANY(%s) ORDER BY 1, 3",
            (Scope(tenant).schema, tables),
        ).fetchall()
        names = {"core", *self._plugins.records, *branches}
        others = [row for row in found if owner_of(row[0], names) != self._name]
        if others:
            keys = ", ".join(f"{child} → {parent} ({key})" for child, parent, key in others)
            owners = sorted({owner_of(child, names) or child for child, _, _ in others})
            raise DatabaseError(
                f"tables of others depend on it in tenant {tenant}",
                field=self._name,
                value=keys,
                remedy=f"Purge {', '.join(owners)} first",
            )

    def _connect(self) -> psycopg.Connection:
        return psycopg.connect(self._urls.libpq(self._urls.admin), connect_timeout=10)


def refuse_required(name: str, plugins: PluginManager) -> None:
    """Raises DatabaseError when an enabled plugin requires `name`.

    plugins: as the configuration has them
    """
    needing = [
        record.name
        for record in plugins.records.values()
        if record.status is Status.ENABLED and record.info and name in record.info.requires
    ]
    if needing:
        raise DatabaseError(
            "enabled plugins require it",
            field=name,
            value=", ".join(sorted(needing)),
            remedy="Switch them off first: [plugins.<name>] enabled = false",
        )


def _rows(connection: psycopg.Connection, tenant: str, table: str) -> str:
    name = sql.Identifier(Scope(tenant).schema, table)
    row = connection.execute(
        "SELECT reltuples::bigint FROM pg_class WHERE oid = %s::regclass",
        (name.as_string(connection),),
    ).fetchone()
    if row and row[0] >= _COUNTED_BELOW:
        return f"about {row[0]}"
    counted = connection.execute(sql.SQL("SELECT count(*) FROM {}").format(name)).fetchone()
    return str(counted[0] if counted else 0)
