"""Every error as the same JSON: a stable code, a message, and details that say what to do."""

import re
from typing import Any

import structlog
from flask import Flask, current_app, request
from gunicorn.http.errors import ParseException
from marshmallow import Schema, ValidationError, fields
from sqlalchemy.exc import DataError, IntegrityError, OperationalError, SQLAlchemyError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from wellhead.auth.errors import AuthError
from wellhead.database.extension import db
from wellhead.errors import DatabaseError, WellheadError
from wellhead.http.encoding import json_response
from wellhead.http.holders import Holder, holder_by
from wellhead.http.refusals import ApiError
from wellhead.plugins.info import Status
from wellhead.runtime import runtime_of
from wellhead.settings.checking import did_you_mean

log = structlog.get_logger(__name__)

_CODES = {
    400: "bad_request",
    401: "unauthorized",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    409: "conflict",
    413: "too_large",
    415: "unsupported_media_type",
    422: "validation_failed",
    429: "too_many_requests",
    503: "unavailable",
}
_KEY = re.compile(r"\((?P<field>.+?)\)=\((?P<value>.*)\)")
_MAX_VALUE = 200
_MAX_DETAILS = 100


class ErrorDetail(Schema):
    """One thing wrong: where, what was found there, and what to do."""

    field = fields.String(metadata={"description": "Field, parameter or key at fault"})
    value = fields.Raw(metadata={"description": "What was found there"})
    message = fields.String(metadata={"description": "What is wrong with it"})
    remedy = fields.String(metadata={"description": "What to do about it"})


class ErrorBody(Schema):
    code = fields.String(required=True, metadata={"description": "Stable, for programs"})
    message = fields.String(required=True, metadata={"description": "For people"})
    details = fields.List(
        fields.Nested(ErrorDetail),
        required=True,
        metadata={"description": "Everything that is wrong; empty where the message says all"},
    )


class ErrorEnvelope(Schema):
    """Every answer that is not a success."""

    success = fields.Boolean(required=True, metadata={"description": "Always false"})
    error = fields.Nested(
        ErrorBody, required=True, metadata={"description": "What is wrong, and what to do"}
    )


def register_error_handlers(app: Flask) -> None:
    app.register_error_handler(ApiError, answer_api_error)
    app.register_error_handler(AuthError, _auth_error)
    app.register_error_handler(WellheadError, _wellhead_error)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(SQLAlchemyError, _database_error)
    app.register_error_handler(ParseException, _broken_body)
    app.register_error_handler(Exception, _unexpected)


def _answer(
    status: int,
    code: str,
    message: str,
    details: list[dict[str, Any]] | None = None,
    headers: dict[str, str] | None = None,
) -> Response:
    body = {
        "success": False,
        "error": {"code": code, "message": message, "details": details or []},
    }
    return json_response(body, status, headers)


def answer_api_error(error: ApiError) -> Response:
    db.session.rollback()
    return _answer(error.status, error.code, error.message, error.details, error.headers)


def _auth_error(error: AuthError) -> Response:
    db.session.rollback()
    headers = {}
    if error.status == 401:
        headers["WWW-Authenticate"] = f'Bearer error="{error.code}"'
    if error.retry_after is not None:
        headers["Retry-After"] = str(error.retry_after)
    details = [{"message": error.message, "remedy": error.remedy}] if error.remedy else []
    return _answer(error.status, error.code, str(error), details, headers)


def _wellhead_error(error: WellheadError) -> Response:
    db.session.rollback()
    if isinstance(error, DatabaseError):
        return _unexpected(error)
    return _answer(422, "validation_failed", str(error), [_wellhead_detail(error)])


def problems_of(error: Exception, sent: Any, schema: Schema) -> list[dict[str, Any]]:
    """The details of what refused one of many: ValidationError, WellheadError, ApiError or what
    the database says. sent: the body of that one"""
    if isinstance(error, ValidationError):
        details: list[dict[str, Any]] = []
        _flatten(error.messages, [], sent, schema, details)
        return details
    if isinstance(error, WellheadError):
        return [_wellhead_detail(error)]
    if isinstance(error, ApiError):
        return error.details or [{"message": error.message}]
    if isinstance(error, IntegrityError):
        return [_integrity(error.orig)[3]]
    return [{"message": f"A value cannot be stored: {getattr(error, 'orig', error)}".strip()}]


