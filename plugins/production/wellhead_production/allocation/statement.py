"""A network's month, a well each: what was allocated, what is adjusted, what is reported."""

import datetime as dt
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select

from wellhead import sdk
from wellhead_production.models import (
    AdjustmentLine,
    AllocatedVolume,
    AllocationDay,
    Network,
)
from wellhead_production.months.calendar import days_of
from wellhead_production.vocabulary import Fluid
from wellhead_wells.models import Well

_FLUIDS = tuple(map(str, Fluid))
_HOURS = 6
"""Decimals: below is the noise of a sum."""


def statement_of(network: Network, month: dt.date) -> list[dict[str, Any]]:
    """The wells by name, each as `StatementLineSchema` shows it: sums of the newest versions of the
    month's days, and of the adjustments of closed months that are booked in it."""
    allocated = {row["well_id"]: row for row in _allocated(network, month)}
    booked = {row["well_id"]: row for row in _booked(network, month)}
    keys = allocated.keys() | booked.keys()
    names = select(Well).where(Well.id.in_(keys)).order_by(Well.name, Well.id)
    lines = []
    for well in sdk.db.session.scalars(names):
        own, added = allocated.get(well.id, {}), booked.get(well.id, {})
        line = {
            "well_id": well.id,
            "well_name": well.name,
            "days": own.get("days", 0),
            "hours_on": round(own.get("hours_on") or 0.0, _HOURS),
            "liquid_unit": network.liquid_unit,
            "gas_unit": network.gas_unit,
            "standard_conditions": own.get("conditions") or added["conditions"],
        }
        for fluid in _FLUIDS:
            parts = (own.get(fluid), added.get(fluid))
            known = [part for part in parts if part is not None]
            line[fluid], line[f"{fluid}_adjustment"] = parts
            line[f"{fluid}_total"] = sum(known, Decimal()) if known else None
        lines.append(line)
    return lines


def balances_of(network: Network, month: dt.date) -> list[dict[str, Any]]:
    """A fluid that was metered each: what the newest versions of the month's days measured, gave
    to wells and to none, in the network's unit. What was measured is the sum of the two."""
    days = days_of(month)
    asked = select(AllocationDay.balances).where(
        AllocationDay.network_id == network.id,
        AllocationDay.production_date.between(days[0], days[-1]),
        AllocationDay.newest,
    )
    sums: dict[str, dict[str, Any]] = {}
    for row in (row for balances in sdk.db.session.scalars(asked) for row in balances):
        total = sums.setdefault(
            row["fluid"], {"measured": Decimal(), "unallocated": Decimal(), "unit": row["unit"]}
        )
        for name in ("measured", "unallocated"):
            total[name] += Decimal(str(row[name]))
    return [
        {
            "fluid": fluid,
            "unit": total["unit"],
            "measured": float(total["measured"]),
            "allocated": float(total["measured"] - total["unallocated"]),
            "unallocated": float(total["unallocated"]),
        }
        for fluid, total in sorted(sums.items())
    ]


def _allocated(network: Network, month: dt.date) -> list[dict[str, Any]]:
    days = days_of(month)
    asked = (
        select(
            AllocatedVolume.well_id,
            func.count().label("days"),
            func.sum(AllocatedVolume.hours_on).label("hours_on"),
            func.max(AllocatedVolume.standard_conditions).label("conditions"),
            *(func.sum(getattr(AllocatedVolume, fluid)).label(fluid) for fluid in _FLUIDS),
        )
        .join(AllocationDay, AllocationDay.id == AllocatedVolume.day_id)
        .where(
            AllocatedVolume.network_id == network.id,
            AllocatedVolume.production_date.between(days[0], days[-1]),
            AllocationDay.newest,
        )
        .group_by(AllocatedVolume.well_id)
    )
    return [dict(row) for row in sdk.db.session.execute(asked).mappings()]


def _booked(network: Network, month: dt.date) -> list[dict[str, Any]]:
    asked = (
        select(
            AdjustmentLine.well_id,
            func.max(AdjustmentLine.standard_conditions).label("conditions"),
            *(func.sum(getattr(AdjustmentLine, fluid)).label(fluid) for fluid in _FLUIDS),
        )
        .where(AdjustmentLine.network_id == network.id, AdjustmentLine.booked_month == month)
        .group_by(AdjustmentLine.well_id)
    )
    return [dict(row) for row in sdk.db.session.execute(asked).mappings()]
