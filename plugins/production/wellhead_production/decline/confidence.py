"""How sure a fit is: intervals of its parameters, of its curve and of volumes, two ways.

From the covariance to first order on the logarithm (the delta method), which is quick. By bootstrap
where that is not trusted: the errors are drawn again in blocks, since neighbouring days go together
(Künsch 1989, The Jackknife and the Bootstrap for General Stationary Observations, Annals of
Statistics 17, 1217-1241), and the curve is fitted to each draw.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from wellhead.sdk import Array, within
from wellhead_production.decline.arps import GREATEST_B, Arps, rate
from wellhead_production.decline.fit import PARAMETERS, Fit, Problem, least_squares

Interval = tuple[Array, Array]


def parameter_interval(result: Fit, name: str, confidence: float) -> tuple[float, float] | None:
    """(lowest, highest) of `rate`, `decline` or `b`; None where the model or a bound fixes it."""
    place = PARAMETERS.index(name)
    half = _errors_of(result, confidence) * float(np.sqrt(result.covariance[place, place]))
    if half == 0.0:
        return None
    value = float(getattr(result.curve, name))
    if name == "b":
        return max(value - half, 0.0), min(value + half, GREATEST_B)
    factor = float(np.exp(min(half, _WIDEST)))
    return value / factor, value * factor


def interval(result: Fit, says: Callable[[Arps], Array | float], confidence: float) -> Interval:
    """(lowest, highest) of something above 0 that a curve says, a rate or a volume; its shape.

    It is the interval of the curve: a single day scatters about it by the fit's `deviation` more.
    """
    middle = np.asarray(says(result.curve), np.float64)
    slopes = np.zeros((3, *middle.shape))
    for place, deviation in enumerate(np.sqrt(np.diag(result.covariance))):
        step = 1e-3 * min(float(deviation), 1.0)  # b that is not known at all stays in its range
        if PARAMETERS[place] == "b" and result.curve.b + step > GREATEST_B:
            step = -step
        if step != 0.0:
            with np.errstate(divide="ignore", invalid="ignore"):
                change = np.log(np.asarray(says(_moved(result.curve, place, step))) / middle)
            slopes[place] = np.where(np.isfinite(change), change / step, 0.0)
    variance = np.einsum("i...,ij,j...->...", slopes, result.covariance, slopes)
    half = _errors_of(result, confidence) * np.sqrt(np.maximum(variance, 0.0))
    factor = np.exp(np.minimum(half, _WIDEST))
    return middle / factor, middle * factor


def draws(
    result: Fit,
    problem: Problem,
    time: Array,
    rates: Array,
    *,
    share: Array,
    count: int,
    seed: int,
) -> list[Arps]:
    """Curves fitted to `count` draws of the errors in blocks of n^(1/3), the same for one `seed`.

    time, rates, share: float64[n], what `result` was fitted to (its `used` measurements)
    """
    random = np.random.default_rng(seed)
    size = len(time)
    block = max(round(size ** (1.0 / 3.0)), 1)
    best = np.array([np.log(result.curve.rate), np.log(result.curve.decline), result.curve.b])
    best = best[: len(problem.low)]
    expected = rate(result.curve, time)
    errors = problem.errors(best, time, rates)
    found = []
    for _ in range(count):
        begins = random.integers(0, size - block + 1, -(-size // block))
        drawn = errors[(begins[:, None] + np.arange(block)).ravel()[:size]]
        again = expected + drawn if problem.absolute else expected * np.exp(drawn)
        again = np.maximum(again, 1e-9 * expected)
        found.append(problem.curve(least_squares(problem, time, again, share, best).x))
    return found


def spread(curves: Sequence[Arps], says: Callable[[Arps], Array | float], level: float) -> Interval:
    """(lowest, highest) that the middle `level` of the drawn curves say."""
    outside = (1.0 - float(within("confidence", level, *_LEVEL))) / 2.0
    values = np.stack([np.asarray(says(curve), np.float64) for curve in curves])
    low, high = np.quantile(values, [outside, 1.0 - outside], axis=0)
    return low, high


def _moved(curve: Arps, place: int, step: float) -> Arps:
    """The curve with one of ln(rate), ln(decline), b moved."""
    if place == 0:
        return replace(curve, rate=curve.rate * np.exp(step))
    if place == 1:
        return replace(curve, decline=curve.decline * np.exp(step))
    return replace(curve, b=curve.b + step)


def _errors_of(result: Fit, confidence: float) -> float:
    """Standard errors either side of an estimate (Student's t)."""
    from scipy.special import stdtrit

    level = float(within("confidence", confidence, *_LEVEL))
    return float(stdtrit(result.freedom, 0.5 + level / 2.0))


_LEVEL = (0.5, 0.999, "")
_WIDEST = float(np.log(1e6))
"""What is not known to a factor of a million is said to be within that: its exponential may be no
number any more."""