def _wellhead_detail(error: WellheadError) -> dict[str, Any]:
    detail = {
        "field": error.field,
        "value": _shown(error.value),
        "message": error.message,
        "remedy": error.remedy,
    }
    return {key: value for key, value in detail.items() if value is not None}


def _http_error(error: HTTPException) -> Response:
    db.session.rollback()
    status = error.code or 500
    data = getattr(error, "data", None) or {}
    headers = dict(data.get("headers") or {})
    if status == 405 and getattr(error, "valid_methods", None):
        headers["Allow"] = ", ".join(error.valid_methods)  # type: ignore[attr-defined]
    if "json" in data.get("messages", ()) and request.content_length and not request.is_json:
        return _not_json()
    if "messages" in data:
        details = _validation_details(data["messages"], data.get("schema"))
        first = details[0]
        where = f"{first['field']}: " if first.get("field") else ""
        code = "malformed_json" if status == 400 else "validation_failed"
        return _answer(status, code, f"{where}{first['message']}", details, headers)
    if status == 413:
        return _too_large()
    if status == 404 and request.url_rule is None:
        message = _nothing_here()
    else:
        message = data.get("message") or error.description or error.name
    return _answer(status, _CODES.get(status, "error"), message, headers=headers)


def _nothing_here() -> str:
    """Names the plugin whose routes would be there, if it is off: why is told behind the login."""
    message = f"There is nothing at {request.path}."
    name = request.path.removeprefix("/api/v1/").partition("/")[0].replace("-", "_")
    record = runtime_of(current_app).plugins.records.get(name)
    if record is not None and record.status is not Status.ENABLED:
        message += f" The plugin {name} is off: GET /api/v1/plugins says why."
    return message


def _too_large() -> Response:
    most = request.max_content_length or 0
    detail = {
        "field": "body",
        "value": request.content_length,
        "message": f"the body has more than {most:,} bytes",
        "remedy": "Send less",
    }
    if most == current_app.config["MAX_CONTENT_LENGTH"]:
        detail["remedy"] = "Send it in pieces, or raise body_mb in [limits] of the configuration"
    message = f"body: {detail['message']}. {detail['remedy']}"
    return _answer(413, _CODES[413], message, [detail])


def _not_json() -> Response:
    """What `curl -d` sends of itself: a body that calls itself a form."""
    detail = {
        "field": "Content-Type",
        "value": request.mimetype or None,
        "message": "the body is not sent as JSON",
        "remedy": "Send the header `Content-Type: application/json`",
    }
    message = f"Content-Type: {detail['message']}. {detail['remedy']}"
    return _answer(415, _CODES[415], message, [detail])


def _validation_details(messages: Any, schema: Schema | None) -> list[dict[str, Any]]:
    """webargs' {location: {field: [message]}} as a flat list with the values found."""
    details: list[dict[str, Any]] = []
    for location, problems in messages.items():
        source = request.args if location == "query" else _sent()
        _flatten(problems, [], source, schema, details)
    return details or [{"message": "The request is not valid."}]


def _sent() -> Any:
    try:
        return request.get_json(silent=True)
    except RecursionError:  # the very thing that is being told
        return None


def _flatten(
    problem: Any, path: list[str], source: Any, schema: Schema | None, details: list[dict[str, Any]]
) -> None:
    if isinstance(problem, dict):
        for key, inner in problem.items():
            _flatten(inner, [*path, str(key)], source, schema, details)
        return
    for text in problem if isinstance(problem, list) else [problem]:
        if len(details) == _MAX_DETAILS:
            details.append({"message": f"There is more: these are the first {_MAX_DETAILS}."})
        if len(details) > _MAX_DETAILS:
            return
        parts = [part for part in path if part != "_schema"]
        detail: dict[str, Any] = {"field": _shown(".".join(parts)), "message": str(text)}
        value = _dig(source, parts)
        if value is not None and parts and getattr(schema, "echo", True):
            detail["value"] = _shown(value)
        if str(text).startswith("Unknown field") and schema is not None and len(parts) == 1:
            detail["remedy"] = _remedy_of_unknown(parts[0], schema)
        details.append(detail)


