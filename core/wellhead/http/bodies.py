"""What a body may be, whatever its schema: no deeper, longer or stranger than we can handle.

Each bound keeps one request from holding up all others of its process: reading millions of values,
or telling what is wrong with each, takes longer than a web process may be silent.
"""

import re
from collections.abc import Iterable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from flask import Request
from gunicorn.http.errors import ParseException
from marshmallow import RAISE, Schema, ValidationError
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import HTTPException
from werkzeug.wsgi import LimitedStream, get_content_length, get_input_stream

from wellhead.http.refusals import ApiError

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

MAX_DEPTH = 64
"""Of lists and objects within each other in a body; nothing of ours is deeper than ten."""
MAX_VALUES = 1_000_000
"""Of a JSON body, or cells of a CSV file."""
PUBLIC_BYTES = 1 << 20
"""Of a body from somebody who need not be logged in."""
_DROPPED_BYTES = 64 << 20
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


class WholeBodies:
    """WSGI middleware: of a body that ends before its Content-Length nothing is taken.

    The client was killed, or the line broke. gunicorn gives what came as if it were all, and half a
    file is as good a file as a whole one: half a number would be stored.
    """

    def __init__(self, app: "WSGIApplication") -> None:
        self._app = app

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        length = get_content_length(environ)
        if length:
            environ["wsgi.input"] = _Announced(environ["wsgi.input"], length)
        return self._app(environ, start_response)


class _Announced(LimitedStream):
    def on_disconnect(self, error: Exception | None = None) -> None:
        raise ApiError(
            400, "bad_request", "The body ended before its Content-Length: nothing of it is taken."
        ) from error


class BodyParser(FlaskParser):
    DEFAULT_UNKNOWN_BY_LOCATION = {"json": RAISE, "query": RAISE, "form": RAISE}  # noqa: RUF012

    def load_json(self, req: Any, schema: Schema) -> Any:
        """The body; text that PostgreSQL cannot hold is refused here, with the field's name."""
        try:
            body = super().load_json(req, schema)
        except RecursionError:
            raise _too_deep() from None
        except ValueError:  # Python's own bound; JSON that is none has been told by now
            raise ValidationError("A whole number in the JSON has too many digits.") from None
        if _has_too_many(body):
            raise ValidationError(f"The JSON holds more than {MAX_VALUES:,} values.")
        check_body(body)
        return body


def check_body(body: Any) -> None:
    """Raises ValidationError for text that PostgreSQL cannot hold and for a body too deep."""
    unstorable = _unstorable(body, MAX_DEPTH)
    if unstorable is not None:
        message = "Contains a character that cannot be stored (NUL or half a surrogate pair)."
        raise ValidationError({unstorable or "_schema": [message]})


def take_rest(request: Request) -> None:
    """Read and drop a body that nobody has begun to read, since the answer is a refusal.

    Closing a connection with a body still on its way resets it, and the client is told of that
    instead of the answer. A body much larger than any that is taken is not waited for.
    """
    if "stream" in request.__dict__ or (request.content_length or 0) > _DROPPED_BYTES:
        return
    left = _DROPPED_BYTES
    with suppress(OSError, ParseException, HTTPException, ApiError):
        stream = get_input_stream(request.environ)
        while left > 0 and (piece := stream.read(1 << 16)):
            left -= len(piece)


def _too_deep() -> ValidationError:
    return ValidationError(f"The JSON is nested too deep: at most {MAX_DEPTH} levels.")


def _has_too_many(body: Any) -> bool:
    left = MAX_VALUES
    waiting = [body]
    while waiting:
        value = waiting.pop()
        if isinstance(value, (dict, list)):
            left -= len(value)
            if left < 0:
                return True
            waiting.extend(value.values() if isinstance(value, dict) else value)
    return False


def _unstorable(body: Any, levels: int, path: str = "") -> str | None:
    """Path of the first text with a NUL or a lone surrogate; None when all is well. Raises
    ValidationError for a body deeper than `levels`."""
    if levels < 0:
        raise _too_deep()
    if isinstance(body, str):
        return path if _UNSTORABLE.search(body) else None
    if isinstance(body, dict):
        if any(_unstorable(key, levels) is not None for key in body):
            return path
        parts = ((str(key), value) for key, value in body.items())
    elif isinstance(body, list):
        parts = ((str(place), value) for place, value in enumerate(body))
    else:
        return None
    values = (_unstorable(value, levels - 1, f"{path}.{key}".lstrip(".")) for key, value in parts)
    return next((found for found in values if found is not None), None)
