"""Upgrading: platform, then each tenant, then each plugin in it, under one lock.

A plugin whose migration fails, or whose tables are newer than its code, is switched off with the
reason and the others go on; only the platform and the core stop the start.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import alembic.command
import psycopg
import structlog
from alembic.util import CommandError
from flask import Flask
from psycopg import sql
from sqlalchemy.exc import SQLAlchemyError

from wellhead.database import roles
from wellhead.database.branches import (
    Branch,
    config_of,
    current_revisions,
    platform_branch,
    tenant_branches,
)
from wellhead.database.scope import DEFAULT_TENANT, Scope
from wellhead.database.urls import DatabaseUrls
from wellhead.errors import DatabaseAway, DatabaseError
from wellhead.plugins.info import Status
from wellhead.plugins.manager import PluginManager
from wellhead.settings.checking import did_you_mean

_LOCK = 0x77656C6C  # "well"
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class BranchState:
    """Where one branch stands in one schema; `current` is None before its first migration, `head`
    when its plugin is off or not installed."""

    tenant: str
    branch: str
    current: str | None
    head: str | None
    installed: bool = True

    @property
    def state(self) -> str:
        if self.head is None:
            return "off" if self.installed else "orphan"
        return "up to date" if self.current == self.head else "pending"


class Migrator:
    """The migrations of one database. Its methods run inside an app context of `app`."""

    def __init__(self, app: Flask, urls: DatabaseUrls, plugins: PluginManager) -> None:
        self._app = app
        self._urls = urls
        self._plugins = plugins

    def upgrade(self) -> int:
        """Bring everything to its head; the number of branches that changed."""
        with self._app.app_context(), self._locked() as connection:
            platform = Scope(None)
            prepare = roles.application_statements(self._urls)
            roles.execute(connection, [*prepare, *roles.scope_statements(self._urls, platform)])
            connection.commit()
            changed = self._bring_up(connection, platform, platform_branch())
            connection.execute(
                "INSERT INTO platform.tenant (name) VALUES (%s) ON CONFLICT DO NOTHING",
                (DEFAULT_TENANT,),
            )
            self._grant(connection, platform)
            for scope in self._tenants(connection):
                roles.execute(connection, roles.scope_statements(self._urls, scope))
                connection.commit()
                changed += self._upgrade_tenant(connection, scope)
                self._grant(connection, scope)
        return changed

    def prepare_tenant(self, name: str) -> None:
        """Schema, role and migrations of one tenant, whether it is listed already or not; what is
        there stays, so that it goes on after a failure half-way.

        Raises DatabaseError when a plugin that is on cannot be migrated.
        """
        scope = Scope(name)
        with self._app.app_context(), self._locked() as connection:
            on = [record.name for record in self._plugins.enabled()]
            roles.execute(connection, roles.scope_statements(self._urls, scope))
            connection.commit()
            self._upgrade_tenant(connection, scope)
            self._grant(connection, scope)
            for plugin in on:
                record = self._plugins.records[plugin]
                if record.status is not Status.ENABLED:
                    raise DatabaseError(
                        f"the plugin {plugin} cannot be set up: {record.reason}",
                        field=name,
                        remedy="Repair or switch off the plugin, then run it again",
                    )

    def drop_tenant(self, name: str) -> None:
        """Schema and role of one tenant, as far as they are there."""
        scope = Scope(name)
        with self._app.app_context(), self._locked() as connection:
            roles.execute(connection, roles.drop_statements(self._urls, scope))
            connection.commit()

    def status(self) -> list[BranchState]:
        """Every branch in every schema, with those of plugins that are off or not installed."""
        with self._app.app_context(), self._connect() as connection:
            tenants = self._tenants(connection)
            current = current_revisions(connection, [Scope(None), *tenants])
            expected = [(Scope(None), platform_branch())]
            branches = tenant_branches(self._plugins)
            expected += [(scope, branch) for scope in tenants for branch in branches]
            states = []
            for scope, branch in expected:
                revision = current.pop((scope.schema, branch.name), None)
                states.append(
                    BranchState(scope.tenant or "(platform)", branch.name, revision, branch.head)
                )
            for (schema, name), revision in sorted(current.items()):
                states.append(
                    BranchState(
                        schema.removeprefix("tenant_"),
                        name,
                        revision,
                        head=None,
                        installed=name in self._plugins.records,
                    )
                )
            return states

    def check(self) -> None:
        """Switch off plugins whose tables are not at their head; raise for the core's."""
        for state in self.status():
            if state.state != "pending":
                continue
            reason = (
                f"tenant {state.tenant}: database is at {state.current or 'nothing'}, "
                f"the code needs {state.head}; run `wellhead db upgrade`"
            )
            if state.branch in self._plugins.records:
                self._plugins.switch_off(state.branch, Status.FAILED, reason)
            else:
                raise DatabaseError(reason, field=state.branch)

    def downgrade(self, name: str, revision: str, tenant: str) -> None:
        """Take one branch of one tenant down to `revision` (`base` = nothing left)."""
        with self._app.app_context(), self._locked() as connection:
            if Scope(tenant) not in self._tenants(connection):
                raise DatabaseError(
                    "there is no such tenant",
                    field="--tenant",
                    value=tenant,
                    remedy="`wellhead db status` lists them",
                )
            connection.commit()
            branches = {branch.name: branch for branch in tenant_branches(self._plugins)}
            if name not in branches:
                raise DatabaseError(
                    "no enabled plugin of this name has migrations",
                    field="PLUGIN",
                    value=name,
                    remedy=f"One of {', '.join(sorted(branches))}",
                )
            try:
                self._alembic("downgrade", branches[name], Scope(tenant), revision)
            except (CommandError, SQLAlchemyError) as error:
                raise DatabaseError(
                    str(error).splitlines()[0],
                    field="REVISION",
                    value=revision,
                    remedy="`wellhead db status` shows where it stands",
                ) from error
            except (Exception, SystemExit) as error:  # isolates: a revision is foreign code
                raise DatabaseError(
                    f"its migration failed: {type(error).__name__}: {error}", field=name
                ) from error

    def revision(self, name: str, message: str) -> str:
        """Write a new revision of one branch from the difference between models and database."""
        with self._app.app_context():
            platform = platform_branch()
            branches = {branch.name: branch for branch in tenant_branches(self._plugins)}
            branch = platform if name == platform.name else branches.get(name)
            if branch is None:
                raise DatabaseError(
                    "no such branch",
                    field="PLUGIN",
                    value=name,
                    remedy=did_you_mean(name, [platform.name, *branches]),
                )
            scope = Scope(None) if branch is platform else Scope(DEFAULT_TENANT)
            number = len(list(branch.script().walk_revisions())) + 1
            config = self._config(branch, scope)
            script = alembic.command.revision(
                config,
                message,
                autogenerate=True,
                rev_id=f"{name}_{number:04d}",
                version_path=str(branch.versions),
            )
            if script is None or isinstance(script, list):
                raise DatabaseError("Alembic wrote no single revision", field=name)
            return script.path

    def _upgrade_tenant(self, connection: psycopg.Connection, scope: Scope) -> int:
        changed = 0
        for branch in tenant_branches(self._plugins):
            if branch.name == "core":
                changed += self._bring_up(connection, scope, branch)
                continue
            if self._plugins.records[branch.name].status is not Status.ENABLED:
                continue  # switched off with a plugin migrated before it
            try:
                changed += self._bring_up(connection, scope, branch)
            except (Exception, SystemExit) as error:  # isolates: a revision is foreign code
                log.error("migration failed", plugin=branch.name, exc_info=True)
                problem = (str(error).splitlines() or [""])[0]  # the rest may quote data
                reason = f"migration in tenant {scope.tenant}: {type(error).__name__}: {problem}"
                self._plugins.switch_off(branch.name, Status.FAILED, reason)
        return changed

    def _bring_up(self, connection: psycopg.Connection, scope: Scope, branch: Branch) -> int:
        current = current_revisions(connection, [scope]).get((scope.schema, branch.name))
        connection.commit()
        if current == branch.head:
            return 0
        if current is not None and not branch.knows(current):
            raise DatabaseError(
                "the database is ahead of the code",
                field=f"{scope.schema}.{branch.version_table}",
                value=current,
                remedy=f"Install the version of {branch.name} that wrote it, or a newer one",
            )
        log.info("migrating", schema=scope.schema, branch=branch.name, to=branch.head)
        self._alembic("upgrade", branch, scope, "head")
        return 1

    def _alembic(self, command: str, branch: Branch, scope: Scope, revision: str) -> None:
        getattr(alembic.command, command)(self._config(branch, scope), revision)

    def _config(self, branch: Branch, scope: Scope) -> "alembic.config.Config":
        config = config_of(branch.versions)
        prefix = f"{branch.name}_"
        # scada_modbus's tables begin with scada_ too
        longer = tuple(f"{name}_" for name in self._plugins.records if name.startswith(prefix))
        config.attributes.update(
            url=self._urls.admin, scope=scope, branch=branch.name, prefix=prefix, not_these=longer
        )
        return config

    def _grant(self, connection: psycopg.Connection, scope: Scope) -> None:
        roles.execute(connection, roles.grant_statements(self._urls, scope))
        connection.commit()

    def _tenants(self, connection: psycopg.Connection) -> list[Scope]:
        exists = connection.execute("SELECT to_regclass('platform.tenant')").fetchone()
        if exists is None or exists[0] is None:
            return []
        rows = connection.execute("SELECT name FROM platform.tenant ORDER BY name").fetchall()
        return [Scope(row[0]) for row in rows]

    @contextmanager
    def _connect(self) -> Iterator[psycopg.Connection]:
        if self._urls.embedded:
            self._create_database()
        try:
            connection = psycopg.connect(self._urls.libpq(self._urls.admin), connect_timeout=10)
        except psycopg.OperationalError as error:
            raise unreachable(self._urls, error) from error
        with connection:
            yield connection

    @contextmanager
    def _locked(self) -> Iterator[psycopg.Connection]:
        with self._connect() as connection, self._connect() as lock:
            lock.autocommit = True
            lock.execute("SELECT pg_advisory_lock(%s)", (_LOCK,))
            yield connection

    def _create_database(self) -> None:
        maintenance = self._urls.admin.set(database="postgres")
        try:
            connection = psycopg.connect(self._urls.libpq(maintenance), autocommit=True)
        except psycopg.OperationalError as error:
            raise unreachable(self._urls, error) from error
        with connection:
            name = self._urls.admin.database or ""
            known = connection.execute("SELECT FROM pg_database WHERE datname = %s", (name,))
            if known.fetchone() is None:
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))


def unreachable(urls: DatabaseUrls, error: Exception) -> DatabaseAway:
    """The error for a database that does not answer, without the password of its URL."""
    return DatabaseAway(
        f"the database does not answer: {' '.join(str(error).split())}",  # libpq's has lines
        field="data_dir (embedded database)" if urls.embedded else "[database] url",
        value=urls.admin.render_as_string(hide_password=True),
        remedy="Start it with `wellhead run`"
        if urls.embedded
        else "Check host, port, name and password, and that the server runs",
    )
