"""Allocation runs: days allocated as new versions where what is known has changed."""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func, insert, select

from wellhead import sdk
from wellhead_production.allocation.divide import Divided, divide
from wellhead_production.allocation.inputs import DayInputs, Gathering, fingerprint
from wellhead_production.allocation.posting import differs, post, replaced, write
from wellhead_production.closing import require_open
from wellhead_production.models import (
    AllocatedVolume,
    AllocationDay,
    AllocationRun,
    Network,
)

MOST_DAYS = 366


def days_between(first: dt.date, last: dt.date) -> list[dt.date]:
    """The days from the first to the last, both included. Raises WellheadError for a last one
    before the first, and for more than a year of them."""
    count = (last - first).days + 1
    if not 1 <= count <= MOST_DAYS:
        raise sdk.WellheadError(
            f"must be 1 to {MOST_DAYS} days from first_day",
            field="last_day",
            value=last.isoformat(),
            remedy="Correct one of the two days, or ask in pieces",
        )
    return [first + dt.timedelta(days=place) for place in range(count)]


def run_allocation(
    network: Network, days: Sequence[dt.date], *, reason: str | None, all_days: bool
) -> AllocationRun:
    """Allocate those of the days whose inputs are not what they were, or all of them.

    Each day becomes a new version with its inputs; totals that a correction concerns are restated,
    and the wells' daily records get their volumes. It does not commit.

    Raises ApiError 409 for days in a closed month and `allocation_current` when nothing has
    changed, 422 `allocation_incomplete` naming each day and meter without a total.
    """
    require_open(network.facility_id, days)
    hold(network)
    gathering = Gathering(network, days)
    gathered = [gathering.of(day) for day in days]
    _refuse_missing(gathered)
    if not any(one.inputs["meters"] for one in gathered):
        raise sdk.WellheadError(
            f"no meter belongs to {network.name} on these days",
            field="first_day",
            value=days[0].isoformat(),
            remedy="Add its meters: POST /api/v1/production/network-meters",
        )
    newest = newest_days(network.id, days)
    wanted = [
        one
        for one in gathered
        if one.inputs["meters"] and (all_days or not is_current(one, newest.get(one.day)))
    ]
    if not wanted:
        raise sdk.ApiError(
            409, "allocation_current", "These days are allocated from what is known now."
        )
    run = AllocationRun(
        facility_id=network.facility_id,
        network_id=network.id,
        number=_next_number(network),
        first_day=days[0],
        last_day=days[-1],
        days=len(wanted),
        reason=reason,
        created_by=sdk.current_actor().email,
    )
    sdk.db.session.add(run)
    sdk.db.session.flush()
    _keep(run, wanted, newest, gathering)
    return run


def is_current(gathered: DayInputs, newest: AllocationDay | None) -> bool:
    """Whether the newest version of a day is of these inputs, and the daily records say so."""
    if newest is None or newest.fingerprint != fingerprint(gathered.inputs):
        return False
    return not differs(gathered.records, volumes_of(newest), newest.inputs)


def volumes_of(day: AllocationDay) -> list[dict[str, Any]]:
    """The shares of a version, a well each."""
    columns = (AllocatedVolume.well_id, AllocatedVolume.oil, AllocatedVolume.gas,
               AllocatedVolume.water)  # fmt: skip
    asked = select(*columns).where(AllocatedVolume.day_id == day.id)
    return [dict(row) for row in sdk.db.session.execute(asked).mappings()]


def newest_days(network_id: uuid.UUID, days: Sequence[dt.date]) -> dict[dt.date, AllocationDay]:
    """The newest version of each of the days that has one."""
    asked = select(AllocationDay).where(
        AllocationDay.network_id == network_id,
        AllocationDay.production_date.in_(list(days)),
        AllocationDay.newest,
    )
    return {day.production_date: day for day in sdk.db.session.scalars(asked)}


def hold(network: Network) -> None:
    """One at a time allocates a network, to the end of the transaction."""
    sdk.db.session.execute(select(Network.id).where(Network.id == network.id).with_for_update())


def divided(gathered: DayInputs) -> Divided:
    """The day's allocation. Raises WellheadError naming the day."""
    try:
        return divide(gathered.inputs)
    except sdk.WellheadError as error:
        raise sdk.WellheadError(
            f"{gathered.day.isoformat()}: {error.message}",
            field=error.field,
            value=error.value,
            remedy=error.remedy,
        ) from error


def _keep(
    run: AllocationRun,
    gathered: Sequence[DayInputs],
    newest: Mapping[dt.date, AllocationDay],
    gathering: Gathering,
) -> None:
    shares: list[dict[str, Any]] = []
    written: list[dict[str, Any]] = []
    for one in gathered:
        found = divided(one)
        before = newest.get(one.day)
        for total in one.totals:
            gathering.ledger.restate(total)
        day = AllocationDay(
            facility_id=run.facility_id,
            run_id=run.id,
            network_id=run.network_id,
            production_date=one.day,
            version=1 if before is None else before.version + 1,
            inputs=one.inputs,
            fingerprint=fingerprint(one.inputs),
            balances=found.balances,
            warnings=found.warnings,
            replaced=replaced(one.records.values()),
            created_by=run.created_by,
        )
        sdk.db.session.add(day)
        sdk.db.session.flush()
        volumes = [row | {"well_id": uuid.UUID(row["well_id"])} for row in found.volumes]
        shares += [_share(day, row) for row in volumes]
        written += post(one.records, volumes, one.inputs)
    if shares:
        sdk.db.session.execute(insert(AllocatedVolume), shares)
    write(written)


def _share(day: AllocationDay, row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **row,
        "facility_id": day.facility_id,
        "day_id": day.id,
        "network_id": day.network_id,
        "production_date": day.production_date,
        "liquid_unit": day.inputs["liquid_unit"],
        "gas_unit": day.inputs["gas_unit"],
        "standard_conditions": day.inputs["standard_conditions"],
    }


def _refuse_missing(gathered: Sequence[DayInputs]) -> None:
    missing = [(one.day.isoformat(), meter) for one in gathered for meter in one.missing]
    if not missing:
        return
    details = [
        {
            "field": "meter_total",
            "value": f"{meter} {day}",
            "message": f"meter {meter} has no total of {day}",
            "remedy": "Calculate it from its tag, or enter it",
        }
        for day, meter in missing
    ]
    raise sdk.ApiError(
        422, "allocation_incomplete", f"{details[0]['message']}; nothing was allocated.", details
    )


def _next_number(network: Network) -> int:
    highest = select(func.max(AllocationRun.number)).where(AllocationRun.network_id == network.id)
    return (sdk.db.session.scalar(highest) or 0) + 1
