"""One period of a test, interpreted: the plot's axes, the straight line, and what follows.

The engineer chooses method, smoothing and the points of the line; a line can be proposed. The axes
come first and stand alone: where no line is seen, the log-log plot still tells why.
"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from wellhead.sdk import Array, WellheadError, within
from wellhead_well_testing.calc import transient
from wellhead_well_testing.calc.derivative import bourdet
from wellhead_well_testing.calc.lines import Mask, StraightLine, fit_line, propose_plateau
from wellhead_well_testing.calc.superposition import (
    RateHistory,
    equivalent_log_time,
    log_time_at_infinity,
    producing_time,
    shut_in_after,
)


class Method(StrEnum):
    """What the period is plotted against: elapsed time of a drawdown, or of a build-up after a long
    flow (Miller, Dyes, Hutchinson 1950); Horner's time of a shut-in after one rate; or the
    superposition of all rates before."""

    DRAWDOWN = "drawdown"
    MDH = "mdh"
    HORNER = "horner"
    SUPERPOSITION = "superposition"

    @property
    def sees_rates_before(self) -> bool:
        return self in (Method.HORNER, Method.SUPERPOSITION)


@dataclass(frozen=True, slots=True)
class Period:
    """The readings of one period, thinned out.

    elapsed: float64[n], hours since it began, above 0, ascending; pressure: float64[n], psia, or
    pseudo-pressures of gas; before: pressure where it began; history, index: the rates, and which
    step of them the period is
    """

    elapsed: Array
    pressure: Array
    before: float
    history: RateHistory
    index: int


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """The period on the axes of a method.

    log_time: float64[n], log10 of equivalent hours; change: float64[n], psi since the period began,
    positive the way the rate makes it go; derivative: float64[n], of change by ln t, NaN at the
    ends; history, index: the rates as the method sees them; limit: log_time of a shut-in without
    end, log10 of Horner's tp, NaN where there is none
    """

    period: Period
    method: Method
    log_time: Array
    change: Array
    derivative: Array
    history: RateHistory
    index: int
    limit: float

    @property
    def rate_change(self) -> float:
        return self.history.change_at(self.index)


@dataclass(frozen=True, slots=True)
class Radial:
    """What the straight line of radial flow says: mD, psia and psi, ft; level_permeability and
    level_skin by the derivative's median over the same points. NaN where the method has no such
    number."""

    line: StraightLine
    permeability: float
    skin: float
    pressure_at_one_hour: float
    skin_pressure: float
    radius_of_investigation: float
    p_star: float
    flow_efficiency: float
    level_permeability: float
    level_skin: float


def diagnose(
    period: Period, method: Method, *, smoothing: float, producing_hours: float | None = None
) -> Diagnosis:
    """The period on the axes of this method.

    smoothing: L of the derivative, of ln t; producing_hours: Horner's tp, by the rates if left out.
    Raises WellheadError for fewer than three readings, and for a method that does not suit them.
    """
    if period.elapsed.size < 3:
        raise WellheadError(
            "the period has too few readings",
            field="period",
            value=int(period.elapsed.size),
            remedy="Choose another period or gauge run",
        )
    history, index = _seen(period, method, producing_hours)
    direction = -float(np.sign(history.change_at(index)))
    within("elapsed", period.elapsed, 0, 1e7, "h", above=True)
    log_time, limit = np.log10(period.elapsed), np.nan
    if method.sees_rates_before:
        log_time = equivalent_log_time(period.elapsed, history, index)
        if history.rates[index] == 0.0:
            limit = log_time_at_infinity(history, index)
    return Diagnosis(
        period=period,
        method=method,
        log_time=log_time,
        change=(period.pressure - period.before) * direction,
        derivative=bourdet(log_time, period.pressure, smoothing) * direction,
        history=history,
        index=index,
        limit=limit,
    )


def points_of_line(diagnosis: Diagnosis, line: tuple[float, float] | None) -> Mask:
    """bool[n]: the points from and to these elapsed hours; those of a plateau of the derivative,
    when there is no range. Raises WellheadError when there is no plateau either."""
    if line is None:
        return propose_plateau(diagnosis.log_time, diagnosis.derivative)
    elapsed = diagnosis.period.elapsed
    return (elapsed >= line[0]) & (elapsed <= line[1])


def radial_flow(diagnosis: Diagnosis, formation: transient.Formation, on_line: Mask) -> Radial:
    """What the straight line through these points says. Raises WellheadError when they make no line
    or one of the wrong direction."""
    period = diagnosis.period
    line = fit_line(diagnosis.log_time, period.pressure, on_line)
    k = transient.permeability(line.slope, diagnosis.rate_change, formation)
    skin = transient.skin(line.intercept, period.before, line.slope, formation.shape(k))
    loss = transient.skin_pressure(line.slope, skin)
    p_star = line.intercept + line.slope * diagnosis.limit
    efficiency = np.nan
    if np.isfinite(p_star):
        signed = loss * float(np.sign(line.slope))
        efficiency = transient.flow_efficiency(p_star, period.before, signed)
    last = float(period.elapsed[-1])
    level_k, level_s = _by_level(diagnosis, formation, on_line)
    return Radial(
        line=line,
        permeability=k,
        skin=skin,
        pressure_at_one_hour=_at_one_hour(diagnosis, line),
        skin_pressure=loss,
        radius_of_investigation=transient.radius_of_investigation(k, last, formation),
        p_star=p_star,
        flow_efficiency=efficiency,
        level_permeability=level_k,
        level_skin=level_s,
    )


def storage_of(diagnosis: Diagnosis, volume_factor: float) -> float:
    """C, bbl/psi, of the points at the begin where change and derivative are the same; NaN when
    there are none. volume_factor: RB/STB."""
    early = transient.on_unit_slope(diagnosis.change, diagnosis.derivative)
    if not early.any():
        return np.nan
    hours, change = diagnosis.period.elapsed[early], diagnosis.change[early]
    return transient.storage_by_unit_slope(hours, change, diagnosis.rate_change, volume_factor)


def _seen(period: Period, method: Method, producing_hours: float | None) -> tuple[RateHistory, int]:
    """The rates as the method sees them, and the period's step in them."""
    history, index = period.history, period.index
    shut_in = float(history.rates[index]) == 0.0
    if method is not Method.SUPERPOSITION and shut_in == (method is Method.DRAWDOWN):
        raise WellheadError(
            "a drawdown is read while the well flows, a build-up while it is shut in",
            field="kind",
            value=str(method),
            remedy="Choose another period, or another method",
        )
    if method is not Method.HORNER:
        return history, index
    hours = producing_time(history, index) if producing_hours is None else producing_hours
    return shut_in_after(float(history.rates[index - 1]), hours), 1


def _at_one_hour(diagnosis: Diagnosis, line: StraightLine) -> float:
    """The line's pressure at an elapsed time of one hour, as it is read off the plot."""
    hour = np.zeros(1)
    if diagnosis.method.sees_rates_before:
        hour = equivalent_log_time(np.ones(1), diagnosis.history, diagnosis.index)
    return float(line.at(hour)[0])


def _by_level(
    diagnosis: Diagnosis, formation: transient.Formation, on_line: Mask
) -> tuple[float, float]:
    known = on_line & np.isfinite(diagnosis.derivative)
    level = float(np.median(diagnosis.derivative[known])) if known.any() else np.nan
    if not level > 0:
        return np.nan, np.nan
    k = transient.level_permeability(level, diagnosis.rate_change, formation)
    hours, change = diagnosis.log_time[known], diagnosis.change[known]
    return k, transient.level_skin(hours, change, level, formation.shape(k))
