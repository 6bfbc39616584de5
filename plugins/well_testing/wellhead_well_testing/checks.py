"""What a test must have before it is validated, and what a person should have looked at.

Errors keep it from being validated. Warnings do not, but somebody answers for them with a reason:
a test of three hours is better than none, and its engineer knows why it was cut short.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlalchemy import select

from wellhead import sdk
from wellhead_well_testing.models import GaugeRun, WellTest
from wellhead_well_testing.models.base import RATE
from wellhead_well_testing.rates import RateHistory, history
from wellhead_well_testing.series import newest
from wellhead_well_testing.stability import changes, mean_rate, spread_percent
from wellhead_well_testing.vocabulary import WellTestKind

ERROR = "error"
WARNING = "warning"
_LEAST_COVERED = 0.9
_MOST_UNUSABLE = 0.1


@dataclass(frozen=True, slots=True)
class Finding:
    """level: error or warning"""

    level: str
    field: str
    message: str
    remedy: str
    value: Any = None

    def told(self) -> dict[str, Any]:
        """As a detail of an error or a warning of an import."""
        return {
            "field": self.field,
            "value": self.value,
            "message": self.message,
            "remedy": self.remedy,
        }


def findings(test: WellTest) -> list[Finding]:
    """All there is to say of a test before it is validated, errors first."""
    found = list(_of_times(test))
    if not found:
        rates = history(test)
        settings = sdk.plugin_config("well_testing")
        if test.kind == WellTestKind.PRODUCTION:
            found += _of_production(test, rates, settings)
        else:
            found += _of_transient(test, rates)
            found += _of_pressures(test)
    return sorted(found, key=lambda one: one.level != ERROR)


def _of_times(test: WellTest) -> Iterator[Finding]:
    for name in ("start_at", "end_at"):
        moment: dt.datetime | None = getattr(test, name)
        if moment is None:
            yield Finding(ERROR, name, "is missing", "Give it")
        elif moment > dt.datetime.now(dt.UTC):
            yield Finding(
                ERROR, name, "is still to come", "Wait, or correct it", moment.isoformat()
            )


def _of_production(
    test: WellTest, rates: RateHistory, settings: dict[str, Any]
) -> Iterator[Finding]:
    if test.oil_rate is None and test.gas_rate is None:
        yield Finding(ERROR, "oil_rate", "neither oil nor gas was measured", "Give its rates")
    for name in ("oil_rate", "gas_rate", "water_rate"):
        if getattr(test, name) is None:
            yield Finding(WARNING, name, "was not measured", "Give it, or 0 where there was none")
    hours, least = test.duration or 0.0, settings["minimum_hours"]
    if hours < least:
        yield Finding(
            WARNING, "end_at", f"the test took {hours:g} h, less than {least:g} h",
            "Correct the times, or say why it is long enough", hours,
        )  # fmt: skip
    yield from _of_steadiness(test, rates, settings["stability_percent"])


def _of_steadiness(test: WellTest, rates: RateHistory, most: float) -> Iterator[Finding]:
    seconds = 3600.0 * (test.duration or 0.0)
    for fluid in ("oil", "gas", "water"):
        name, steps = f"{fluid}_rate", getattr(rates, fluid)
        entered: sdk.Quantity | None = getattr(test, name)
        spread = spread_percent(rates.t_seconds, steps, seconds / 2, seconds)
        if spread > most:
            yield Finding(
                WARNING, name,
                f"is not stable: in the second half a step is {spread:.1f} % off their mean, more "
                f"than {most:g} %",
                "Test for longer, or say why the rate can be used", spread,
            )  # fmt: skip
        mean = mean_rate(rates.t_seconds, steps, 0.0, seconds)
        if entered is None or not mean > 0:
            continue
        off = abs(entered.to(RATE) / mean - 1.0) * 100.0
        if off > most:
            yield Finding(
                WARNING, name, f"is {off:.1f} % off the mean of its steps, more than {most:g} %",
                "Correct the rate of the test, or of its steps", entered.value,
            )  # fmt: skip


def _of_transient(test: WellTest, rates: RateHistory) -> Iterator[Finding]:
    """A pressure means nothing without the rates that made it."""
    total = np.nansum([rates.oil, rates.gas, rates.water], axis=0)
    flows = total > 0
    if not flows.any():
        yield Finding(ERROR, "rate_steps", "no step has a rate", "Enter the rates as rate steps")
        return
    if test.kind in _SHUT_IN and flows[-1]:
        yield Finding(
            ERROR, "rate_steps", "the well is not shut in: the last step still flows",
            "Enter a step with rates of 0 from when it was shut in",
        )  # fmt: skip
    if test.kind in _MULTI_RATE and changes(total) < 1:
        yield Finding(
            ERROR, "rate_steps", "a test at several rates has one rate",
            "Enter each rate as a step, or correct the kind",
        )  # fmt: skip


def _of_pressures(test: WellTest) -> Iterator[Finding]:
    runs = sdk.db.session.scalars(select(GaugeRun).where(GaugeRun.test_id == test.id)).all()
    whole = [(run, series) for run in runs if (series := newest(run)) is not None]
    if not whole and test.kind not in _BY_STEPS:
        yield Finding(
            ERROR, "gauge_runs", "no gauge has pressures",
            "Make a gauge run, and bring its pressures from a file or a tag",
        )  # fmt: skip
    assert test.start_at is not None
    assert test.end_at is not None
    for run, series in whole:
        seen = min(series.last_at, test.end_at) - max(series.first_at, test.start_at)
        share = seen / (test.end_at - test.start_at)
        if share < _LEAST_COVERED:
            yield Finding(
                WARNING, "gauge_runs",
                f"gauge {run.gauge} has pressures of {max(share, 0.0):.0%} of the test",
                "Bring the rest, correct the times, or say why it is enough", run.gauge,
            )  # fmt: skip
        bad = 1.0 - series.usable / series.count
        if bad > _MOST_UNUSABLE:
            yield Finding(
                WARNING, "gauge_runs", f"{bad:.0%} of gauge {run.gauge}'s readings are bad",
                "Look at the gauge, or say why it can be used", run.gauge,
            )  # fmt: skip


_SHUT_IN = (WellTestKind.BUILD_UP, WellTestKind.FALL_OFF)
_MULTI_RATE = (
    WellTestKind.MULTI_RATE,
    WellTestKind.FLOW_AFTER_FLOW,
    WellTestKind.ISOCHRONAL,
    WellTestKind.MODIFIED_ISOCHRONAL,
)
_BY_STEPS = (
    WellTestKind.FLOW_AFTER_FLOW,
    WellTestKind.ISOCHRONAL,
    WellTestKind.MODIFIED_ISOCHRONAL,
)
"""Deliverability is told by a pressure a step, which needs no series."""
