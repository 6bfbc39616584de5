"""Daily records of wells: entering, changing and deleting them. Like `facilities`, these functions
do not commit, and other plugins may call them."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select

from wellhead import sdk
from wellhead_production.closing import require_open
from wellhead_production.downtime import TOLERANCE, hours_down
from wellhead_production.facilities import hours_of
from wellhead_production.models import DailyRecord, Facility
from wellhead_production.records import require_facility, require_well
from wellhead_production.vocabulary import CANONICAL_VOLUME, Method, WellDisposition

DEFAULTS = {
    "disposition": WellDisposition.PRODUCED.value,
    "method": Method.MEASURED.value,
    "liquid_unit": CANONICAL_VOLUME,
    "gas_unit": CANONICAL_VOLUME,
}
UNITS_OF = {"oil": "liquid_unit", "gas": "gas_unit", "water": "liquid_unit"}
"""The field that names each volume's unit."""
PRESSURES = ("tubing_pressure", "casing_pressure", "line_pressure")


def create_record(data: Mapping[str, Any]) -> DailyRecord:
    """A day of a well. data: as `DailyRecordSchema` loads it.

    Raises WellheadError for a day, hours or units that cannot be, ApiError 409 for a day that has a
    record already or is closed.
    """
    facility = require_facility(data["facility_id"])
    well = require_well(data["well_id"])
    defaults = DEFAULTS | {
        "asset_id": well.asset_id,
        "standard_conditions": facility.standard_conditions,
    }
    record = DailyRecord(**defaults | dict(data))
    _settle(record, facility)
    _refuse_taken(record)
    sdk.db.session.add(record)
    sdk.db.session.flush()
    return record


def change_record(record: DailyRecord, data: Mapping[str, Any]) -> None:
    """Change what `data` names. Raises as `create_record` does."""
    require_open(record.facility_id, [record.production_date])
    with sdk.db.session.no_autoflush:
        facility = require_facility(data.get("facility_id", record.facility_id))
        sdk.set_fields(record, data, fixed=("well_id",))
        _settle(record, facility)
        _refuse_taken(record)


def delete_record(record: DailyRecord) -> None:
    """Delete a record. Raises ApiError 409 when its day is closed."""
    require_open(record.facility_id, [record.production_date])
    sdk.db.session.delete(record)


def _settle(record: DailyRecord, facility: Facility) -> None:
    """What follows from what was entered, and what it must say together."""
    require_open(facility.id, [record.production_date])
    record.day_hours = hours_of(facility, record.production_date)
    if record.hours_on is not None:
        _refuse_long(record, facility)
    for name, unit_field in UNITS_OF.items():
        value = getattr(record, name)
        canonical = (
            None
            if value is None
            else sdk.units.convert(value, getattr(record, unit_field), CANONICAL_VOLUME)
        )
        setattr(record, f"{name}_sm3", canonical)
    _refuse_without_unit(record, "choke_unit", ("choke",))
    _refuse_without_unit(record, "pressure_unit", PRESSURES)
    if record.disposition == WellDisposition.INJECTED and record.oil is not None:
        raise sdk.WellheadError(
            "oil is not injected",
            field="oil",
            value=record.oil,
            remedy="Leave it out, or set disposition to produced",
        )


def _refuse_long(record: DailyRecord, facility: Facility) -> None:
    """Hours on, by both dispositions, and hours down by events are no more than the day has."""
    date, on = record.production_date, record.hours_on or 0.0
    if on > record.day_hours:
        raise _too_long(on, f"the production day {date.isoformat()} has {record.day_hours:g} h")
    other = sdk.db.session.scalar(
        select(func.sum(DailyRecord.hours_on)).where(
            DailyRecord.well_id == record.well_id,
            DailyRecord.production_date == date,
            DailyRecord.disposition != record.disposition,
        )
    )
    down = float(hours_down(record.well_id, facility, [date])[0]) + (other or 0.0)
    if on + down > record.day_hours + TOLERANCE:
        raise _too_long(on, f"{down:.2f} h of the day's {record.day_hours:g} h are taken")


def _too_long(hours: float, message: str) -> sdk.WellheadError:
    remedy = "Correct the hours, the date, or the well's downtime"
    return sdk.WellheadError(message, field="hours_on", value=hours, remedy=remedy)


def _refuse_without_unit(record: DailyRecord, unit_field: str, names: tuple[str, ...]) -> None:
    given = [name for name in names if getattr(record, name) is not None]
    if given and getattr(record, unit_field) is None:
        raise sdk.WellheadError(
            f"{given[0]} means nothing without it", field=unit_field, remedy="Name the unit"
        )


def _refuse_taken(record: DailyRecord) -> None:
    taken = select(DailyRecord.id).where(
        DailyRecord.well_id == record.well_id,
        DailyRecord.production_date == record.production_date,
        DailyRecord.disposition == record.disposition,
        DailyRecord.id.is_distinct_from(record.id),
    )
    if sdk.db.session.scalar(taken) is not None:
        raise sdk.conflict(
            f"the well has a record of what it {record.disposition} on this day",
            field="production_date",
            value=record.production_date.isoformat(),
            remedy="Change that record",
        )