def _remedy_of_unknown(name: str, schema: Schema) -> str:
    """What to do about a field that is not taken; none that is only answered is offered."""
    known = {field.data_key or key: field for key, field in schema.fields.items()}
    if name in known and known[name].dump_only:
        return "Leave it out: it is answered, never sent"
    return did_you_mean(_shown(name), [key for key, field in known.items() if not field.dump_only])


def _dig(source: Any, path: list[str]) -> Any:
    for part in path:
        if isinstance(source, list) and part.isdigit() and int(part) < len(source):
            source = source[int(part)]
        elif hasattr(source, "get"):
            source = source.get(part)
        elif part != "value":  # what is wrong below a key of a dictionary comes under this word
            return None
    return source


def _shown(value: Any) -> Any:
    if value is None or isinstance(value, (bool, float)):
        return value
    if isinstance(value, int) and -(2**63) <= value < 2**63:  # JSON out holds no longer ones
        return value
    text = str(value).encode("utf-8", "backslashreplace").decode()  # halves of surrogate pairs
    return text if len(text) <= _MAX_VALUE else text[:_MAX_VALUE] + "…"


def _database_error(error: SQLAlchemyError) -> Response:
    db.session.rollback()
    original = getattr(error, "orig", None)
    if isinstance(error, StaleDataError):
        return _answer(404, "not_found", "The record has gone: somebody deleted it just now.")
    if isinstance(error, IntegrityError):
        status, code, message, detail = _integrity(original)
        return _answer(status, code, message, [detail])
    limit = (getattr(original, "sqlstate", None) or "").startswith("54")  # too large for an index
    if isinstance(error, DataError) or limit:
        return _answer(422, "validation_failed", f"A value cannot be stored: {original}".strip())
    if (getattr(original, "sqlstate", None) or "").startswith("40"):  # deadlock, serialization
        return _answer(
            409,
            "conflict",
            "Others changed the same records at the same moment, so nothing was stored. "
            "Send it again.",
        )
    if isinstance(error, OperationalError):
        log.error("database unavailable", error=str(original).strip())
        return _answer(
            503,
            "database_unavailable",
            "The database does not answer. Try again in a moment.",
            headers={"Retry-After": "5"},
        )
    return _unexpected(error)


def _integrity(original: Any) -> tuple[int, str, str, dict[str, Any]]:
    """(status, code, message, detail) of a constraint's refusal."""
    sqlstate = getattr(original, "sqlstate", None) or ""
    diagnosis = getattr(original, "diag", None)
    detail_text = getattr(diagnosis, "message_detail", None) or ""
    match = _KEY.search(detail_text)
    detail: dict[str, Any] = {"message": detail_text or str(original).strip()}
    if match:
        detail |= {"field": match["field"], "value": _shown(match["value"])}
    if sqlstate == "23505":
        if match:
            detail["message"] = detail_text = "another has the {field} {value}".format(**detail)
        message = f"There is one already: {detail_text}"
        detail["remedy"] = "Choose another value, or change the record that has it"
    elif sqlstate == "23001" or "still referenced" in detail_text:  # 23001 from PostgreSQL 18
        holder = _holder(diagnosis, match)
        detail["message"] = holder.message if holder else "other records refer to it"
        message = "Other records refer to it" + (f": {holder.said}" if holder else "")
        detail["remedy"] = holder.remedy if holder else "Remove or move those first"
    elif sqlstate == "23503":
        message = f"It refers to a record that is not there: {detail_text}"
        detail["remedy"] = "Name an existing record"
        return 422, "validation_failed", message, detail
    else:
        column = getattr(diagnosis, "column_name", None)
        detail |= {"field": column} if column else {}
        message = str(getattr(diagnosis, "message_primary", None) or original)
        return 422, "validation_failed", message, detail
    return 409, "conflict", message, detail


def _holder(diagnosis: Any, key: re.Match[str] | None) -> Holder | None:
    values = key["value"].split(", ") if key else []
    return holder_by(diagnosis.constraint_name, diagnosis.table_name, values)


def _broken_body(error: ParseException) -> Response:
    """gunicorn found it while the body was being read."""
    db.session.rollback()
    return _answer(400, "bad_request", f"The body is not sent as HTTP asks for: {error}")


def _unexpected(error: Exception) -> Response:
    db.session.rollback()
    log.error("request failed", exc_info=error)
    return _answer(
        500,
        "internal_error",
        "Something went wrong in Wellhead. The log has it under this request's X-Request-ID.",
    )
