"""Conditional requests: reading again only what changed, and editing only what one has seen.

An ETag is a digest of the record as the API shows it. A time or a number of the record's own row
would miss what is kept elsewhere: a well's name is its asset's, its identifiers are rows of their
own. What changes by itself (`volatile` fields of the schema, like how a device is doing) is the
part behind the dash: it makes a reader read again and stands in no editor's way.
"""

import hashlib
from collections.abc import Callable
from functools import cache, wraps
from typing import Any, TypeVar

from flask import Response, request
from marshmallow import Schema
from sqlalchemy import inspect, select
from werkzeug.http import quote_etag

from wellhead.database.extension import db
from wellhead.http.encoding import encode, json_response
from wellhead.http.refusals import ApiError
from wellhead.http.units import as_entered, asked_system

Envelope = Callable[[Any], dict[str, Any]]
View = TypeVar("View", bound=Callable[..., Any])
ETAG_HEADER = {
    "ETag": {
        "description": "Of the record as it is now, for If-None-Match and If-Match",
        "schema": {"type": "string"},
    }
}
IF_NONE_MATCH = {
    "name": "If-None-Match",
    "in": "header",
    "schema": {"type": "string"},
    "description": "ETag of an earlier answer: 304 without a body when nothing changed since",
}
IF_MATCH = {
    "name": "If-Match",
    "in": "header",
    "schema": {"type": "string"},
    "description": "ETag of the record as it was read: 412 when it was changed since. Without it "
    "the change is made whatever the record is by now",
}
_REMEDY = "Read the record again, look at what changed, and send the change with its new ETag"


def _entered(record: Any, schema: type[Schema]) -> dict[str, Any]:
    """The record as the API shows it, its numbers in the units that they were entered in."""
    with as_entered():
        shown: dict[str, Any] = _made(schema).dump(record)
    return shown


def _etag(entered: dict[str, Any], schema: type[Schema]) -> str:
    """Without its quotes."""
    names = getattr(schema, "volatile", ())
    if not names:
        return _digest(entered)
    fixed = {name: value for name, value in entered.items() if name not in names}
    return f"{_digest(fixed)}-{_digest({name: entered.get(name) for name in names})}"


def hold(model: type[Any], key: Any) -> Any:
    """The record as it is now, locked to the end of the transaction; None when it is not there.

    Two statements: the first waits for whoever has the lock, and only a later one sees all that
    they changed, in other tables too.
    """
    column = inspect(model).primary_key[0]
    locked = select(column).where(column == key).with_for_update()
    if db.session.scalar(locked) is None:
        return None
    return db.session.get(model, key, populate_existing=True)


def answer_if_changed(view: View, schema: type[Schema], envelope: Envelope) -> Any:
    """A view that returns a record → one that answers with it and its ETag, or with 304 for who
    has that already. envelope: a shown record → the body of the answer"""

    @wraps(view)
    def answer(*args: Any, **kwargs: Any) -> Any:
        record = view(*args, **kwargs)
        entered = _entered(record, schema)
        tag = _etag(entered, schema)
        if request.if_none_match.contains_weak(tag):
            unchanged = Response(status=304)
            unchanged.set_etag(tag)
            return unchanged
        # showing it once more costs as much as the rest of this
        shown = entered if asked_system() is None else _made(schema).dump(record)
        return json_response(envelope(shown), headers={"ETag": quote_etag(tag)})

    return answer


def change_if_unchanged(
    view: View, schema: type[Schema], held: Callable[..., Any] | None, envelope: Envelope
) -> Callable[..., Any]:
    """A view that changes or deletes a record, which runs only when If-Match, if it is sent,
    names the record as it is. held: the path's arguments → the record, locked and fresh; None: the
    view asks `require_unchanged` itself. envelope: as `answer_if_changed` has it"""

    @wraps(view)
    def answer(*args: Any, **kwargs: Any) -> Any:
        if held is not None and "If-Match" in request.headers:
            require_unchanged(held(**(request.view_args or {})), schema)
        record = view(*args, **kwargs)
        if record is None:
            return None
        entered = _entered(record, schema)
        return json_response(
            envelope(entered), headers={"ETag": quote_etag(_etag(entered, schema))}
        )

    return answer


def require_unchanged(record: Any, schema: type[Schema]) -> None:
    """Raises ApiError 412 when If-Match is sent and does not name the record as it is, which the
    caller has locked to the end of the transaction."""
    if "If-Match" not in request.headers:
        return
    tag, sent = _etag(_entered(record, schema), schema), request.if_match
    known = filter(None, sent.as_set())  # `""` is read as None
    if sent.star_tag or _fixed(tag) in map(_fixed, known):
        return
    shown = request.headers["If-Match"]
    message = "The record is not as it was when this ETag was given."
    detail = {"field": "If-Match", "value": shown, "message": message, "remedy": _REMEDY}
    raise ApiError(
        412,
        "precondition_failed",
        f"{message} It is {quote_etag(tag)} now. {_REMEDY}.",
        [detail],
        {"ETag": quote_etag(tag)},
    )


@cache
def _made(schema: type[Schema]) -> Schema:
    """Making one costs as much as dumping a record several times."""
    return schema()


def _fixed(tag: str) -> str:
    return tag.partition("-")[0]


def _digest(shown: Any) -> str:
    return hashlib.blake2b(encode(shown), digest_size=12).hexdigest()
