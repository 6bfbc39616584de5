"""Deliverability: back-pressure C and n, laminar-inertial-turbulent a and b, absolute open flow.

Both relate a rate to a difference of potentials, Δ = ψ(static) - ψ(flowing), ψ = p² or the
pseudo-pressure. What is static depends on the test: p̄ of a flow-after-flow or isochronal test, the
shut-in pressure before each flow of a modified isochronal one. Where flows are too short to
stabilise, one extended flow, with p̄, gives C or a, and the short ones only n or b.

Sources: Rawlins and Schellhardt, USBM Monograph 7 (1935); Houpeurt (1959) in Lee, Well Testing (SPE
1982), chapter 5; Cullender, Trans. AIME 204 (1955), isochronal; Katz et al. (1959), modified;
Fetkovich, SPE 4529 (1973), the same equation for oil below the bubble point.
"""

from dataclasses import dataclass

import numpy as np

from wellhead.sdk import Array, Numbers, WellheadError, within

MOST_TURBULENT, LAMINAR = 0.5, 1.0
"""Bounds of the exponent n."""

_HIGHEST = 1e12
"""psi², or psi²/cP"""


@dataclass(frozen=True, slots=True)
class BackPressure:
    """q = C·Δ^n. fitted_exponent: n as the points give it; it is held in 0.5 … 1"""

    coefficient: float
    exponent: float
    fitted_exponent: float

    @property
    def held(self) -> bool:
        return self.exponent != self.fitted_exponent

    def rate(self, differences: Numbers) -> Array:
        return self.coefficient * within("Δ", differences, 0, _HIGHEST, "psi2") ** self.exponent


@dataclass(frozen=True, slots=True)
class Lit:
    """Δ = a·q + b·q². held: the points gave an a or b below 0, which is taken as 0"""

    laminar: float
    turbulent: float
    held: bool

    def rate(self, differences: Numbers) -> Array:
        """The positive root, in the form that holds when b is 0."""
        differences = within("Δ", differences, 0, _HIGHEST, "psi2")
        root = np.sqrt(self.laminar**2 + 4 * self.turbulent * differences)
        with np.errstate(invalid="ignore"):
            return np.where(differences == 0, 0.0, 2 * differences / (self.laminar + root))


def back_pressure(
    rates: Array, differences: Array, extended: tuple[float, float] | None = None
) -> BackPressure:
    """C and n by least squares of log q on log Δ, n held in 0.5 … 1.

    rates: float64[k], Mscf/d (STB/d of oil), above 0; differences: float64[k], psi² or psi²/cP,
    above 0; extended: (rate, Δ) of the stabilised flow that C is taken from
    Raises WellheadError for fewer than two different points.
    """
    flow, force = np.log(_checked("rate", rates)), np.log(_checked("Δ", differences))
    _at_least_two(force)
    along = force - force.mean()
    fitted = float(along @ flow / (along @ along))
    exponent = float(np.clip(fitted, MOST_TURBULENT, LAMINAR))
    if extended is not None:
        flow, force = np.log(_checked("extended", np.array([extended]))).T
    return BackPressure(float(np.exp(np.mean(flow - exponent * force))), exponent, fitted)


def lit(rates: Array, differences: Array, extended: tuple[float, float] | None = None) -> Lit:
    """a and b by least squares of Δ/q on q (Lee 1982, eq. 5.13); arguments as `back_pressure`."""
    rates, differences = _checked("rate", rates), _checked("Δ", differences)
    _at_least_two(rates)
    ratio, along = differences / rates, rates - rates.mean()
    turbulent = float(along @ ratio / (along @ along))
    held = turbulent < 0
    turbulent = max(turbulent, 0.0)
    if extended is not None:
        rates, differences = _checked("extended", np.array([extended])).T
    laminar = float(np.mean(differences / rates - turbulent * rates))
    if laminar < 0:
        turbulent = float(np.mean(differences / rates**2))
    return Lit(max(laminar, 0.0), turbulent, held or laminar < 0)


def _checked(name: str, values: Array) -> Array:
    return within(name, values, 0, _HIGHEST, "", above=True)


def _at_least_two(values: Array) -> None:
    if values.size < 2 or float(np.ptp(values)) == 0.0:
        raise WellheadError(
            "at least two different points are needed",
            field="points",
            value=int(values.size),
            remedy="Add the other flows of the test",
        )
