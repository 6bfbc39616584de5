"""Dedicated psycopg connections for processes that move readings past the ORM.

Such a connection belongs to one tenant for its whole life and is never pooled, so the wall is set
for the session: role and search_path are on the connection before the caller sees it.
"""

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
        await connection.execute(_wall(urls, tenant))
        await connection.commit()
    except BaseException:
        await connection.close()
        raise
    return connection


def _wall(urls: DatabaseUrls, tenant: str) -> sql.Composed:
    scope = Scope(check_tenant_name(tenant))
    return sql.SQL(
        "SELECT set_config('search_path', {}, false), set_config('role', {}, false)"
    ).format(sql.Literal(scope.schema), sql.Literal(scope.role(urls.role_prefix)))
