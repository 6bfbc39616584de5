"""Downtime of wells: entering and changing it, and its hours by production day. Like `facilities`,
these functions do not commit.

Hours on and hours down are the length of the day. Of the two whichever is entered later is held to
that: a record whose hours do not fit the events, or an event that does not fit the records, is
refused.
"""

import datetime as dt
import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from sqlalchemy import func, select

from wellhead import sdk
from wellhead_production.calc.day_hours import hours_in_days
from wellhead_production.closing import require_open
from wellhead_production.facilities import day_of
from wellhead_production.models import DailyRecord, DowntimeEvent, Facility
from wellhead_production.records import require_facility, require_well

TOLERANCE = 1.0 / 60.0
"""Hours by which hours on and down may be more than the day: clocks and people round."""
_FAR = dt.datetime.max.replace(tzinfo=dt.UTC)
_ONE_DAY = dt.timedelta(days=1)
_LONGEST = dt.timedelta(days=36_525)
"""A century: longer is a slip of the pen, and as many days would be looked at."""


def create_event(data: Mapping[str, Any]) -> DowntimeEvent:
    """A new event. data: as `DowntimeEventSchema` loads it.

    Raises WellheadError for times that cannot be or that do not fit the hours on of daily records,
    ApiError 409 for an event that overlaps another of the well, or lies in a closed month.
    """
    facility = require_facility(data["facility_id"])
    require_well(data["well_id"])
    event = DowntimeEvent(**{"planned": False} | dict(data))
    _check_times(event)
    _check(event, facility)
    sdk.db.session.add(event)
    sdk.db.session.flush()
    return event


def change_event(event: DowntimeEvent, data: Mapping[str, Any]) -> None:
    """Change what `data` names. Raises as `create_event` does, for the days it covered too. One
    that lasts may be ended after a month that is closed: only the days between the two ends change.
    """
    facility = sdk.db.session.get_one(Facility, event.facility_id)
    before = days_of(event, facility)
    changed = {name for name, value in data.items() if getattr(event, name) != value}
    with sdk.db.session.no_autoflush:
        sdk.set_fields(event, data, fixed=("well_id", "facility_id"))
        _check_times(event)
        after = days_of(event, facility)
        if changed <= {"end_at", "remark"}:
            kept = min(before[-1:] + after[-1:], default=dt.date.max)
            days = {day for day in before + after if day >= kept} if "end_at" in changed else set()
        else:
            days = {*before, *after}
        _check(event, facility, days)


def delete_event(event: DowntimeEvent) -> None:
    """Delete an event. Raises ApiError 409 when days it covers are closed."""
    facility = sdk.db.session.get_one(Facility, event.facility_id)
    require_open(facility.id, days_of(event, facility), "start_at")
    sdk.db.session.delete(event)


def days_of(event: DowntimeEvent, facility: Facility) -> list[dt.date]:
    """The facility's production days that an event reaches into, to now where it lasts."""
    end = event.end_at or max(event.start_at, dt.datetime.now(dt.UTC))
    day = event.start_at.date() - _ONE_DAY
    found = []
    while day <= end.date() + _ONE_DAY:
        begin, over = day_of(facility, day, "start_at")
        if begin < end and over > event.start_at:
            found.append(day)
        day += _ONE_DAY
    return found


def hours_down(
    well_id: uuid.UUID,
    facility: Facility,
    days: Sequence[dt.date],
    events: Iterable[DowntimeEvent] | None = None,
) -> sdk.Array:
    """Hours, float64[days], that the well's events cover of each production day.

    events: those to count; None = all of the well
    """
    spans = [day_of(facility, day) for day in days]
    counted = events_of([well_id]) if events is None else list(events)
    now = dt.datetime.now(dt.UTC)
    return hours_in_days(
        _seconds(begin for begin, _ in spans),
        _seconds(end for _, end in spans),
        _seconds(event.start_at for event in counted),
        _seconds(event.end_at or max(now, event.start_at) for event in counted),
    )


def events_of(well_ids: Sequence[uuid.UUID]) -> list[DowntimeEvent]:
    """All events of these wells, by well and start."""
    of = select(DowntimeEvent).where(DowntimeEvent.well_id.in_(well_ids))
    return list(sdk.db.session.scalars(of.order_by(DowntimeEvent.well_id, DowntimeEvent.start_at)))


