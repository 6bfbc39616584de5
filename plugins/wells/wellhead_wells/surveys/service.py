"""Directional surveys: entering versions, saying which one counts, and where a wellbore is.

Other plugins may call these functions. They work in the caller's tenant and transaction and do not
commit.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any

import numpy as np
from sqlalchemy import func, select

from wellhead import sdk
from wellhead_wells.depths import convert
from wellhead_wells.models import Wellbore
from wellhead_wells.records import lock
from wellhead_wells.schemas import MAX_DEPTH
from wellhead_wells.surveys.azimuths import North
from wellhead_wells.surveys.calc import Floats, Stations, check
from wellhead_wells.surveys.models import Survey, SurveyKind
from wellhead_wells.surveys.paths import (
    Frame,
    Path,
    above_kickoff,
    check_above,
    kickoff_in_frame,
    path_of,
)

MAX_STATIONS = 10_000


def create_survey(bore: Wellbore, data: Mapping[str, Any], *, imported: bool = False) -> Survey:
    """A new version of a survey of the wellbore; which one is definitive stays as it is.

    data: as `SurveySchema` loads it; required are name, kind, azimuth_reference and `stations`, a
        mapping of md, inclination and azimuth to sequences of numbers. depth_unit and depth_datum
        default to the wellbore's, the datum then to the well's
    imported: azimuths from magnetic north are taken without a declination, and stay without a
        place until a version gives it
    Raises WellheadError for what cannot be, ApiError 409 when `replaces_id` has been replaced.
    """
    well = bore.well
    lock(well)
    values = dict(data)
    stations = {name: _floats(column) for name, column in values.pop("stations").items()}
    _check_stations(Stations(**stations))
    _set_depth_defaults(bore, values)
    if values["azimuth_reference"] == North.MAGNETIC and not imported:
        _require(values, "magnetic_declination", "azimuths from magnetic north mean little")
    frame = Frame(values["depth_unit"], values["depth_datum"], values["azimuth_reference"])
    if _leaves_parent(bore) and _comparable(bore, frame):
        check_above(stations["md"], kickoff_in_frame(bore, frame), frame.depth_unit)
    _check_replaced(bore, values.get("replaces_id"))
    last = select(func.max(Survey.version)).where(Survey.wellbore_id == bore.id)
    survey = Survey(
        wellbore_id=bore.id,
        version=(sdk.db.session.scalar(last) or 0) + 1,
        definitive=False,
        created_by=sdk.current_actor().email,
        **{name: column.tolist() for name, column in stations.items()},
        **values,
    )
    survey.wellbore = bore
    sdk.db.session.add(survey)
    sdk.db.session.flush()
    return survey


def stations_above_kickoff(bore: Wellbore, data: Mapping[str, Any]) -> int:
    """How many stations, the first ones, of what `create_survey` would be given lie where a
    sidetrack is still its parent.

    Companies and rigs' stores list a sidetrack from the surface: an import leaves these out, and
    says so. Raises WellheadError when they are all of them, or depths mean nothing.
    """
    values = dict(data)
    _set_depth_defaults(bore, values)
    frame = Frame(values["depth_unit"], values["depth_datum"], values["azimuth_reference"])
    md = _floats(data["stations"]["md"])
    if not (_leaves_parent(bore) and _comparable(bore, frame)) or not len(md):
        return 0
    kickoff = kickoff_in_frame(bore, frame)
    above = above_kickoff(md, kickoff, frame.depth_unit)
    if above == len(md):
        raise sdk.WellheadError(
            f"is the last station, above the kick-off at {kickoff:.2f} {frame.depth_unit}: "
            f"nothing of this is {bore.name}'s own",
            field=f"stations.md.{above - 1}",
            value=float(md[-1]),
            remedy="Import it to the wellbore that it is of, or correct kickoff_md of this one",
        )
    return above


def make_definitive(survey: Survey, reason: str) -> None:
    """Make this the survey that counts for its wellbore, in place of the one that did; both changes
    are in the audit trail. Raises WellheadError for a plan."""
    lock(survey.wellbore.well)
    if survey.kind == SurveyKind.PLAN:
        raise sdk.WellheadError(
            "a plan says where a wellbore should go, not where it is",
            field="kind",
            value=survey.kind,
            remedy="Make a measured survey definitive",
        )
    before = definitive_survey(survey.wellbore)
    if before is not None and before is not survey:
        before.definitive = False
        sdk.db.session.flush()  # there is one at a time
    survey.definitive = True
    survey.definitive_since = dt.datetime.now(dt.UTC)
    survey.definitive_by = sdk.current_actor().email
    survey.definitive_reason = reason
    sdk.db.session.flush()


def definitive_survey(bore: Wellbore) -> Survey | None:
    """The survey that counts for the wellbore; None when there is none."""
    return sdk.db.session.scalar(
        select(Survey).where(Survey.wellbore_id == bore.id, Survey.definitive)
    )


def positions(
    bore: Wellbore,
    *,
    survey: Survey | None = None,
    unit: str | None = None,
    datum: str | None = None,
    north: str | None = None,
) -> Path:
    """Where the wellbore runs, with all that it was drilled out of.

    survey: one of its surveys or plans; the definitive one if None
    unit, datum: of depths and distances; the survey's if None
    north: true, grid or magnetic; if None the survey's, and true instead of magnetic where the
        declination is known
    Raises WellheadError when a survey, an angle or the elevation of a datum is missing.
    """
    own = survey or _definitive(bore)
    frame = Frame(unit or own.depth_unit, datum or own.depth_datum, north or _usual_north(own))
    return positions_in(frame, bore, own)


def positions_in(frame: Frame, bore: Wellbore, survey: Survey | None = None) -> Path:
    """As `positions`, in the unit, from the datum and north of a frame."""
    chain = [(bore, survey or _definitive(bore))]
    while _leaves_parent(bore):
        parent = sdk.db.session.get(Wellbore, bore.parent_id)
        assert parent is not None  # a foreign key says so
        bore = parent
        chain.append((bore, _definitive(bore)))
    return path_of(chain, frame)


def tvd_at(
    bore: Wellbore, md: float, *, unit: str | None = None, datum: str | None = None
) -> float:
    """True vertical depth at a measured depth, by the definitive survey.

    unit, datum: of both depths; the wellbore's if None, or its survey's where it has none
    Raises WellheadError as `positions`, and for a depth that the survey does not reach.
    """
    path = positions(bore, unit=unit or bore.depth_unit, datum=datum or bore.depth_datum)
    return float(path.at(np.array([md])).tvd[0])


def tvd_subsea(bore: Wellbore, path: Path) -> Floats | None:
    """TVD of a path below mean sea level; None while its datum's elevation is not known."""
    elevation = bore.well.elevations().get(path.frame.depth_datum)
    return None if elevation is None else path.tvd - convert(elevation, "m", path.frame.depth_unit)


