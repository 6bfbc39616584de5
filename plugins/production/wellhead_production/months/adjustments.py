"""Prior-period adjustments: what a closed month would be now, booked in an open one."""

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select

from wellhead import sdk
from wellhead_production.allocation.divide import Divided
from wellhead_production.allocation.inputs import (
    DayInputs,
    Gathering,
    differences,
    fingerprint,
)
from wellhead_production.allocation.runs import divided, hold, newest_days, volumes_of
from wellhead_production.allocation.states import adjusted_days
from wellhead_production.calc.allocation import rounded
from wellhead_production.closing import closed_among, require_open
from wellhead_production.facilities import day_of
from wellhead_production.models import Adjustment, AdjustmentLine, Facility, Network
from wellhead_production.months.calendar import days_of
from wellhead_production.records import require_well
from wellhead_production.vocabulary import Fluid

_FLUIDS = tuple(map(str, Fluid))
Lines = dict[uuid.UUID, dict[str, Decimal | None]]


def adjust(network: Network, data: Mapping[str, Any]) -> Adjustment:
    """Book an adjustment of a closed month in an open one. It does not commit.

    data: as `AdjustmentSchema` loads it; without lines they are worked out: the month allocated
        from what is known now, less what was reported, less what was calculated before
    Raises ApiError 409 for a month that is not closed, a booked one that is, or
    `nothing_to_adjust`.
    """
    month, booked = data["month"], data["booked_month"]
    if booked <= month:
        raise sdk.WellheadError(
            "must be a later month than the one that is adjusted",
            field="booked_month",
            value=f"{booked:%Y-%m}",
            remedy="Name an open month",
        )
    facility = sdk.db.session.get_one(Facility, network.facility_id)
    begin, _ = day_of(facility, booked, "booked_month")
    if begin > dt.datetime.now(dt.UTC):
        raise sdk.WellheadError(
            "has not begun",
            field="booked_month",
            value=f"{booked:%Y-%m}",
            remedy="Book it in the month that is open now",
        )
    require_open(network.facility_id, [booked], "booked_month")
    hold(network)
    if not closed_among(network.facility_id, [month]):
        raise sdk.conflict(
            "the month is open: allocate its days again instead",
            field="month",
            value=f"{month:%Y-%m}",
            remedy="Adjustments are of closed months",
        )
    sent = data.get("lines")
    days, changes, lines = (
        ({}, [], _entered(network, sent)) if sent else _calculated(network, month)
    )
    kept = {well: shares for well, shares in lines.items() if any(shares.values())}
    if not kept:
        raise sdk.ApiError(
            409, "nothing_to_adjust", f"{month:%Y-%m} is, to the last unit, what was reported."
        )
    adjustment = Adjustment(
        facility_id=network.facility_id,
        network_id=network.id,
        number=_next_number(network),
        month=month,
        booked_month=booked,
        source="entered" if sent else "calculated",
        reason=data["reason"],
        created_by=sdk.current_actor().email,
        days=days,
        changes=changes,
    )
    sdk.db.session.add(adjustment)
    sdk.db.session.flush()
    sdk.db.session.add_all(_line(adjustment, network, well, kept[well]) for well in sorted(kept))
    sdk.db.session.flush()
    return adjustment


def _entered(network: Network, sent: list[dict[str, Any]]) -> Lines:
    lines: Lines = {}
    for row in sent:
        well = require_well(row["well_id"], "lines.well_id").id
        if well in lines:
            raise sdk.WellheadError(
                "the well has a line already",
                field="lines.well_id",
                value=str(well),
                remedy="One line a well",
            )
        lines[well] = {
            fluid: None if row.get(fluid) is None else _whole(network, fluid, row[fluid])
            for fluid in _FLUIDS
        }
    return lines


def _whole(network: Network, fluid: str, value: float) -> Decimal:
    """A volume that someone entered, as it is; rounding it would book another."""
    volume = rounded(value, network.decimals)
    if float(volume) != value:
        raise sdk.WellheadError(
            f"has more than the {network.decimals} decimals of {network.name}",
            field=f"lines.{fluid}",
            value=value,
            remedy="Round it",
        )
    return volume


def _calculated(
    network: Network, month: dt.date
) -> tuple[dict[str, str], list[dict[str, Any]], Lines]:
    """(fingerprint of the inputs of each day, what has changed in them, lines)."""
    days = days_of(month)
    gathering = Gathering(network, days)
    reported = newest_days(network.id, days)
    seen = adjusted_days(network.id, [month])
    prints: dict[str, str] = {}
    changes: list[dict[str, Any]] = []
    lines: Lines = defaultdict(lambda: dict.fromkeys(_FLUIDS))
    for day, version in sorted(reported.items()):
        gathered = gathering.of(day)
        found = divided(gathered)
        _refuse_unknown(gathered, found)
        prints[day.isoformat()] = fingerprint(gathered.inputs)
        if prints[day.isoformat()] not in (version.fingerprint, seen.get(day)):
            changes += [
                {"production_date": day.isoformat()} | change
                for change in differences(version.inputs, gathered.inputs)
            ]
        for row in found.volumes:
            _add(lines[uuid.UUID(row["well_id"])], row, 1)
        for row in volumes_of(version):
            _add(lines[row["well_id"]], row, -1)
    for row in _calculated_before(network, month):
        _add(lines[row["well_id"]], row, -1)
    return prints, changes, lines


def _refuse_unknown(gathered: DayInputs, found: Divided) -> None:
    """Raises ApiError 422 for a day of which a meter's total is missing, or whose volumes no well
    could have made: the rest would be taken for an adjustment."""
    words = [f"meter {name} has no total" for name in gathered.missing]
    words += [
        f"no well could have made {row['fluid']}" for row in found.balances if row["unallocated"]
    ]
    if words:
        day = gathered.day.isoformat()
        details = [
            {"field": "month", "value": day, "message": word, "remedy": "Correct the network"}
            for word in words
        ]
        raise sdk.ApiError(422, "allocation_incomplete", f"{day}: {words[0]}.", details)


def _add(shares: dict[str, Decimal | None], row: Mapping[str, Any], sign: int) -> None:
    for fluid in _FLUIDS:
        if row[fluid] is not None:
            shares[fluid] = (shares[fluid] or Decimal()) + sign * row[fluid]


def _calculated_before(network: Network, month: dt.date) -> list[Any]:
    asked = (
        select(
            AdjustmentLine.well_id,
            *(func.sum(getattr(AdjustmentLine, fluid)).label(fluid) for fluid in _FLUIDS),
        )
        .join(Adjustment, Adjustment.id == AdjustmentLine.adjustment_id)
        .where(
            Adjustment.network_id == network.id,
            Adjustment.month == month,
            Adjustment.source == "calculated",
        )
        .group_by(AdjustmentLine.well_id)
    )
    return list(sdk.db.session.execute(asked).mappings())


def _line(
    adjustment: Adjustment, network: Network, well: uuid.UUID, shares: Mapping[str, Decimal | None]
) -> AdjustmentLine:
    facility = sdk.db.session.get_one(Facility, network.facility_id)
    return AdjustmentLine(
        facility_id=network.facility_id,
        adjustment_id=adjustment.id,
        network_id=network.id,
        booked_month=adjustment.booked_month,
        well_id=well,
        liquid_unit=network.liquid_unit,
        gas_unit=network.gas_unit,
        standard_conditions=facility.standard_conditions,
        **shares,
    )


def _next_number(network: Network) -> int:
    highest = select(func.max(Adjustment.number)).where(Adjustment.network_id == network.id)
    return (sdk.db.session.scalar(highest) or 0) + 1
