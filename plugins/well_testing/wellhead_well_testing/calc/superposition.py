"""Time as a well sees it whose rate has changed before: superposition in logarithmic time.

With Δq_j the change of rate at t_j, the pressure in the period that begins at t_n is

    p(t_n) - p = m'·Δq_n·(X + K + 0.8686·s)
    X = log Δt + Σ_{j<n} Δq_j/Δq_n·log((t_n-t_j+Δt)/(t_n-t_j))

so that X, the logarithm of equivalent time, makes a straight line of radial flow in any period.
After one rate before a shut-in it is Agarwal's equivalent time, tp·Δt/(tp+Δt), and log tp less it
is Horner's ratio. Sources: Odeh and Jones, J. Pet. Tech. 17 (1965) 960; Agarwal, SPE 9289 (1980);
Horner, Proc. 3rd World Pet. Congr. (1951); Lee, Well Testing (SPE 1982), chapters 2 and 3.
"""

from dataclasses import dataclass

import numpy as np

from wellhead.sdk import Array, WellheadError, within


@dataclass(frozen=True, slots=True)
class RateHistory:
    """Rates in steps; the last one goes on without end.

    starts: float64[k], hours from any zero, ascending; rates: float64[k], in one unit; below 0 for
    injection. Before the first step the rate is 0.
    """

    starts: Array
    rates: Array

    def __post_init__(self) -> None:
        if self.starts.shape != self.rates.shape or self.starts.size == 0:
            raise WellheadError(
                "a rate history needs a rate for each start", field="rates", remedy="Enter rates"
            )
        if not (np.isfinite(self.rates).all() and (np.diff(self.starts) > 0).all()):
            raise WellheadError(
                "rates must be numbers, and their starts ascend",
                field="rates",
                remedy="Sort the rate steps and enter the rates that are missing",
            )

    @property
    def changes(self) -> Array:
        """float64[k]: by how much the rate changes at each start."""
        return np.diff(self.rates, prepend=0.0)

    def change_at(self, period: int) -> float:
        """The change of rate that a period begins with. Raises WellheadError when it is none."""
        change = float(self.changes[period])
        if change == 0.0:
            raise WellheadError(
                "the rate does not change where the period begins",
                field="period",
                value=period,
                remedy="Choose a period that begins with a change of rate",
            )
        return change


def constant_rate(rate: float) -> RateHistory:
    """One rate from 0 on: a drawdown or an injection test."""
    return RateHistory(np.zeros(1), np.array([rate]))


def shut_in_after(rate: float, hours: float) -> RateHistory:
    """One rate for so many hours, above 0 (the producing time tp), and then none."""
    within("producing_time", hours, 0, 1e7, "h", above=True)
    return RateHistory(np.array([0.0, hours]), np.array([rate, 0.0]))


def producing_time(history: RateHistory, period: int) -> float:
    """Horner's pseudo-producing time, h: what was produced before the period over the last rate
    (Horner 1951; Lee 1982, eq. 2.8). Raises WellheadError when the last rate is none.
    """
    if period < 1 or history.rates[period - 1] == 0.0:
        raise WellheadError(
            "no rate precedes the shut-in",
            field="producing_time",
            remedy="Enter the rate before it, or the producing time",
        )
    hours = np.diff(history.starts[: period + 1])
    produced = float(hours @ history.rates[:period])
    return produced / float(history.rates[period - 1])


def equivalent_log_time(elapsed: Array, history: RateHistory, period: int) -> Array:
    """log10 of the equivalent time of a period, X above.

    elapsed: float64[n], hours since the period began, above 0; period: which step of the history
    """
    change = history.change_at(period)
    found = np.log10(within("elapsed", elapsed, 0, 1e7, "h", above=True))
    for share, before in _earlier(history, period, change):
        found = found + share * np.log10((before + elapsed) / before)
    return found


def log_time_at_infinity(history: RateHistory, period: int) -> float:
    """What X tends to in a shut-in that goes on without end: log10 of Horner's producing time, for
    one rate before. Raises WellheadError for a period that is no shut-in."""
    if history.rates[period] != 0.0:
        raise WellheadError(
            "only a shut-in comes to an end", field="period", value=period, remedy="Choose another"
        )
    change = history.change_at(period)
    shares = [share * np.log10(before) for share, before in _earlier(history, period, change)]
    return -float(np.sum(shares))


def _earlier(history: RateHistory, period: int, change: float) -> list[tuple[float, float]]:
    """(Δq_j/Δq_n, t_n - t_j) of each change of rate before the period."""
    steps = np.flatnonzero(history.changes[:period])
    shares = history.changes[steps] / change
    before = history.starts[period] - history.starts[steps]
    return list(zip(shares.tolist(), before.tolist(), strict=True))
