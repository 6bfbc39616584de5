"""The lines of a report: activities within its day, and cost lines with their amounts.

A list that is sent replaces the one stored. Rows that stay the same stay the same records, so the
audit trail shows what somebody changed and not the list anew.
"""

import datetime as dt
import zoneinfo
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from wellhead import sdk
from wellhead_drilling.calc.tiling import FaultKind, faults
from wellhead_drilling.models import Activity, CostLine, DailyReport
from wellhead_drilling.reports.local_times import instant_of, local_of
from wellhead_drilling.reports.money import check_amount, priced


def set_activities(report: DailyReport, sent: Iterable[Mapping[str, Any]]) -> None:
    """Make the report's activities those sent, times without an offset by its zone.

    Raises WellheadError for a time that the zone's clock shows twice or never.
    """
    zone = zoneinfo.ZoneInfo(report.time_zone)
    stored: dict[dt.datetime, Activity] = {row.start_at: row for row in report.activities}
    rows = []
    for place, entry in enumerate(sent):
        times = {
            name: instant_of(entry[name], zone, f"activities.{place}.{name}")
            for name in ("start_at", "end_at")
        }
        row = stored.pop(times["start_at"], None) or Activity()
        _fill(row, {**dict.fromkeys(_OPTIONAL_OF_ACTIVITY), **entry, **times})
        rows.append(row)
    report.activities = rows


def check_within_day(report: DailyReport) -> None:
    """Raises WellheadError for an activity that takes no time, or is not within the report day.
    Gaps and overlaps are a draft's own affair, until it is submitted."""
    zone = zoneinfo.ZoneInfo(report.time_zone)
    day = (report.begins_at, report.ends_at)
    for fault in faults([(row.start_at, row.end_at) for row in report.activities], day):
        place = fault.activities[0] if fault.activities else 0
        if fault.kind is FaultKind.EMPTY:
            raise sdk.WellheadError(
                f"is not after its start_at, {local_of(fault.start, zone)}",
                field=f"activities.{place}.end_at",
                value=local_of(fault.end, zone),
                remedy="Correct one of the two times",
            )
        if fault.kind is FaultKind.OUTSIDE:
            early = fault.start < report.begins_at
            raise sdk.WellheadError(
                f"the report day is {local_of(day[0], zone)} to {local_of(day[1], zone)}",
                field=f"activities.{place}.{'start_at' if early else 'end_at'}",
                value=local_of(fault.start if early else fault.end, zone),
                remedy="Give the part within the day, and the rest to the report of its day",
            )


def set_cost_lines(report: DailyReport, sent: Iterable[Mapping[str, Any]]) -> None:
    """Make the report's cost lines those sent, each with its amount. Raises WellheadError for one
    whose amount cannot be told, or contradicts its quantity and unit price."""
    rows = []
    for place, entry in enumerate(sent):
        values = {**dict.fromkeys(_OPTIONAL_OF_COST), **entry, "position": place}
        values["amount"] = _amount(values, f"cost_lines.{place}")
        row = report.cost_lines[place] if place < len(report.cost_lines) else CostLine()
        _fill(row, values)
        rows.append(row)
    report.cost_lines = rows


_OPTIONAL_OF_ACTIVITY = ("detail", "depth_from", "depth_to", "description")
_OPTIONAL_OF_COST = (
    "description", "vendor", "quantity", "unit", "unit_price", "amount", "afe"
)  # fmt: skip


def _fill(row: Activity | CostLine, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        setattr(row, name, value)


def _amount(values: Mapping[str, Any], field: str) -> Decimal:
    quantity, price = values["quantity"], values["unit_price"]
    amount, currency = values["amount"], values["currency"]
    if (quantity is None) != (price is None):
        missing = "quantity" if quantity is None else "unit_price"
        raise sdk.WellheadError(
            "quantity and unit_price go together",
            field=f"{field}.{missing}",
            remedy="Give both, or the amount alone",
        )
    if quantity is None:
        if amount is None:
            raise sdk.WellheadError(
                "a cost line needs what it costs",
                field=f"{field}.amount",
                remedy="Give it, or quantity and unit_price",
            )
        return check_amount(amount, currency, f"{field}.amount")
    product = priced(quantity, price, currency, f"{field}.quantity")
    if amount is not None and amount != product:
        raise sdk.WellheadError(
            f"{quantity:f} at {price:f} make {product:f} {currency}",
            field=f"{field}.amount",
            value=f"{amount:f}",
            remedy="Leave it out, or correct quantity or unit price",
        )
    return product
