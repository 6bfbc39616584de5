"""Facilities: creating, changing and deleting them. Other plugins may call these functions.

They work in the caller's tenant and transaction and do not commit.
"""

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

from sqlalchemy import exists, select

from wellhead import sdk
from wellhead_production.models import (
    ClosedMonth,
    DailyRecord,
    Facility,
    FacilityVolume,
    MeterTotal,
    RunTicket,
)
from wellhead_production.vocabulary import FACILITY_KIND, FACILITY_PARENTS
from wellhead_wells.records import refuse_assets_beneath, refuse_taken_name, require_parent

_DEFAULTS = {
    "kind": "other",
    "production_day_start": "00:00",
    "standard_conditions": "15C_101.325kPa",
}
_OF_ITS_DAYS = ("time_zone", "production_day_start", "standard_conditions")
_HOUR = dt.timedelta(hours=1)


def create_facility(data: Mapping[str, Any]) -> Facility:
    """A new facility. A node of the plant tree of this kind, name and parent that belongs to no
    facility yet becomes its own, else it gets a new one.

    data: as `FacilitySchema` loads it; `name` and `time_zone` are required
    Raises WellheadError for a parent or time zone that cannot be, ApiError 409 for a taken name.
    """
    values = _DEFAULTS | dict(data)
    name, parent_id = values.pop("name"), values.pop("parent_asset_id", None)
    require_parent(FACILITY_KIND, parent_id, FACILITY_PARENTS)
    sdk.zone_of(values["time_zone"], "time_zone")
    asset = _free_node(name, parent_id)
    if asset is None:
        refuse_taken_name(FACILITY_KIND, name, parent_id)
        asset = sdk.Asset(kind=FACILITY_KIND, name=name, parent_id=parent_id)
    facility = Facility(asset=asset, **values)
    sdk.db.session.add(facility)
    sdk.db.session.flush()
    return facility


def change_facility(facility: Facility, data: Mapping[str, Any]) -> None:
    """Change what `data` names; another parent moves it in the plant tree. Raises as
    `create_facility` does, and ApiError 409 for another clock, day or conditions once there are
    numbers of days: they would silently mean other hours and other volumes."""
    values = dict(data)
    asset = facility.asset
    name = values.pop("name", asset.name)
    shown = sdk.shown_parent(asset.id, asset.parent_id)
    wanted = values.pop("parent_asset_id", shown)
    parent_id = asset.parent_id if wanted == shown else wanted
    if wanted != shown:
        require_parent(FACILITY_KIND, wanted, FACILITY_PARENTS)
    if (name, parent_id) != (asset.name, asset.parent_id):
        refuse_taken_name(FACILITY_KIND, name, parent_id)
        sdk.move_asset(asset, parent_id, "parent_asset_id")
        asset.name = name
    if "time_zone" in values:
        sdk.zone_of(values["time_zone"], "time_zone")
    for key in _OF_ITS_DAYS:
        if values.get(key, getattr(facility, key)) != getattr(facility, key):
            _refuse_with_records(facility, key, values[key])
    for key, value in values.items():
        setattr(facility, key, value)


def delete_facility(facility: Facility) -> None:
    """Delete a facility with its node. Refused with ApiError 409 while anything hangs under that,
    or other records name the facility."""
    refuse_assets_beneath(facility.asset_id, FACILITY_KIND)
    asset = facility.asset
    sdk.db.session.delete(facility)
    sdk.db.session.delete(asset)


def facility_named(text: str, field: str = "facility") -> Facility:
    """The one facility of this name that the caller may see. Raises WellheadError."""
    named = select(Facility).where(Facility.name == text)
    found = sdk.db.session.scalars(sdk.only_visible(named, Facility.asset_id).limit(2)).all()
    if len(found) != 1:
        raise sdk.WellheadError(
            "several facilities are called so" if found else "no facility is called so",
            field=field,
            value=text,
            remedy="Give the name of one of GET /api/v1/production/facilities, or its id",
        )
    return found[0]


def day_of(
    facility: Facility, date: dt.date, field: str = "production_date"
) -> tuple[dt.datetime, dt.datetime]:
    """(begin, end) in UTC of the facility's production day of that date. Raises WellheadError for
    a day that there is not."""
    zone = sdk.zone_of(facility.time_zone)
    return sdk.day_span(date, zone, sdk.parse_day_start(facility.production_day_start), field)


def hours_of(facility: Facility, date: dt.date, field: str = "production_date") -> float:
    """Length of that production day in hours: 24, and 23 or 25 where the clock is changed. Raises
    WellheadError for a day that there is not, or that has not begun."""
    begin, end = day_of(facility, date, field)
    if begin > dt.datetime.now(dt.UTC):
        raise sdk.WellheadError(
            "the production day has not begun",
            field=field,
            value=date.isoformat(),
            remedy="Correct the date",
        )
    return (end - begin) / _HOUR


def _free_node(name: str, parent_id: uuid.UUID | None) -> sdk.Asset | None:
    found: sdk.Asset | None = sdk.db.session.scalar(
        select(sdk.Asset).where(
            sdk.Asset.kind == FACILITY_KIND,
            sdk.Asset.name == name,
            sdk.Asset.parent_id.is_not_distinct_from(parent_id),
            ~exists().where(Facility.asset_id == sdk.Asset.id),
        )
    )
    return found


def _refuse_with_records(facility: Facility, field: str, value: Any) -> None:
    of_days = (DailyRecord, MeterTotal, FacilityVolume, RunTicket, ClosedMonth)
    if any(
        sdk.db.session.scalar(select(exists().where(model.facility_id == facility.id)))
        for model in of_days
    ):
        raise sdk.conflict(
            "the facility has days, volumes or months by what it is now",
            field=field,
            value=value,
            remedy="Make another facility from the day of the change",
        )
