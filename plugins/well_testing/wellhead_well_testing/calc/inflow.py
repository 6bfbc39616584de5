"""Inflow of oil: productivity index, Vogel's curve below the bubble point, and both together.

All three are one rate, J, times a function of the flowing pressure: above the bubble point the
drawdown, below it Vogel's curve with the same slope where the two meet. The productivity index is
that of a bubble point of 0, Vogel's well that of a bubble point at the reservoir's pressure.

Sources: Vogel, J. Pet. Tech. 20 (1968) 83-92 (solution-gas drive, no skin); the composite: Neely
(Shell 1976) in Brown, Technology of Artificial Lift Methods 4 (1984), and Ahmed, Reservoir
Engineering Handbook, ch. 7; Fetkovich, SPE 4529 (1973), for wells below the bubble point.
"""

import numpy as np

from wellhead.sdk import Array, Numbers, WellheadError, within

_HIGHEST = 30_000.0
"""psia"""


def effective_drawdown(flowing: Numbers, reservoir: float, bubble_point: float) -> Array:
    """What J is multiplied by, psi: (p̄ - p_b) + p_b/1.8·(1 - 0.2x - 0.8x²) below the bubble point,
    x = p_wf/p_b; p̄ - p_wf above it.

    flowing: psia, 0 to the reservoir's; reservoir: p̄, above 0 to 30,000 psia; bubble_point: psia, 0
    or more; one above p̄ is taken as p̄, since a saturated reservoir is at its bubble point
    """
    within("reservoir_pressure", reservoir, 0, _HIGHEST, "psia", above=True)
    within("bubble_point", bubble_point, 0, _HIGHEST, "psia")
    pressure = within("flowing_pressure", flowing, 0, reservoir, "psia")
    saturated = min(bubble_point, reservoir)
    below = np.minimum(pressure, saturated)
    ratio = below / saturated if saturated > 0 else np.zeros_like(below)
    curved = saturated / 1.8 * (1 - 0.2 * ratio - 0.8 * ratio**2)
    return (reservoir - np.maximum(pressure, saturated)) + curved


def productivity_index(
    rates: Array, flowing: Array, reservoir: float, bubble_point: float = 0.0
) -> float:
    """J, STB/d/psi, by least squares through the points of a test; above the bubble point, where
    the well flows below it.

    rates: float64[n], STB/d, above 0; flowing: float64[n], psia. Raises WellheadError for no point,
    or one without drawdown.
    """
    if np.size(rates) == 0:
        raise WellheadError("at least one point is needed", field="points", remedy="Add a point")
    within("rate", rates, 0, 1e6, "STB/d", above=True)
    drawdown = effective_drawdown(flowing, reservoir, bubble_point)
    within("drawdown", drawdown, 0, _HIGHEST, "psi", above=True)
    return float(rates @ drawdown / (drawdown @ drawdown))


def inflow_rate(index: float, flowing: Numbers, reservoir: float, bubble_point: float) -> Array:
    """STB/d at flowing pressures, by J of `productivity_index` with the same bubble point."""
    return index * effective_drawdown(flowing, reservoir, bubble_point)


def vogel_maximum(index: float, reservoir: float) -> float:
    """q_max, STB/d, of a saturated reservoir: J·p̄/1.8 (Vogel 1968)."""
    return index * reservoir / 1.8
