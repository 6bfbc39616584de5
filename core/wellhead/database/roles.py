"""PostgreSQL roles and schemas: one of each a tenant, one for the platform, none for public.

The application's own role inherits nothing: it can only become a tenant's role inside a
transaction. Where the administrator may not create roles, `wellhead db grants` prints these
statements for somebody who may.
"""

import time
from collections.abc import Iterable

import psycopg
from psycopg import sql

from wellhead.database.scope import Scope
from wellhead.database.urls import DatabaseUrls
from wellhead.errors import DatabaseError

_ATTEMPTS = 50
_PAUSE_S = 0.05

_CREATE_ROLE = """DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = {name}) THEN
    CREATE ROLE {role} {options};
  END IF;
END $$"""


def application_statements(urls: DatabaseUrls) -> list[sql.Composed]:
    """The role that the processes connect as; on a server it exists already, as in the URL."""
    statements: list[sql.Composed] = []
    user = urls.app.username or ""
    if urls.embedded:
        statements.append(_create_role(user, "LOGIN NOINHERIT NOSUPERUSER"))
    elif user != urls.admin.username:
        statements.append(sql.SQL("ALTER ROLE {} NOINHERIT").format(sql.Identifier(user)))
    statements.append(sql.SQL("REVOKE ALL ON SCHEMA public FROM PUBLIC").format())
    return statements


def scope_statements(urls: DatabaseUrls, scope: Scope) -> list[sql.Composed]:
    """Schema and role of one scope, and the application's right to become that role."""
    role = scope.role(urls.role_prefix)
    schema = sql.Identifier(scope.schema)
    names = {"role": sql.Identifier(role), "schema": schema}
    statements = [
        _create_role(role, "NOLOGIN NOSUPERUSER"),
        sql.SQL("CREATE SCHEMA IF NOT EXISTS {schema}").format(**names),
        sql.SQL("GRANT USAGE ON SCHEMA {schema} TO {role}").format(**names),
    ]
    statements += [
        sql.SQL("GRANT {role} TO {user}").format(user=sql.Identifier(user), **names)
        for user in sorted({urls.app.username or "", urls.admin.username or ""})
    ]
    return statements


def grant_statements(urls: DatabaseUrls, scope: Scope) -> list[sql.Composed]:
    """What the scope's role may do with the tables that exist now; run again after a migration."""
    names = {
        "role": sql.Identifier(scope.role(urls.role_prefix)),
        "schema": sql.Identifier(scope.schema),
    }
    return [
        sql.SQL(
            "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {schema} TO {role}"
        ).format(**names),
        sql.SQL("GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA {schema} TO {role}").format(
            **names
        ),
    ]


def drop_statements(urls: DatabaseUrls, scope: Scope) -> list[sql.Composed]:
    """Away with one scope's schema and role, as far as they are there."""
    role = scope.role(urls.role_prefix)
    names = {
        "role": sql.Identifier(role),
        "name": sql.Literal(role),
        "schema": sql.Identifier(scope.schema),
    }
    return [
        sql.SQL("DROP SCHEMA IF EXISTS {schema} CASCADE").format(**names),
        sql.SQL(
            "DO $$ BEGIN IF EXISTS (SELECT FROM pg_roles WHERE rolname = {name}) THEN "
            "DROP OWNED BY {role}; DROP ROLE {role}; END IF; END $$"
        ).format(**names),
    ]


def execute(connection: psycopg.Connection, statements: Iterable[sql.Composed]) -> None:
    """Run them in the connection's transaction. Raises DatabaseError when rights are missing."""
    for statement in statements:
        try:
            _execute(connection, statement)
        except psycopg.errors.InsufficientPrivilege as error:
            raise DatabaseError(
                f"the administrator may not: {error}".strip(),
                field="[database] admin_url",
                remedy="Let a superuser run the output of `wellhead db grants`",
            ) from error


def _execute(connection: psycopg.Connection, statement: sql.Composed) -> None:
    """Roles are the whole server's. When another database's migration changes the same one at this
    moment PostgreSQL refuses instead of waiting, so it is tried again."""
    for left in range(_ATTEMPTS - 1, -1, -1):
        connection.execute("SAVEPOINT statement")
        try:
            connection.execute(statement)
        except psycopg.errors.InternalError_ as error:
            if "concurrently updated" not in str(error) or not left:
                raise
            connection.execute("ROLLBACK TO SAVEPOINT statement")
            time.sleep(_PAUSE_S)
        else:
            connection.execute("RELEASE SAVEPOINT statement")
            return


def _create_role(name: str, options: str) -> sql.Composed:
    return sql.SQL(_CREATE_ROLE).format(
        name=sql.Literal(name), role=sql.Identifier(name), options=sql.SQL(options)
    )
