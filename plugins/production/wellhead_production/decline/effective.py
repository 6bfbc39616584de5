"""Nominal and effective declines, which the same percentage may mean three ways.

Source: Society of Petroleum Evaluation Engineers, Recommended Evaluation Practice 6 (2002),
Definition of Decline Curve Parameters. Of a year's (or any period's) decline:

- nominal: D = -dq/dt / q, the slope of ln q
- tangent-effective: 1 - exp(-D), what the tangent at the start would lose in the period
- secant-effective: 1 - q(1)/q(0) = 1 - (1 + b D)^(-1/b), what the curve itself loses
"""

import numpy as np

from wellhead.sdk import Array, Numbers, within
from wellhead_production.decline.arps import GREATEST_B, SMALL

_NOMINAL = (0.0, np.inf, "1/period")
_EFFECTIVE = (0.0, float(np.nextafter(1.0, 0.0)), "of the rate a period, below 1")
_B = (0.0, GREATEST_B, "")


def tangent_from_nominal(nominal: Numbers) -> Array:
    """Share of the rate, 0 to 1, that the tangent loses in a period. nominal: 1/period."""
    return -np.expm1(-within("decline", nominal, *_NOMINAL))


def nominal_from_tangent(tangent: Numbers) -> Array:
    """1/period of a tangent-effective decline, 0 to below 1 of the rate a period."""
    return -np.log1p(-within("decline", tangent, *_EFFECTIVE))


def secant_from_nominal(nominal: Numbers, b: Numbers) -> Array:
    """Share of the rate, 0 to 1, lost in the first period. nominal: 1/period; b: 0 to 2."""
    d, exponent = within("decline", nominal, *_NOMINAL), within("b", b, *_B)
    safe = np.where(exponent > SMALL, exponent, 1.0)
    return -np.expm1(-np.where(exponent > SMALL, np.log1p(safe * d) / safe, d))


def nominal_from_secant(secant: Numbers, b: Numbers) -> Array:
    """1/period of a secant-effective decline, 0 to below 1 of the rate a period; b: 0 to 2."""
    fallen = -np.log1p(-within("decline", secant, *_EFFECTIVE))
    exponent = within("b", b, *_B)
    safe = np.where(exponent > SMALL, exponent, 1.0)
    return np.asarray(np.where(exponent > SMALL, np.expm1(safe * fallen) / safe, fallen))