def _seconds(times: Iterable[dt.datetime]) -> Any:
    return np.array([int(time.timestamp()) for time in times], np.int64)


def _check(
    event: DowntimeEvent, facility: Facility, changed: Collection[dt.date] | None = None
) -> None:
    """changed: the days that must be open; None = all of the event's"""
    end = event.end_at or _FAR
    days = days_of(event, facility)
    require_open(facility.id, days if changed is None else changed, "start_at")
    held = func.pg_advisory_xact_lock(func.hashtextextended(str(event.well_id), 0))
    sdk.db.session.execute(select(held))
    others = [other for other in events_of([event.well_id]) if other.id != event.id]
    for other in others:
        if other.start_at < end and (other.end_at or _FAR) > event.start_at:
            raise sdk.conflict(
                f"the well is down already from {other.start_at.isoformat()}",
                field="start_at",
                value=event.start_at.isoformat(),
                remedy="End that event first, or correct the times",
            )
    _refuse_beside_records(event, facility, days, [*others, event])


def _check_times(event: DowntimeEvent) -> None:
    now = dt.datetime.now(dt.UTC)
    end = event.end_at or max(now, event.start_at)
    if event.end_at is not None and end <= event.start_at:
        raise sdk.WellheadError(
            "is not after start_at",
            field="end_at",
            value=end.isoformat(),
            remedy="Correct one of the two times",
        )
    if event.start_at > now:
        raise sdk.WellheadError(
            "has not come",
            field="start_at",
            value=event.start_at.isoformat(),
            remedy="Enter downtime when it begins",
        )
    for field, value in (("start_at", event.start_at), ("end_at", end)):
        if abs(value - now) > _LONGEST:
            raise sdk.WellheadError(
                "is a century away", field=field, value=value.isoformat(), remedy="Correct the year"
            )


def _refuse_beside_records(
    event: DowntimeEvent,
    facility: Facility,
    days: Sequence[dt.date],
    events: Sequence[DowntimeEvent],
) -> None:
    records = sdk.db.session.execute(
        select(
            DailyRecord.production_date,
            func.min(DailyRecord.day_hours),
            func.sum(DailyRecord.hours_on),
        )
        .where(
            DailyRecord.well_id == event.well_id,
            DailyRecord.production_date.in_(days),
            DailyRecord.hours_on.is_not(None),
        )
        .group_by(DailyRecord.production_date)
        .order_by(DailyRecord.production_date)
    ).all()
    down = hours_down(event.well_id, facility, [row[0] for row in records], events)
    for (date, length, on), hours in zip(records, down, strict=True):
        if on + hours > length + TOLERANCE:
            raise sdk.WellheadError(
                f"on {date.isoformat()} the well was on for {on:g} h of {length:g} h, and down "
                f"for {hours:.2f} h by this",
                field="start_at",
                value=event.start_at.isoformat(),
                remedy="Correct the times, or hours_on of that day's record",
            )


def well_hours(well_id: uuid.UUID, first: dt.date, last: dt.date) -> list[dict[str, Any]]:
    """Of each day with a record from `first` to `last`: its length, hours on, hours down by events,
    and the rest that nothing explains."""
    asked = (
        select(DailyRecord)
        .where(
            DailyRecord.well_id == well_id,
            DailyRecord.production_date.between(first, last),
        )
        .order_by(DailyRecord.production_date, DailyRecord.disposition)
    )
    days: dict[dt.date, dict[str, Any]] = {}
    for record in sdk.db.session.scalars(asked):
        day = days.setdefault(
            record.production_date,
            {
                "production_date": record.production_date,
                "facility_id": record.facility_id,
                "day_hours": record.day_hours,
                "hours_on": None,
            },
        )
        if record.hours_on is not None:
            day["hours_on"] = (day["hours_on"] or 0.0) + record.hours_on
    rows = list(days.values())
    events = events_of([well_id])
    for key in {row["facility_id"] for row in rows}:
        facility = sdk.db.session.get_one(Facility, key)
        mine = [row for row in rows if row["facility_id"] == key]
        dates = [row["production_date"] for row in mine]
        for row, hours in zip(mine, hours_down(well_id, facility, dates, events), strict=True):
            row["hours_down"] = float(hours)
    for row in rows:
        on = row["hours_on"]
        row["unexplained"] = None if on is None else row["day_hours"] - on - row["hours_down"]
    return rows
