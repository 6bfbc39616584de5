"""Paths as the API answers them: in the units asked for, with all that follows from positions."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from wellhead import sdk
from wellhead_wells.depths import convert, to_metres
from wellhead_wells.models import Wellbore
from wellhead_wells.surveys.azimuths import North
from wellhead_wells.surveys.calc import Floats, closure, md_at_tvd, vertical_section
from wellhead_wells.surveys.location import locations
from wellhead_wells.surveys.models import Survey
from wellhead_wells.surveys.paths import DLS_UNITS, Path, depth_in_frame
from wellhead_wells.surveys.schemas import SurveySchema
from wellhead_wells.surveys.service import MAX_STATIONS, positions, positions_in, tvd_subsea

_SAME_DEPTH = 1e-6
_UNIT_OF_COLUMN = {
    "inclination": "deg",
    "azimuth": "deg",
    "closure_azimuth": "deg",
    "latitude": "deg",
    "longitude": "deg",
}


def asked_unit(survey: Survey) -> str:
    """The unit of depths that the request asks for by `units`; else the survey's."""
    system = sdk.asked_system()
    unit = sdk.units.shown_in(survey.depth_unit, "length", system) if system else None
    return unit or survey.depth_unit


def asked_path(bore: Wellbore, survey: Survey, query: Mapping[str, Any]) -> Path:
    """The path in the units, from the datum and north that a query asks for."""
    return positions(
        bore,
        survey=survey,
        unit=asked_unit(survey),
        datum=query.get("datum"),
        north=query.get("north"),
    )


def asked_depths(path: Path, query: Mapping[str, Any]) -> Floats:
    """The measured depths that a query asks for, by `at`, `tvd` or `every`; without them those of
    the stations. Raises WellheadError for more than one of them, and for too many depths."""
    named = [name for name in ("at", "tvd", "every") if name in query]
    if len(named) > 1:
        raise sdk.WellheadError(
            f"goes not with {named[0]}",
            field=named[1],
            remedy=f"Ask by one of {', '.join(named)}",
        )
    if "at" in query:
        return np.array(query["at"], np.float64)
    if "tvd" in query:
        return np.concatenate([md_at_tvd(path.stations, tvd) for tvd in query["tvd"]])
    if "every" in query:
        end = float(path.md[-1])
        if end / query["every"] >= MAX_STATIONS:
            raise sdk.WellheadError(
                f"makes more than {MAX_STATIONS:,} points of {end:g} {path.frame.depth_unit}",
                field="every",
                value=query["every"],
                remedy="Ask for fewer, or by `at`",
            )
        steps = np.arange(int(end / query["every"]) + 1) * query["every"]
        return np.append(steps[steps < end - _SAME_DEPTH], end)
    return path.md


def section_azimuth(path: Path) -> float:
    """Of the plane of the vertical section: as the survey gives it, else to the last station."""
    if path.vertical_section_azimuth is not None:
        return path.vertical_section_azimuth
    return float(closure(path.north[-1:], path.east[-1:])[1][0])


def shown_path(bore: Wellbore, survey: Survey, path: Path, md: Floats) -> dict[str, Any]:
    """The points of a path at these measured depths, as `WellborePathSchema` has them."""
    points = path.at(md)
    frame = path.frame
    section = section_azimuth(path)
    distance, direction = closure(points.north, points.east)
    latitude, longitude, note = _located(bore, survey, path, md)
    return {
        "depth_unit": frame.depth_unit,
        "depth_datum": frame.depth_datum,
        "north_reference": frame.north,
        "vertical_section_azimuth": section,
        "dls_unit": DLS_UNITS[frame.depth_unit],
        "md": points.md.tolist(),
        "inclination": points.stations.inclination.tolist(),
        "azimuth": points.stations.azimuth.tolist(),
        "tvd": points.tvd.tolist(),
        "tvd_subsea": _listed(tvd_subsea(bore, points)),
        "north": points.north.tolist(),
        "east": points.east.tolist(),
        "dls": points.dls.tolist(),
        "vertical_section": vertical_section(points.north, points.east, section).tolist(),
        "closure_distance": distance.tolist(),
        "closure_azimuth": direction.tolist(),
        "latitude": _listed(latitude),
        "longitude": _listed(longitude),
        "location_note": note,
    }


def shown_survey(bore: Wellbore, survey: Survey, query: Mapping[str, Any]) -> dict[str, Any]:
    """A survey with its stations and where they are, as `SurveyDetailSchema` has them. What keeps
    it from being placed keeps nobody from reading it: it is told beside the stations."""
    names = [field.attribute or name for name, field in SurveySchema().fields.items()]
    unit = asked_unit(survey)
    stations = {
        "md": (np.array(survey.md) * convert(1.0, survey.depth_unit, unit)).tolist(),
        "inclination": survey.inclination,
        "azimuth": survey.azimuth,
    }
    shown, note = None, None
    try:
        path = asked_path(bore, survey, query)
        md = depth_in_frame(
            bore.well, np.array(survey.md), survey.depth_unit, survey.depth_datum, path.frame
        )
        shown = shown_path(bore, survey, path, np.clip(md, path.md[0], path.md[-1]))
    except sdk.WellheadError as error:
        note = str(error)
    return {name: getattr(survey, name) for name in names} | {
        "depth_unit": unit,
        "stations": stations,
        "positions": shown,
        "positions_note": note,
    }


def table(shown: Mapping[str, Any]) -> dict[str, list[Any]]:
    """The columns of a path for a CSV file, named with their units; what is not known is left
    out."""
    named: dict[str, list[Any]] = {}
    for name, column in shown.items():
        if isinstance(column, list):
            unit = shown["dls_unit"] if name == "dls" else shown["depth_unit"]
            named[f"{name} ({_UNIT_OF_COLUMN.get(name, unit)})"] = column
    return named


def _located(
    bore: Wellbore, survey: Survey, path: Path, md: Floats
) -> tuple[Floats | None, Floats | None, str | None]:
    """(latitudes, longitudes, why there are none)."""
    well = bore.well
    if well.latitude is None or well.longitude is None:
        return None, None, "The well has no latitude and longitude."
    frame = path.frame
    try:
        true = positions_in(replace(frame, north=North.TRUE.value), bore, survey)
    except sdk.WellheadError as error:
        return None, None, str(error)
    points = true.at(md)
    metre = to_metres(1.0, frame.depth_unit)
    found = locations(well.latitude, well.longitude, points.north * metre, points.east * metre)
    return *found, None


def _listed(column: Floats | None) -> list[float] | None:
    return None if column is None else column.tolist()
