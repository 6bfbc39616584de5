"""Wells as GeoJSON: where each begins, where its bores end, and how they run.

RFC 7946: WGS84 longitude and latitude in degrees. Where bores run is by their definitive surveys,
all read at once, with what they were drilled out of.
"""

import math
import uuid
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from marshmallow import ValidationError
from sqlalchemy import Select, and_, or_, select

from wellhead import sdk
from wellhead_wells.models import Well, Wellbore
from wellhead_wells.surveys.azimuths import North
from wellhead_wells.surveys.location import locations
from wellhead_wells.surveys.models import Survey
from wellhead_wells.surveys.paths import Frame, Path, path_of

FILTERS = ("status", "field", "operator", "purpose", "fluid", "well_type", "country")
SURFACE, BOTTOM_HOLE, PATH = SHOWN = ("surface", "bottom_hole", "path")
_Feature = dict[str, Any]


def located(query: Mapping[str, Any]) -> Select[Well]:
    """The wells with a location that the caller may see and that the query's filters leave."""
    wells = select(Well).where(Well.latitude.is_not(None))
    for name in FILTERS:
        if query.get(name):
            wells = wells.where(getattr(Well, name).in_(query[name]))
    if "bbox" in query:
        west, south, east, north = corners(query["bbox"])
        within = (Well.longitude >= west, Well.longitude <= east)
        across = or_(*within) if west > east else and_(*within)
        wells = wells.where(across, Well.latitude.between(south, north))
    if "under" in query:
        wells = wells.where(Well.asset_id.in_(sdk.assets_below([query["under"]])))
    return sdk.only_visible(wells, Well.asset_id)


def corners(bbox: str) -> tuple[float, float, float, float]:
    """West, south, east and north of `bbox` in degrees; west > east across the antimeridian.

    Raises ValidationError for what is no box.
    """
    try:
        west, south, east, north = map(float, bbox.split(","))
    except ValueError:
        raise ValidationError("Must be west,south,east,north in degrees.") from None
    if not all(map(math.isfinite, (west, south, east, north))):
        raise ValidationError("Must be west,south,east,north in degrees.")
    if not (-180 <= west <= 180 and -180 <= east <= 180 and -90 <= south <= north <= 90):
        raise ValidationError(
            "Longitudes are -180 to 180, latitudes -90 to 90, south not above north."
        )
    return west, south, east, north


def features(
    wells: Sequence[Well], shown: Sequence[str]
) -> tuple[list[_Feature], list[dict[str, str]]]:
    """(features, bores left out): each bore with a definitive survey that cannot be placed says
    why."""
    found: list[_Feature] = []
    left_out: list[dict[str, str]] = []
    bores = _Bores(wells) if {BOTTOM_HOLE, PATH} & set(shown) else None
    for well in wells:
        if SURFACE in shown:
            point = {"type": "Point", "coordinates": [well.longitude, well.latitude]}
            found.append(_feature(well.id, SURFACE, well, None, point))
        for bore, survey in bores.of(well) if bores else ():
            try:
                path = bores.path(bore, survey) if bores else None
            except sdk.WellheadError as error:
                left_out.append({"wellbore_id": str(bore.id), "reason": str(error)})
                continue
            assert path is not None
            found += _bore_features(well, bore, path, shown)
    return found, left_out


class _Bores:
    """The wellbores of some wells and their definitive surveys."""

    def __init__(self, wells: Sequence[Well]) -> None:
        keys = [well.id for well in wells]
        rows = sdk.db.session.scalars(
            select(Wellbore).where(Wellbore.well_id.in_(keys)).order_by(Wellbore.created_at)
        )
        self._bores = {bore.id: bore for bore in rows}
        surveys = select(Survey).where(
            Survey.definitive,
            Survey.wellbore_id.in_(select(Wellbore.id).where(Wellbore.well_id.in_(keys))),
        )
        self._surveys = {one.wellbore_id: one for one in sdk.db.session.scalars(surveys)}
        self._of_well: dict[uuid.UUID, list[Wellbore]] = {}
        for bore in self._bores.values():
            self._of_well.setdefault(bore.well_id, []).append(bore)

    def of(self, well: Well) -> Iterator[tuple[Wellbore, Survey]]:
        for bore in self._of_well.get(well.id, ()):
            if bore.id in self._surveys:
                yield bore, self._surveys[bore.id]

    def path(self, bore: Wellbore, survey: Survey) -> Path:
        """Metres, from true north. Raises WellheadError where something is missing for that."""
        chain = [(bore, survey)]
        while bore.parent_id is not None and bore.kickoff_md is not None:
            bore = self._bores[bore.parent_id]
            if bore.id not in self._surveys:
                raise sdk.WellheadError(f"wellbore {bore.name} has no definitive survey")
            chain.append((bore, self._surveys[bore.id]))
        return path_of(chain, Frame("m", survey.depth_datum, North.TRUE))


def _bore_features(
    well: Well, bore: Wellbore, path: Path, shown: Sequence[str]
) -> Iterator[_Feature]:
    assert well.longitude is not None
    assert well.latitude is not None
    first = 0 if PATH in shown else -1
    latitudes, longitudes = locations(
        well.latitude, well.longitude, path.north[first:], path.east[first:]
    )
    line = [[float(x), float(y)] for x, y in zip(longitudes, latitudes, strict=True)]
    if PATH in shown:
        whole = line if len(line) > 1 else line * 2  # a line has two points
        yield _feature(bore.id, PATH, well, bore, {"type": "LineString", "coordinates": whole})
    if BOTTOM_HOLE in shown:
        yield _feature(bore.id, BOTTOM_HOLE, well, bore, {"type": "Point", "coordinates": line[-1]})


def _feature(
    key: uuid.UUID, kind: str, well: Well, bore: Wellbore | None, geometry: dict[str, Any]
) -> _Feature:
    return {
        "type": "Feature",
        "id": str(key) if kind == SURFACE else f"{key}/{kind}",
        "geometry": geometry,
        "properties": {
            "kind": kind,
            "name": well.name if bore is None else bore.name,
            "well_id": str(well.id),
            "well": well.name,
            "wellbore_id": None if bore is None else str(bore.id),
            "status": well.status if bore is None else bore.status,
            "field": well.field,
            "operator": well.operator,
            "well_type": well.well_type,
            "purpose": well.purpose,
            "fluid": well.fluid,
        },
    }
