"""Where a wellbore runs, from measured depths, inclinations and azimuths: minimum curvature.

Between two stations the hole is taken for an arc of a circle that is tangent to both directions
(Taylor and Mason, SPE 3362, 1972; Sawaryn and Thorogood, SPE 84246, 2005). Pure functions over
float64 arrays. Lengths are in any one unit, the answers in the same; angles are in degrees:
inclination from vertical down, 0 to 180, azimuth clockwise from whatever north is meant, 0 to 360.
Positions count from the first station: TVD down, north and east along that north.

Valid for measured depths that increase from station to station and directions that do not turn
back on themselves (180° between two stations have no plane); anything else is a WellheadError.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from wellhead import sdk

Floats = npt.NDArray[np.float64]
MAX_ANGLE = 179.99
"""Most that two neighbouring stations may differ in direction, degrees."""
_HALVINGS = 60


@dataclass(frozen=True, slots=True)
class Stations:
    """Measured depth, inclination and azimuth, float64[n] each, as the module says."""

    md: Floats
    inclination: Floats
    azimuth: Floats

    def __len__(self) -> int:
        return len(self.md)

    def __getitem__(self, rows: "slice | npt.NDArray[np.bool_]") -> "Stations":
        return Stations(self.md[rows], self.inclination[rows], self.azimuth[rows])


@dataclass(frozen=True, slots=True)
class Positions:
    """TVD, north and east from the first station, float64[n] each, in the unit of the depths."""

    tvd: Floats
    north: Floats
    east: Floats


def join(upper: Stations, lower: Stations) -> Stations:
    """One list of stations after the other."""
    return Stations(
        np.concatenate([upper.md, lower.md]),
        np.concatenate([upper.inclination, lower.inclination]),
        np.concatenate([upper.azimuth, lower.azimuth]),
    )


def check(stations: Stations, field: str = "stations") -> None:
    """Raises WellheadError, its field like `stations.md.3` (rows from 0), for what is no survey."""
    columns = {
        "md": (stations.md, 0.0, np.inf),
        "inclination": (stations.inclination, 0.0, 180.0),
        "azimuth": (stations.azimuth, 0.0, 360.0),
    }
    lengths = {name: len(column) for name, (column, _, _) in columns.items()}
    if len(set(lengths.values())) > 1 or not lengths["md"]:
        counted = ", ".join(f"{count} {name}" for name, count in lengths.items())
        raise sdk.WellheadError(
            f"every station has md, inclination and azimuth; there are {counted}",
            field=field,
            remedy="Give lists of one length, one station at least",
        )
    for name, (column, low, high) in columns.items():
        wrong = np.flatnonzero(~(np.isfinite(column) & (column >= low) & (column <= high)))
        if len(wrong):
            raise sdk.WellheadError(
                "must be 0 or more" if name == "md" else f"must be {low:g} to {high:g} degrees",
                field=f"{field}.{name}.{wrong[0]}",
                value=float(column[wrong[0]]),
                remedy="Correct the station",
            )
    still = np.flatnonzero(np.diff(stations.md) <= 0)
    if len(still):
        row = int(still[0]) + 1
        raise sdk.WellheadError(
            f"is not below the station before, at {stations.md[row - 1]:g}",
            field=f"{field}.md.{row}",
            value=float(stations.md[row]),
            remedy="Put the stations in the order of their depth, each depth once",
        )
    turned = np.flatnonzero(doglegs(stations) > MAX_ANGLE)
    if len(turned):
        row = int(turned[0]) + 1
        raise sdk.WellheadError(
            "points straight back from where the station before points",
            field=f"{field}.inclination.{row}",
            value=float(stations.inclination[row]),
            remedy="Correct its inclination and azimuth, or the station's before",
        )


def around(angles: Floats) -> Floats:
    """Azimuths of any number of turns as 0 up to 360 degrees; 360 itself, which is what is left of
    a tiny negative one, is 0."""
    azimuths: Floats = np.mod(np.mod(angles, 360.0), 360.0)
    return azimuths


def minimum_curvature(stations: Stations) -> Positions:
    """Where each station is.

    A step is the chord of its arc: ΔMD·sin(β/2)/(β/2) along the sum of both directions. That is
    ΔMD/2·(direction + direction)·RF with the books' RF = (2/β)·tan(β/2), without its 0/0 at β = 0
    and its infinity at 180°.
    """
    along = _directions(stations)
    steps = _chords(np.diff(stations.md), along[:-1], along[1:])
    north, east, down = np.vstack([np.zeros(3), np.cumsum(steps, axis=0)]).T
    return Positions(down, north, east)


def doglegs(stations: Stations) -> Floats:
    """The angle between each station's direction and the next, float64[n - 1], degrees.

    cos β = cos(I₂ − I₁) − sin I₁·sin I₂·(1 − cos ΔA), as an arctangent of the directions' sum and
    difference, which keeps its digits for small angles.
    """
    along = _directions(stations)
    return np.degrees(_angles(along[:-1], along[1:]))


def dogleg_severity(stations: Stations, course: float) -> Floats:
    """Degrees per `course` of measured depth (30 m or 100 ft by custom) from the station before,
    float64[n]; 0 for the first."""
    return np.concatenate([[0.0], doglegs(stations) / np.diff(stations.md) * course])


def closure(north: Floats, east: Floats) -> tuple[Floats, Floats]:
    """(horizontal distance, its azimuth in degrees) from the origin; azimuth 0 at distance 0."""
    return np.hypot(north, east), _azimuth(north, east)


def vertical_section(north: Floats, east: Floats, azimuth: float) -> Floats:
    """Horizontal distance from the origin along the plane of this azimuth."""
    angle = np.radians(azimuth)
    section: Floats = north * np.cos(angle) + east * np.sin(angle)
    return section


def interpolate(stations: Stations, at: Floats) -> tuple[Stations, Positions]:
    """Stations and positions at measured depths, on the arcs; at a station, the station itself.

    Raises WellheadError for a depth above the first station or below the last.
    """
    at = np.asarray(at, np.float64)
    outside = np.flatnonzero(~((at >= stations.md[0]) & (at <= stations.md[-1])))
    if len(outside):
        raise sdk.WellheadError(
            f"is outside of the survey, {stations.md[0]:g} to {stations.md[-1]:g}",
            field="md",
            value=float(at[outside[0]]),
            remedy="Ask for a depth within it, or enter a survey that goes there",
        )
    known = minimum_curvature(stations)
    if len(stations) == 1:
        rows = np.zeros(len(at), int)
        found = Stations(at, stations.inclination[rows], stations.azimuth[rows])
        return found, Positions(known.tvd[rows], known.north[rows], known.east[rows])
    above = np.clip(np.searchsorted(stations.md, at, side="right") - 1, 0, len(stations) - 2)
    along = _directions(stations)
    first, last = along[above], along[above + 1]
    course = stations.md[above + 1] - stations.md[above]
    share = (at - stations.md[above]) / course
    angle = _angles(first, last)
    # spherical interpolation, in sinc so that it holds where both directions are the same
    whole = np.sinc(angle / np.pi)
    first_part = (1 - share) * np.sinc((1 - share) * angle / np.pi) / whole
    last_part = share * np.sinc(share * angle / np.pi) / whole
    there = first_part[:, None] * first + last_part[:, None] * last
    steps = _chords(share * course, first, there)
    north = known.north[above] + steps[:, 0]
    east = known.east[above] + steps[:, 1]
    tvd = known.tvd[above] + steps[:, 2]
    flat = np.hypot(there[:, 0], there[:, 1])
    inclination = np.degrees(np.arctan2(flat, there[:, 2]))
    # straight down there is no azimuth; the station's above is as good as any
    azimuth = np.where(flat > 1e-12, _azimuth(there[:, 0], there[:, 1]), stations.azimuth[above])
    exact = np.searchsorted(stations.md, at)  # all are within, so this is a row
    same = stations.md[exact] == at
    found = Stations(
        at,
        np.where(same, stations.inclination[exact], inclination),
        np.where(same, stations.azimuth[exact], azimuth),
    )
    return found, Positions(
        np.where(same, known.tvd[exact], tvd),
        np.where(same, known.north[exact], north),
        np.where(same, known.east[exact], east),
    )


def md_at_tvd(stations: Stations, tvd: float) -> Floats:
    """Every measured depth at which the hole is at this TVD, in order; none is an empty array.

    A hole that turns up passes some depths twice or more. Each arc is parted where it is
    horizontal, so that each part meets a depth once at most and halving finds it.
    """
    if len(stations) == 1:
        return stations.md[:0] if tvd != 0 else stations.md
    parts = np.union1d(stations.md, _horizontal(stations))
    off = interpolate(stations, parts)[1].tvd - tvd
    hit = parts[off == 0]
    crossed = np.flatnonzero(off[:-1] * off[1:] < 0)
    low, high, rising = parts[crossed], parts[crossed + 1], np.sign(off[crossed])
    for _ in range(_HALVINGS if len(crossed) else 0):
        middle = (low + high) / 2
        before = (interpolate(stations, middle)[1].tvd - tvd) * rising > 0
        low, high = np.where(before, middle, low), np.where(before, high, middle)
    return np.sort(np.concatenate([hit, (low + high) / 2]))


def _horizontal(stations: Stations) -> Floats:
    """Measured depths, between stations, at which the hole turns from down to up or back."""
    along = _directions(stations)
    first, last = along[:-1, 2], along[1:, 2]
    angle = _angles(along[:-1], along[1:])
    turns = np.flatnonzero((angle > 1e-9) & (first != 0))
    first, last, angle = first[turns], last[turns], angle[turns]
    # down(θ) = first·cos θ + sideways·sin θ along the arc; zero at tan θ = −first/sideways
    sideways = (last - first * np.cos(angle)) / np.sin(angle)
    there = np.mod(np.arctan2(-first, sideways), np.pi)
    inside = there < angle
    course = np.diff(stations.md)[turns]
    depths: Floats = (stations.md[turns] + course * there / angle)[inside]
    return depths


def _directions(stations: Stations) -> Floats:
    """Unit vectors (north, east, down) along the hole, float64[n, 3]."""
    inclination, azimuth = np.radians(stations.inclination), np.radians(stations.azimuth)
    flat = np.sin(inclination)
    return np.column_stack([flat * np.cos(azimuth), flat * np.sin(azimuth), np.cos(inclination)])


def _angles(one: Floats, other: Floats) -> Floats:
    """Angles between unit vectors, radians."""
    difference = np.linalg.norm(one - other, axis=1)
    angles: Floats = 2 * np.arctan2(difference, np.linalg.norm(one + other, axis=1))
    return angles


def _chords(lengths: Floats, one: Floats, other: Floats) -> Floats:
    """From end to end of arcs of these lengths that begin along `one` and end along `other`."""
    both = one + other
    straight = lengths * np.sinc(_angles(one, other) / (2 * np.pi))
    chords: Floats = both * (straight / np.linalg.norm(both, axis=1))[:, None]
    return chords


def _azimuth(north: Floats, east: Floats) -> Floats:
    return around(np.degrees(np.arctan2(east, north)))
