"""Meter totals by production day: made from readings, entered, and put right by corrections.

A total is never changed: what is known better is the next version. These functions do not commit.
"""

import datetime as dt
import uuid
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np
from sqlalchemy import select

from wellhead import sdk
from wellhead_historian import api as historian
from wellhead_historian.models import Tag
from wellhead_production.calc.meter_totals import (
    SECOND,
    DayTotal,
    Readings,
    difference_totaliser,
    integrate_rate,
)
from wellhead_production.closing import require_open
from wellhead_production.facilities import day_of, hours_of
from wellhead_production.meter_factors import Factors
from wellhead_production.models import Facility, Meter, MeterTotal
from wellhead_production.records import require_meter
from wellhead_production.vocabulary import (
    CANONICAL_VOLUME,
    GAS_UNITS,
    LIQUID_UNITS,
    Fluid,
    TagSignal,
    TotalSource,
)

LONGEST_GAP = 3600.0
"""Seconds; where nobody says otherwise."""
_PIECE = 500_000
_HOUR = 3600.0
_SAME = ("source", "indicated", "factor", "unit", "covered_hours", "good_hours")
"""What two versions of a total differ in, if in anything."""


def enter_total(data: Mapping[str, Any]) -> MeterTotal:
    """A total that a person read; the next version of its day. data: as `MeterTotalSchema` loads
    it. Raises WellheadError for a day, unit or meter that cannot be, ApiError 409 for a closed
    day."""
    meter = require_meter(data["meter_id"])
    facility = _held_facility(meter)
    day = data["production_date"]
    require_open(facility.id, [day])
    _require_over(facility, day)
    units = GAS_UNITS if meter.fluid == Fluid.GAS else LIQUID_UNITS
    if data["unit"] not in units:
        raise sdk.WellheadError(
            f"is no unit of the meter's fluid, {meter.fluid}",
            field="unit",
            value=data["unit"],
            remedy=f"Use {', '.join(units)}",
        )
    values = {
        "source": TotalSource.ENTERED.value,
        "indicated": data["indicated"],
        "unit": data["unit"],
        "reason": data.get("reason"),
    }
    return Ledger(facility, [meter], [day]).add(meter, day, values)


def calculate_totals(
    meter: Meter, days: Sequence[dt.date], longest_gap: float, *, replace_entered: bool = False
) -> list[MeterTotal]:
    """The totals of these days as the tag's readings make them now: a version each where that is
    another than before. Days that a person entered stay, unless they are to be replaced.

    longest_gap: seconds, see `calc.meter_totals`
    Raises WellheadError for a meter without a usable tag, for a day that is not over and for one
    whose readings are past their time, ApiError 409 for closed days.
    """
    facility = _held_facility(meter)
    require_open(facility.id, days)
    tag = _tag_of(meter)
    ledger = Ledger(facility, [meter], days)
    found = []
    for day in days:
        _require_over(facility, day)
        before = ledger.newest(meter.id, day)
        entered = before is not None and before.covered_hours is None
        if before is not None and entered and not replace_entered:
            found.append(before)
            continue
        found.append(ledger.add(meter, day, _from_tag(meter, facility, tag, day, longest_gap)))
    return found


class Ledger:
    """The newest totals of some meters of a facility on some days, and the next versions."""

    def __init__(
        self, facility: Facility, meters: Sequence[Meter], days: Collection[dt.date]
    ) -> None:
        self._facility = facility
        keys = [meter.id for meter in meters]
        self._factors = Factors(keys, days)
        asked = select(MeterTotal).where(
            MeterTotal.meter_id.in_(keys),
            MeterTotal.production_date.in_(list(days)),
            MeterTotal.newest,
        )
        self._newest = {
            (total.meter_id, total.production_date): total
            for total in sdk.db.session.scalars(asked)
        }

    def newest(self, meter_id: uuid.UUID, day: dt.date) -> MeterTotal | None:
        """The total as it is now; None when nobody knows one."""
        return self._newest.get((meter_id, day))

    def factor(self, total: MeterTotal) -> float:
        """What its indicated volume is to be multiplied by, as is known now."""
        corrected = self._factors.corrected(total.meter_id, total.production_date)
        return total.own_factor if corrected is None else corrected

    def restate(self, total: MeterTotal) -> MeterTotal:
        """The next version, where a correction gives its day another factor."""
        if self.factor(total) == total.factor:
            return total
        meter = sdk.db.session.get_one(Meter, total.meter_id)
        kept = ("indicated", "unit", *_QUALITIES)
        values = {name: getattr(total, name) for name in kept}
        words = f"restated from version {total.version}: another meter factor"
        return self.add(
            meter,
            total.production_date,
            values | {"source": TotalSource.RESTATED.value, "reason": words},
        )

    def add(self, meter: Meter, day: dt.date, values: Mapping[str, Any]) -> MeterTotal:
        """The next version of the day, or the newest one when it says the same."""
        before = self.newest(meter.id, day)
        own = meter.factor if before is None else before.own_factor
        corrected = self._factors.corrected(meter.id, day)
        total = MeterTotal(
            meter_id=meter.id,
            facility_id=self._facility.id,
            production_date=day,
            version=1 if before is None else before.version + 1,
            own_factor=own,
            factor=own if corrected is None else corrected,
            standard_conditions=self._facility.standard_conditions,
            day_hours=hours_of(self._facility, day),
            created_by=sdk.current_actor().email,
            **values,
        )
        if before is not None and all(
            getattr(before, name) == getattr(total, name) for name in _SAME
        ):
            return before
        sdk.db.session.add(total)
        sdk.db.session.flush()
        self._newest[meter.id, day] = total
        return total


