"""Fields that every schema shares."""

import datetime as dt
from typing import Any

from marshmallow import fields


class Instant(fields.AwareDateTime):
    """A time with its zone (RFC 3339); in UTC with Z on the way out."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        if value is None:
            return None
        return str(value.astimezone(dt.UTC).isoformat()).replace("+00:00", "Z")
