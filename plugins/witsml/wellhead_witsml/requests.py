"""Asking the process `witsml`, which alone talks to stores, and waiting for its answer.

A request is a row with a deadline; the process looks for such rows several times a second. No
transaction stays open while waiting, so that a web worker's pool is not held up.
"""

import datetime as dt
import time
from typing import Any

from sqlalchemy import delete, func, select, update

from wellhead import sdk
from wellhead_witsml.models import Reader, Request, Store
from wellhead_witsml.models.stores import SILENT_S

CAPABILITIES = "capabilities"
GET = "get"
MOST_S = 55.0
"""Longer than this no web worker waits."""

_LOOK_S = (0.05, 0.3)
_requests: Any = Request.__table__


def ask(store: Store, kind: str, arguments: dict[str, Any]) -> dict[str, Any]:
    """The store's answer, as the process `witsml` gives it. Commits. Raises ApiError: 504
    `witsml_silent` when no process answers, 502 `store_error` saying what the store answered."""
    require_reader(store)
    wait = min(store.timeout_s + 5, MOST_S)
    now = sdk.db.session.scalar(select(func.now()))
    assert now is not None
    request = Request(
        store_id=store.id, kind=kind, arguments=arguments, deadline=now + dt.timedelta(seconds=wait)
    )
    sdk.db.session.add(request)
    sdk.db.session.commit()
    answer = await_end(select(Request.state, Request.answer).where(Request.id == request.id), wait)
    sdk.db.session.execute(delete(_requests).where(_requests.c.id == request.id))
    sdk.db.session.commit()
    if answer is None:
        raise silent(store, f"the store was not heard through within {wait:g} s")
    if answer.state == "failed":
        raise refused(store, answer.answer)
    found: dict[str, Any] = answer.answer
    return found


def require_reader(store: Store) -> None:
    """Raises ApiError when nobody would answer: 409 for a store that is switched off, 504 when no
    process is heard."""
    if not store.enabled:
        raise sdk.ApiError(
            409,
            "store_disabled",
            f"The store {store.name} is switched off.",
            [{"field": "enabled", "value": False, "remedy": "Enable it first"}],
        )
    reader = sdk.db.session.get(Reader, 1, populate_existing=True)
    if reader is None:
        raise silent(store, "the process `witsml` has never been heard")
    if reader.silent_s > SILENT_S:
        raise silent(store, f"the process `witsml` was not heard for {reader.silent_s:.0f} s")


def await_end(statement: Any, wait: float) -> Any:
    """The row of `statement` once its state is final; None when it is not after `wait` seconds."""
    give_up = time.monotonic() + wait
    pause, longest = _LOOK_S
    while time.monotonic() < give_up:
        time.sleep(pause)
        pause = min(pause * 1.5, longest)
        row = sdk.db.session.execute(statement).one_or_none()
        sdk.db.session.rollback()  # gives the connection back
        if row is None:
            return None  # the store was deleted meanwhile
        if row.state not in ("pending", "taken", "sent"):
            return row
    return None


def silent(store: Store, why: str) -> sdk.ApiError:
    remedy = "See that `wellhead witsml run` runs and reaches the database"
    detail = {"field": "store", "value": store.name, "message": why, "remedy": remedy}
    return sdk.ApiError(504, "witsml_silent", f"{why}. {remedy}.", [detail])


def refused(store: Store, answer: dict[str, Any]) -> sdk.ApiError:
    """What the store, or the way to it, answered instead. answer: number, message, remedy"""
    detail = {"field": "store", "value": store.name, **answer}
    return sdk.ApiError(502, "store_error", f"{store.name}: {answer['message']}", [detail])


def forget_requests() -> None:
    """Delete what nobody waits for any more. The bare table: that is nothing anybody keeps."""
    sdk.db.session.execute(
        delete(_requests).where(_requests.c.deadline < func.now() - dt.timedelta(minutes=10))
    )
    sdk.db.session.commit()


def withdraw(table: Any, key: Any) -> bool:
    """Take back a row that no process has taken yet; whether there was one. Not committed."""
    found = sdk.db.session.execute(
        update(table)
        .where(table.c.id == key, table.c.state == "pending")
        .values(state="withdrawn")
        .returning(table.c.id)
    )
    return found.first() is not None
