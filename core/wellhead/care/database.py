"""The database: does it answer, will it do, are its roles right, and whose is what in it."""

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import psycopg
from flask import Flask

from wellhead.care.tables import Inventory, inventory
from wellhead.database.embedded import EmbeddedPostgres
from wellhead.database.migrate import BranchState, Migrator, unreachable
from wellhead.database.scope import Scope
from wellhead.database.urls import DatabaseUrls
from wellhead.errors import ConfigError, DatabaseError, WellheadError
from wellhead.plugins.contributions import Finding
from wellhead.runtime import Runtime
from wellhead.supervisor.lock import only_one
from wellhead.supervisor.preparing import was_ready

LEAST_VERSION = 15
_CLOCK_SECONDS = 2.0
_EXTENSIONS = {"timescaledb": "TimescaleDB", "postgis": "PostGIS"}


class DatabaseCheck:
    """Looks at the database of `app`. tenants: those found, once `look` has been through"""

    def __init__(self, app: Flask, runtime: Runtime) -> None:
        self._app = app
        self._runtime = runtime
        self.tenants: list[str] = []

    @contextmanager
    def up(self) -> Iterator[Finding | None]:
        """Have an embedded database that rests run meanwhile; why that cannot be, if it cannot."""
        with ExitStack() as stack:
            yield self._start(stack) if self._runtime.urls.embedded else None

    def _start(self, stack: ExitStack) -> Finding | None:
        data_dir = self._runtime.settings.data_dir
        server = EmbeddedPostgres(data_dir)
        if server.pid() is not None:
            return None
        if not server.initialised and was_ready(self._runtime.settings):
            remedy = f"Bring {server.pgdata} back; a start of `wellhead run` makes an empty one"
            return Finding("database", "action", "embedded, and its folder is gone", remedy)
        if not server.initialised:
            return Finding("database", "info", "embedded, not made yet", "`wellhead run` makes it")
        log = server.pgdata / "server.log"
        try:
            stack.enter_context(only_one(data_dir))
        except ConfigError:
            text = "embedded, does not run although `wellhead run` is up"
            return Finding(
                "database", "action", text, f"Read {log}; `wellhead run` starts it again every 10 s"
            )
        try:
            server.start()
        except DatabaseError as error:
            return Finding("database", "action", error.message, error.remedy or f"Read {log}")
        stack.callback(server.stop)
        return None

    def look(self) -> Iterator[Finding]:
        """Everything that can be said; the first line only when it does not answer."""
        urls = self._runtime.urls
        try:
            with _connect(urls, "admin") as connection, _connect(urls, "app") as application:
                yield _version(connection, urls)
                yield _clock(connection)
                yield from _application_role(application, urls)
                yield from _extensions(connection)
                yield from self._contents(connection)
        except WellheadError as error:
            yield Finding("database", "action", error.message, error.remedy or "")
        except psycopg.Error as error:
            text = f"cannot be examined: {' '.join(str(error).split())}"
            yield Finding("database", "action", text, "Check what the administrator's role may do")

    def _contents(self, connection: psycopg.Connection) -> Iterator[Finding]:
        runtime = self._runtime
        states = Migrator(self._app, runtime.urls, runtime.plugins).status()
        self.tenants = sorted({state.tenant for state in states if state.branch == "core"})
        if not self.tenants:
            yield Finding("database", "action", "is empty", "Run `wellhead db upgrade`")
            return
        yield from _migrations(states)
        yield from _roles(connection, runtime.urls, self.tenants)
        for tenant in self.tenants:
            yield from _orphans(
                inventory(connection, tenant, runtime.plugins.records), runtime.plugins.records
            )


def _connect(urls: DatabaseUrls, who: str) -> psycopg.Connection:
    url = urls.admin if who == "admin" else urls.app
    try:
        return psycopg.connect(urls.libpq(url), connect_timeout=10, autocommit=True)
    except psycopg.OperationalError as error:
        raise unreachable(urls, error) from error


def _version(connection: psycopg.Connection, urls: DatabaseUrls) -> Finding:
    number = connection.info.server_version
    where = "embedded" if urls.embedded else f"at {urls.admin.host or 'a socket'}"
    text = f"answers, PostgreSQL {number // 10000}.{number % 10000}, {where}"
    if number // 10000 >= LEAST_VERSION:
        return Finding("database", "ok", text)
    return Finding("database", "action", text, f"Upgrade to PostgreSQL {LEAST_VERSION} or newer")


def _clock(connection: psycopg.Connection) -> Finding:
    before = time.time()
    row = connection.execute("SELECT extract(epoch FROM clock_timestamp())::float8").fetchone()
    apart = (row[0] if row else 0.0) - (before + time.time()) / 2
    text = f"{abs(apart):.1f} s between this machine's and the database's"
    if abs(apart) <= _CLOCK_SECONDS:
        return Finding("clock", "ok", text)
    return Finding("clock", "action", text, "Keep both with chrony or ntpd")


