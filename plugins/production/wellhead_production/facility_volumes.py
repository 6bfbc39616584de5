"""Daily volumes of facilities: entering and changing them, and whether a day adds up. Like
`facilities`, these functions do not commit."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select

from wellhead import sdk
from wellhead_production.closing import require_open
from wellhead_production.conditions import volume_factor
from wellhead_production.facilities import hours_of
from wellhead_production.models import DailyRecord, Facility, FacilityVolume, Meter
from wellhead_production.records import require_facility, require_meter
from wellhead_production.vocabulary import (
    CANONICAL_VOLUME,
    Disposition,
    Fluid,
    Method,
    WellDisposition,
    quantity_of,
)


def create_volume(data: Mapping[str, Any]) -> FacilityVolume:
    """A volume of a day. data: as `FacilityVolumeSchema` loads it.

    Raises WellheadError for a day, meter or unit that cannot be, ApiError 409 for one that is there
    already or a day that is closed.
    """
    facility = require_facility(data["facility_id"])
    defaults = {"method": Method.MEASURED.value}
    defaults["standard_conditions"] = facility.standard_conditions
    volume = FacilityVolume(**defaults | dict(data))
    _settle(volume, facility)
    sdk.db.session.add(volume)
    sdk.db.session.flush()
    return volume


def change_volume(volume: FacilityVolume, data: Mapping[str, Any]) -> None:
    """Change what `data` names. Raises as `create_volume` does."""
    require_open(volume.facility_id, [volume.production_date])
    facility = sdk.db.session.get_one(Facility, volume.facility_id)
    with sdk.db.session.no_autoflush:
        sdk.set_fields(volume, data, fixed=("facility_id",))
        _settle(volume, facility)


def delete_volume(volume: FacilityVolume) -> None:
    """Delete a volume. Raises ApiError 409 when its day is closed."""
    require_open(volume.facility_id, [volume.production_date])
    sdk.db.session.delete(volume)


def balance_of(facility: Facility, date: dt.date) -> list[dict[str, Any]]:
    """Of each fluid what the facility's wells produced on that day, what became of it by
    disposition, and the rest: stock that was laid up, or what nobody knows. Sm3 at the facility's
    conditions."""
    produced = _produced(facility, date)
    gone = _gone(facility, date)
    rows = []
    for fluid in Fluid:
        ways = {way.value: gone.get((fluid.value, way.value), 0.0) for way in Disposition}
        made = produced[fluid.value]
        rows.append(
            {
                "fluid": fluid.value,
                "produced": made,
                **ways,
                "difference": made - sum(ways.values()),
                "unit": CANONICAL_VOLUME,
                "quantity": quantity_of(fluid),
                "standard_conditions": facility.standard_conditions,
            }
        )
    return rows


def _produced(facility: Facility, date: dt.date) -> dict[str, float]:
    names = {fluid.value: getattr(DailyRecord, f"{fluid.value}_sm3") for fluid in Fluid}
    found = sdk.db.session.execute(
        select(DailyRecord.standard_conditions, *map(func.sum, names.values()))
        .where(
            DailyRecord.facility_id == facility.id,
            DailyRecord.production_date == date,
            DailyRecord.disposition == WellDisposition.PRODUCED,
        )
        .group_by(DailyRecord.standard_conditions)
    )
    total = dict.fromkeys(names, 0.0)
    for stated, *sums in found:
        for name, value in zip(names, sums, strict=True):
            total[name] += (value or 0.0) * volume_factor(
                name, stated, facility.standard_conditions
            )
    return total


def _gone(facility: Facility, date: dt.date) -> dict[tuple[str, str], float]:
    total: dict[tuple[str, str], float] = {}
    days = select(FacilityVolume).where(
        FacilityVolume.facility_id == facility.id, FacilityVolume.production_date == date
    )
    for row in sdk.db.session.scalars(days):
        factor = volume_factor(row.fluid, row.standard_conditions, facility.standard_conditions)
        key = (row.fluid, row.disposition)
        total[key] = total.get(key, 0.0) + row.volume_sm3 * factor
    return total


def _settle(volume: FacilityVolume, facility: Facility) -> None:
    require_open(facility.id, [volume.production_date])
    hours_of(facility, volume.production_date)
    sdk.units.check_unit(volume.unit, volume.quantity)
    volume.volume_sm3 = sdk.units.convert(volume.volume, volume.unit, CANONICAL_VOLUME)
    if volume.meter_id is not None:
        _check_meter(volume, require_meter(volume.meter_id))
    taken = select(FacilityVolume.id).where(
        FacilityVolume.facility_id == volume.facility_id,
        FacilityVolume.production_date == volume.production_date,
        FacilityVolume.fluid == volume.fluid,
        FacilityVolume.disposition == volume.disposition,
        FacilityVolume.meter_id.is_not_distinct_from(volume.meter_id),
        FacilityVolume.id.is_distinct_from(volume.id),
    )
    if sdk.db.session.scalar(taken) is not None:
        raise sdk.conflict(
            f"there is a volume of {volume.fluid} {volume.disposition} of this day and meter",
            field="production_date",
            value=volume.production_date.isoformat(),
            remedy="Change that one",
        )


def _check_meter(volume: FacilityVolume, meter: Meter) -> None:
    if (meter.facility_id, meter.fluid) != (volume.facility_id, volume.fluid):
        raise sdk.WellheadError(
            "the meter is of another facility or fluid",
            field="meter_id",
            value=str(meter.id),
            remedy="Name one of the same facility and fluid",
        )