_QUALITIES = ("covered_hours", "good_hours", "bridged_hours", "rollovers", "resets")


def _from_tag(
    meter: Meter, facility: Facility, tag: Tag, day: dt.date, longest_gap: float
) -> dict[str, Any]:
    begin, end = _span(facility, day)
    readings = _readings(tag.id, begin, end)
    if is_past(facility, tag, day):  # afterwards: they may have gone in between
        raise sdk.WellheadError(
            f"readings of {tag.name} on this day are past the time that its class keeps them, so a "
            "total of what is left would be too low",
            field="production_date",
            value=day.isoformat(),
            remedy="Keep the total that there is, or enter one; the tag's aggregates outlive its "
            "readings and have what is still known",
        )
    if meter.tag_signal == TagSignal.RATE:
        total = integrate_rate(readings, begin, end, holds=tag.holds, longest_gap=longest_gap)
    else:
        total = difference_totaliser(
            readings, begin, end, capacity=meter.rollover, longest_gap=longest_gap
        )
    unit, factor = _volume_of(meter, tag)
    source = TotalSource.RATE if meter.tag_signal == TagSignal.RATE else TotalSource.TOTALISER
    return {
        "source": source.value,
        "indicated": total.volume * factor,
        "unit": unit,
        **_qualities(total),
    }


def is_past(facility: Facility, tag: Tag, day: dt.date) -> bool:
    """Whether readings of the production day are past the time that the tag's class keeps them."""
    return historian.are_past(tag, *_span(facility, day))


def _span(facility: Facility, day: dt.date) -> tuple[int, int]:
    """When the day begins and ends, microseconds UTC."""
    begin, end = day_of(facility, day)
    return int(begin.timestamp()) * SECOND, int(end.timestamp()) * SECOND


def _qualities(total: DayTotal) -> dict[str, Any]:
    return {
        "covered_hours": total.covered / _HOUR,
        "good_hours": total.good / _HOUR,
        "bridged_hours": total.bridged / _HOUR,
        "rollovers": total.rollovers,
        "resets": total.resets,
    }


def _readings(tag: int, begin: int, end: int) -> Readings:
    """Not roll-ups: these do not tell a totaliser's resets, and as they come to be kept another
    last digit of a sum would be another version of a total whose readings are the same."""
    with historian.reader() as reader:
        parts = [reader.before(tag, begin - 1)]
        at: int | None = begin
        while at is not None:
            parts.append(reader.read(tag, at, end, _PIECE))
            at = parts[-1].next
        parts.append(reader.after(tag, end))
    return Readings(
        np.concatenate([part.times for part in parts]),
        np.concatenate([part.values for part in parts]),
        np.concatenate([part.qualities for part in parts]),
    )


def _volume_of(meter: Meter, tag: Tag) -> tuple[str, float]:
    """(unit of the total, what a volume of the tag is multiplied by to be in it)."""
    known = GAS_UNITS if meter.fluid == Fluid.GAS else LIQUID_UNITS
    unit = tag.unit or ""
    if meter.tag_signal == TagSignal.RATE:
        volume = unit.rpartition("/")[0]
        target = volume if volume in known else CANONICAL_VOLUME
        return target, sdk.units.convert(1.0, unit, f"{target}/d")
    target = unit if unit in known else CANONICAL_VOLUME
    return target, sdk.units.convert(1.0, unit, target)


def _tag_of(meter: Meter) -> Tag:
    if meter.tag_id is None:
        raise sdk.WellheadError(
            f"the meter {meter.name} has no tag",
            field="meter_id",
            value=str(meter.id),
            remedy="Give it tag_id and tag_signal, or enter its totals",
        )
    tag = sdk.db.session.get_one(Tag, meter.tag_id)
    kind = "gas" if meter.fluid == Fluid.GAS else "liquid"
    quantity = f"{kind}_rate" if meter.tag_signal == TagSignal.RATE else f"{kind}_volume"
    sdk.units.check_unit(tag.unit or "", quantity, "tag_id")
    return tag


def _held_facility(meter: Meter) -> Facility:
    """The meter's facility; the meter is held to the end of the transaction, so that its versions
    are numbered one after the other."""
    sdk.db.session.execute(select(Meter.id).where(Meter.id == meter.id).with_for_update())
    return sdk.db.session.get_one(Facility, meter.facility_id)


def _require_over(facility: Facility, day: dt.date) -> None:
    _, end = day_of(facility, day)
    if end > dt.datetime.now(dt.UTC):
        raise sdk.WellheadError(
            "the production day is not over",
            field="production_date",
            value=day.isoformat(),
            remedy=f"Ask again after {end.isoformat()}",
        )
