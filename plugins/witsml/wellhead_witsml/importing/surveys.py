"""A store's trajectories as versions of surveys: what has changed there is a version that replaces
the one before, and nothing is overwritten."""

import math
from typing import Any

from wellhead import sdk
from wellhead_wells.depths import convert
from wellhead_wells.models import Wellbore
from wellhead_wells.surveys.azimuths import North
from wellhead_wells.surveys.models import Survey, SurveyKind
from wellhead_wells.surveys.service import (
    create_survey,
    definitive_survey,
    make_definitive,
    stations_above_kickoff,
)
from wellhead_witsml.importing import links
from wellhead_witsml.importing.outcome import CREATED, UNCHANGED, UPDATED, Outcome
from wellhead_witsml.importing.values import datum, given, length, line
from wellhead_witsml.models import Store
from wellhead_witsml.objects.common import Measure
from wellhead_witsml.objects.trajectories import Station, Trajectory

_NORTHS = {
    "magnetic north": North.MAGNETIC,
    "true north": North.TRUE,
    "grid north": North.GRID,
}
_KINDS = (
    ("gyro", SurveyKind.GYRO),
    ("mwd", SurveyKind.MWD),
    ("multishot", SurveyKind.MULTI_SHOT),
    ("single shot", SurveyKind.SINGLE_SHOT),
    ("inclinometer", SurveyKind.INCLINOMETER),
)
_DEGREES = {"dega": 1.0, "deg": 1.0, "rad": 180 / math.pi, "gon": 0.9}


def import_trajectory(store: Store, bore: Wellbore, of: Trajectory, outcome: Outcome) -> None:
    """The trajectory as a new survey, or as the next version of the one that it was before.

    Where the store says that it is definitive, and nobody has made another survey that, it becomes
    the wellbore's definitive one. Raises WellheadError and ApiError for what cannot be.
    """
    link = links.link_of(store, links.TRAJECTORY, *links.place_of(links.TRAJECTORY, of))
    before = None if link is None else sdk.db.session.get(Survey, link.record_id)
    if before is not None and link.digest == links.digest_of(of):
        outcome.outcome, outcome.record_id = UNCHANGED, before.id
        return
    data = _data(of, outcome, bore)
    if before is not None:
        data["replaces_id"] = before.id
    _leave_out_above_kickoff(outcome, bore, data)
    survey = create_survey(bore, data | {"source": f"WITSML {store.name}"}, imported=True)
    links.keep_link(store, links.TRAJECTORY, of, survey.id)
    _settle_definitive(of, outcome, bore, survey, before)
    outcome.outcome = CREATED if before is None else UPDATED
    outcome.record_id = survey.id


def _leave_out_above_kickoff(outcome: Outcome, bore: Wellbore, data: dict[str, Any]) -> None:
    above = stations_above_kickoff(bore, data)
    if above:
        outcome.warn(
            "trajectoryStation",
            above,
            f"stations lie above the kick-off, where the wellbore is still its parent: the first "
            f"{above} are left out, the parent's survey has them",
        )
        data["stations"] = {name: column[above:] for name, column in data["stations"].items()}


def _settle_definitive(
    of: Trajectory, outcome: Outcome, bore: Wellbore, survey: Survey, before: Survey | None
) -> None:
    if not of.definitive:
        return
    now = definitive_survey(bore)
    if now is None or (before is not None and now.id == before.id):
        make_definitive(survey, "definitive in the WITSML store that it came from")
    else:
        outcome.warn("definitive", True, f"{now.title} counts here, and goes on to")


def _data(of: Trajectory, outcome: Outcome, bore: Wellbore) -> dict[str, Any]:
    stations, unit, code = _stations(of, outcome)
    if not stations:
        raise sdk.WellheadError(
            "has no station with depth, inclination and azimuth", field="trajectoryStation"
        )
    north = _NORTHS.get((of.azimuth_reference or "").lower())
    if north is None:
        outcome.warn("aziRef", of.azimuth_reference, "names no north that is known: taken as true")
        north = North.TRUE
    columns = zip(*stations, strict=True)
    names = ("md", "inclination", "azimuth")
    return given(
        name=line(outcome, "name", of.name or of.uid),
        kind=_kind(of).value,
        azimuth_reference=north.value,
        magnetic_declination=_degrees(outcome, "magDeclUsed", of.declination),
        vertical_section_azimuth=_degrees(outcome, "aziVertSect", of.section_azimuth),
        depth_unit=unit,
        depth_datum=code,
        stations=dict(zip(names, map(list, columns), strict=True)),
    )


def _stations(
    of: Trajectory, outcome: Outcome
) -> tuple[list[tuple[float, float, float]], str | None, str | None]:
    """(md, inclination, azimuth) by depth, the unit of the depths and their datum."""
    found: dict[float, tuple[float, float, float]] = {}
    unit = code = None
    for station in of.stations:
        depth = length(outcome, f"trajectoryStation[{station.uid}]/md", station.md, most=math.inf)
        angles = _angles(outcome, station)
        if depth is None or angles is None:
            outcome.warn(
                "trajectoryStation", station.uid, "has no depth, inclination or azimuth: left out"
            )
            continue
        unit = unit or depth[1]
        md = convert(depth[0], depth[1], unit)
        if md in found:
            outcome.warn("trajectoryStation", station.uid, f"is a second one at {md} {unit}")
            continue
        code = code or datum(outcome, "md", station.md.datum if station.md else None)
        found[md] = (md, *angles)
    return [found[md] for md in sorted(found)], unit, code


def _angles(outcome: Outcome, station: Station) -> tuple[float, float] | None:
    inclination = _degrees(outcome, "incl", station.inclination)
    azimuth = _degrees(outcome, "azi", station.azimuth)
    if inclination is None:
        return None
    if azimuth is None:
        return (inclination, 0.0) if inclination == 0 else None  # straight down has no direction
    return inclination, azimuth % 360


def _degrees(outcome: Outcome, field: str, measure: Measure | None) -> float | None:
    if measure is None:
        return None
    factor = _DEGREES.get((measure.uom or "dega").lower())
    if factor is None:
        outcome.warn(field, f"{measure.value} {measure.uom}", "is in no unit of angle, left out")
        return None
    return measure.value * factor


def _kind(of: Trajectory) -> SurveyKind:
    words = " ".join((station.type or "").lower() for station in of.stations)
    return next((kind for word, kind in _KINDS if word in words), SurveyKind.UNKNOWN)
