"""Arps' decline: rate, cumulative, time to a rate, and what is left above a limit.

Sources: Arps, J.J. (1945), Analysis of Decline Curves, Trans. AIME 160, 228-247 (rate, cumulative
of the three declines). Robertson, S. (1988), Generalized Hyperbolic Equation, SPE-18731 (the
hyperbolic decline that ends in an exponential one). b lies between 0 (exponential) and 1 (harmonic)
in boundary-dominated flow, as Arps saw it; wells of tight rock show up to 2 for years, where only a
terminal decline keeps the volume finite.

All four functions broadcast their arguments and are written in L = ln(q(0)/q(t)), so that none
loses digits near b = 0 or b = 1:

    q(t) = qi (1 + b Di t)^(-1/b) = qi exp(-L),  L = ln(1 + b Di t) / b
    N(t) = qi / ((1 - b) Di) (1 - (q/qi)^(1 - b)) = (qi / Di) (1 - exp(-(1 - b) L)) / (1 - b)
"""

from dataclasses import dataclass

import numpy as np

from wellhead.sdk import Array, Numbers, WellheadError, within

GREATEST_B = 2.0
SMALL = 1e-10
"""Below this, b or 1 - b is taken as 0: the terms that are left out are as small."""
_TIMES = (0.0, np.inf, "units of time")


@dataclass(frozen=True, slots=True)
class Arps:
    """rate: at t = 0, volume a unit of time. decline: nominal at t = 0, 1/time. b: 0 to 2.
    terminal: nominal decline at which the hyperbola goes over into an exponential, 1/time, at most
    `decline`; 0 = never

    Raises WellheadError for numbers that no decline has.
    """

    rate: float
    decline: float
    b: float
    terminal: float = 0.0

    def __post_init__(self) -> None:
        within("rate", self.rate, 0.0, np.inf, "volume/time", above=True)
        within("decline", self.decline, 0.0, np.inf, "1/time", above=True)
        within("b", self.b, 0.0, GREATEST_B, "")
        within("terminal", self.terminal, 0.0, self.decline, "1/time (the initial decline)")

    @property
    def switch(self) -> float:
        """Time at which the terminal decline begins; inf = never."""
        if self.terminal == 0.0:
            return np.inf
        if self.b < SMALL:
            return 0.0 if self.terminal == self.decline else np.inf
        return (self.decline / self.terminal - 1.0) / (self.b * self.decline)


def rate(curve: Arps, time: Numbers) -> Array:
    """Volume a unit of time at `time` after the start (0 or more)."""
    t = within("time", time, *_TIMES)
    early = np.minimum(t, curve.switch)
    hyperbolic = np.asarray(curve.rate * np.exp(-_fallen(curve, early)))
    if np.isinf(curve.switch):
        return hyperbolic
    return np.asarray(hyperbolic * np.exp(-curve.terminal * (t - early)))


def cumulative(curve: Arps, time: Numbers) -> Array:
    """Volume produced from 0 to `time`; at infinity what the curve holds, which may be infinite."""
    t = within("time", time, *_TIMES)
    early = np.minimum(t, curve.switch)
    fallen = _fallen(curve, early)
    volume = curve.rate / curve.decline * _integral(1.0 - curve.b, fallen)
    if np.isinf(curve.switch):
        return volume
    at_switch = curve.rate * np.exp(-fallen)
    return np.asarray(volume - at_switch * np.expm1(-curve.terminal * (t - early)) / curve.terminal)


def decline(curve: Arps, time: Numbers) -> Array:
    """Nominal decline -dq/dt / q at `time`, 1/time: Di / (1 + b Di t), not below the terminal."""
    t = within("time", time, *_TIMES)
    return np.maximum(curve.decline / (1.0 + curve.b * curve.decline * t), curve.terminal)


def time_at_rate(curve: Arps, wanted: Numbers) -> Array:
    """Time at which the rate has fallen to `wanted` (above 0, at most the initial rate)."""
    q = within("rate", wanted, 0.0, curve.rate, "volume/time (the initial rate)", above=True)
    fallen = np.log(curve.rate / q)
    with np.errstate(over="ignore"):
        grown = fallen if curve.b < SMALL else np.expm1(curve.b * fallen) / curve.b
    hyperbolic = grown / curve.decline
    if np.isinf(curve.switch):
        return np.asarray(hyperbolic)
    at_switch = _fallen(curve, np.asarray(curve.switch))
    late = curve.switch + (fallen - at_switch) / curve.terminal
    return np.where(fallen > at_switch, late, hyperbolic)


def ultimate(
    curve: Arps, *, limit: float | None = None, horizon: float | None = None
) -> tuple[float, float]:
    """(volume, time) that the curve yields until its rate is down to the economic `limit`, or
    until `horizon`, whichever comes first; without both, all that a terminal decline leaves.

    limit: volume a unit of time; a curve that starts below it yields nothing. horizon: time
    Raises WellheadError without a limit, a horizon and a terminal decline: a hyperbola alone
    promises volumes from rates that nobody would lift, and from b = 1 on an infinite one.
    """
    if limit is None and horizon is None and np.isinf(curve.switch):
        raise WellheadError(
            "an ultimate recovery needs an end",
            field="economic_limit",
            remedy="Send an economic limit, a horizon, or a model with a terminal decline",
        )
    end = np.inf if horizon is None else float(within("horizon", horizon, *_TIMES))
    if limit is not None:
        within("economic_limit", limit, 0.0, np.inf, "volume/time", above=True)
        end = min(end, float(time_at_rate(curve, min(limit, curve.rate))))
    return float(cumulative(curve, end)), end


def _fallen(curve: Arps, t: Array) -> Array:
    """L = ln(q(0)/q(t)) of the hyperbola."""
    if curve.b < SMALL:
        return curve.decline * t
    return np.asarray(np.log1p(curve.b * curve.decline * t) / curve.b)


def _integral(share: float, fallen: Array) -> Array:
    """(1 - exp(-share L)) / share, which is L at share = 0."""
    if abs(share) < SMALL:
        return fallen
    return np.asarray(-np.expm1(-share * fallen) / share)
