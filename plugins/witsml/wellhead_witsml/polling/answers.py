"""What web processes ask for: one exchange with a store each, answered into its row."""

import uuid
from collections.abc import Callable
from typing import Any

from lxml import etree
from sqlalchemy import func, select, update

from wellhead import sdk
from wellhead_witsml.models import Request, Write
from wellhead_witsml.polling import state as states
from wellhead_witsml.protocol.capabilities import Capabilities
from wellhead_witsml.protocol.client import Store as Client
from wellhead_witsml.protocol.errors import ReturnError, StoreRefused, WitsmlError
from wellhead_witsml.protocol.options import Options, ReturnElements
from wellhead_witsml.protocol.xml import parse
from wellhead_witsml.requests import CAPABILITIES, GET

SENT, DONE, REFUSED, UNKNOWN = "sent", "done", "refused", "unknown"
_requests: Any = Request.__table__
_writes: Any = Write.__table__


Connect = Callable[[], Client]
"""To the store; raises StoreRefused where its configuration does not allow it."""


def answer_one(connect: Connect, store: uuid.UUID) -> bool:
    """Answer the store's oldest request, or send its oldest write; whether there was one.
    Commits."""
    return _answer_request(connect, store) or _send_write(connect, store)


def end_unanswered() -> None:
    """What was sent by a process that ended before the answer came: nobody knows. Commits."""
    for key in sdk.db.session.scalars(select(_writes.c.id).where(_writes.c.state == SENT)).all():
        _finish_write(key, UNKNOWN, None, "the process that sent it ended before the answer came")
    sdk.db.session.commit()


def shown_capabilities(client: Client, known: Capabilities) -> dict[str, Any]:
    """As `CapabilitiesSchema` shows them."""
    limits = known.limit("WMLS_GetFromStore", "log")
    return {
        "versions": list(client.get_version()),
        "name": known.name,
        "vendor": known.vendor,
        "software_version": known.version,
        "max_data_nodes": limits.data_nodes,
        "max_data_points": limits.data_points,
        "change_detection_period_s": known.change_detection_s,
        "growing_timeout_period_s": known.growing_timeout_s.get("log"),
        "compression": ", ".join(known.compression) or None,
        "functions": {name: list(types) for name, types in known.functions.items()},
    }


def _taken(table: Any, store: uuid.UUID, state: str, *columns: Any) -> Any:
    """The oldest row of the store that waits, and is this process's now; None when none does.
    Committed, before anything goes out."""
    oldest = (
        select(table.c.id)
        .where(
            table.c.store_id == store,
            table.c.state == "pending",
            table.c.deadline > func.now(),
        )
        .order_by(table.c.created_at)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    row = sdk.db.session.execute(
        update(table)
        .where(table.c.id == oldest.scalar_subquery())
        .values(state=state)
        .returning(table.c.id, *columns)
    ).one_or_none()
    sdk.db.session.commit()
    return row


def _answer_request(connect: Connect, store: uuid.UUID) -> bool:
    row = _taken(_requests, store, "taken", _requests.c.kind, _requests.c.arguments)
    if row is None:
        return False
    try:
        state, answer = "done", _exchange(connect(), store, row.kind, row.arguments)
    except WitsmlError as error:
        state, answer = "failed", _told(error)
    sdk.db.session.execute(
        update(_requests).where(_requests.c.id == row.id).values(state=state, answer=answer)
    )
    sdk.db.session.commit()
    return True


def _exchange(
    client: Client, store: uuid.UUID, kind: str, arguments: dict[str, Any]
) -> dict[str, Any]:
    if kind == CAPABILITIES:
        shown = shown_capabilities(client, client.get_cap())
        states.set_store(store, "connected", None, shown)
        return shown
    assert kind == GET
    reply = client.get(
        arguments["object_type"],
        arguments["query"],
        Options(ReturnElements(arguments["return_elements"])),
    )
    document = reply.document
    if isinstance(document, bytes):
        document = etree.tostring(parse(document), encoding="unicode")
    return {
        "result": reply.result,
        "document": document,
        "partial": reply.partial,
        "warning": reply.warning,
    }


def _send_write(connect: Connect, store: uuid.UUID) -> bool:
    columns = (_writes.c.function, _writes.c.object_type, _writes.c.xml)
    row = _taken(_writes, store, SENT, *columns)
    if row is None:
        return False
    number = None
    try:
        client = connect()
        send = {"add": client.add, "update": client.update, "delete": client.delete}[row.function]
        state, message = DONE, send(row.object_type, row.xml)
    except ReturnError as error:
        state, message, number = REFUSED, str(error), error.number
    except StoreRefused as error:
        state, message = REFUSED, str(error)
    except WitsmlError as error:  # no answer, or none that can be read: it may have come through
        state, message = UNKNOWN, str(error)
    _finish_write(row.id, state, number, message)
    sdk.db.session.commit()
    return True


def _finish_write(key: Any, state: str, number: int | None, message: str) -> None:
    """With an audit row: bare tables leave none, and this is what became of what a person did."""
    new = {"state": state, "result": number, "message": message or None}
    email = sdk.db.session.scalar(
        update(_writes)
        .where(_writes.c.id == key, _writes.c.state == SENT)
        .values(updated_at=func.now(), **new)
        .returning(_writes.c.user_email)
    )
    actor = sdk.Actor(source="witsml", email=email)
    statement, parameters = sdk.audit_entry(
        "update", "witsml_write", key, {"state": SENT}, new, actor
    )
    sdk.db.session.connection().exec_driver_sql(statement, parameters)


def _told(error: WitsmlError) -> dict[str, Any]:
    told = {
        "message": error.message,
        "remedy": error.remedy,
        "result": error.number if isinstance(error, ReturnError) else None,
    }
    return {name: value for name, value in told.items() if value is not None}
