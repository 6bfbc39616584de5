"""Arps' curve through measured rates: bounds, weights, outliers.

Non-linear least squares (scipy's trust region, which keeps to bounds) in ln(rate), ln(decline) and
b. The error that is squared is the relative one, ln(q) - ln(q of the curve), or the absolute one.

The covariance of the estimates is s² (JᵀJ)⁻¹ (Bates and Watts 1988, Nonlinear Regression Analysis,
eq. 2.17), times (1 + ρ) / (1 - ρ), where ρ is the correlation of neighbouring errors (Bayley and
Hammersley 1946, J. Royal Stat. Soc. Suppl. 8, 184-197): what disturbs a well today is still there
tomorrow, so n days tell less than n independent measurements would.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt

from wellhead.sdk import Array, WellheadError, within
from wellhead_production.decline.arps import GREATEST_B, Arps, rate

PARAMETERS = ("rate", "decline", "b")
MODELS: Mapping[str, float | None] = MappingProxyType(
    {"exponential": 0.0, "harmonic": 1.0, "hyperbolic": None, "modified_hyperbolic": None}
)
"""b of each model; None = it is fitted"""
ERRORS = ("relative", "absolute")

FEWEST = 10
"""Rates that a curve is fitted to: three numbers and an interval from fewer would be a guess."""

_NORMAL = 1.4826
"""Standard deviation of a normal distribution over its median absolute deviation"""
_ROUNDS = 5
"""How often outliers are looked for again in the fit without those found before"""

Bounds = Mapping[str, tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Fit:
    """curve: what fits best
    used: bool[n], False for outliers and what weighs nothing
    at_bound: parameters that a bound stopped; they count as known, so `covariance` has zeros there
    covariance: float64[3, 3] of ln(rate), ln(decline), b
    freedom: measurements used, less parameters fitted
    deviation: standard deviation of the errors; relative ones as a share of the rate
    correlation: of neighbouring errors, -1 to 1
    r2: share of the variance of the rates (of their logarithms for relative errors) explained
    """

    curve: Arps
    used: npt.NDArray[np.bool_]
    at_bound: tuple[str, ...]
    covariance: Array
    freedom: int
    deviation: float
    correlation: float
    r2: float


@dataclass(frozen=True, slots=True)
class Problem:
    """What is looked for. low, high: of ln(rate), ln(decline) and, where it is fitted, b"""

    low: Array
    high: Array
    b: float | None
    terminal: float
    absolute: bool

    def curve(self, x: Array) -> Arps:
        b = float(x[2]) if self.b is None else self.b
        declines = max(float(np.exp(x[1])), self.terminal)  # exp(log()) may lose the last digit
        return Arps(float(np.exp(x[0])), declines, b, self.terminal)

    def errors(self, x: Array, time: Array, rates: Array) -> Array:
        expected = rate(self.curve(x), time)
        return rates - expected if self.absolute else np.log(rates / expected)


def fit(
    time: Array,
    rates: Array,
    *,
    model: str = "hyperbolic",
    terminal: float = 0.0,
    bounds: Bounds | None = None,
    weights: Array | None = None,
    error: str = "relative",
    outliers: float | None = None,
) -> Fit:
    """The curve of `model` that fits best.

    time: float64[n], 0 or more. rates: float64[n], volume/time, above 0. model: of MODELS
    terminal: nominal decline that `modified_hyperbolic` ends in, 1/time, above 0
    bounds: lowest and highest value of `rate`, `decline` (both at time 0; nominal) and `b`;
        without, a thousandth of to a thousand times the greatest rate, 1e-4 to 1e3 over the
        greatest time, and b from 0 to 2 with a terminal decline, to 1 without
    weights: float64[n] of the squared errors, 0 or more. error: of ERRORS
    outliers: leave out what lies further from the curve than this many standard deviations, as
        the median absolute deviation estimates them, and fit again until nothing more does
    Raises WellheadError for too few measurements and for bounds that hold no curve.
    """
    within("time", time, 0.0, np.inf, "units of time")
    within("rates", rates, 0.0, np.inf, "volume/time", above=True)
    share = np.ones(len(time))
    if weights is not None:
        share = np.sqrt(within("weights", weights, 0.0, np.inf, ""))
    used = share > 0.0
    if used.sum() < FEWEST:
        raise WellheadError(
            "too few rates above 0 to fit a curve to",
            field="rates",
            value=int(used.sum()),
            remedy=f"Choose a range with at least {FEWEST} of them",
        )
    problem = problem_of(time, rates, model, terminal, bounds, error)
    for _ in range(_ROUNDS):
        found = least_squares(problem, time[used], rates[used], share[used])
        away = problem.errors(found.x, time, rates)
        if outliers is None:
            break
        scale = _NORMAL * float(np.median(np.abs(away[used] - np.median(away[used]))))
        near = used & (np.abs(away) <= float(within("outliers", outliers, 1, 100, "")) * scale)
        if near.sum() in (used.sum(), *range(FEWEST)) or scale == 0.0:
            break
        used = near
    return _judged(problem, found, used, away[used], rates[used])


def problem_of(
    time: Array, rates: Array, model: str, terminal: float, bounds: Bounds | None, error: str
) -> Problem:
    """What is looked for, as `fit` takes it."""
    ends = model == "modified_hyperbolic"
    if ends != (terminal > 0.0):
        raise WellheadError(
            "is for the model modified_hyperbolic, which needs it",
            field="terminal_decline",
            value=terminal,
            remedy="Choose that model with a terminal decline above 0, or neither",
        )
    span, most = float(np.max(time, initial=0.0)) or 1.0, float(np.max(rates, initial=0.0))
    usual = {
        "rate": (1e-3 * most, 1e3 * most),
        "decline": (max(1e-4 / span, terminal), max(1e3 / span, 2.0 * terminal)),
        "b": (0.0, GREATEST_B if ends else 1.0),
    }
    limits = {**usual, **(bounds or {})}
    limits["decline"] = (max(limits["decline"][0], terminal), limits["decline"][1])
    for name, (low, high) in limits.items():
        lowest = 0.0 if name == "b" else np.nextafter(0.0, 1.0)
        if not lowest <= low < high < np.inf or (name == "b" and high > GREATEST_B):
            raise WellheadError(
                "holds no curve: the lowest value lies below the highest, "
                "rates and declines above 0, b between 0 and 2, a decline above the terminal one",
                field=f"bounds.{name}",
                value=(low, high),
                remedy="Correct the bounds, or leave them out",
            )
    fitted = [name for name in PARAMETERS if name != "b" or MODELS[model] is None]
    sides = np.array([limits[name] for name in fitted]).T
    sides[:, :2] = np.log(sides[:, :2])
    return Problem(sides[0], sides[1], MODELS[model], terminal, error == "absolute")


def least_squares(
    problem: Problem, time: Array, rates: Array, share: Array, start: Array | None = None
) -> Any:
    """scipy's result; errors and Jacobian are weighted by `share` (float64[n]) and in the errors'
    own unit. start: ln(rate), ln(decline) and, where it is fitted, b; without, a straight line."""
    from scipy import optimize

    scale = float(np.mean(rates)) if problem.absolute else 1.0
    inside = 1e-6 * (problem.high - problem.low)
    found = optimize.least_squares(
        lambda x: share * problem.errors(x, time, rates) / scale,
        np.clip(
            _straight_line(time, rates)[: len(problem.low)] if start is None else start,
            problem.low + inside,
            problem.high - inside,
        ),
        bounds=(problem.low, problem.high),
        x_scale="jac",
    )
    found.jac, found.fun = found.jac * scale, found.fun * scale
    return found


def _straight_line(time: Array, rates: Array) -> Array:
    """Where to start: the exponential through ln(q), and b half-way to the harmonic."""
    logs, middle = np.log(rates), float(np.mean(time))
    spread = float(np.sum((time - middle) ** 2)) or 1.0
    slope = -float(np.sum((time - middle) * logs)) / spread
    lost = max(slope, 1e-2 / (float(np.max(time)) or 1.0))
    return np.array([float(np.mean(logs)) + lost * middle, np.log(lost), 0.5])


def _judged(
    problem: Problem, found: Any, used: npt.NDArray[np.bool_], away: Array, rates: Array
) -> Fit:
    free = np.flatnonzero(found.active_mask == 0)
    freedom = len(away) - len(free)
    variance = float(np.sum(found.fun**2)) / freedom
    correlation = _neighbours(found.fun)
    held = max(correlation, 0.0)
    jacobian = found.jac[:, free]
    covariance = np.zeros((3, 3))
    covariance[np.ix_(free, free)] = (
        np.linalg.pinv(jacobian.T @ jacobian) * variance * (1.0 + held) / (1.0 - held)
    )
    shown = rates if problem.absolute else np.log(rates)
    return Fit(
        curve=problem.curve(found.x),
        used=used,
        at_bound=tuple(PARAMETERS[place] for place in np.flatnonzero(found.active_mask)),
        covariance=covariance,
        freedom=freedom,
        deviation=float(np.sqrt(variance)),
        correlation=correlation,
        r2=1.0 - float(np.sum(away**2)) / (float(np.sum((shown - shown.mean()) ** 2)) or 1.0),
    )


def _neighbours(errors: Array) -> float:
    """Correlation of each error with the next; 0 when there are no errors."""
    power = float(np.sum(errors**2))
    return min(float(np.sum(errors[1:] * errors[:-1])) / power, 0.99) if power > 0.0 else 0.0
