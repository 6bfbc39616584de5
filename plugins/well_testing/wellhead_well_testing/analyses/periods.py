"""The period that is analysed: readings and rates, as they are sent here.

Readings are thinned out to so many a log cycle, as a logarithmic axis shows them: a million of them
look the same, and the late ones no longer outweigh all others in a straight line.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from wellhead import sdk
from wellhead_well_testing.analyses.vocabulary import Phase
from wellhead_well_testing.calc.derivative import thinned
from wellhead_well_testing.calc.interpretation import Period
from wellhead_well_testing.calc.superposition import RateHistory


def field_unit(phase: str) -> str:
    """The unit that the formulas take rates of the phase in."""
    return "Mscf/d" if phase == Phase.GAS else "STB/d"


def sent_period(data: Mapping[str, Any]) -> Period:
    """The readings and rates of `TransientCalculationSchema`. Raises WellheadError for times that
    do not ascend, and without `pressure_before` unless a reading is at 0."""
    elapsed = np.array(data["elapsed"], np.float64)
    pressure = sdk.units.convert(np.array(data["pressures"]), data["pressure_unit"], "psia")
    if not (np.diff(elapsed) > 0).all():
        raise sdk.WellheadError(
            "the times do not ascend",
            field="elapsed",
            value=float(elapsed[np.argmin(np.diff(elapsed)) + 1]),
            remedy="Sort the readings, and give each time once",
        )
    rates = np.array(data["rates"], np.float64)
    rates = sdk.units.convert(rates, data["rate_unit"], field_unit(data["phase"]))
    history = RateHistory(np.array(data["rate_starts"], np.float64), rates)
    before = data.get("pressure_before")
    if before is None and elapsed[0] > 0:
        raise no_pressure_before()
    first = float(pressure[0]) if before is None else before.to("psia")
    return thinned_period(
        elapsed, pressure, first, history, rates.size - 1, data["points_per_cycle"]
    )


def no_pressure_before() -> sdk.WellheadError:
    """Where the pressure that the period begins with is neither sent nor measured."""
    return sdk.WellheadError(
        "there is no reading where the period begins",
        field="pressure_before",
        remedy="Give the pressure: p_i of a drawdown, p_wf at the shut-in of a build-up",
    )


def thinned_period(
    elapsed: sdk.Array,
    pressure: sdk.Array,
    before: float,
    history: RateHistory,
    index: int,
    per_cycle: int,
) -> Period:
    """The readings after 0 of elapsed hours, so many a log cycle."""
    after = elapsed > 0
    elapsed, pressure = elapsed[after], pressure[after]
    kept = thinned(elapsed, per_cycle)
    return Period(elapsed[kept], pressure[kept], before, history, index)
