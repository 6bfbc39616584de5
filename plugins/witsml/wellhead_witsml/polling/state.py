"""What the process says about logs and stores: bookkeeping, on bare tables, without audit rows."""

import datetime as dt
import random
import uuid
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert

from wellhead import sdk
from wellhead_witsml.models import LogState, StoreState

GROWING, ENDED, BACKING_OFF, FAILED = "growing", "ended", "backing_off", "failed"
MOST_BACKOFF_S = 300.0
_MOST_REASON = 1000
_logs: Any = LogState.__table__
_stores: Any = StoreState.__table__


def backoff_s(first: float, failures: int) -> float:
    """Seconds to wait after so many failures in a row: twice as long each time, up to five minutes,
    and never quite when others come back."""
    longest: float = min(first * 2 ** min(failures, 16), MOST_BACKOFF_S)
    return longest * random.uniform(0.75, 1.25)  # noqa: S311 (jitter)


def held_state(log_id: uuid.UUID) -> Any:
    """The log's row, made when there is none, locked to the end of the transaction: what is stored
    and how far that is go together, whoever else should be at it."""
    session = sdk.db.session
    session.execute(insert(_logs).values(log_id=log_id).on_conflict_do_nothing())
    return session.execute(select(_logs).where(_logs.c.log_id == log_id).with_for_update()).one()


def set_log(log_id: uuid.UUID, state: str, reason: str | None, wait_s: float, **more: Any) -> None:
    """How it goes, and when to look again. Not committed. more: further columns"""
    row = _logs.c
    values = {
        "state": state,
        "reason": None if reason is None else reason[:_MOST_REASON],
        "since": func.coalesce(
            select(row.since).where(row.log_id == log_id, row.state == state).scalar_subquery(),
            func.now(),
        ),
        "next_poll_at": func.now() + dt.timedelta(seconds=wait_s),
        **more,
    }
    sdk.db.session.execute(update(_logs).where(row.log_id == log_id).values(**values))


def set_store(
    store_id: uuid.UUID, state: str, reason: str | None, capabilities: dict[str, Any] | None = None
) -> None:
    """How the store does. Not committed. capabilities: None = as they were"""
    values: dict[str, Any] = {
        "state": state,
        "reason": None if reason is None else reason[:_MOST_REASON],
        "since": func.now(),
    }
    if capabilities is not None:
        values["capabilities"] = capabilities
    statement = insert(_stores).values(store_id=store_id, **values)
    changed: dict[str, Any] = {name: statement.excluded[name] for name in values if name != "since"}
    changed["since"] = func.coalesce(
        select(_stores.c.since)
        .where(_stores.c.store_id == store_id, _stores.c.state == state)
        .scalar_subquery(),
        func.now(),
    )
    sdk.db.session.execute(
        statement.on_conflict_do_update(index_elements=["store_id"], set_=changed)
    )
