"""Meters and their corrections: creating and changing them. Like `facilities`, these functions do
not commit."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from sqlalchemy import exists, or_, select

from wellhead import sdk
from wellhead_production.models import FacilityVolume, Meter, MeterCorrection, MeterTotal, RunTicket
from wellhead_production.records import (
    require_facility,
    require_meter,
    require_tag,
    require_well,
)

_LAST_DAY = dt.date.max
_OF_ITS_FLUID = (MeterTotal, FacilityVolume, RunTicket)


def create_meter(data: Mapping[str, Any]) -> Meter:
    """A new meter. Raises WellheadError for a facility, well or tag that cannot be, ApiError 409
    for a name that another meter of the facility has."""
    require_facility(data["facility_id"])
    meter = Meter(**{"factor": 1.0} | dict(data))
    _check(meter)
    sdk.db.session.add(meter)
    sdk.db.session.flush()
    return meter


def change_meter(meter: Meter, data: Mapping[str, Any]) -> None:
    """Change what `data` names. Raises as `create_meter` does, and ApiError 409 for another fluid
    once it has measured one. Another factor changes no day that was: for those there are
    corrections."""
    if data.get("fluid", meter.fluid) != meter.fluid:
        _refuse_measured(meter, data["fluid"])
    with sdk.db.session.no_autoflush:
        sdk.set_fields(meter, data, fixed=("facility_id",))
        _check(meter)


def create_correction(data: Mapping[str, Any]) -> MeterCorrection:
    """Another factor for some days. Raises WellheadError for days that cannot be, ApiError 409 for
    days that another correction of the meter covers. Closed days may be among them: their numbers
    stay, and the difference is an adjustment."""
    meter = require_meter(data["meter_id"])
    correction = MeterCorrection(**data)
    _check_correction(meter, correction)
    sdk.db.session.add(correction)
    sdk.db.session.flush()
    return correction


def change_correction(correction: MeterCorrection, data: Mapping[str, Any]) -> None:
    """Change what `data` names. Raises as `create_correction` does."""
    meter = sdk.db.session.get_one(Meter, correction.meter_id)
    with sdk.db.session.no_autoflush:
        sdk.set_fields(correction, data, fixed=("meter_id",))
        _check_correction(meter, correction)


def delete_correction(correction: MeterCorrection) -> None:
    """Delete a correction. What was totalled with it stays until its days are allocated again."""
    sdk.db.session.delete(correction)


def _check(meter: Meter) -> None:
    if meter.well_id is not None:
        require_well(meter.well_id)
    tag = require_tag(meter.tag_id)
    if (tag is None) != (meter.tag_signal is None):
        raise sdk.WellheadError(
            "a tag and what it signals go together",
            field="tag_signal" if tag else "tag_id",
            remedy="Give both, or neither",
        )
    if meter.rollover is not None and meter.tag_signal != "totaliser":
        raise sdk.WellheadError(
            "only a totaliser rolls over",
            field="rollover",
            value=meter.rollover,
            remedy="Leave it out, or set tag_signal to totaliser",
        )
    taken = select(Meter.id).where(
        Meter.facility_id == meter.facility_id,
        Meter.name == meter.name,
        Meter.id.is_distinct_from(meter.id),
    )
    if sdk.db.session.scalar(taken) is not None:
        raise sdk.conflict(
            "the facility has a meter of this name",
            field="name",
            value=meter.name,
            remedy="Choose another",
        )


def _refuse_measured(meter: Meter, fluid: str) -> None:
    """What it has measured would silently become a volume of something else."""
    if any(
        sdk.db.session.scalar(select(exists().where(model.meter_id == meter.id)))
        for model in _OF_ITS_FLUID
    ):
        raise sdk.conflict(
            f"the meter has totals, volumes or tickets of {meter.fluid}",
            field="fluid",
            value=fluid,
            remedy="Make another meter from the day of the change",
        )


def _check_correction(meter: Meter, correction: MeterCorrection) -> None:
    last = correction.last_day or _LAST_DAY
    if last < correction.first_day:
        raise sdk.WellheadError(
            "is before first_day",
            field="last_day",
            value=last.isoformat(),
            remedy="Correct one of the two days",
        )
    locked = select(Meter.id).where(Meter.id == meter.id).with_for_update()
    sdk.db.session.execute(locked)
    others = select(MeterCorrection.first_day).where(
        MeterCorrection.meter_id == meter.id,
        MeterCorrection.id.is_distinct_from(correction.id),
        MeterCorrection.first_day <= last,
        or_(
            MeterCorrection.last_day.is_(None),
            MeterCorrection.last_day >= correction.first_day,
        ),
    )
    other = sdk.db.session.scalar(others.limit(1))
    if other is not None:
        raise sdk.conflict(
            f"the correction from {other.isoformat()} covers some of these days",
            field="first_day",
            value=correction.first_day.isoformat(),
            remedy="End or delete that one first",
        )
