"""Statements that run past SQLAlchemy, as the driver does, fail as those that do not."""

from typing import Any

import psycopg
from sqlalchemy import Engine, PoolProxiedConnection
from sqlalchemy.exc import DBAPIError


def first_row(
    engine: Engine, pooled: PoolProxiedConnection, statement: str, parameters: Any
) -> Any:
    """A statement's first row, or None; nothing of it is left to be read.

    Raises what SQLAlchemy raises. A connection that has ended leaves the pool, and with it all that
    were made before.

    statement: with %s or %(name)s where a parameter is meant
    """
    connection = pooled.driver_connection
    assert connection is not None
    try:
        return connection.execute(statement, parameters).fetchone()
    except psycopg.Error as error:
        if connection.closed:
            pooled.invalidate(error)
            engine.dispose()
        raise DBAPIError.instance(
            statement, parameters, error, psycopg.Error, dialect=engine.dialect
        ) from error
