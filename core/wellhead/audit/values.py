"""Values of columns as JSON that PostgreSQL takes and people read."""

import datetime as dt
import hashlib
import math
import uuid
from collections.abc import Mapping
from dataclasses import asdict, is_dataclass
from decimal import Decimal
from enum import Enum
from typing import Any

from sqlalchemy import Column

MASK = "***"
_MAX_TEXT = 10_000


def column_value(column: Column[Any], value: Any) -> Any:
    """The value for the trail; `***` for a column marked `info={"secret": True}`."""
    if value is None:
        return None
    return MASK if column.info.get("secret") else plain(value)


def plain(value: Any) -> Any:
    """A JSON value. Times are RFC 3339 in UTC, decimals and UUIDs text, bytes their SHA-256; text
    over 10,000 characters is cut, with its length and SHA-256."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, Enum):
        return plain(value.value)
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else str(value)
    if isinstance(value, dt.datetime):
        return _time(value)
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, dt.timedelta):
        return value.total_seconds()
    if isinstance(value, bytes | bytearray | memoryview):
        octets = bytes(value)
        return f"{len(octets)} bytes, sha256 {hashlib.sha256(octets).hexdigest()}"
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        return plain(asdict(value))
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, set | frozenset):
        return sorted((plain(item) for item in value), key=str)
    if isinstance(value, Decimal | uuid.UUID):
        return str(value)
    return _text(str(value))


def _text(value: str) -> str:
    if len(value) <= _MAX_TEXT:
        return value
    digest = hashlib.sha256(value.encode("utf-8", "surrogatepass")).hexdigest()
    return f"{value[:_MAX_TEXT]}… ({len(value)} characters, sha256 {digest})"


def _time(value: dt.datetime) -> str:
    if value.tzinfo is None:
        return value.isoformat()
    return value.astimezone(dt.UTC).isoformat().replace("+00:00", "Z")
