"""What a close froze, as a fingerprint: whether it is still so can be shown at any time.

The database refuses changes by everybody whom Wellhead knows. Who owns the database can switch that
off; then the fingerprint no longer fits.
"""

import datetime as dt
import hashlib
import json
import uuid
from typing import Any

from sqlalchemy import inspect, select

from wellhead import sdk
from wellhead_production.models import (
    AdjustmentLine,
    AllocatedVolume,
    AllocationDay,
    DailyRecord,
    FacilityVolume,
    MeterTotal,
    RunTicket,
)
from wellhead_production.months.calendar import days_of

FROZEN: dict[Any, str] = {
    DailyRecord: "production_date",
    FacilityVolume: "production_date",
    RunTicket: "production_date",
    MeterTotal: "production_date",
    AllocationDay: "production_date",
    AllocatedVolume: "production_date",
    AdjustmentLine: "booked_month",
}
"""Models whose rows a close freezes, with the column that says in which month they are."""


def fingerprint_of(facility_id: uuid.UUID, month: dt.date) -> dict[str, Any]:
    """A table each: its columns, how many rows, and the SHA-256 of them in order of id."""
    return {model.__tablename__: _of_table(model, facility_id, month, None) for model in FROZEN}


def compared(kept: dict[str, Any], facility_id: uuid.UUID, month: dt.date) -> list[dict[str, Any]]:
    """A row a table that was frozen: whether its rows are what they were, by its columns of then.
    A table that has gone has no rows."""
    models = {model.__tablename__: model for model in FROZEN}
    found = []
    for table, then in sorted(kept.items()):
        model = models.get(table)
        now = (
            {"rows": 0, "sha256": None}
            if model is None
            else _of_table(model, facility_id, month, then["columns"])
        )
        found.append(
            {
                "table": table,
                "rows": then["rows"],
                "rows_now": now["rows"],
                "unchanged": now["sha256"] == then["sha256"],
            }
        )
    return found


def _of_table(
    model: Any, facility_id: uuid.UUID, month: dt.date, names: list[str] | None
) -> dict[str, Any]:
    table = inspect(model).local_table
    columns = names or sorted(column.name for column in table.columns)
    day = table.c[FROZEN[model]]
    days = days_of(month)
    asked = (
        select(*(table.c[name] for name in columns))
        .where(table.c.facility_id == facility_id, day.between(days[0], days[-1]))
        .order_by(table.c.id)
    )
    digest, rows = hashlib.sha256(), 0
    for row in sdk.db.session.execute(asked):
        digest.update(json.dumps([_plain(value) for value in row], sort_keys=True).encode())
        rows += 1
    return {"columns": columns, "rows": rows, "sha256": digest.hexdigest()}


def _plain(value: Any) -> Any:
    """UUIDs, times and decimals as text; a time in UTC, whatever the session's zone."""
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat()
    if value is None or isinstance(value, str | int | float | list | dict):
        return value
    return str(value)
