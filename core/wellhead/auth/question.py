"""A question to the platform's schema that every request asks.

SQLAlchemy's session and result cost several times what such a question costs itself, so this runs
the statement on a connection of the pool as the driver does.
"""

from collections.abc import Mapping
from typing import Any

import psycopg
from flask import current_app
from sqlalchemy import Select
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.exc import DBAPIError

from wellhead.database.extension import db
from wellhead.database.scope import Scope
from wellhead.runtime import runtime_of

_WALL = "SELECT set_config('search_path', %s, true), set_config('role', %s, true)"


class Question:
    """statement: of columns that the driver reads as they are to be (no types of SQLAlchemy's own),
    with bound parameters for what differs"""

    def __init__(self, statement: Select[*tuple[Any, ...]]) -> None:
        dialect = PGDialect_psycopg()  # type: ignore[no-untyped-call]
        compiled = statement.compile(dialect=dialect)
        self._sql, self._given = str(compiled), compiled.params

    def first(self, parameters: Mapping[str, Any]) -> tuple[Any, ...] | None:
        """The first row, or None, under the platform's role. Raises what SQLAlchemy raises."""
        asked = {**self._given, **parameters}
        scope = Scope(None)
        wall = (scope.schema, scope.role(runtime_of(current_app).urls.role_prefix))
        pooled = db.engine.raw_connection()
        try:
            connection = pooled.driver_connection
            assert connection is not None
            try:
                row = connection.execute(_WALL, wall).execute(self._sql, asked).fetchone()
                connection.rollback()
            except psycopg.Error as error:
                if connection.closed:  # and so are all that were made before it ended
                    pooled.invalidate(error)
                    db.engine.dispose()
                raise DBAPIError.instance(
                    self._sql, asked, error, psycopg.Error, dialect=db.engine.dialect
                ) from error
        finally:
            pooled.close()
        found: tuple[Any, ...] | None = row
        return found
