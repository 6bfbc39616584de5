"""What the straight line of radial flow, the derivative's level and the unit slope say.

Sources: Earlougher, Advances in Well Test Analysis (SPE 1977), chapters 2, 3 and 5; Lee, Well
Testing (SPE 1982), chapters 1 and 2; Horne, Modern Well Test Analysis (1995). For gas, in
pseudo-pressure: Al-Hussainy, Ramey, Crawford, J. Pet. Tech. 18 (1966) 624; Lee 1982, eq. 5.10.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from wellhead.sdk import Array, WellheadError, within

_LIQUID = 162.6
"""psi·mD·ft/(STB/d·RB/STB·cP) a log cycle: 141.2·ln 10/2."""

_GAS = 1_637.0
"""psia²/cP·mD·ft/(Mscf/d·°R) a log cycle, at 14.7 psia and 520 °R."""

_UNITS_OF_TIME = 3.2275
"""-log10(4·0.0002637/e^0.5772): hours, mD, cP, psi and ft in the logarithm of radial flow."""

_PER_CYCLE = np.log(10.0) / 2
"""1.1513: from log10 to the exponential integral's logarithm, halved."""


@dataclass(frozen=True, slots=True)
class Formation:
    """The layer around a well, within what the formulas of radial flow are used for.

    thickness: net, ft; porosity: fraction; viscosity: cP, at reservoir conditions;
    total_compressibility: c_t, 1/psi; wellbore_radius: ft; flow_term: `liquid_term` or `gas_term`
    """

    thickness: float
    porosity: float
    viscosity: float
    total_compressibility: float
    wellbore_radius: float
    flow_term: float

    def __post_init__(self) -> None:
        within("thickness", self.thickness, 0, 1e4, "ft", above=True)
        within("porosity", self.porosity, 0, 1, "fraction", above=True)
        within("viscosity", self.viscosity, 0, 1e5, "cP", above=True)
        within("total_compressibility", self.total_compressibility, 0, 1, "1/psi", above=True)
        within("wellbore_radius", self.wellbore_radius, 0, 10, "ft", above=True)

    @property
    def diffusing(self) -> float:
        """φ·μ·c_t, cP/psi."""
        return self.porosity * self.viscosity * self.total_compressibility

    @property
    def storage(self) -> float:
        """φ·c_t·h·r_w², ft³/psi."""
        area = self.wellbore_radius**2
        return self.porosity * self.total_compressibility * self.thickness * area

    def shape(self, permeability: float) -> float:
        """K = log10(k/(φ·μ·c_t·r_w²)) - 3.2275."""
        diffusing = self.porosity * self.viscosity * self.total_compressibility
        return float(
            np.log10(permeability / (diffusing * self.wellbore_radius**2)) - _UNITS_OF_TIME
        )


def liquid_term(volume_factor: float, viscosity: float) -> float:
    """162.6·B·μ. volume_factor: RB/STB, above 0 to 10; viscosity: cP."""
    within("volume_factor", volume_factor, 0, 10, "RB/STB", above=True)
    return _LIQUID * volume_factor * viscosity


def gas_term(temperature: float) -> float:
    """1637·T for pressures as pseudo-pressures in psia²/cP and rates in Mscf/d at 14.7 psia and
    60 °F. temperature: of the reservoir, °R, 400 to 1,500."""
    within("temperature", temperature, 400, 1_500, "degR")
    return _GAS * temperature


def permeability(slope: float, rate_change: float, formation: Formation) -> float:
    """k, mD = 162.6·q·B·μ/(m·h) (Earlougher 1977, eq. 3.6 and 5.6; Lee 1982, eq. 2.7).

    slope: psi a log cycle of (equivalent) time; rate_change: STB/d at the period's begin, below 0
    for a shut-in. Raises WellheadError for a slope of the other direction: the pressure falls after
    a rate was raised, and rises after it was lowered.
    """
    if not slope * rate_change < 0:
        raise WellheadError(
            "the straight line goes the other way than the change of rate makes the pressure go",
            field="line_from",
            value=slope,
            remedy="Choose another range, or correct the rates",
        )
    return formation.flow_term * abs(rate_change) / (abs(slope) * formation.thickness)


