"""Pressures and velocities of mud in the hole, Bingham's two numbers, and the work at the bit.

Sources: Bourgoyne, Millheim, Chenevert, Young, Applied Drilling Engineering (SPE 1986), chapter 4;
API RP 13D (2010).
"""

import numpy as np

from wellhead.sdk import Array, Numbers, within

PSI = 6894.757293168361
FOOT = 0.3048
INCH = 0.0254
PPG = 119.82642731689663
"""Pascals of a psi, metres of a foot and an inch, kg/m³ of a pound in a US gallon."""

STANDARD_GRAVITY = 9.80665
FIELD_GRAVITY = 0.052 * PSI / (FOOT * PPG)
"""m/s². In the field's units standard gravity makes 0.0519481 psi/(ft·ppg), and the field works
with 0.052, on kill sheets as in regulations. That is gravity of 9.81646 m/s², 0.1 % more; the
functions take the field's unless they are told otherwise, and agree with the rig's papers."""

DISCHARGE_COEFFICIENT = 0.95
"""Of a jet nozzle (Eckel and Bielstein 1951)."""

_DENSITY = (0.0, 3_500.0, "kg/m3")
_TVD = (0.0, 15_000.0, "m")
_FLOW = (0.0, 0.5, "m3/s")


def hydrostatic_pressure(density: Numbers, tvd: Numbers, gravity: float = FIELD_GRAVITY) -> Array:
    """Pa of a column of mud: ρ·g·TVD (psi = 0.052·ppg·ft).

    density: kg/m³, 0 to 3,500; tvd: m from the top of the column, 0 to 15,000
    """
    return within("density", density, *_DENSITY) * gravity * within("tvd", tvd, *_TVD)


def equivalent_density(
    density: Numbers, added_pressure: Numbers, tvd: Numbers, gravity: float = FIELD_GRAVITY
) -> Array:
    """kg/m³ of the still mud that would press as hard: ρ + ΔP/(g·TVD).

    With the friction loss of the annulus it is the equivalent circulating density (ECD), with the
    surface pressure of a leak-off test the equivalent mud weight.
    density: kg/m³, 0 to 3,500; added_pressure: Pa, 0 to 2e8; tvd: m, above 0 to 15,000
    """
    pressure = within("added_pressure", added_pressure, 0, 2e8, "Pa")
    depth = within("tvd", tvd, *_TVD, above=True)
    return within("density", density, *_DENSITY) + pressure / (gravity * depth)


def total_flow_area(diameters: Array) -> float:
    """m² of all nozzles together: Σ π/4·d². diameters: float64[n], m, each 0 to 0.1."""
    return float(np.sum(np.pi / 4 * within("nozzles", diameters, 0, 0.1, "m") ** 2))


def annulus_area(hole: Numbers, pipe: Numbers) -> Array:
    """m² between hole and pipe: π/4·(D² − d²). hole, pipe: diameters in m, 0 to 3, pipe ≤ hole."""
    outer = within("hole_diameter", hole, 0, 3, "m", above=True)
    inner = within("pipe_diameter", pipe, 0, 3, "m")
    within("pipe_diameter", inner / outer, 0, 1, "of hole_diameter")
    return np.pi / 4 * (outer**2 - inner**2)


def annular_velocity(flow: Numbers, hole: Numbers, pipe: Numbers) -> Array:
    """m/s in the annulus: Q/A (ft/min = 24.51·gpm/(D² − d²)). flow: m³/s; hole, pipe: m."""
    area = within("annulus", annulus_area(hole, pipe), 0, 10, "m2", above=True)
    return within("flow", flow, *_FLOW) / area


def bit_pressure_drop(density: Numbers, flow: Numbers, flow_area: Numbers) -> Array:
    """Pa lost in the nozzles: ρ·Q²/(2·C²·A²), C 0.95 (psi = ppg·gpm²/(10,858·A²)).

    density: kg/m³, 0 to 3,500; flow: m³/s, 0 to 0.5; flow_area: m², above 0 to 0.1
    """
    speed = jet_velocity(flow, flow_area) / DISCHARGE_COEFFICIENT
    return within("density", density, *_DENSITY) * speed**2 / 2


def jet_velocity(flow: Numbers, flow_area: Numbers) -> Array:
    """m/s out of the nozzles: Q/A. flow: m³/s, 0 to 0.5; flow_area: m², above 0 to 0.1."""
    return within("flow", flow, *_FLOW) / within("flow_area", flow_area, 0, 0.1, "m2", above=True)


def impact_force(density: Numbers, flow: Numbers, velocity: Numbers) -> Array:
    """N of the jets on the bottom: ρ·Q·v. density: kg/m³; flow: m³/s; velocity: m/s, 0 to 500."""
    mass = within("density", density, *_DENSITY) * within("flow", flow, *_FLOW)
    return mass * within("velocity", velocity, 0, 500, "m/s")


def hydraulic_power(pressure: Numbers, flow: Numbers) -> Array:
    """W: ΔP·Q (hp = psi·gpm/1,714). pressure: Pa, 0 to 2e8; flow: m³/s, 0 to 0.5."""
    return within("pressure", pressure, 0, 2e8, "Pa") * within("flow", flow, *_FLOW)


def bingham(theta600: Numbers, theta300: Numbers) -> tuple[Array, Array]:
    """(plastic viscosity in Pa·s, yield point in Pa) from a rotational viscometer (API RP 13B-1):
    PV = θ600 − θ300 in cP, YP = θ300 − PV in lbf/100 ft².

    theta600, theta300: dial readings at 600 and 300 rpm, 0 to 1,000; θ300 ≤ θ600 ≤ 2·θ300, since a
    fluid outside of that is none of Bingham's.
    """
    high = within("theta600", theta600, 0, 1_000, "degrees")
    low = within("theta300", theta300, 0, 1_000, "degrees")
    viscosity = within("theta600 - theta300", high - low, 0, 1_000, "cP")
    point = within("2 theta300 - theta600", low - viscosity, 0, 1_000, "lbf/100 ft2")
    return viscosity * 1e-3, point * _LBF_100FT2


_LBF_100FT2 = PSI * INCH**2 / (100 * FOOT**2)
