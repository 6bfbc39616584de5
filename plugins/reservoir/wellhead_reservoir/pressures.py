"""Pressure surveys: entering them, and what they are at the reservoir's datum.

Like `reservoirs`, these functions work in the caller's tenant and transaction and do not commit.
"""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import Any

import numpy as np
from sqlalchemy import select

from wellhead import sdk
from wellhead_reservoir.calc import datum
from wellhead_reservoir.calc.straight_lines import LinearFit
from wellhead_reservoir.description import contacts_on, depth_ft
from wellhead_reservoir.models import PressureSurvey, Reservoir
from wellhead_reservoir.records import held_reservoir, set_fields
from wellhead_reservoir.vocabulary import ContactKind, Phase
from wellhead_wells.datums import DepthKind, convert_depth
from wellhead_wells.models import Well, Wellbore
from wellhead_wells.surveys.service import positions

PSI = "psia"
FOOT = "ft"
_SEA_LEVEL = "MSL"


@dataclass(frozen=True, slots=True)
class AtDatum:
    """A survey at the reservoir's datum: ft TVD subsea and psia, float64[n] of all stations.

    pressure: of the used station nearest to the datum; None when none is used
    lines: by fluid the line through its used stations, where there are two or more
    """

    survey: PressureSurvey
    well: str
    depth: sdk.Array
    measured: sdk.Array
    at_datum: sdk.Array
    used: Any
    pressure: float | None
    lines: Mapping[Phase, LinearFit]


@dataclass(frozen=True, slots=True)
class Average:
    """pressure: psia at the datum, the weighted mean of that day's surveys, `surveys` of them"""

    date: dt.date
    pressure: float
    surveys: int


def create_survey(data: Mapping[str, Any]) -> PressureSurvey:
    """A new pressure survey. data: as `PressureSurveySchema` loads it.

    Raises WellheadError for a well that is not there, and where stations cannot be brought to the
    reservoir's datum: then the survey would say nothing of the reservoir.
    """
    reservoir = held_reservoir(data["reservoir_id"])
    survey = PressureSurvey(**{"weight": 1.0} | dict(data))
    _check(survey)
    if reservoir.datum_depth is not None:
        at_datum(survey, reservoir)
    sdk.db.session.add(survey)
    sdk.db.session.flush()
    return survey


def change_survey(survey: PressureSurvey, data: Mapping[str, Any]) -> None:
    """Change what `data` names. Raises as `create_survey` does."""
    reservoir = held_reservoir(survey.reservoir_id)
    with sdk.db.session.no_autoflush:
        set_fields(survey, data, fixed=("reservoir_id", "well_id"))
        _check(survey)
        if reservoir.datum_depth is not None:
            at_datum(survey, reservoir)


def at_datum(survey: PressureSurvey, reservoir: Reservoir) -> AtDatum:
    """The survey at the reservoir's datum.

    Raises WellheadError without a datum, for depths that cannot be made true vertical, and for a
    fluid on the way whose gradient is not given.
    """
    well = sdk.db.session.get_one(Well, survey.well_id)
    depth = _subsea(survey, well)
    measured = np.array([station["pressure"].to(PSI) for station in survey.stations])
    used = np.array([station["used"] for station in survey.stations])
    goal = datum_ft(reservoir)
    shifted = measured + _to_datum(survey, reservoir, depth, goal)
    pressure = None
    if used.any():
        pressure = float(shifted[np.argmin(np.where(used, np.abs(depth - goal), np.inf))])
    fluids = np.array([station.get("fluid") or "" for station in survey.stations])
    lines = {
        phase: datum.gradient_line(depth[of], measured[of])
        for phase in Phase
        if len(np.unique(depth[of := used & (fluids == phase)])) > 1
    }
    return AtDatum(survey, well.name, depth, measured, shifted, used, pressure, lines)


def datum_ft(reservoir: Reservoir) -> float:
    """ft TVD subsea. Raises WellheadError when the reservoir has no datum."""
    if reservoir.datum_depth is None or reservoir.depth_unit is None:
        raise sdk.WellheadError(
            f"reservoir {reservoir.name} has no datum to compare pressures at",
            field="datum_depth",
            remedy="Give the reservoir a datum_depth and its depth_unit",
        )
    return sdk.Quantity(reservoir.datum_depth, reservoir.depth_unit).to(FOOT)


def surveys_of(reservoir: Reservoir) -> list[AtDatum]:
    """All surveys of the reservoir at its datum, in the order of time."""
    rows = sdk.db.session.scalars(
        select(PressureSurvey)
        .where(PressureSurvey.reservoir_id == reservoir.id)
        .order_by(PressureSurvey.measured_on, PressureSurvey.created_at)
    )
    return [at_datum(row, reservoir) for row in rows]