def _application_role(connection: psycopg.Connection, urls: DatabaseUrls) -> Iterator[Finding]:
    name = urls.app.username or ""
    row = connection.execute(
        "SELECT rolsuper, rolinherit FROM pg_roles WHERE rolname = current_user"
    ).fetchone()
    superuser, inherits = row or (False, False)
    if name == urls.admin.username:
        yield Finding(
            "roles",
            "info",
            f"the application connects as {name}, which owns the tables",
            "Name a role without rights in [database] url, and the owner in admin_url",
        )
    elif superuser:
        yield Finding(
            "roles",
            "action",
            f"{name} is a superuser: nothing holds it back from other tenants' data",
            f'ALTER ROLE "{name}" NOSUPERUSER',
        )
    elif inherits:
        yield Finding(
            "roles",
            "action",
            f"{name} inherits every tenant's rights at once",
            f'ALTER ROLE "{name}" NOINHERIT, or run `wellhead db upgrade`',
        )
    else:
        yield Finding("roles", "ok", f"{name} has no rights of its own")


def _roles(
    connection: psycopg.Connection, urls: DatabaseUrls, tenants: list[str]
) -> Iterator[Finding]:
    problems = []
    for scope in (Scope(None), *(Scope(tenant) for tenant in tenants)):
        role = scope.role(urls.role_prefix)
        if not _one(connection, "SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = %s)", role):
            problems.append(f"the role {role} is missing")
        elif not _one(
            connection, "SELECT pg_has_role(%s, %s, 'MEMBER')", urls.app.username or "", role
        ):
            problems.append(f"{urls.app.username} may not become {role}")
        elif not _one(
            connection, "SELECT has_schema_privilege(%s, %s, 'USAGE')", role, scope.schema
        ):
            problems.append(f"{role} may not use the schema {scope.schema}")
        else:
            closed = _one(
                connection,
                "SELECT count(*) FROM pg_tables WHERE schemaname = %s AND NOT"
                " has_table_privilege(%s, format('%%I.%%I', schemaname, tablename), 'SELECT')",
                scope.schema,
                role,
            )
            if closed:
                problems.append(f"{role} may not read {closed} tables of {scope.schema}")
    remedy = (
        "Run `wellhead db upgrade`; where it may not, have a superuser run `wellhead db grants`"
    )
    for problem in problems:
        yield Finding("roles", "action", problem, remedy)
    if not problems:
        yield Finding("roles", "ok", f"the platform's and {len(tenants)} tenants' are in order")


def _one(connection: psycopg.Connection, query: str, *values: Any) -> Any:
    row = connection.execute(query, values).fetchone()
    return row[0] if row else None


def _extensions(connection: psycopg.Connection) -> Iterator[Finding]:
    found: dict[str, str] = dict(
        connection.execute(
            "SELECT name, coalesce(installed_version, '') FROM pg_available_extensions"
            " WHERE name = ANY(%s)",
            (list(_EXTENSIONS),),
        ).fetchall()
    )
    for name, title in _EXTENSIONS.items():
        if name not in found:
            text = f"{title} is not on this server, and not needed"
        elif found[name]:
            text = f"{title} {found[name]}"
        else:
            text = f"{title} is on this server, not switched on in this database"
        yield Finding("database", "info", text)


def _migrations(states: list[BranchState]) -> Iterator[Finding]:
    pending = [state for state in states if state.state == "pending"]
    for state in pending:
        yield Finding(
            "migrations",
            "action",
            f"{state.branch} of tenant {state.tenant} is at {state.current or 'nothing'}, "
            f"its code needs {state.head}",
            "Run `wellhead db upgrade`",
        )
    if not pending:
        done = sum(state.state == "up to date" for state in states)
        yield Finding("migrations", "ok", f"all {done} branches are up to date")


def _orphans(found: Inventory, installed: dict[str, Any]) -> Iterator[Finding]:
    for name in found.orphans(installed):
        count = len(found.tables.get(name, []))
        yield Finding(
            "orphans",
            "action",
            f"{name} is not installed and has {count} tables in tenant {found.tenant}",
            f"Install its package again to use them, or to drop them with `wellhead plugin purge "
            f"{name}`; without the package: `wellhead plugin purge {name} --orphan`",
        )
    strange = found.tables.get(None, [])
    if strange:
        yield Finding(
            "orphans",
            "action",
            f"no plugin's tables in tenant {found.tenant}: {', '.join(strange)}",
            "Look at them, and drop what nobody needs",
        )
