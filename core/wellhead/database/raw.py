"""Dedicated psycopg connections for processes that move readings past the ORM.

Such a connection belongs to one tenant for its whole life and is never pooled, so the wall is set
for the session: role and search_path are on the connection before the caller sees it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import sql

from wellhead.database.scope import Scope, check_tenant_name
from wellhead.database.urls import DatabaseUrls, database_urls
from wellhead.settings import Settings

_CONNECT_SECONDS = 10


def connect(settings: Settings, tenant: str, **options: Any) -> psycopg.Connection[Any]:
    """A connection inside `tenant`. Raises psycopg.OperationalError when there is none."""
    urls = database_urls(settings)
    connection = psycopg.connect(urls.libpq(urls.app), connect_timeout=_CONNECT_SECONDS, **options)
    try:
        with _told(tenant):
            connection.execute(_wall(urls, tenant))
        connection.commit()
    except BaseException:
        connection.close()
        raise
    return connection


async def connect_async(
    settings: Settings, tenant: str, **options: Any
) -> psycopg.AsyncConnection[Any]:
    """As `connect`, for an event loop."""
    urls = database_urls(settings)
    connection = await psycopg.AsyncConnection.connect(
        urls.libpq(urls.app), connect_timeout=_CONNECT_SECONDS, **options
    )
    try:
        with _told(tenant):
            await connection.execute(_wall(urls, tenant))
        await connection.commit()
    except BaseException:
        await connection.close()
        raise
    return connection


@contextmanager
def _told(tenant: str) -> Iterator[None]:
    """A tenant's role that is not there is a tenant that is not there."""
    try:
        yield
    except psycopg.errors.InvalidParameterValue as error:
        raise psycopg.OperationalError(
            f"there is no tenant {tenant!r}; `wellhead tenant list` shows those that there are"
        ) from error


def _wall(urls: DatabaseUrls, tenant: str) -> sql.Composed:
    scope = Scope(check_tenant_name(tenant))
    return sql.SQL(
        "SELECT set_config('search_path', {}, false), set_config('role', {}, false)"
    ).format(sql.Literal(scope.schema), sql.Literal(scope.role(urls.role_prefix)))
