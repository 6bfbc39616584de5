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
from wellhead_reservoir.description import contacts_of, depth_ft, holding
from wellhead_reservoir.models import Contact, PressureSurvey, Reservoir
from wellhead_reservoir.records import held_reservoir
from wellhead_reservoir.vocabulary import ContactKind, Phase
from wellhead_wells.datums import DepthKind, convert_depth
from wellhead_wells.models import Well, Wellbore
from wellhead_wells.surveys.paths import Path
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
    _check(survey, reservoir)
    sdk.db.session.add(survey)
    sdk.db.session.flush()
    return survey


def change_survey(survey: PressureSurvey, data: Mapping[str, Any]) -> None:
    """Change what `data` names. Raises as `create_survey` does."""
    reservoir = held_reservoir(survey.reservoir_id)
    with sdk.db.session.no_autoflush:
        sdk.set_fields(survey, data, fixed=("reservoir_id", "well_id"))
        _check(survey, reservoir)


class Datum:
    """A reservoir's datum, which surveys are brought to. What many surveys have in common, contacts
    and the paths of wellbores, is read once.

    depth: ft TVD subsea
    Raises WellheadError when the reservoir has none.
    """

    def __init__(self, reservoir: Reservoir) -> None:
        if reservoir.datum_depth is None or reservoir.depth_unit is None:
            raise sdk.WellheadError(
                f"reservoir {reservoir.name} has no datum to compare pressures at",
                field="datum_depth",
                remedy="Give the reservoir a datum_depth and its depth_unit",
            )
        self.depth = sdk.Quantity(reservoir.datum_depth, reservoir.depth_unit).to(FOOT)
        self._contacts = contacts_of(reservoir)
        self._paths: dict[tuple[uuid.UUID, str], Path] = {}

    def bring(self, survey: PressureSurvey, well: Well) -> AtDatum:
        """The survey, of that well, at the datum.

        Raises WellheadError for depths that cannot be made true vertical, and for a fluid on the
        way whose gradient is not given.
        """
        depth = self._subsea(survey, well)
        measured = np.array([station["pressure"].to(PSI) for station in survey.stations])
        used = np.array([station["used"] for station in survey.stations])
        shifted = measured + self._grown(survey, depth)
        pressure = None
        if used.any():
            nearest = np.argmin(np.where(used, np.abs(depth - self.depth), np.inf))
            pressure = float(shifted[nearest])
        fluids = np.array([station.get("fluid") or "" for station in survey.stations])
        lines = {
            phase: datum.gradient_line(depth[of], measured[of])
            for phase in Phase
            if len(np.unique(depth[of := used & (fluids == phase)])) > 1
        }
        return AtDatum(survey, well.name, depth, measured, shifted, used, pressure, lines)

    def _grown(self, survey: PressureSurvey, depth: sdk.Array) -> sdk.Array:
        """psi that the pressure grows from the stations down to the datum."""
        if survey.gradient is not None:
            one = np.array([survey.gradient.to("psi/ft")])
            return datum.column(depth, self.depth, one, np.empty(0))
        layers = _layers(holding(self._contacts, survey.measured_on))
        bottoms = np.array([bottom for _, bottom in layers])
        tops = np.array([-np.inf, *bottoms[:-1]])
        shallow, deep = min(depth.min(), self.depth), max(depth.max(), self.depth)
        values = []
        for (phase, bottom), top in zip(layers, tops, strict=True):
            gradient = getattr(survey, f"{phase}_gradient")
            if gradient is None and shallow < bottom and deep > top:
                raise sdk.WellheadError(
                    f"there is {phase} between the stations and the datum, and its gradient is "
                    "unknown",
                    field=f"{phase}_gradient",
                    remedy=f"Give {phase}_gradient, or one gradient for all of the way",
                )
            values.append(0.0 if gradient is None else gradient.to("psi/ft"))
        return datum.column(depth, self.depth, np.array(values), bottoms[:-1])

    def _subsea(self, survey: PressureSurvey, well: Well) -> sdk.Array:
        """ft TVD subsea of the stations."""
        depth = np.array([station["depth"].to("m") for station in survey.stations])
        if survey.depth_kind == DepthKind.MD and survey.wellbore_id is not None:
            key = survey.wellbore_id, survey.depth_datum
            if key not in self._paths:
                bore = sdk.db.session.get_one(Wellbore, survey.wellbore_id)
                self._paths[key] = positions(bore, unit="m", datum=survey.depth_datum)
            depth = self._paths[key].at(depth).tvd
        subsea = convert_depth(well, depth, "m", survey.depth_datum, FOOT, _SEA_LEVEL)
        return np.asarray(subsea, np.float64)


def surveys_of(reservoir: Reservoir) -> list[AtDatum]:
    """All surveys of the reservoir at its datum, in the order of time. Raises as `Datum` does."""
    level = Datum(reservoir)
    rows = sdk.db.session.execute(
        select(PressureSurvey, Well)
        .join(Well, Well.id == PressureSurvey.well_id)
        .where(PressureSurvey.reservoir_id == reservoir.id)
        .order_by(PressureSurvey.measured_on, PressureSurvey.created_at)
    )
    return [level.bring(survey, well) for survey, well in rows]


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


def _layers(found: Mapping[str, Contact]) -> list[tuple[Phase, float]]:
    """(fluid, ft TVD subsea of its bottom) from the top down, by the contacts of a day."""
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


def _check(survey: PressureSurvey, reservoir: Reservoir) -> None:
    listed = "GET /api/v1/wells"
    well = sdk.require_record(Well, survey.well_id, "well_id", what="well", listed=listed)
    if survey.wellbore_id is not None:
        _check_wellbore(survey.wellbore_id, survey.well_id)
    elif survey.depth_kind == DepthKind.MD:
        raise sdk.WellheadError(
            "measured depths need the wellbore, whose survey makes them true vertical",
            field="wellbore_id",
            remedy="Name the wellbore, or give true vertical depths",
        )
    tomorrow = dt.datetime.now(dt.UTC).date() + dt.timedelta(days=1)  # where it is day already
    if survey.measured_on > tomorrow:
        raise sdk.WellheadError(
            "is in the future",
            field="measured_on",
            value=survey.measured_on.isoformat(),
            remedy="Give the day that it was measured",
        )
    if reservoir.datum_depth is not None:
        Datum(reservoir).bring(survey, well)


def _check_wellbore(key: uuid.UUID, well_id: uuid.UUID) -> None:
    bore = sdk.db.session.get(Wellbore, key)
    if bore is None or bore.well_id != well_id:
        raise sdk.WellheadError(
            "the well has no such wellbore",
            field="wellbore_id",
            value=str(key),
            remedy="Name one of GET /api/v1/wells/{id}/wellbores",
        )
