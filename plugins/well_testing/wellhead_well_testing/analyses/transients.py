"""Pressure transients as people ask for them: the numbers of a line, and the columns of its plots.

Gas is read in pseudo-pressure; what is a pressure comes back as one.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from wellhead import sdk
from wellhead_well_testing.analyses.gas import pseudo_pressure_of
from wellhead_well_testing.analyses.outcome import Column, Outcome, system_of
from wellhead_well_testing.analyses.periods import field_unit, sent_period
from wellhead_well_testing.analyses.vocabulary import Phase
from wellhead_well_testing.calc import transient
from wellhead_well_testing.calc.interpretation import (
    Diagnosis,
    Method,
    Period,
    Radial,
    diagnose,
    points_of_line,
    radial_flow,
    storage_of,
)
from wellhead_well_testing.calc.lines import Mask
from wellhead_well_testing.calc.pseudo_pressure import PseudoPressure

_MOST_SKIN = 100.0


def of_sent(data: Mapping[str, Any]) -> Outcome:
    """data: as `TransientCalculationSchema` loads it. Raises WellheadError."""
    return analysed(data, sent_period(data), new_outcome(data))


def new_outcome(data: Mapping[str, Any]) -> Outcome:
    """An empty one, in the units that are asked for, else those of the layer's inputs."""
    asked = data.get("units")
    inputs = [data["thickness"], data["wellbore_radius"], data["total_compressibility"]]
    return Outcome(sdk.units.System(asked) if asked else system_of(inputs))


def analysed(data: Mapping[str, Any], period: Period, outcome: Outcome) -> Outcome:
    """The outcome, filled with what the period says. data: as `TransientSchema` loads it. Raises
    WellheadError."""
    gas = data["phase"] == Phase.GAS
    potential = pseudo_pressure_of(data["gas_table"]) if gas else None
    layer = _layer(data)
    seen = period
    if potential is not None:
        before = float(potential.of(period.before))
        of_gas = potential.of(period.pressure)
        seen = Period(period.elapsed, of_gas, before, period.history, period.index)
    diagnosis = diagnose(
        seen,
        Method(data["kind"]),
        smoothing=data["smoothing"],
        producing_hours=data.get("producing_time"),
    )
    on_line = _line(data, diagnosis, outcome)
    proposed_none = "line_from" not in data and not on_line.any()
    radial = None if proposed_none else radial_flow(diagnosis, layer, on_line)
    if radial is not None:
        _add_line(outcome, radial, diagnosis, layer, on_line, potential)
    outcome.add(
        "pressure_before", "Where the period begins", period.before, "psia", "absolute_pressure"
    )
    _add_times(outcome, diagnosis)
    if not gas:
        _add_storage(outcome, storage_of(diagnosis, data["volume_factor"]), layer)
    outcome.tables["points"] = _points(period, diagnosis, on_line, radial, potential)
    outcome.tables["rates"] = _rates(period, data["phase"])
    return outcome


def _layer(data: Mapping[str, Any]) -> transient.Formation:
    viscosity = data["viscosity"].to("cP")
    if data["phase"] == Phase.GAS:
        term = transient.gas_term(data["reservoir_temperature"].to("degR"))
    else:
        term = transient.liquid_term(data["volume_factor"], viscosity)
    return transient.Formation(
        thickness=data["thickness"].to("ft"),
        porosity=data["porosity"],
        viscosity=viscosity,
        total_compressibility=data["total_compressibility"].to("1/psi"),
        wellbore_radius=data["wellbore_radius"].to("ft"),
        flow_term=term,
    )


def _line(data: Mapping[str, Any], diagnosis: Diagnosis, outcome: Outcome) -> Mask:
    """The points of the line; none, with a warning, where none is chosen and none is proposed."""
    if "line_from" in data:
        return points_of_line(diagnosis, (data["line_from"], data["line_to"]))
    try:
        chosen = points_of_line(diagnosis, None)
    except sdk.WellheadError as error:
        outcome.warnings.append(str(error))
        return np.zeros(diagnosis.log_time.size, np.bool_)
    outcome.warnings.append("The straight line is proposed: look at the log-log plot.")
    return chosen


