"""Straight lines through part of a plot: the engineer's range, or one that is proposed.

A straight line is the engineer's judgement: a proposal is a place to start from, and both keep the
range that they were drawn through.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from wellhead.sdk import Array, WellheadError

Mask = npt.NDArray[np.bool_]

_LEVEL = ((1.05, 0.7), (1.1, 0.7), (1.25, 0.3))
"""(highest over lowest derivative of a plateau, log cycles that it takes at least): the first that
is found, so that a plateau does not take the end of the storage's hump in."""

_FEWEST = 5
"""Points of a plateau, at least."""


@dataclass(frozen=True, slots=True)
class StraightLine:
    """y = intercept + slope·x by least squares; slope_error: its standard error, NaN for a line
    through two points; r_squared: coefficient of determination; points: how many were used"""

    slope: float
    intercept: float
    slope_error: float
    r_squared: float
    points: int

    def at(self, x: Array) -> Array:
        return self.intercept + self.slope * x


def fit_line(x: Array, y: Array, chosen: Mask) -> StraightLine:
    """The least-squares line through the chosen points.

    x, y: float64[n]; chosen: bool[n]. Raises WellheadError for fewer than two different x.
    """
    x, y = x[chosen], y[chosen]
    if x.size < 2 or float(np.ptp(x)) == 0.0:
        raise WellheadError(
            "a straight line needs at least two points",
            field="line_from",
            value=int(x.size),
            remedy="Take a longer range",
        )
    along, up = x - x.mean(), y - y.mean()
    spread = float(along @ along)
    slope = float(along @ up) / spread
    left = up - slope * along
    unexplained, total = float(left @ left), float(up @ up)
    return StraightLine(
        slope=slope,
        intercept=float(y.mean() - slope * x.mean()),
        slope_error=float(np.sqrt(unexplained / (x.size - 2) / spread)) if x.size > 2 else np.nan,
        r_squared=1.0 - unexplained / total if total > 0 else 1.0,
        points=int(x.size),
    )


def propose_plateau(x: Array, derivative: Array) -> Mask:
    """The longest stretch of x over which the derivative stays level: radial flow, where nothing
    else is known. Within 5 % for 0.7 log cycles, else within 10 %, else within 25 % for 0.3.

    x: float64[n] ascending, log10 of time; derivative: float64[n], NaN where it is not known.
    Raises WellheadError when there is no such stretch with five points.
    """
    places = np.flatnonzero(np.isfinite(derivative) & (derivative > 0))
    for ratio, cycles in _LEVEL:
        start, end = _longest(x[places], np.log(derivative[places]), float(np.log(ratio)))
        enough = end - start + 1 >= _FEWEST
        if enough and x[places[end]] - x[places[start]] >= cycles:
            chosen = np.zeros(x.size, np.bool_)
            chosen[places[start] : places[end] + 1] = True
            return chosen
    raise WellheadError(
        "no part of the derivative is level, so that no straight line is proposed",
        field="line_from",
        remedy="Look at the log-log plot, and choose the range of the line",
    )


def _longest(x: Array, height: Array, within: float) -> tuple[int, int]:
    """(first, last) of the longest run of points that lie within so much of each other."""
    best, start = (0, -1), 0
    length = -1.0
    for end in range(x.size):
        while np.ptp(height[start : end + 1]) > within:
            start += 1
        if x[end] - x[start] > length:
            length, best = float(x[end] - x[start]), (start, end)
    return best
