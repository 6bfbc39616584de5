"""Where the time of a report or of a well went, as the API tells it."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import Select, func, select

from wellhead import sdk
from wellhead_drilling.calc.time_analysis import hours_by, npt_percent
from wellhead_drilling.models import Activity, DailyReport
from wellhead_drilling.reports.vocabulary import (
    ACTIVITY_CODES,
    NON_PRODUCTIVE,
    Phase,
    TimeClass,
)
from wellhead_wells.models import Wellbore

_CLASSES = list(TimeClass)
_UNPRODUCTIVE = np.array([one in NON_PRODUCTIVE for one in _CLASSES])


@dataclass(frozen=True, slots=True)
class Share:
    """Hours of one part of the time. key: phase or code; None for all of it

    npt_percent: None where there are no hours
    """

    key: str | None
    planned: float
    unplanned: float
    downtime: float
    npt_percent: float | None

    @property
    def hours(self) -> float:
        """All of its hours."""
        return self.planned + self.unplanned + self.downtime

    @property
    def npt_hours(self) -> float:
        """Its non-productive hours."""
        return self.unplanned + self.downtime


@dataclass(frozen=True, slots=True)
class Breakdown:
    """total: of all activities; phases, codes: of those that have hours, in the order of the
    vocabulary"""

    total: Share
    phases: list[Share]
    codes: list[Share]


Spent = tuple[str, str, str, float]
"""(phase, code, class, hours) of an activity, or of several together."""


def breakdown_of(rows: Sequence[Spent]) -> Breakdown:
    """What the rows make together."""
    hours = np.array([row[3] for row in rows], np.float64)
    classes = _places([row[2] for row in rows], _CLASSES)
    phases = _shares(hours, [row[0] for row in rows], classes, list(Phase))
    codes = _shares(hours, [row[1] for row in rows], classes, list(ACTIVITY_CODES))
    [total] = _shares(hours, [None] * len(rows), classes, [None], empty=True)
    return Breakdown(total, phases, codes)


def breakdown_of_report(report_id: uuid.UUID) -> Breakdown:
    """Of one report."""
    return _asked(_sums().where(Activity.report_id == report_id))


def breakdown_of_well(well_id: uuid.UUID) -> Breakdown:
    """Of all reports of a well's wellbores, whatever their state."""
    return _asked(
        _sums()
        .join(DailyReport, DailyReport.id == Activity.report_id)
        .join(Wellbore, Wellbore.id == DailyReport.wellbore_id)
        .where(Wellbore.well_id == well_id)
    )


def _sums() -> Select[*tuple[Any, ...]]:
    seconds = func.sum(func.extract("epoch", Activity.end_at - Activity.start_at))
    keys = (Activity.phase, Activity.code, Activity.time_class)
    return select(*keys, seconds).group_by(*keys)


def _asked(sums: Select[*tuple[Any, ...]]) -> Breakdown:
    rows = sdk.db.session.execute(sums).all()
    return breakdown_of([(row[0], row[1], row[2], float(row[3]) / 3600) for row in rows])


def _shares(
    hours: npt.NDArray[np.float64],
    keys: Sequence[str | None],
    classes: npt.NDArray[np.intp],
    known: Sequence[str | None],
    *,
    empty: bool = False,
) -> list[Share]:
    table = hours_by(hours, _places(keys, known), classes, shape=(len(known), len(_CLASSES)))
    percents = npt_percent(table, _UNPRODUCTIVE)
    return [
        Share(key, row[0], row[1], row[2], None if np.isnan(percent) else float(percent))
        for key, row, percent in zip(known, table.tolist(), percents, strict=True)
        if empty or any(row)
    ]


def _places(words: Sequence[str | None], known: Sequence[str | None]) -> npt.NDArray[np.intp]:
    place = {word: number for number, word in enumerate(known)}
    return np.array([place[word] for word in words], np.intp)
