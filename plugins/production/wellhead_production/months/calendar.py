"""Months as the API writes them: 2026-03."""

import calendar
import datetime as dt
import re
from typing import Any

from marshmallow import ValidationError, fields

from wellhead import sdk

_WRITTEN = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")


class Month(fields.Field[dt.date]):
    """A month, loaded as its first day."""

    def __init__(self, text: str, **options: Any) -> None:
        described = sdk.about(f"{text}, written like 2026-03") | {"type": "string"}
        super().__init__(metadata=described, **options)

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> dt.date:
        found = _WRITTEN.fullmatch(value) if isinstance(value, str) else None
        if found is None or not 2 <= int(found[1]) <= 9998:
            raise ValidationError("Must be a month like 2026-03.")
        return dt.date(int(found[1]), int(found[2]), 1)

    def _serialize(self, value: dt.date | None, attr: Any, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else value.isoformat()[:7]


def days_of(month: dt.date) -> list[dt.date]:
    """All days of the month that begins on this date."""
    _, count = calendar.monthrange(month.year, month.month)
    return [month.replace(day=place) for place in range(1, count + 1)]
