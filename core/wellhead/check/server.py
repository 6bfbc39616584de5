"""A PostgreSQL for the rules about migrations: one that is named, or one for the moment."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy import make_url
from sqlalchemy.engine import URL

from wellhead.database.embedded import EmbeddedPostgres
from wellhead.database.scope import DEFAULT_TENANT, Scope
from wellhead.errors import WellheadError
from wellhead.plugins.contributions import Unproven
from wellhead.settings.model import DatabaseSettings


class Server:
    """Databases for the moment. Nothing is started before the first is asked for.

    folder: where an embedded one is started, which `stop` ends; its caller removes it
    url: of a server to use instead, as one who may create databases and roles
    """

    def __init__(self, folder: Path, url: str | None = None) -> None:
        self._url = url
        self._embedded = EmbeddedPostgres(folder)

    @contextmanager
    def database(self) -> Iterator[DatabaseSettings]:
        """One with nothing in it, dropped with its roles at the end. Raises Unproven where there is
        no server."""
        name = f"wh_check_{uuid.uuid4().hex[:10]}"
        try:
            admin = self._admin()
            _execute(admin, sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        except (WellheadError, psycopg.Error) as error:
            raise Unproven(f"there is no PostgreSQL to try it on: {error}") from error
        try:
            url = admin.set(database=name).render_as_string(hide_password=False)
            yield DatabaseSettings(url=url, role_prefix=name)
        finally:
            _execute(admin, sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
            for scope in (Scope(None), Scope(DEFAULT_TENANT)):
                role = sql.Identifier(scope.role(name))
                _execute(admin, sql.SQL("DROP ROLE IF EXISTS {}").format(role))

    def stop(self) -> None:
        """Stop what was started, be it by another process."""
        self._embedded.stop("immediate")

    def _admin(self) -> URL:
        if self._url is None:
            self._embedded.start()
            self._url = self._embedded.url()
        return make_url(self._url).set(drivername="postgresql")


def _execute(url: URL, statement: sql.Composed) -> None:
    with psycopg.connect(
        url.render_as_string(hide_password=False), autocommit=True, connect_timeout=10
    ) as connection:
        connection.execute(statement)
