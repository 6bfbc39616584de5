"""A test as time goes by: the pressures of its gauges beside its rates, in units of one system.

Pressures are absolute, so that gauges of both kinds are one picture; time is in hours since the
test began.
"""

from dataclasses import dataclass

import numpy as np
from sqlalchemy import select

from wellhead import sdk
from wellhead_historian.query.downsample import Method, Points, thinned
from wellhead_well_testing.models import GaugeRun, WellTest
from wellhead_well_testing.models.base import RATE
from wellhead_well_testing.pressures import absolute
from wellhead_well_testing.rates import history
from wellhead_well_testing.series import Pressures, micros_of, newest, read

Floats = np.typing.NDArray[np.float64]

_QUANTITIES = {
    "pressure": "absolute_pressure",
    "oil": "oil_rate",
    "gas": "gas_rate",
    "water": "liquid_rate",
}


@dataclass(frozen=True, slots=True)
class GaugeLine:
    """hours, pressure: float64[n] of usable readings, at most so many as were asked for"""

    gauge_run_id: str
    gauge: str
    version: int
    hours: Floats
    pressure: Floats


@dataclass(frozen=True, slots=True)
class Timeline:
    """units: by pressure, oil, gas and water

    step_hours: float64[n], when each rate step begins; oil, gas, water: float64[n], NaN: not
    measured; end_hours: end of the test, NaN while it has none
    """

    units: dict[str, str]
    gauges: list[GaugeLine]
    step_hours: Floats
    oil: Floats
    gas: Floats
    water: Floats
    end_hours: float


def timeline_of(test: WellTest, points: int, system: sdk.units.System) -> Timeline:
    """The newest pressures of each gauge, and all rates. Raises WellheadError for a test without a
    begin."""
    rates = history(test)
    units = {
        name: sdk.units.QUANTITIES[quantity].unit(system) for name, quantity in _QUANTITIES.items()
    }
    wanted = select(GaugeRun).where(GaugeRun.test_id == test.id).order_by(GaugeRun.created_at)
    lines = [_line(run, points, units["pressure"]) for run in sdk.db.session.scalars(wanted)]
    columns = {
        name: sdk.units.convert(getattr(rates, name), RATE, units[name])
        for name in ("oil", "gas", "water")
    }
    return Timeline(
        units=units,
        gauges=[line for line in lines if line is not None],
        step_hours=rates.t_seconds / 3600.0,
        end_hours=np.nan if test.duration is None else test.duration,
        **columns,
    )


def picture(found: Pressures, points: int) -> Pressures:
    """At most so many of the usable readings, the extremes of each stretch of time among them."""
    fit = found.usable
    usable = Points(found.times[fit], found.values[fit], found.qualities[fit])
    kept = thinned(usable, points, Method.MINMAX)
    return Pressures(kept.times, kept.values, kept.qualities)


def _line(run: GaugeRun, points: int, unit: str) -> GaugeLine | None:
    series, begun = newest(run), run.test.start_at
    if series is None or begun is None:
        return None
    seen = picture(read(series), points)
    pressure = absolute(
        seen.values, series.pressure_unit, run.pressure_kind, run.atmospheric_pressure, unit
    )
    hours = (seen.times - micros_of(begun)) / 3.6e9
    return GaugeLine(str(run.id), run.gauge, series.version, hours, pressure)
