"""Uncertain inputs and what follows from them: distributions, and percentiles by Monte Carlo.

Percentiles are named as in reserves (SPE PRMS 2018): P90 is the low estimate, exceeded with a
probability of 90 %, P10 the high one. Inputs are sampled by Latin hypercube (McKay, Beckman and
Conover 1979, Technometrics 21, 239-245), so that a few thousand trials give steady percentiles, and
by a seed, so that the same inputs give the same numbers.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from wellhead import sdk

PERCENTILES = np.arange(1.0, 100.0)
"""P1 … P99: probabilities, in %, that a value is exceeded."""


@dataclass(frozen=True, slots=True)
class Distribution:
    """kind: of KINDS; parameters: what that kind takes, by name; low, high: what no value lies
    beyond, in reality or in the formula. The normal and lognormal are cut there, not clipped."""

    kind: str
    parameters: Mapping[str, float]
    low: float
    high: float

    def at(self, probability: sdk.Array) -> sdk.Array:
        """The values that lie above these fractions (0 to 1) of all values."""
        return KINDS[self.kind][1](self, probability)


def check(distribution: Distribution, name: str) -> None:
    """Raises WellheadError naming `name` for parameters that are missing, too many, in the wrong
    order or beyond the limits."""
    wanted = KINDS[distribution.kind][0]
    given = distribution.parameters
    if set(given) != set(wanted):
        raise sdk.WellheadError(
            f"a {distribution.kind} distribution takes {', '.join(wanted)}",
            field=name,
            value=", ".join(sorted(given)) or "nothing",
            remedy=f"Give {', '.join(wanted)}, and no others",
        )
    for parameter in set(wanted) - {"standard_deviation"}:
        sdk.within(f"{name}.{parameter}", given[parameter], distribution.low, distribution.high, "")
    ordered = [given[word] for word in ("low", "mode", "high") if word in given]
    if ordered != sorted(ordered) or (len(ordered) > 1 and ordered[0] == ordered[-1]):
        raise sdk.WellheadError(
            "must grow from low to high",
            field=name,
            value=", ".join(f"{value:g}" for value in ordered),
            remedy="Correct the order, or take a constant",
        )
    if "standard_deviation" in given:
        sdk.within(
            f"{name}.standard_deviation", given["standard_deviation"], 0, 1e12, "", above=True
        )


def _constant(of: Distribution, u: sdk.Array) -> sdk.Array:
    return np.full_like(u, of.parameters["value"])


def _uniform(of: Distribution, u: sdk.Array) -> sdk.Array:
    low, high = of.parameters["low"], of.parameters["high"]
    return low + u * (high - low)


def _triangular(of: Distribution, u: sdk.Array) -> sdk.Array:
    low, mode, high = (of.parameters[name] for name in ("low", "mode", "high"))
    split = (mode - low) / (high - low)
    rising = low + np.sqrt(u * (high - low) * (mode - low))
    falling = high - np.sqrt((1 - u) * (high - low) * (high - mode))
    return np.where(u < split, rising, falling)


def _normal(of: Distribution, u: sdk.Array) -> sdk.Array:
    return _cut_normal(
        u, of.parameters["mean"], of.parameters["standard_deviation"], of.low, of.high
    )


def _lognormal(of: Distribution, u: sdk.Array) -> sdk.Array:
    """mean and standard_deviation are those of the values, not of their logarithms."""
    mean, deviation = of.parameters["mean"], of.parameters["standard_deviation"]
    spread = np.sqrt(np.log1p((deviation / mean) ** 2))
    middle = np.log(mean) - spread**2 / 2
    lowest = np.log(of.low) if of.low > 0 else -np.inf
    return np.exp(_cut_normal(u, middle, float(spread), float(lowest), float(np.log(of.high))))


def _cut_normal(u: sdk.Array, mean: float, deviation: float, low: float, high: float) -> sdk.Array:
    from scipy.special import ndtr, ndtri

    first, last = ndtr((low - mean) / deviation), ndtr((high - mean) / deviation)
    values: sdk.Array = mean + deviation * ndtri(first + u * (last - first))
    return np.clip(values, low, high)  # the last digit of the two functions


KINDS: dict[str, tuple[tuple[str, ...], Callable[[Distribution, sdk.Array], sdk.Array]]] = {
    "constant": (("value",), _constant),
    "uniform": (("low", "high"), _uniform),
    "triangular": (("low", "mode", "high"), _triangular),
    "normal": (("mean", "standard_deviation"), _normal),
    "lognormal": (("mean", "standard_deviation"), _lognormal),
}
"""What each kind of distribution takes, and its values by probability."""


def sample(
    distributions: Mapping[str, Distribution], trials: int, seed: int
) -> dict[str, sdk.Array]:
    """float64[trials] of each input, independent of each other, by Latin hypercube."""
    random = np.random.Generator(np.random.PCG64(seed))
    drawn = {}
    for name, distribution in distributions.items():
        strata = (random.permutation(trials) + random.random(trials)) / trials
        drawn[name] = distribution.at(strata)
    return drawn


def exceedance(values: sdk.Array) -> sdk.Array:
    """float64[99]: the values that are exceeded with the probabilities PERCENTILES, falling."""
    return np.percentile(values, 100.0 - PERCENTILES)


def rank_correlations(inputs: Mapping[str, sdk.Array], values: sdk.Array) -> dict[str, float]:
    """Spearman's rank correlation of each input that varies with the values: what the spread of
    the result comes from."""
    ranks = _ranks(values)
    return {
        name: float(np.corrcoef(_ranks(column), ranks)[0, 1])
        for name, column in inputs.items()
        if np.ptp(column) > 0
    }


def _ranks(values: sdk.Array) -> sdk.Array:
    ranks = np.empty(len(values))
    ranks[np.argsort(values)] = np.arange(len(values))
    return ranks
