"""The path of a wellbore: its survey, joined to what it left.

A sidetrack has its parent's definitive survey down to the kick-off and its own below; so has its
parent, if that is one too. Each survey has units, a datum and a north of its own: all stations are
brought to those of the answer first, joined, and calculated once.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from wellhead import sdk
from wellhead_wells.datums import DepthKind, convert_depth
from wellhead_wells.depths import from_metres
from wellhead_wells.models import Well, Wellbore
from wellhead_wells.surveys.azimuths import convert_azimuth
from wellhead_wells.surveys.calc import (
    Floats,
    Positions,
    Stations,
    check,
    dogleg_severity,
    interpolate,
    join,
    minimum_curvature,
)
from wellhead_wells.surveys.models import Survey
from wellhead_wells.vocabulary import LengthUnit

TOLERANCE_M = 0.01
"""A station this near to the kick-off is at the kick-off."""
_COURSES = {LengthUnit.METRE.value: 30.0, LengthUnit.FOOT.value: 100.0}
DLS_UNITS = {LengthUnit.METRE.value: "deg_30m", LengthUnit.FOOT.value: "deg_100ft"}
"""The unit of dogleg severity that goes with a unit of depth."""


@dataclass(frozen=True, slots=True)
class Frame:
    """What the numbers of a path mean: unit (m or ft) and datum of depths, north of azimuths."""

    depth_unit: str
    depth_datum: str
    north: str


@dataclass(frozen=True, slots=True)
class Path:
    """Where a wellbore runs, from its datum to its last station: float64[n] each.

    stations: all of them, in the frame; the first is at the datum, measured depth 0
    positions: TVD from the datum, north and east from the wellhead
    dls: dogleg severity from the station above, degrees per 30 m or 100 ft
    vertical_section_azimuth: as the survey gives it, in the frame; None where it gives none
    """

    frame: Frame
    vertical_section_azimuth: float | None
    stations: Stations
    positions: Positions
    dls: Floats

    @property
    def md(self) -> Floats:
        return self.stations.md

    @property
    def tvd(self) -> Floats:
        return self.positions.tvd

    @property
    def north(self) -> Floats:
        return self.positions.north

    @property
    def east(self) -> Floats:
        return self.positions.east

    def at(self, md: Floats) -> "Path":
        """Only these measured depths, on the arcs. Raises WellheadError for one that is not on the
        path."""
        stations, positions = interpolate(self.stations, md)
        below = np.searchsorted(self.md, md)
        return replace(self, stations=stations, positions=positions, dls=self.dls[below])


def path_of(chain: Sequence[tuple[Wellbore, Survey]], frame: Frame) -> Path:
    """The path of a wellbore.

    chain: the wellbore and its survey, the one it was drilled out of and that one's, and so on
    Raises WellheadError for what cannot be brought to the frame, and for surveys that do not meet.
    """
    bore, survey = chain[0]
    section = survey.vertical_section_azimuth
    if section is not None:
        section = float(_azimuths(bore, survey, np.array([section]), frame.north)[0])
    stations = _joined(chain, frame)
    check(stations)
    return Path(
        frame,
        section,
        stations,
        minimum_curvature(stations),
        dogleg_severity(stations, _COURSES[frame.depth_unit]),
    )


def depth_in_frame(well: Well, md: Floats, unit: str, datum: str, frame: Frame) -> Floats:
    """Measured depths of another unit and datum in the frame's. Raises WellheadError when the
    elevation of one of two different datums is not known, or one is below the ground."""
    return convert_depth(
        well, md, unit, datum, frame.depth_unit, frame.depth_datum, DepthKind.MD.value
    )


def kickoff_in_frame(bore: Wellbore, frame: Frame) -> float:
    """Where the wellbore leaves its parent, which it has, in the frame. Raises as
    `depth_in_frame`."""
    assert bore.kickoff_md is not None
    assert bore.depth_unit is not None
    assert bore.depth_datum is not None
    given = np.array([bore.kickoff_md])
    return float(depth_in_frame(bore.well, given, bore.depth_unit, bore.depth_datum, frame)[0])


def above_kickoff(md: Floats, kickoff: float, unit: str) -> int:
    """How many measured depths, in `unit` and increasing, lie above the kick-off."""
    return int(np.searchsorted(md, kickoff - from_metres(TOLERANCE_M, unit)))


def check_above(md: Floats, kickoff: float, unit: str) -> None:
    """Raises WellheadError for stations, in `unit`, above the kick-off."""
    if above_kickoff(md[:1], kickoff, unit):
        raise sdk.WellheadError(
            f"lies above the kick-off at {kickoff:.2f} {unit}, where the wellbore is still its "
            "parent",
            field="stations.md.0",
            value=float(md[0]),
            remedy="Leave those stations out: the parent's definitive survey has them. Or correct "
            "kickoff_md of the wellbore",
        )


def _joined(chain: Sequence[tuple[Wellbore, Survey]], frame: Frame) -> Stations:
    """The stations of the first survey of the chain, those of the others above them."""
    (bore, survey), *above = chain
    well, near = bore.well, from_metres(TOLERANCE_M, frame.depth_unit)
    own = Stations(
        depth_in_frame(well, np.array(survey.md), survey.depth_unit, survey.depth_datum, frame),
        np.array(survey.inclination),
        _azimuths(bore, survey, np.array(survey.azimuth), frame.north),
    )
    if not above:
        return _from_surface(own)
    upper = _joined(above, frame)
    kickoff = kickoff_in_frame(bore, frame)
    check_above(own.md, kickoff, frame.depth_unit)
    end = float(upper.md[-1])
    if kickoff > end + near:
        parent, definitive = above[0]
        raise sdk.WellheadError(
            f"wellbore {bore.name} leaves {parent.name} at {kickoff:.2f} {frame.depth_unit} "
            f"{frame.depth_datum}, but {definitive.title} of that ends at {end:.2f}",
            field="kickoff_md",
            value=bore.kickoff_md,
            remedy=f"Make a survey of {parent.name} definitive that reaches the kick-off",
        )
    joint, _ = interpolate(upper, np.array([min(kickoff, end)]))
    upper = join(upper[upper.md < joint.md[0]], joint)
    return join(upper, own[own.md > joint.md[0] + near])


def _from_surface(stations: Stations) -> Stations:
    """Beginning at the datum: straight above the first station, in its direction. What another
    datum puts above this one is cut off."""
    if stations.md[0] > 0:
        top = Stations(np.zeros(1), stations.inclination[:1], stations.azimuth[:1])
        return join(top, stations)
    if stations.md[0] < 0 < stations.md[-1]:
        top, _ = interpolate(stations, np.zeros(1))
        return join(top, stations[stations.md > 0])
    return stations


def _azimuths(bore: Wellbore, survey: Survey, azimuth: Floats, north: str) -> Floats:
    return convert_azimuth(
        azimuth,
        survey.azimuth_reference,
        north,
        survey.magnetic_declination,
        survey.grid_convergence,
        of=f"{survey.title} of {bore.name}",
    )
