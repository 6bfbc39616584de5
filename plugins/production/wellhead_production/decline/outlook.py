"""A fit with how sure it is, and what it says of the time to come."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from wellhead.sdk import Array
from wellhead_production.decline.arps import Arps, cumulative, decline, rate, ultimate
from wellhead_production.decline.choices import FIELDS, YEAR, Choices
from wellhead_production.decline.confidence import draws, interval, parameter_interval, spread
from wellhead_production.decline.effective import secant_from_nominal, tangent_from_nominal
from wellhead_production.decline.fit import Fit, fit, problem_of

LONGEST_YEARS = 50.0
"""What a curve promises after so long is nobody's forecast."""
_SEED = 1_945
"""Of the bootstrap, so that the same days and choices give the same intervals"""

Says = Callable[[Arps], Array | float]


@dataclass(frozen=True, slots=True)
class Outlook:
    """drawn: the curves of a bootstrap, from which intervals are taken; empty = from the covariance

    Rates and volumes are in one unit, times in days from the beginning of the first day.
    """

    fit: Fit
    drawn: list[Arps]
    confidence: float

    @classmethod
    def of(cls, time: Array, rates: Array, hours: Array, choices: Choices) -> "Outlook":
        """Fit the curve that was chosen. time, rates, hours: float64[n], rates above 0; hours
        count only when they weigh. Raises as `fit` does."""
        terms: dict[str, Any] = {
            "model": choices.model,
            "terminal": choices.terminal,
            "bounds": choices.bounds(),
            "error": choices.error,
        }
        weights = np.nan_to_num(hours) / 24.0 if choices.weigh_by_hours else np.ones(len(time))
        found = fit(time, rates, weights=weights, outliers=choices.outliers, **terms)
        drawn: list[Arps] = []
        if choices.bootstrap_draws:
            kept = found.used
            drawn = draws(
                found,
                problem_of(time[kept], rates[kept], **terms),
                time[kept],
                rates[kept],
                share=np.sqrt(weights[kept]),
                count=choices.bootstrap_draws,
                seed=_SEED,
            )
        return cls(found, drawn, choices.confidence)

    def around(self, says: Says) -> tuple[Array, Array]:
        """(lowest, highest) of something that a curve says."""
        if self.drawn:
            return spread(self.drawn, says, self.confidence)
        return interval(self.fit, says, self.confidence)

    def estimate(self, says: Says) -> dict[str, float | None]:
        """Value, low and high of one number."""
        value = float(says(self.fit.curve))
        if not value > 0.0:
            return {"value": value, "low": value, "high": value}
        low, high = self.around(says)
        return {"value": value, "low": float(low), "high": float(high)}

    def exponent(self) -> dict[str, float | None]:
        """Value, low and high of b; None twice where the model or a bound fixes it."""
        b = self.fit.curve.b
        simple = parameter_interval(self.fit, "b", self.confidence)
        if simple is None:
            return {"value": b, "low": None, "high": None}
        low, high = self.around(lambda curve: curve.b) if self.drawn else simple
        return {"value": b, "low": float(low), "high": float(high)}


def yearly(curve: Arps, time: float) -> float:
    """Nominal decline at `time`, 1/year."""
    return float(decline(curve, time)) * YEAR


def told(outlook: Outlook, choices: Choices, end: float, on_time: float) -> dict[str, Any]:
    """What the fit says, in its own units.

    end: days, the end of the last day that is known. on_time: share of the coming time that the
    curve's rates will be produced, 0 to 1
    """
    curve = outlook.fit.curve
    last = _last(curve, choices, end)
    said: dict[str, Any] = {
        "initial_rate": outlook.estimate(lambda one: one.rate),
        "initial_decline": _declines(outlook, 0.0),
        "b": outlook.exponent(),
        "rate_at_end": outlook.estimate(lambda one: rate(one, end)),
        "decline_at_end": _declines(outlook, end),
        "remaining": None,
        "days_left": None if last is None or np.isinf(last) else last - end,
        "warnings": _warnings(outlook.fit, choices, end, last),
    }
    if last is not None:
        said["remaining"] = outlook.estimate(
            lambda one: on_time * (_until(one, choices, end) - float(cumulative(one, end)))
        )
    return said


def _declines(outlook: Outlook, time: float) -> dict[str, Any]:
    """The decline at `time` as a year's, said in each of the three ways."""
    return {
        "nominal": outlook.estimate(lambda one: yearly(one, time)),
        "tangent_effective": outlook.estimate(
            lambda one: 100.0 * float(tangent_from_nominal(yearly(one, time)))
        ),
        "secant_effective": outlook.estimate(
            lambda one: 100.0 * float(secant_from_nominal(yearly(one, time), one.b))
        ),
    }


def _last(curve: Arps, choices: Choices, end: float) -> float | None:
    """Time at which the forecast ends, at least `end`; None without any end."""
    if choices.economic_limit is None and choices.horizon_years is None and not choices.terminal:
        return None
    years = choices.horizon_years
    if years is None and choices.economic_limit is not None:
        years = LONGEST_YEARS
    horizon = None if years is None else end + years * YEAR
    return max(ultimate(curve, limit=choices.economic_limit, horizon=horizon)[1], end)


def _until(curve: Arps, choices: Choices, end: float) -> float:
    return float(cumulative(curve, _last(curve, choices, end) or end))


def _warnings(found: Fit, choices: Choices, end: float, last: float | None) -> list[str]:
    warnings = [
        f"{FIELDS[name]} is at a bound, so it is not known how sure it is"
        for name in found.at_bound
    ]
    if last is None:
        warnings.append(
            "no ultimate recovery without an economic limit, a terminal decline or a horizon"
        )
    elif last == end and choices.economic_limit is not None:
        warnings.append("the rate is below the economic limit already")
    elif choices.horizon_years is None and last >= end + LONGEST_YEARS * YEAR and np.isfinite(last):
        warnings.append(
            f"the economic limit is not met within {LONGEST_YEARS:g} years, where the forecast ends"
        )
    return warnings


def kept(outlook: Outlook) -> dict[str, Any]:
    """What `Outlook` is made from again, as JSON; `restored` does so."""
    found = outlook.fit
    return {
        "curve": asdict(found.curve),
        "drawn": [asdict(one) for one in outlook.drawn],
        "covariance": found.covariance.tolist(),
        "at_bound": list(found.at_bound),
        "freedom": found.freedom,
        "deviation": found.deviation,
        "correlation": found.correlation,
        "r2": found.r2,
        "confidence": outlook.confidence,
    }


def restored(values: Mapping[str, Any], used: Any) -> Outlook:
    """The outlook that `kept` wrote. used: bool[n], the days it was fitted to"""
    found = Fit(
        curve=Arps(**values["curve"]),
        used=used,
        at_bound=tuple(values["at_bound"]),
        covariance=np.array(values["covariance"]),
        freedom=values["freedom"],
        deviation=values["deviation"],
        correlation=values["correlation"],
        r2=values["r2"],
    )
    return Outlook(found, [Arps(**one) for one in values["drawn"]], values["confidence"])
