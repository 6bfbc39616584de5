"""Which days of a network are allocated, which no longer fit what is known, which are closed."""

import datetime as dt
import uuid
from collections.abc import Collection, Sequence
from enum import StrEnum
from typing import Any

from sqlalchemy import select

from wellhead import sdk
from wellhead_production.allocation.inputs import Gathering, differences, fingerprint
from wellhead_production.allocation.posting import differs
from wellhead_production.allocation.runs import newest_days, volumes_of
from wellhead_production.closing import closed_among
from wellhead_production.models import Adjustment, AllocationDay, Network


class State(StrEnum):
    """How the allocation of a day stands."""

    NONE = "none"
    CURRENT = "current"
    STALE = "stale"
    CLOSED = "closed"


def states_of(network: Network, days: Sequence[dt.date]) -> list[dict[str, Any]]:
    """A row a day, as `DayStateSchema` shows it, in the order of `days`."""
    gathering = Gathering(network, days)
    newest = newest_days(network.id, days)
    closed = closed_among(network.facility_id, days)
    adjusted = adjusted_days(network.id, {day.replace(day=1) for day in closed})
    return [
        _state(gathering, day, newest.get(day), day in closed, adjusted.get(day)) for day in days
    ]


def adjusted_days(network_id: uuid.UUID, months: Collection[dt.date]) -> dict[dt.date, str]:
    """The fingerprint that the last calculated adjustment saw, of each day of closed months."""
    asked = (
        select(Adjustment.days)
        .where(Adjustment.network_id == network_id, Adjustment.month.in_(months))
        .order_by(Adjustment.number)
    )
    return {
        dt.date.fromisoformat(day): print_
        for days in sdk.db.session.scalars(asked)
        for day, print_ in days.items()
    }


def _state(
    gathering: Gathering,
    day: dt.date,
    newest: AllocationDay | None,
    closed: bool,
    adjusted: str | None,
) -> dict[str, Any]:
    gathered = gathering.of(day)
    row: dict[str, Any] = {
        "production_date": day,
        "version": newest and newest.version,
        "allocation_day_id": newest and newest.id,
        "missing": gathered.missing,
        "expected": bool(gathered.inputs["wells"] or gathered.inputs["meters"]),
        "changes": [],
        "overwritten": [],
        "warnings": [] if newest is None else newest.warnings,
        "unallocated": newest is not None and any(row["unallocated"] for row in newest.balances),
    }
    if newest is None:
        return row | {"state": State.CLOSED if closed else State.NONE}
    now = fingerprint(gathered.inputs)
    if now not in (newest.fingerprint, adjusted):
        row["changes"] = differences(newest.inputs, gathered.inputs)
    if closed:
        return row | {"state": State.CLOSED}
    row["overwritten"] = differs(gathered.records, volumes_of(newest), newest.inputs)
    fits = now == newest.fingerprint and not row["overwritten"]
    return row | {"state": State.CURRENT if fits else State.STALE}
