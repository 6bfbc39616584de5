"""A well's status and how it came to be: every change leaves a line that is never edited."""

import datetime as dt

from flask import has_request_context
from sqlalchemy import select

from wellhead import sdk
from wellhead_wells.models import StatusChange, Well
from wellhead_wells.records import lock

CLOCK_TOLERANCE = dt.timedelta(minutes=5)
"""How far ahead of ours a client's clock may be."""

FIRST_WELL = dt.datetime(1859, 8, 27, tzinfo=dt.UTC)
"""Drake's, at Titusville: no status is older."""


def start_history(
    well: Well, status: str, effective_at: dt.datetime | None, remark: str | None
) -> None:
    """The first status of a new well. Raises WellheadError for a time that cannot be."""
    now = dt.datetime.now(dt.UTC)
    when = effective_at or now
    _check_time(when, now)
    _add(well, None, status, when, remark)


def change_status(
    well: Well,
    status: str,
    effective_at: dt.datetime | None = None,
    remark: str | None = None,
) -> StatusChange:
    """Record that the well's status became another.

    effective_at: when it did in the field; now if None. Changes are entered in the order they
    happened: one must be later than the last. Raises WellheadError when it is not, lies in the
    future, or when the well has this status already.
    """
    lock(well)
    last = sdk.db.session.scalars(
        select(StatusChange)
        .where(StatusChange.well_id == well.id)
        .order_by(StatusChange.effective_at.desc())
        .limit(1)
    ).one()
    if last.to_status == status:
        raise sdk.WellheadError(
            f"the well has this status since {_shown(last.effective_at)}",
            field="status",
            value=status,
            remedy="Record a change when it changes",
        )
    now = dt.datetime.now(dt.UTC)
    when = effective_at or max(now, last.effective_at + dt.timedelta(microseconds=1))
    _check_time(when, now)
    if when <= last.effective_at:
        raise sdk.WellheadError(
            f"the last change, to {last.to_status}, was at {_shown(last.effective_at)}",
            field="effective_at",
            value=_shown(when),
            remedy="Give a later time",
        )
    return _add(well, last.to_status, status, when, remark)


def _add(
    well: Well, before: str | None, after: str, when: dt.datetime, remark: str | None
) -> StatusChange:
    user = sdk.current_user().email if has_request_context() else None
    change = StatusChange(
        from_status=before, to_status=after, effective_at=when, remark=remark, changed_by=user
    )
    well.status_changes.append(change)
    well.status = after
    return change


def _check_time(when: dt.datetime, now: dt.datetime) -> None:
    if not FIRST_WELL <= when <= now + CLOCK_TOLERANCE:
        raise sdk.WellheadError(
            "a status takes effect in the past, and not before the first oil well (1859)",
            field="effective_at",
            value=_shown(when),
            remedy="Give the time it became so, with its zone",
        )


def _shown(when: dt.datetime) -> str:
    return when.isoformat().replace("+00:00", "Z")