def _definitive(bore: Wellbore) -> Survey:
    survey = definitive_survey(bore)
    if survey is None:
        raise sdk.WellheadError(
            f"wellbore {bore.name} has no definitive survey",
            field="survey",
            remedy="Enter one and make it definitive",
        )
    return survey


def _usual_north(survey: Survey) -> str:
    if survey.azimuth_reference == North.MAGNETIC and survey.magnetic_declination is not None:
        return North.TRUE.value
    return survey.azimuth_reference


def _leaves_parent(bore: Wellbore) -> bool:
    return bore.parent_id is not None and bore.kickoff_md is not None


def _comparable(bore: Wellbore, frame: Frame) -> bool:
    """Whether the frame can have the kick-off; `positions` will say what is missing."""
    codes = {bore.depth_datum, frame.depth_datum}
    return len(codes) == 1 or codes <= set(bore.well.elevations())


def check_count(stations: int) -> None:
    """Raises WellheadError for more stations than a survey has."""
    if stations > MAX_STATIONS:
        raise sdk.WellheadError(
            f"a survey has {MAX_STATIONS:,} stations at most",
            field="stations",
            value=stations,
            remedy="Leave out stations between which the hole is straight",
        )


def _floats(column: Any) -> Floats:
    return np.asarray(column, np.float64)


def _check_stations(stations: Stations) -> None:
    check_count(len(stations))
    check(stations)
    if stations.md[-1] > MAX_DEPTH:
        raise sdk.WellheadError(
            f"is deeper than any hole, {MAX_DEPTH:g}",
            field=f"stations.md.{len(stations) - 1}",
            value=float(stations.md[-1]),
            remedy="Correct the depth",
        )


def _set_depth_defaults(bore: Wellbore, values: dict[str, Any]) -> None:
    defaults = {
        "depth_unit": bore.depth_unit,
        "depth_datum": bore.depth_datum or bore.well.depth_datum,
    }
    for name, default in defaults.items():
        if values.get(name) is None:
            values[name] = default
        _require(values, name, "measured depths mean nothing")


def _require(values: Mapping[str, Any], name: str, reason: str) -> None:
    if values.get(name) is None:
        raise sdk.WellheadError(f"{reason} without it", field=name, remedy=f"Give {name}")


def _check_replaced(bore: Wellbore, replaces_id: Any) -> None:
    if replaces_id is None:
        return
    replaced = sdk.db.session.get(Survey, replaces_id)
    if replaced is None or replaced.wellbore_id != bore.id:
        raise sdk.WellheadError(
            "the wellbore has no such survey",
            field="replaces",
            value=str(replaces_id),
            remedy="Name one of its surveys, or leave it out",
        )
    newer = sdk.db.session.scalar(select(Survey).where(Survey.replaces_id == replaces_id))
    if newer is not None:
        raise sdk.conflict(
            f"{replaced.title} has been replaced by version {newer.version}",
            field="replaces",
            value=str(replaces_id),
            remedy="Look at that one, and replace it if need be",
        )