def _add_line(
    outcome: Outcome,
    radial: Radial,
    diagnosis: Diagnosis,
    layer: transient.Formation,
    on_line: Mask,
    potential: PseudoPressure | None,
) -> None:
    add, k = outcome.add, radial.permeability
    unit, quantity = ("psi", "pressure") if potential is None else ("psi2/cP", "pseudo_pressure")
    hours = diagnosis.period.elapsed[on_line]
    add("permeability", "Permeability", k, "mD", "permeability")
    capacity = k * layer.thickness
    add("flow_capacity", "Permeability times thickness", capacity, "mD*ft", "flow_capacity")
    add("skin", "Skin factor", radial.skin)
    add("skin_pressure", "Pressure lost in the skin", radial.skin_pressure, unit, quantity)
    add("flow_efficiency", "Flow efficiency, p* for the mean pressure", radial.flow_efficiency)
    p_star, hour = radial.p_star, radial.pressure_at_one_hour
    if potential is not None:
        p_star, hour = potential.pressure_of(p_star), potential.pressure_of(hour)
    add("p_star", "p*, the line at infinite shut-in time", p_star, "psia", "absolute_pressure")
    add("pressure_at_one_hour", "The line at one hour", hour, "psia", "absolute_pressure")
    add("slope", "Slope of the line a log cycle", abs(radial.line.slope), unit, quantity)
    add("slope_error", "Its standard error", radial.line.slope_error, unit, quantity)
    add("r_squared", "Coefficient of determination of the line", radial.line.r_squared)
    add("line_from", "Where the line begins", float(hours[0]), "h")
    add("line_to", "Where it ends", float(hours[-1]), "h")
    add("line_points", "Points that it was drawn through", radial.line.points)
    add("level_permeability", "Permeability by the derivative's level",
        radial.level_permeability, "mD", "permeability")  # fmt: skip
    add("level_skin", "Skin by the derivative's level", radial.level_skin)
    reach = radial.radius_of_investigation
    add("radius_of_investigation", "Radius of investigation", reach, "ft", "length")
    if not -10 < radial.skin < _MOST_SKIN:
        outcome.warnings.append(
            f"A skin of {radial.skin:.3g} is outside of -10 to 100: is the line radial flow?"
        )


def _add_times(outcome: Outcome, diagnosis: Diagnosis) -> None:
    if diagnosis.method is Method.HORNER:
        hours = float(diagnosis.history.starts[diagnosis.index])
        outcome.add("producing_time", "Horner's producing time", hours, "h")


def _add_storage(outcome: Outcome, storage: float, layer: transient.Formation) -> None:
    outcome.add("storage", "Wellbore storage", storage, "bbl/psi", "wellbore_storage")
    dimensionless = transient.dimensionless_storage(storage, layer)
    outcome.add("dimensionless_storage", "Dimensionless wellbore storage", dimensionless)


def _rates(period: Period, phase: str) -> dict[str, Column]:
    """As they were when the period was analysed, at 60 °F and 14.696 psia."""
    quantity = "gas_rate" if phase == Phase.GAS else "oil_rate"
    starts, rates = period.history.starts, period.history.rates
    return {
        "start": Column("Since the period began", starts - starts[period.index], "h"),
        "rate": Column("Rate", rates, field_unit(phase), quantity),
    }


def _points(
    period: Period,
    diagnosis: Diagnosis,
    on_line: Mask,
    radial: Radial | None,
    potential: PseudoPressure | None,
) -> dict[str, Column]:
    unit, quantity = ("psi", "pressure") if potential is None else ("psi2/cP", "pseudo_pressure")
    what = "Pressure" if potential is None else "Pseudo-pressure"
    absolute = "psia", "absolute_pressure"
    columns = {
        "elapsed": Column("Elapsed time", period.elapsed, "h"),
        "equivalent_time": Column("Equivalent time", 10**diagnosis.log_time, "h"),
        "pressure": Column("Pressure", period.pressure, *absolute),
        "change": Column(f"{what} change", diagnosis.change, unit, quantity),
        "derivative": Column(f"{what} derivative", diagnosis.derivative, unit, quantity),
        "on_line": Column("On the line", on_line.astype(np.float64), "1"),
    }
    if np.isfinite(diagnosis.limit):
        ratio = 10 ** (diagnosis.limit - diagnosis.log_time)
        columns["horner_ratio"] = Column("Horner time (tp + Δt)/Δt", ratio, "1")
    if potential is not None:
        columns["pseudo_pressure"] = Column(
            "Pseudo-pressure", diagnosis.period.pressure, "psi2/cP", "pseudo_pressure"
        )
    if radial is not None:
        line = radial.line.at(diagnosis.log_time)
        on = absolute if potential is None else (unit, quantity)
        columns["line"] = Column("Straight line", line, *on)
        flat = np.where(on_line, abs(radial.line.slope) / np.log(10), np.nan)
        columns["level"] = Column("Level of radial flow", flat, unit, quantity)
    return columns
