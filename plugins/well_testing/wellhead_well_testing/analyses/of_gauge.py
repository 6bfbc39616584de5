"""Pressure transients of a test: one of its rate steps, by the readings of one of its gauges."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

import numpy as np

from wellhead import sdk
from wellhead_well_testing import series
from wellhead_well_testing.analyses.outcome import Outcome
from wellhead_well_testing.analyses.periods import field_unit, no_pressure_before, thinned_period
from wellhead_well_testing.analyses.transients import analysed, new_outcome
from wellhead_well_testing.analyses.vocabulary import Phase
from wellhead_well_testing.calc.interpretation import Period
from wellhead_well_testing.calc.superposition import RateHistory
from wellhead_well_testing.models import GaugeRun, RateStep, WellTest
from wellhead_well_testing.models.base import RATE
from wellhead_well_testing.rates import history, steps_of
from wellhead_well_testing.vocabulary import WellTestKind

_FORMULAS_CONDITIONS = "60F_14.696psia"
_INJECTING = (WellTestKind.INJECTION, WellTestKind.FALL_OFF)


def of_test(data: Mapping[str, Any]) -> tuple[GaugeRun, int, Outcome]:
    """(the gauge run, the version of its series, what one of its test's rate steps says).

    data: as `TransientOfTestSchema` loads it. Raises WellheadError for records that are not there
    or do not belong together, and for what cannot be analysed.
    """
    outcome = new_outcome(data)
    listed = "GET /api/v1/well-testing/gauge-runs"
    run: GaugeRun = sdk.require_record(
        GaugeRun, data["gauge_run_id"], "gauge_run_id", what="gauge run", listed=listed
    )
    seconds, psia = series.load(run, data.get("series_version"))
    found = series.newest(run, data.get("series_version"))
    version = found.version if found else 0  # `load` has found one
    outcome.made_from.append(f"gauge {run.gauge}, series version {version}")
    period = _period(run, data, (seconds, psia), outcome.made_from)
    return run, version, analysed(data, period, outcome)


def _period(
    run: GaugeRun, data: Mapping[str, Any], readings: tuple[sdk.Array, sdk.Array], words: list[str]
) -> Period:
    """readings: seconds since the test began, and psia; words: what is taken is added to them."""
    seconds, psia = readings
    test, steps = run.test, steps_of(run.test)
    index = _place_of(steps, data)
    rates, starts = _rates(test, steps, data["phase"]), history(test).t_seconds
    begin = float(starts[index])
    inside = (seconds > begin) & (seconds <= _end(test, starts, index))
    since = steps[index].start_at.astimezone(dt.UTC)
    words.append(f"{int(inside.sum())} readings since {since:%Y-%m-%d %H:%M:%S}Z")
    words.append(f"{len(steps)} rate steps of {data['phase']} at {test.standard_conditions}")
    before = _before(data, seconds, psia, begin, words)
    elapsed = (seconds[inside] - begin) / 3_600
    per_cycle = data["points_per_cycle"]
    return thinned_period(elapsed, psia[inside], before, rates, index, per_cycle)


def _place_of(steps: list[RateStep], data: Mapping[str, Any]) -> int:
    for place, step in enumerate(steps):
        if step.id == data["rate_step_id"]:
            return place
    raise sdk.WellheadError(
        "the gauge's test has no such rate step",
        field="rate_step_id",
        value=str(data["rate_step_id"]),
        remedy="Name one of GET /api/v1/well-testing/rate-steps?test_id=…",
    )


def _end(test: WellTest, starts: sdk.Array, index: int) -> float:
    """Seconds since the test began at which a step ends."""
    if index + 1 < starts.size:
        return float(starts[index + 1])
    if test.end_at is None or test.start_at is None:
        return np.inf
    return (test.end_at - test.start_at).total_seconds()


def _rates(test: WellTest, steps: list[RateStep], phase: str) -> RateHistory:
    """Hours, and rates in the unit and at the conditions of the formulas; below 0 for injection."""
    found = history(test)
    rates: sdk.Array = getattr(found, phase)
    missing = np.flatnonzero(np.isnan(rates))
    if missing.size:
        raise sdk.WellheadError(
            f"the step of {steps[missing[0]].start_at.isoformat()} has no rate of {phase}",
            field="phase",
            value=phase,
            remedy="Enter it, 0 while shut in, or analyse another phase",
        )
    rates = sdk.units.convert(rates, RATE, field_unit(phase))
    if phase == Phase.GAS:
        rates *= sdk.units.gas_volume_factor(test.standard_conditions, _FORMULAS_CONDITIONS)
    sign = -1.0 if test.kind in _INJECTING else 1.0
    return RateHistory(found.t_seconds / 3_600, sign * rates)


def _before(
    data: Mapping[str, Any],
    seconds: sdk.Array,
    psia: sdk.Array,
    begin: float,
    words: list[str],
) -> float:
    """psia where the period begins: as it was sent, else by the last reading before."""
    sent: sdk.Quantity | None = data.get("pressure_before")
    if sent is not None:
        return sent.to("psia")
    place = int(np.searchsorted(seconds, begin, side="right")) - 1
    if place < 0:
        raise no_pressure_before()
    words.append(f"pressure before: the reading {begin - seconds[place]:.6g} s before it")
    return float(psia[place])