def averages(surveys: Sequence[AtDatum]) -> list[Average]:
    """One a day, weighted, of surveys in the order of time; days without a used station or with no
    weight at all are left out."""
    found = []
    for day, group in groupby(surveys, lambda row: row.survey.measured_on):
        rows = [row for row in group if row.pressure is not None and row.survey.weight > 0]
        if rows:
            pressures = np.array([row.pressure for row in rows], np.float64)
            weights = np.array([row.survey.weight for row in rows], np.float64)
            found.append(Average(day, float(np.average(pressures, weights=weights)), len(rows)))
    return found


def levels(lines: Mapping[Phase, LinearFit]) -> list[tuple[Phase, Phase, float]]:
    """(upper fluid, lower fluid, ft TVD subsea) where gradients of neighbours meet."""
    return [
        (upper, lower, datum.crossing(lines[upper], lines[lower]))
        for upper, lower in pairwise(phase for phase in Phase if phase in lines)
        if lines[lower].coefficients[1] > lines[upper].coefficients[1]
    ]


def _to_datum(
    survey: PressureSurvey, reservoir: Reservoir, depth: sdk.Array, goal: float
) -> sdk.Array:
    if survey.gradient is not None:
        one = np.array([survey.gradient.to("psi/ft")])
        return datum.column(depth, goal, one, np.empty(0))
    layers = _layers(reservoir, survey.measured_on)
    tops = np.array([-np.inf, *(bottom for _, bottom in layers[:-1])])
    bottoms = np.array([bottom for _, bottom in layers])
    crossed = (np.minimum(depth.min(), goal) < bottoms) & (np.maximum(depth.max(), goal) > tops)
    gradients = [getattr(survey, f"{phase}_gradient") for phase, _ in layers]
    for (phase, _), gradient, wanted in zip(layers, gradients, crossed, strict=True):
        if wanted and gradient is None:
            raise sdk.WellheadError(
                f"there is {phase} between the stations and the datum, and its gradient is unknown",
                field=f"{phase}_gradient",
                remedy=f"Give {phase}_gradient, or one gradient for all of the way",
            )
    values = np.array([0.0 if one is None else one.to("psi/ft") for one in gradients])
    return datum.column(depth, goal, values, bottoms[:-1])


def _layers(reservoir: Reservoir, day: dt.date) -> list[tuple[Phase, float]]:
    """(fluid, ft TVD subsea of its bottom) from the top down, by the contacts of the day."""
    found = contacts_on(reservoir, day)
    over = {
        ContactKind.GAS_OIL: Phase.GAS,
        ContactKind.OIL_WATER: Phase.OIL,
        ContactKind.GAS_WATER: Phase.GAS,
    }
    layers = [(phase, depth_ft(found[kind])) for kind, phase in over.items() if kind in found]
    if not layers:
        raise sdk.WellheadError(
            "the reservoir has no contacts that say which fluid lies between",
            field="gradient",
            remedy="Give one gradient for all of the way, or enter the reservoir's contacts",
        )
    last = Phase.OIL if [phase for phase, _ in layers] == [Phase.GAS] else Phase.WATER
    if ContactKind.GAS_WATER in found:
        last = Phase.WATER
    return [*layers, (last, np.inf)]


def _subsea(survey: PressureSurvey, well: Well) -> sdk.Array:
    """ft TVD subsea of the stations."""
    depth = np.array([station["depth"].to("m") for station in survey.stations])
    if survey.depth_kind == DepthKind.MD:
        bore = sdk.db.session.get_one(Wellbore, survey.wellbore_id)
        depth = positions(bore, unit="m", datum=survey.depth_datum).at(depth).tvd
    return np.asarray(
        convert_depth(well, depth, "m", survey.depth_datum, FOOT, _SEA_LEVEL), np.float64
    )


def _check(survey: PressureSurvey) -> None:
    sdk.require_record(Well, survey.well_id, "well_id", what="well", listed="GET /api/v1/wells")
    if survey.wellbore_id is not None:
        _check_wellbore(survey.wellbore_id, survey.well_id)
    elif survey.depth_kind == DepthKind.MD:
        raise sdk.WellheadError(
            "measured depths need the wellbore, whose survey makes them true vertical",
            field="wellbore_id",
            remedy="Name the wellbore, or give true vertical depths",
        )


def _check_wellbore(key: uuid.UUID, well_id: uuid.UUID) -> None:
    bore = sdk.db.session.get(Wellbore, key)
    if bore is None or bore.well_id != well_id:
        raise sdk.WellheadError(
            "the well has no such wellbore",
            field="wellbore_id",
            value=str(key),
            remedy="Name one of GET /api/v1/wells/{id}/wellbores",
        )
