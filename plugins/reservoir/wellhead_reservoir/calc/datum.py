"""Pressures at one depth: what gauges measured, carried to the reservoir's datum.

Pressures of two wells compare only at one depth. Between a gauge and the datum the pressure changes
by the gradient of the fluid that is there, which changes at a contact.

Source: Dake, Fundamentals of Reservoir Engineering (1978), section 1.4 and 3.2.
"""

import numpy as np

from wellhead import sdk
from wellhead_reservoir.calc.straight_lines import LinearFit, least_squares

_GRADIENT = (0.0, 1.0, "psi/ft")


def column(
    depth: sdk.Numbers, datum: float, gradients: sdk.Array, contacts: sdk.Array
) -> sdk.Array:
    """psi that the pressure grows from `depth` down to `datum` (below zero when it lies above).

    depth, datum: ft TVD subsea; gradients: psi/ft, float64[k + 1], of the fluids from the top
    down, 0 to 1; contacts: ft TVD subsea between them, float64[k], not rising upwards
    Raises WellheadError for gradients out of range, contacts out of order, and for counts that do
    not fit.
    """
    sdk.within("gradients", gradients, *_GRADIENT)
    if len(gradients) != len(contacts) + 1 or (np.diff(contacts) < 0).any():
        raise sdk.WellheadError(
            "fluids lie above each other with a contact between two of them",
            field="contacts",
            value=", ".join(f"{contact:g}" for contact in contacts),
            remedy="Give the contacts from the top down and a gradient of each fluid",
        )
    return _weight(datum, gradients, contacts) - _weight(depth, gradients, contacts)


def _weight(depth: sdk.Numbers, gradients: sdk.Array, contacts: sdk.Array) -> sdk.Array:
    """psi of the column from sea level to a depth, up to what is the same for all depths."""
    at = np.asarray(depth, np.float64)
    below = np.maximum(at[..., None] - contacts, 0.0)
    return np.asarray(gradients[0] * at + below @ np.diff(gradients), np.float64)


def gradient_line(depth: sdk.Array, pressure: sdk.Array) -> LinearFit:
    """p = p₀ + g·D through the stations of a formation tester in one fluid: coefficients psia at
    depth 0 and psi/ft. depth: ft TVD subsea; pressure: psia, float64[n]."""
    return least_squares(np.column_stack([np.ones_like(depth), depth]), pressure, "stations")


def crossing(upper: LinearFit, lower: LinearFit) -> float:
    """ft TVD subsea where two gradients meet: the free level between two fluids. Raises
    WellheadError for gradients that do not differ."""
    difference = upper.coefficients[1] - lower.coefficients[1]
    if abs(difference) < 1e-6:
        raise sdk.WellheadError(
            "two fluids of one gradient have no level between them",
            field="stations",
            remedy="Divide the stations by fluid",
        )
    return float((lower.coefficients[0] - upper.coefficients[0]) / difference)
