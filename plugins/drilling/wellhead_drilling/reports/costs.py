"""What a well has cost by its daily reports: the field's estimate, before any invoice.

Amounts of different currencies are never added: each total is of one. Other plugins may call these
functions; sums are exact decimals.
"""

import datetime as dt
import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, func, select

from wellhead import sdk
from wellhead_drilling.models import CostLine, DailyReport
from wellhead_wells.models import Wellbore


@dataclass(frozen=True, slots=True)
class FieldEstimate:
    """What one code of one AFE cost on one day, in one currency. afe: None where nobody said"""

    report_date: dt.date
    afe: str | None
    code: str
    currency: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Total:
    """key: what it is the total of: a code, an AFE, a date; None for all"""

    key: str | dt.date | None
    currency: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class DayTotal(Total):
    """cumulative: of this currency from the first day to this one"""

    cumulative: Decimal


@dataclass(frozen=True, slots=True)
class Costs:
    """Totals, a currency at a time."""

    totals: list[Total]
    codes: list[Total]
    afes: list[Total]
    days: list[DayTotal]


def field_estimates(well_id: uuid.UUID, afe: str | None = None) -> list[FieldEstimate]:
    """Of all reports of a well's wellbores, whatever their state, by day, AFE and code.

    afe: only of this one. A cost line without an AFE counts for its report's.
    """
    asked = (
        _sums()
        .join(Wellbore, Wellbore.id == DailyReport.wellbore_id)
        .where(Wellbore.well_id == well_id)
    )
    if afe is not None:
        asked = asked.where(afe == _AFE)
    return _estimates(asked)


def report_estimates(report_id: uuid.UUID) -> list[FieldEstimate]:
    """Of one report."""
    return _estimates(_sums().where(DailyReport.id == report_id))


def costs_of(estimates: Sequence[FieldEstimate]) -> Costs:
    """Their totals. estimates: in the order of days"""
    cumulative: dict[str, Decimal] = {}
    days = []
    for day in _totals(estimates, lambda one: one.report_date):
        cumulative[day.currency] = cumulative.get(day.currency, Decimal()) + day.amount
        days.append(DayTotal(day.key, day.currency, day.amount, cumulative[day.currency]))
    return Costs(
        totals=_totals(estimates, lambda one: None),
        codes=_totals(estimates, lambda one: one.code),
        afes=_totals(estimates, lambda one: one.afe),
        days=days,
    )


_AFE: Any = func.coalesce(CostLine.afe, DailyReport.afe)


def _sums() -> Select[*tuple[Any, ...]]:
    keys = (DailyReport.report_date, _AFE, CostLine.code, CostLine.currency)
    return (
        select(*keys, func.sum(CostLine.amount))
        .join(CostLine, CostLine.report_id == DailyReport.id)
        .group_by(*keys)
        .order_by(*keys)
    )


def _estimates(asked: Select[*tuple[Any, ...]]) -> list[FieldEstimate]:
    return [FieldEstimate(*row) for row in sdk.db.session.execute(asked)]


def _totals(
    estimates: Iterable[FieldEstimate], key: Callable[[FieldEstimate], str | dt.date | None]
) -> list[Total]:
    """In the order in which the keys first come."""
    sums: dict[tuple[str | dt.date | None, str], Decimal] = {}
    for one in estimates:
        place = (key(one), one.currency)
        sums[place] = sums.get(place, Decimal()) + one.amount
    return [Total(*place, amount) for place, amount in sums.items()]
