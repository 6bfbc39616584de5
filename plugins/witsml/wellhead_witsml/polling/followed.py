"""A log that is followed, as it is before a look at it: which one, and how far it is stored."""

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select

from wellhead import sdk
from wellhead_witsml.models import Log, LogState
from wellhead_witsml.objects import logs as witsml

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Followed:
    """A log as it was before a look. cursor: microseconds UTC, or a depth in `unit`"""

    id: uuid.UUID
    uids: dict[str, str]
    period_s: float
    state: str | None
    cursor: float | None
    unit: str | None

    def start(self, header: witsml.Log) -> datetime | float | None:
        """Where to read from: the last row that is stored."""
        if self.cursor is None or not header.by_time:
            return self.cursor
        return EPOCH + timedelta(microseconds=self.cursor)


def followed(log_id: uuid.UUID) -> Followed | None:
    """The log, or None when it was removed or switched off."""
    row = sdk.db.session.execute(
        select(Log, LogState).outerjoin(LogState).where(Log.id == log_id, Log.enabled)
    ).one_or_none()
    if row is None:
        return None
    log, known = row
    uids = {"uid_well": log.uid_well, "uid_wellbore": log.uid_wellbore, "uid": log.uid}
    return Followed(
        log.id,
        uids,
        log.period_s,
        known.state if known else None,
        cursor_of(known) if known else None,
        known.unit if known else None,
    )


def cursor_of(row: Any) -> float | None:
    """Of a log's row of bookkeeping."""
    if row.cursor_time is not None:
        return float((row.cursor_time - EPOCH) // timedelta(microseconds=1))
    found: float | None = row.cursor_depth
    return found
