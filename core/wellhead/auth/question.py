"""A question to the platform's schema that every request asks.

SQLAlchemy's session and result cost several times what such a question costs itself, so this runs
the statement on a connection of the pool as the driver does.
"""

from collections.abc import Mapping
from typing import Any

from flask import current_app
from sqlalchemy import Select
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

from wellhead.database.driver import first_row
from wellhead.database.extension import WALL, db
from wellhead.database.scope import Scope
from wellhead.runtime import runtime_of


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
            first_row(db.engine, pooled, WALL, wall)
            found: tuple[Any, ...] | None = first_row(db.engine, pooled, self._sql, asked)
        finally:
            pooled.close()  # and so rolled back
        return found