def skin(line_at_one_hour: float, pressure_before: float, slope: float, shape: float) -> float:
    """s = 1.1513·((p_1h - p_before)/slope - K), K of `Formation.shape` (Earlougher 1977, eq. 3.7
    and 5.7; Lee 1982, eq. 2.4).

    line_at_one_hour: the straight line at an equivalent time of one hour, psia; pressure_before:
    where the period began, psia: p_i of a drawdown, p_wf at the shut-in of a build-up;
    slope: psi a log cycle of (equivalent) time
    """
    return float(_PER_CYCLE * ((line_at_one_hour - pressure_before) / slope - shape))


def skin_pressure(slope: float, skin_factor: float) -> float:
    """psi lost in the skin, below 0 for a stimulated well: 0.8686·m·s (Lee 1982, eq. 2.9)."""
    return float(abs(slope) * skin_factor / _PER_CYCLE)


def flow_efficiency(outer: float, flowing: float, skin_loss: float) -> float:
    """(p̄ - p_wf - Δp_s)/(p̄ - p_wf); p* stands for p̄ in a new reservoir (Lee 1982, eq. 2.12).

    Raises WellheadError when the flowing pressure is the outer one.
    """
    within("drawdown", abs(outer - flowing), 0, 1e10, "psi", above=True)
    return float((outer - flowing - skin_loss) / (outer - flowing))


def radius_of_investigation(k: float, hours: float, formation: Formation) -> float:
    """ft: √(k·t/(948·φ·μ·c_t)) (Lee 1982, eq. 1.23). k: mD; hours: above 0."""
    return float(np.sqrt(k * hours / (948.0 * formation.diffusing)))


def level_permeability(level: float, rate_change: float, formation: Formation) -> float:
    """k, mD, by the level of the derivative in radial flow: 70.6·q·B·μ/(Δp'·h) (Horne 1995, ch. 3).

    level: psi, dp/d ln t, of either sign
    """
    slope = abs(level) * np.log(10.0)
    return permeability(-float(np.copysign(slope, rate_change)), rate_change, formation)


def level_skin(log_time: Array, change: Array, level: float, shape: float) -> float:
    """s by pressure change and level of the derivative at the same times, the median of all.

    log_time: float64[n], log10 of equivalent hours; change: float64[n], |p - p_before|, psi;
    level: |dp/d ln t|, psi; shape: K of `Formation.shape`
    """
    cycles = change / (abs(level) * np.log(10.0))
    return float(np.median(_PER_CYCLE * (cycles - log_time - shape)))


def storage_by_unit_slope(
    elapsed: Array, change: Array, rate_change: float, volume_factor: float
) -> float:
    """C, bbl/psi = |q|·B·Δt/(24·Δp), the median of the points on the line of unit slope
    (Earlougher 1977, eq. 2.20). elapsed: float64[n], h; change: float64[n], |p - p_before|, psi."""
    return float(np.median(abs(rate_change) * volume_factor * elapsed / (24.0 * change)))


def dimensionless_storage(storage: float, formation: Formation) -> float:
    """C_D = 0.8936·C/(φ·c_t·h·r_w²) (Earlougher 1977, eq. 2.18). storage: bbl/psi."""
    return 5.614583 / (2 * np.pi) * storage / formation.storage


def on_unit_slope(
    change: Array, derivative: Array, tolerance: float = 0.1
) -> npt.NDArray[np.bool_]:
    """bool[n]: the points at the begin where derivative and pressure change are the same, as they
    are while only the wellbore's storage speaks (Bourdet 1989): those within the tolerance, a
    fraction, before the derivative falls off to half, which it does not come back from, in the
    median of five. The noise of a gauge's first readings may be a third of so small a change."""
    chosen = np.zeros(change.size, np.bool_)
    known = np.flatnonzero(np.isfinite(derivative) & (change > 0))
    if known.size == 0:
        return chosen
    ratio = derivative[known] / change[known]
    around = np.lib.stride_tricks.sliding_window_view(np.pad(ratio, 2, "edge"), 5)
    left = np.median(around, axis=1) < 0.5
    begin = known[: np.argmax(left) if left.any() else known.size]
    chosen[begin] = np.abs(ratio[: begin.size] - 1) <= tolerance
    return chosen
