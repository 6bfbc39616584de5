"""A PostgreSQL for the rules about migrations: one that is named, or one for the moment."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy import make_url

from wellhead.database.embedded import EmbeddedPostgres
from wellhead.database.scope import DEFAULT_TENANT, Scope
from wellhead.errors import WellheadError
from wellhead.plugins.contributions import Unproven
from wellhead.settings.model import DatabaseSettings


class Server:
    """One database for the moment, again and again. Nothing is started before it is asked for.

    folder: where an embedded server is started; its caller removes it
    url: of a server to use instead, as one who may create databases and roles
    """

    def __init__(self, folder: Path, url: str | None = None) -> None:
        self._embedded = EmbeddedPostgres(folder) if url is None else None
        self._admin = make_url(url or EmbeddedPostgres(folder).url()).set(drivername="postgresql")
        self._name = f"wh_check_{uuid.uuid4().hex[:10]}"

    @contextmanager
    def database(self) -> Iterator[DatabaseSettings]:
        """With nothing in it, dropped with its roles at the end. Raises Unproven where there is no
        server."""
        try:
            if self._embedded is not None:
                self._embedded.start()
            self._execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(self._name)))
        except (WellheadError, psycopg.Error) as error:
            raise Unproven(f"there is no PostgreSQL to try it on: {error}") from error
        try:
            url = self._admin.set(database=self._name).render_as_string(hide_password=False)
            yield DatabaseSettings(url=url, role_prefix=self._name)
        finally:
            self._drop()

    def stop(self) -> None:
        """Leave nothing, be it of another process that was killed at it."""
        if self._embedded is not None:
            self._embedded.stop("immediate")
            return
        with suppress(psycopg.Error):
            self._drop()

    def _drop(self) -> None:
        name = sql.Identifier(self._name)
        self._execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))
        for scope in (Scope(None), Scope(DEFAULT_TENANT)):
            role = sql.Identifier(scope.role(self._name))
            self._execute(sql.SQL("DROP ROLE IF EXISTS {}").format(role))

    def _execute(self, statement: sql.Composed) -> None:
        url = self._admin.render_as_string(hide_password=False)
        with psycopg.connect(url, autocommit=True, connect_timeout=10) as connection:
            connection.execute(statement)
