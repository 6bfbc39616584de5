"""JSON out: orjson, which reads numpy columns without a Python object a value."""

from typing import Any

import numpy as np
import orjson
from werkzeug.wrappers import Response

_OPTIONS = orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_NON_STR_KEYS


def encode(body: Any) -> bytes:
    """JSON with NaN and the infinities as null. Arrays must be contiguous."""
    return orjson.dumps(body, option=_OPTIONS, default=_default)


def _default(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return value.tolist()
    raise TypeError(f"not JSON: {type(value).__name__}")


def json_response(body: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    response = Response(encode(body), status=status, mimetype="application/json")
    response.headers.update(headers or {})
    return response
