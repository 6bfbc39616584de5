"""Whether a pooled connection still lives is asked of those that were idle.

A request takes two connections one after the other, and asking each is a tenth of what it costs.
One that was used a moment ago and has died since fails what it is taken for, as it would had it
died a moment later; the pool then makes all anew.
"""

from time import monotonic
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.exc import InvalidatePoolError

IDLE_S = 1.0
_SINCE = "wellhead_idle_since"


def ask_the_idle(engine: Engine) -> None:
    """Ask connections of `engine` that nobody used for IDLE_S, and replace those that are gone."""
    dialect = engine.dialect

    @event.listens_for(engine, "checkin")
    def note(_: Any, record: Any) -> None:
        record.info[_SINCE] = monotonic()

    @event.listens_for(engine, "checkout")
    def ask(connection: Any, record: Any, _: Any) -> None:
        since = record.info.get(_SINCE)
        if since is None or monotonic() - since < IDLE_S:
            return
        try:
            dialect.do_ping(connection)
        except dialect.loaded_dbapi.Error as error:
            if dialect.is_disconnect(error, connection, None):
                raise InvalidatePoolError from error
            raise
